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


_WAITING = frozenset({State.NO_GO, State.POSTPONED})

RELEVANT: dict[StepKind, frozenset[State]] = {
    StepKind.PREPARE: frozenset({State.SUBMITTED}),
    StepKind.PRECHECK: frozenset({State.SUBMITTED}),
    StepKind.CORRECTIONS: frozenset({State.CORRECTIONS_REQUESTED}),
    StepKind.PREFLIGHT_WEEK: AWAITING_APPROVAL,
    StepKind.GO: frozenset({State.PRECHECKED}),
    StepKind.PRECHECK_NUDGE: frozenset({State.PRECHECK_PENDING}),
    StepKind.GO_NUDGE: frozenset({State.GO_PENDING}),
    StepKind.GO_DEPUTIES: frozenset(),
    StepKind.SILENCE: AWAITING_APPROVAL,
    StepKind.NEW_DATE_NUDGE: _WAITING,
    StepKind.GIVE_UP: _WAITING,
    StepKind.REMINDER: AWAITING_IMPLEMENTATION,
    StepKind.SNAPSHOT: frozenset({State.SCHEDULED}),
    StepKind.SNAPSHOT_NUDGE: frozenset({State.SNAPSHOTTING}),
    StepKind.SNAPSHOT_TOO_LATE: frozenset({State.SNAPSHOTTING}),
    StepKind.START: AWAITING_IMPLEMENTATION,
    StepKind.NOT_STARTED: AWAITING_IMPLEMENTATION,
    StepKind.NOT_STARTED_APPROVER: AWAITING_IMPLEMENTATION,
    StepKind.CUTOFF: IMPLEMENTING,
    StepKind.CUTOFF_SILENCE: IMPLEMENTING,
    StepKind.OVERRUN: IMPLEMENTING,
    StepKind.OVERRUN_NAG: IMPLEMENTING,
    StepKind.ABANDONED: AWAITING_IMPLEMENTATION,
    StepKind.INCIDENT_NUDGE: IN_INCIDENT,
    StepKind.INCIDENT_HOLDING: IN_INCIDENT | IMPLEMENTING,
    StepKind.RESTORE_NUDGE: frozenset({State.INCIDENT}),
    StepKind.HANDOVER_NUDGE: frozenset({State.INCIDENT}),
    StepKind.REVIEW: frozenset({State.COMPLETED}),
    StepKind.REVIEW_NUDGE: frozenset({State.COMPLETED}),
}
"""The states in which a step has a meaning. In any other state it is void, or not yet possible."""


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step. The key is unique within the change and the same however often the timeline is computed."""

    key: str
    kind: StepKind
    due: datetime
