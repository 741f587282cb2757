"""What each typed command does. A command that needs more than was typed opens a dialog."""

from collections.abc import Mapping
from typing import Any

from application.input_parsing.chat_command import ChatCommand
from application.input_parsing.plan import answers_of
from application.input_parsing.services import find_service
from application.ports import Binding
from bot.commands.absence import absent
from bot.commands.admin import admin
from bot.commands.command_context import CommandContext, Handler
from bot.commands.command_words import word_for
from bot.commands.disambiguation import ClarificationNeeded, question_id
from bot.commands.language import language
from bot.commands.lifecycle import LIFECYCLE, act
from bot.commands.queries import QUERIES
from bot.commands.rehearsal import rehearse
from bot.commands.series import repeat, series
from bot.commands.small_talk import begun_with, is_answered_here, is_greeting, is_thanks, suggest_commands
from bot.commands.templates import template
from bot.messenger.reposting import effects_after_binding
from cards.account.help import help_card
from cards.request.choices import edit_card, greeting_card, request_card, suggestion_card
from changes.errors import CommandRejected, NotFound
from changes.permissions import Permission
from changes.reporting.search import Search, comparable, is_filter
from dialogs.feasible import check_editable, check_feasible
from dialogs.reason import REASON, for_new_window
from dialogs.request import REQUEST
from dialogs.turn import answer_with_card, send_text
from language import _

LONGEST_OFFERED = 400
"""Maximum length of a title that stands on buttons, in characters; a longer one is refused in the form at once."""


async def new(request: CommandContext) -> None:
    """Open the request dialog; who types it where Teams has dialogs of its own is first offered the form in one."""
    answers = begun_with(request.order)
    is_long = len(request.order.rest) > LONGEST_OFFERED
    if not _is_offered(request) or is_answered_here(request.order) or is_long:
        request.dialog = (REQUEST, {"answers": answers})
    else:
        await answer_with_card(request.context, request_card(answers.get("title", "")), _("Request a change"))


async def edit(request: CommandContext) -> None:
    """Open the form with everything that is in the plan; where Teams has dialogs it is first offered in one."""
    session = request.turn_input.session
    change = await request.change()
    await check_editable(session, change)
    if _is_offered(request):
        await answer_with_card(request.context, edit_card(change), _("Edit {change}", change=change.id))
        return
    service = await session.service(change.plan.service)
    options = {"answers": answers_of(change.plan, service), "change": change.id, "revision": change.revision}
    request.dialog = (REQUEST, options)


def _is_offered(request: CommandContext) -> bool:
    return not request.local and request.turn_input.press is None


async def move(request: CommandContext) -> None:
    """Another window: `move ID 2027-05-01 22:00 [90] [REASON]`; without a date it is asked for."""
    if request.argument:
        await act(request)
        return
    change = await request.change()
    await check_feasible("move", request.turn_input.session, change)
    request.dialog = (REASON, for_new_window(change))


async def bind(request: CommandContext) -> None:
    """Make this channel or group chat the one of a service."""
    session, activity = request.turn_input.session, request.context.activity
    session.authorize(Permission.BIND)
    kind = activity.conversation.conversation_type or ("groupChat" if activity.conversation.is_group else "personal")
    if kind == "personal":
        raise CommandRejected("Type this in the channel or group chat of the service's team, not here.")
    named, _rest = find_service(request.order.rest, await session.services())
    service = named or await session.service(comparable(request.order.rest) or next(iter(session.catalogue.services)))
    if is_filter(service.key) and not await session.unit.changes.count(Search(service=service.key), most=1):
        # One that has changes keeps its key, because they would lose their service by another.
        raise CommandRejected(
            "`/change list {key}` means something else, so {name} needs another key: change it in services.toml and "
            "restart the bot. The service has no changes yet, so nothing is lost.",
            key=service.key,
            name=service.name,
        )
    binding = binding_of(activity, service.key)
    await session.unit.bindings.put(binding)
    request.binding = binding
    request.effects += await effects_after_binding(session.unit, service, session.now)
    await send_text(
        request.context,
        _("**{name}** is now linked to this conversation: its changes are tracked here.", name=service.name),
    )


async def show_help(request: CommandContext) -> None:
    """What can be typed."""
    session = request.turn_input.session
    await answer_with_card(
        request.context,
        help_card(is_local=request.local, is_admin=session.has_permission(Permission.ADMIN)),
        _("Commands"),
    )


async def unknown(request: CommandContext) -> None:
    """Answer a greeting; offer what was perhaps meant; else say where everything stands."""
    typed = request.order.rest
    if is_thanks(typed) or is_greeting(typed):
        thanked = is_thanks(typed)
        answer = (
            _("You are welcome. This is what you can do next:") if thanked else _("Hello! What would you like to do?")
        )
        raise ClarificationNeeded(greeting_card(answer), answer)
    if nearest := suggest_commands(typed):
        question = question_id(request.turn_input)
        card = suggestion_card(typed, [ChatCommand(word_for(each.name), each.rest) for each in nearest], question)
        raise ClarificationNeeded(card, _("Did you mean one of these?"))
    raise NotFound(
        "I didn't understand “{typed}”. Type `/change help` to see all commands.", typed=request.order.rest[:40]
    )


HANDLERS: Mapping[str, Handler] = {
    "new": new,
    **QUERIES,
    "absent": absent,
    **LIFECYCLE,
    "edit": edit,
    "move": move,
    "rehearse": rehearse,
    "repeat": repeat,
    "series": series,
    "admin": admin,
    "bind": bind,
    "help": show_help,
    "language": language,
    "template": template,
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
