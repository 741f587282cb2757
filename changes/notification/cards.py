"""The cards in a change's thread: under which key each stands, and which of them are needed now."""

from enum import StrEnum

from changes.model import IMPLEMENTING, IN_INCIDENT, Change, State


class CardKind(StrEnum):
    """A card in the change's thread. A card of one kind is posted once for its message key and edited afterwards."""

    PRECHECK = "precheck"
    GO = "go"
    PROGRESS = "progress"
    DAY = "day"
    CUTOFF = "cutoff"
    INCIDENT = "incident"
    HANDOVER = "handover"
    REVIEW = "review"


def message_of(card: CardKind, change: Change) -> str:
    """Under which key the change's present card of that kind stands; a new round, attempt or end has one of its own."""
    match card:
        case CardKind.PRECHECK | CardKind.GO | CardKind.DAY:
            return f"{card}:{change.round}"
        case CardKind.PROGRESS:
            return f"{card}:{change.round}.{change.snapshot.attempt}"
        case CardKind.CUTOFF:
            return f"{card}:{len(change.extensions)}"
        case CardKind.INCIDENT | CardKind.HANDOVER | CardKind.REVIEW:
            return card.value


def awaited_card(change: Change) -> CardKind | None:
    """The card on which somebody is waited for now; None where the live card has all the buttons there are."""
    match change.state:
        case State.PRECHECK_PENDING:
            return CardKind.PRECHECK
        case State.GO_PENDING:
            return CardKind.GO
        case State.SNAPSHOTTING:
            return CardKind.PROGRESS
        case State.READY:
            return CardKind.DAY
        case State.IN_PROGRESS | State.TROUBLE | State.EXTENDED:
            asked = change.cutoff_asked_at is not None and not change.cutoff_answered
            return CardKind.CUTOFF if asked else CardKind.DAY
        case State.INCIDENT | State.RESTORING:
            return CardKind.INCIDENT
        case State.COMPLETED if not change.review:
            asked = any(key.startswith(f"{change.round}/{CardKind.REVIEW}") for key in change.fired_steps)
            return CardKind.REVIEW if asked else None
        case _:
            return None


def cards_in_use(change: Change) -> tuple[CardKind, ...]:
    """The cards whose buttons or facts are needed now, the one that is waited for first."""
    awaited = awaited_card(change)
    used = [] if awaited is None else [awaited]
    if change.state in IMPLEMENTING and awaited is not CardKind.DAY:
        used.append(CardKind.DAY)  # the tests are recorded there
    restores = change.restore is not None and change.restore.confirmed_by is not None
    if change.state in IN_INCIDENT and (restores or change.handed_over_at is not None):
        used.append(CardKind.HANDOVER)  # what is known, for those who take over or may have to
    return tuple(used)
