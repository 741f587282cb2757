"""When the change's live card in the channel is brought up to date: it never says what is past as coming."""

from changes import events as e
from changes.model import Change
from changes.planning.steps import StepKind

_ANNOUNCED = frozenset(
    {
        *(StepKind.SILENCE, StepKind.NEW_DATE_NUDGE, StepKind.GIVE_UP, StepKind.REMINDER, StepKind.SNAPSHOT),
        *(StepKind.START, StepKind.CUTOFF, StepKind.CUTOFF_SILENCE, StepKind.OVERRUN, StepKind.REVIEW),
    }
)
"""Steps that the live card says are coming, or after which it asks for something else."""


def is_shown_otherwise(before: Change | None, entry: e.Entry, after: Change) -> bool:
    """Whether the live card says something else after `entry`, which made `after` out of `before`.

    A step that was passed over counts too: the card does not wait for it any more.
    """
    if before is None:
        return True
    match entry.event:
        case e.StepFired(kind=kind) | e.StepSkipped(kind=kind) if kind in _ANNOUNCED:
            return True
        case _:
            return _shown(before) != _shown(after)


def _shown(change: Change) -> tuple[object, ...]:
    """What the live card is drawn from; `revision` stands for the plan and the state."""
    return (
        *(change.revision, change.requester, change.closing_reason, change.conflict_allowed),
        *(change.snapshot.status, change.snapshot.cause, change.snapshot.started_at, change.snapshot_at),
        *(change.has_open_issue, change.extended_minutes, change.cutoff_asked_at, change.cutoff_answered),
        change.approvals,
        *(change.restore, change.restored, change.informed_at, change.handed_over_at, bool(change.review)),
        change.task_marks,
    )
