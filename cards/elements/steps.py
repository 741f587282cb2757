"""How far a change has come: each phase of the process, the present one marked."""

from microsoft_teams.cards import CardElement, RichTextBlock

from cards.elements.blocks import run
from changes.model import IMPLEMENTING, IN_INCIDENT, Change, ChangeType, State
from language import N_, _

_PHASES = (N_("Request"), N_("Pre-check"), N_("GO"), N_("Snapshot"), N_("Window"), N_("Review"))
_PHASE_OF: dict[State, int] = {
    State.DRAFT: 0,
    State.SUBMITTED: 1,
    State.PRECHECK_PENDING: 1,
    State.CORRECTIONS_REQUESTED: 1,
    State.PRECHECKED: 2,
    State.GO_PENDING: 2,
    State.SCHEDULED: 3,
    State.SNAPSHOTTING: 3,
    State.READY: 4,
    **dict.fromkeys(IMPLEMENTING | IN_INCIDENT, 4),
    State.COMPLETED: 5,
}


def stepper(change: Change) -> list[CardElement]:
    """The phases on one line; nothing for a change that takes no further step."""
    at = _PHASE_OF.get(change.state)
    if at is None:
        return []
    if change.plan.kind is ChangeType.EMERGENCY and at > 1:
        at -= 1
    is_over = change.state is State.COMPLETED and bool(change.review)
    shown: list[CardElement] = []
    for number, name in enumerate(_phases(change)):
        if number:
            shown.append(run(" – "))
        done = number < at or is_over
        mark = " ✓" if done else " ●" if number == at else ""
        shown.append(run(f"{name}{mark}", bold=number == at and not is_over))
    return [RichTextBlock(inlines=shown, spacing="Small")]


def _phases(change: Change) -> list[str]:
    names: list[str] = [_(each) for each in _PHASES]
    return [names[0], _("Pre-check and GO"), *names[3:]] if change.plan.kind is ChangeType.EMERGENCY else names
