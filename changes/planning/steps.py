"""What a step of the timeline is: its kind, its moment, and in which states it has a meaning."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from changes.model import AWAITING_APPROVAL, AWAITING_IMPLEMENTATION, IMPLEMENTING, IN_INCIDENT, State


class StepKind(StrEnum):
    """The steps in the order in which they run when several fall on the same moment."""

    PREPARE = "prepare"
    PRECHECK = "precheck"
    CORRECTIONS = "corrections"
    PREFLIGHT_WEEK = "preflight_week"
    GO = "go"
    PRECHECK_NUDGE = "precheck_nudge"
    GO_NUDGE = "go_nudge"
    GO_DEPUTIES = "go_deputies"  # of changes of earlier versions: today a later GO_NUDGE
    SILENCE = "silence"
    NEW_DATE_NUDGE = "new_date_nudge"
    GIVE_UP = "give_up"
    TASK_NUDGE = "task_nudge"
    TASK = "task"
    REMINDER = "reminder"
    SNAPSHOT = "snapshot"
    SNAPSHOT_NUDGE = "snapshot_nudge"
    SNAPSHOT_TOO_LATE = "snapshot_too_late"
    START = "start"
    NOT_STARTED = "not_started"
    NOT_STARTED_APPROVER = "not_started_approver"
    CUTOFF = "cutoff"
    CUTOFF_SILENCE = "cutoff_silence"
    OVERRUN = "overrun"
    OVERRUN_NAG = "overrun_nag"
    ABANDONED = "abandoned"
    INCIDENT_NUDGE = "incident_nudge"
    INCIDENT_HOLDING = "incident_holding"
    RESTORE_NUDGE = "restore_nudge"
    HANDOVER_NUDGE = "handover_nudge"
    REVIEW = "review"
    REVIEW_NUDGE = "review_nudge"


RELEVANT: dict[StepKind, frozenset[State]] = {
    **dict.fromkeys((StepKind.PREPARE, StepKind.PRECHECK), frozenset({State.SUBMITTED})),
    StepKind.PRECHECK_NUDGE: frozenset({State.PRECHECK_PENDING}),
    StepKind.CORRECTIONS: frozenset({State.CORRECTIONS_REQUESTED}),
    StepKind.GO: frozenset({State.PRECHECKED}),
    StepKind.GO_NUDGE: frozenset({State.GO_PENDING}),
    StepKind.GO_DEPUTIES: frozenset(),
    **dict.fromkeys((StepKind.PREFLIGHT_WEEK, StepKind.SILENCE), AWAITING_APPROVAL),
    **dict.fromkeys((StepKind.NEW_DATE_NUDGE, StepKind.GIVE_UP), frozenset({State.NO_GO, State.POSTPONED})),
    StepKind.TASK_NUDGE: AWAITING_APPROVAL | AWAITING_IMPLEMENTATION,
    StepKind.TASK: AWAITING_APPROVAL | AWAITING_IMPLEMENTATION | IMPLEMENTING,
    StepKind.SNAPSHOT: frozenset({State.SCHEDULED}),
    **dict.fromkeys((StepKind.SNAPSHOT_NUDGE, StepKind.SNAPSHOT_TOO_LATE), frozenset({State.SNAPSHOTTING})),
    **dict.fromkeys((StepKind.REMINDER, StepKind.START, StepKind.ABANDONED), AWAITING_IMPLEMENTATION),
    **dict.fromkeys((StepKind.NOT_STARTED, StepKind.NOT_STARTED_APPROVER), AWAITING_IMPLEMENTATION),
    **dict.fromkeys((StepKind.CUTOFF, StepKind.CUTOFF_SILENCE), IMPLEMENTING),
    **dict.fromkeys((StepKind.OVERRUN, StepKind.OVERRUN_NAG), IMPLEMENTING),
    StepKind.INCIDENT_NUDGE: IN_INCIDENT,
    StepKind.INCIDENT_HOLDING: IN_INCIDENT | IMPLEMENTING,
    **dict.fromkeys((StepKind.RESTORE_NUDGE, StepKind.HANDOVER_NUDGE), frozenset({State.INCIDENT})),
    **dict.fromkeys((StepKind.REVIEW, StepKind.REVIEW_NUDGE), frozenset({State.COMPLETED})),
}
"""The states in which a step has a meaning. In any other state it is void, or not yet possible."""


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step. The key is unique within the change and the same however often the timeline is computed."""

    key: str
    kind: StepKind
    due: datetime
