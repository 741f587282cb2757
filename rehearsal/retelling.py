"""A play as its spectator reads it: each message in order, under a line that says *Rehearsal*, when, and to whom.

What a message says is not touched; its buttons and fields are gone, and the people whom it mentions are only named.
"""

from collections.abc import Sequence
from typing import Any

from bot.messenger.message_factory import with_text
from changes.errors import CommandRejected
from changes.model import Change
from changes.policy import Service
from changes.text.messages import Message, joined, listed
from language import N_, _, in_chat, moment_text, translate
from rehearsal.recording import Delivered

_PRESSED = ("Action", "Input.")
_LEFT_OUT = frozenset({"actions", "selectAction", "refresh", "isVisible"})
"""What is pressed, and that something unfolds: nothing can, so all of it is seen."""
_ABOUT = {False: N_("{id} ({title}): rehearsal, good day"), True: N_("{id} ({title}): rehearsal, bad day")}


def retold(
    change: Change, service: Service, delivered: Sequence[Delivered], *, is_bad: bool, stopped: CommandRejected | None
) -> list[dict[str, Any]]:
    """The messages for the spectator, in the language of the moment; `stopped` is why the play ended early, if so."""
    about = _(_ABOUT[is_bad], id=change.id, title=change.plan.title)
    what = _(
        "This is what everybody would get, in order, on a simulated clock. Nobody else is told anything, no snapshot "
        "is taken or restored, and the buttons are left out."
    )
    end = _("**End of the rehearsal.** The change itself stands where it stood.")
    if stopped is not None:
        reason = translate(stopped)
        end = _("**The rehearsal stops here**, where the change itself would be held up: {reason}", reason=reason)
    again = _("`/change rehearse {id}` plays a good day, with `bad` behind it a bad one.", id=change.id)
    copies: dict[str, list[Delivered]] = {}  # one that says the same to several at one moment is told once
    for each in delivered:
        copies.setdefault(f"{each.at} {each.activity}", []).append(each)
    return [
        with_text(joined(Message("**{about}**", about=about), what, by="\n\n")),
        *(_told(each, service) for each in copies.values()),
        with_text(joined(end, again, by="\n\n")),
    ]


def _told(copies: Sequence[Delivered], service: Service) -> dict[str, Any]:
    to, said = listed(dict.fromkeys(each.to for each in copies)), _without_buttons(copies[0].activity)
    mark = _("**Rehearsal · {when}** · {to}", when=moment_text(copies[0].at, service.zone), to=to)
    return {**said, **with_text(mark), "text": f"{in_chat(mark)}\n\n{said.get('text', '')}"}


def _without_buttons(node: Any) -> Any:
    """The message, and its card as a picture of itself."""
    if isinstance(node, list):
        kinds = (str(each.get("type", "")) if isinstance(each, dict) else "" for each in node)
        return [_without_buttons(each) for each, kind in zip(node, kinds, strict=True) if not kind.startswith(_PRESSED)]
    if isinstance(node, dict):
        return {name: _without_buttons(each) for name, each in node.items() if name not in _LEFT_OUT}
    return node
