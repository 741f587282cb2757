"""What each typed command does. A command that needs more than was typed opens a dialog."""

from collections.abc import Mapping
from typing import Any

from bot.absence import absent
from bot.admin import admin
from bot.looking import LOOKS
from bot.request import Handler, Request
from bot.tongue import language
from cards.answers import answers_of, read_window
from cards.help import help_card
from cards.text import plain
from changes import commands as c
from changes.errors import Incomplete, Refusal, Unknown
from changes.labels import moment_label
from changes.lifecycle.guards import SAID
from changes.model import Change, State, Window
from changes.ports import Binding
from changes.roles import Act
from dialogs.reason import NEEDS_REASON, REASON
from dialogs.request import REQUEST
from dialogs.turn import say, send_card
from language import _


async def new(request: Request) -> None:
    """Open the request dialog."""
    request.dialog = (REQUEST, {"answers": {"title": request.order.rest} if request.order.rest else {}})


async def edit(request: Request) -> None:
    """Open the form with everything that is in the plan."""
    desk = request.heard.desk
    change = await desk.change(request.change_id)
    await desk.may_edit(change)
    service = await desk.service(change.plan.service)
    options = {"answers": answers_of(change.plan, service), "change": change.id, "revision": change.revision}
    request.dialog = (REQUEST, options)


async def move(request: Request) -> None:
    """Another window: `move ID 2027-05-01 22:00 [90]`; without a date the form opens."""
    if not request.argument:
        await edit(request)
        return
    desk = request.heard.desk
    change = await desk.change(request.change_id)
    service = await desk.service(change.plan.service)
    window: Window = read_window(request.argument, change.plan.window.minutes, service)
    moved = await desk.do(change.id, c.Move(desk.person, window))
    await _confirm(request, moved)


async def with_reason(request: Request) -> None:
    """Cancel, postpone, report trouble or declare an incident; asks for the reason when it was not typed."""
    desk = request.heard.desk
    change = await desk.change(request.change_id)
    if not request.argument and change.state is not State.DRAFT:
        request.dialog = (REASON, {"change": change.id, "what": request.order.name})
        return
    command, _question = NEEDS_REASON[request.order.name]
    await _confirm(request, await desk.do(change.id, command(desk.person, request.argument)))


async def allow(request: Request) -> None:
    """Let a draft's overlap with another window stand: `allow ID REASON`."""
    desk = request.heard.desk
    change = await desk.do(request.change_id, c.AllowConflict(desk.person, request.argument))
    name = change.requester.name or _("the requester")
    await say(
        request.context, _("The overlap of {id} stands. {name} can hand it in now.", id=change.id, name=plain(name))
    )


async def start(request: Request) -> None:
    """Start the work."""
    desk = request.heard.desk
    await _confirm(request, await desk.do(request.change_id, c.Start(desk.person)))


async def done(request: Request) -> None:
    """End the work."""
    desk = request.heard.desk
    await _confirm(request, await desk.do(request.change_id, c.Complete(desk.person)))


async def extend(request: Request) -> None:
    """More time: `extend ID 45m REASON`."""
    desk = request.heard.desk
    minutes, _blank, reason = request.argument.partition(" ")
    number = minutes.rstrip("minutes'")
    if not (number.isascii() and number.isdigit()):
        raise Incomplete(
            {
                "extra_minutes": _(
                    "Say how much and why: `/change extend {change_id} 45m the reason`.", change_id=request.change_id
                )
            }
        )
    change = await desk.do(request.change_id, c.Extend(desk.person, int(number), reason))
    ends = moment_label(change.ends_at, (await desk.service(change.plan.service)).zone)
    await say(request.context, _("Done: {id} ends {ends} now, and everyone affected is told.", id=change.id, ends=ends))


async def restore(request: Request) -> None:
    """Ask for the snapshot to be put back; somebody else confirms it on the card."""
    desk = request.heard.desk
    change = await desk.do(request.change_id, c.AskRestore(desk.person))
    await say(
        request.context,
        _(
            "You asked for the restore of {id}. Nothing happens before somebody else confirms it, on the "
            "incident's card in the channel.",
            id=change.id,
        ),
    )


async def bind(request: Request) -> None:
    """Make this channel or group chat the one of a service."""
    desk, activity = request.heard.desk, request.context.activity
    desk.require(Act.BIND)
    kind = activity.conversation.conversation_type or ("groupChat" if activity.conversation.is_group else "personal")
    if kind == "personal":
        raise Refusal("Type this in the channel or group chat in which the service's team shall be asked, not here.")
    service = await desk.service(request.order.rest.casefold() or next(iter(desk.catalogue.services)))
    binding = binding_of(activity, service.key)
    await desk.unit.bindings.put(binding)
    request.binding = binding
    await say(
        request.context, _("**{name}** is bound to this conversation: its changes are carried here.", name=service.name)
    )


async def help_(request: Request) -> None:
    """What can be typed."""
    desk = request.heard.desk
    await send_card(request.context, help_card(is_local=request.local, is_admin=desk.may(Act.ADMIN)))


async def unknown(request: Request) -> None:
    """Say what there is instead."""
    raise Unknown(
        "There is no command “{typed}”. Type `/change help` to see what there is.", typed=plain(request.order.rest[:40])
    )


HANDLERS: Mapping[str, Handler] = {
    "new": new,
    **LOOKS,
    "absent": absent,
    "edit": edit,
    "move": move,
    "cancel": with_reason,
    "postpone": with_reason,
    "trouble": with_reason,
    "incident": with_reason,
    "allow": allow,
    "start": start,
    "done": done,
    "extend": extend,
    "restore": restore,
    "admin": admin,
    "bind": bind,
    "help": help_,
    "language": language,
    "unknown": unknown,
}


def binding_of(activity: Any, service: str) -> Binding:
    """Where the activity came from, as the conversation of a service. A channel is bound as a whole, not one thread."""
    data: dict[str, Any] = activity.channel_data if isinstance(activity.channel_data, dict) else {}
    channel = (data.get("channel") or {}).get("id", "")
    conversation = activity.conversation
    return Binding(
        service=service,
        service_url=activity.service_url,
        conversation=channel or conversation.id.partition(";")[0],
        is_channel=bool(channel),
        tenant=(data.get("tenant") or {}).get("id", "") or "",
        team=(data.get("team") or {}).get("id", "") or "",
        bot=activity.recipient.id if activity.recipient else "",
        group=(data.get("team") or {}).get("aadGroupId", "") or "",
    )


async def _confirm(request: Request, change: Change) -> None:
    await say(request.context, _("Done: {id} {what}.", id=change.id, what=SAID[change.state]))
