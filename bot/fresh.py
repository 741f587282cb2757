"""The card that answers a press: the one that was pressed, as it is now."""

from typing import Any

from cards import card_for
from cards.payload import Press
from cards.status import status_card
from changes.effects import CardKind, NoticeKind, message_of
from changes.errors import Unknown
from changes.model import Change
from changes.ports import Wording
from dialogs.desk import Desk

_KIND = {
    "precheck": CardKind.PRECHECK,
    "go": CardKind.GO,
    "snapshot": CardKind.PROGRESS,
    "window.start": CardKind.DAY,
    "test": CardKind.DAY,
    "change.complete": CardKind.DAY,
    "trouble.report": CardKind.DAY,
    "trouble.solved": CardKind.CUTOFF,
    "window.extend": CardKind.CUTOFF,
    "incident.declare": CardKind.CUTOFF,
    "incident": CardKind.INCIDENT,
    "restore": CardKind.INCIDENT,
    "review": CardKind.REVIEW,
}
"""Which card a button stands on, by its verb or the first word of it."""


async def fresh_card(desk: Desk, press: Press, wording: Wording) -> dict[str, Any] | None:
    """The pressed card, drawn anew; None when the change is not there, or not for the person to see."""
    try:
        change = await desk.readable(press.change)
    except Unknown:
        return None
    view = await desk.view(change)
    kind, message = _pressed_card(press, change)
    if kind is None:
        return status_card(view)
    notice = wording.preview(NoticeKind.PLANNED, change, view.service, desk.now) if kind is CardKind.GO else ""
    return card_for(kind, view, message, notice)


def _pressed_card(press: Press, change: Change) -> tuple[CardKind | None, str]:
    """The kind and key of the card; a button that does not say stands on the change's newest card of its kind."""
    if press.message:
        name = press.message.partition(":")[0]
        return next((each for each in CardKind if each == name), None), press.message
    kind = _KIND.get(press.verb) or _KIND.get(press.verb.partition(".")[0])
    return kind, message_of(kind, change) if kind else ""
