"""Where a change stands, what kind it is and how it ended."""

from enum import StrEnum


class State(StrEnum):
    """Where a change stands (docs/process.md, P16)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PRECHECK_PENDING = "precheck_pending"
    CORRECTIONS_REQUESTED = "corrections_requested"
    PRECHECKED = "prechecked"
    GO_PENDING = "go_pending"
    SCHEDULED = "scheduled"
    SNAPSHOTTING = "snapshotting"
    READY = "ready"
    IN_PROGRESS = "in_progress"
    TROUBLE = "trouble"
    EXTENDED = "extended"
    INCIDENT = "incident"
    RESTORING = "restoring"
    COMPLETED = "completed"
    NO_GO = "no_go"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


AWAITING_APPROVAL = frozenset(
    {State.SUBMITTED, State.PRECHECK_PENDING, State.CORRECTIONS_REQUESTED, State.PRECHECKED, State.GO_PENDING}
)
"""Submitted and without GO."""
AWAITING_IMPLEMENTATION = frozenset({State.SCHEDULED, State.SNAPSHOTTING, State.READY})
"""GO was given, the work has not begun."""
IMPLEMENTING = frozenset({State.IN_PROGRESS, State.TROUBLE, State.EXTENDED})
"""The platform is being changed right now."""
IN_INCIDENT = frozenset({State.INCIDENT, State.RESTORING})
"""The incident process runs."""
BOOKED = AWAITING_APPROVAL | AWAITING_IMPLEMENTATION | IMPLEMENTING | IN_INCIDENT
"""The change's window is taken: no other change of the service may overlap it."""
BEFORE_WORK = AWAITING_APPROVAL | AWAITING_IMPLEMENTATION | {State.DRAFT, State.NO_GO, State.POSTPONED}
"""The change can still be cancelled."""
DROPPED = frozenset({State.CANCELLED, State.POSTPONED, State.NO_GO})
"""The change's window does not take place."""
OPEN = BOOKED | {State.DRAFT, State.NO_GO, State.POSTPONED}
"""The change is not over."""


class ChangeType(StrEnum):
    """How much waiting the process asks for."""

    NORMAL = "normal"
    EMERGENCY = "emergency"


class Outcome(StrEnum):
    """How a completed change ended."""

    SUCCESSFUL = "successful"
    FIXED = "fixed"
    ROLLED_BACK = "rolled_back"
