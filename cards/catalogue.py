"""Which card is drawn for which message."""

from collections.abc import Callable, Mapping
from typing import Any

from application.change_context import ChangeContext
from cards.approval.decisions import go_card, precheck_card
from cards.implementation.cutoff import cutoff_card
from cards.implementation.implementation import day_card
from cards.implementation.review import review_card
from cards.incident.handover import handover_card
from cards.incident.incident import incident_card
from cards.snapshot.progress import progress_card
from changes.notification.cards import CardKind

_CARDS: Mapping[CardKind, Callable[[ChangeContext, str], dict[str, Any]]] = {
    CardKind.PROGRESS: progress_card,
    CardKind.DAY: day_card,
    CardKind.CUTOFF: cutoff_card,
    CardKind.INCIDENT: incident_card,
    CardKind.HANDOVER: handover_card,
    CardKind.REVIEW: review_card,
}


def card_for(kind: CardKind, view: ChangeContext, message: str, notice: str = "") -> dict[str, Any]:
    """The card of that kind for the message key; `notice` is what GO would send, in markdown."""
    match kind:
        case CardKind.PRECHECK:
            return precheck_card(view, message, notice)
        case CardKind.GO:
            return go_card(view, message, notice)
        case _:
            return _CARDS[kind](view, message)
