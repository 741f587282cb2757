"""The data snapshot of a change, its restore, and the look at the provider beforehand."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from changes.model.people import Person
from changes.snapshots import FailureReason


class SnapshotStatus(StrEnum):
    """How far the snapshot of a change is. HELD: due, and another change occupies the server."""

    NONE = "none"
    HELD = "held"
    REQUESTED = "requested"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The data snapshot of a change; `attempt` counts from 1 with the first request, `milestones` were told.

    `cause` is why it failed; `by_hand` says that a person takes it; `since` is when it came to stand so.
    """

    status: SnapshotStatus = SnapshotStatus.NONE
    name: str = ""
    attempt: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    detail: str = ""
    waived_by: Person | None = None
    milestones: tuple[str, ...] = ()
    cause: FailureReason | None = None
    by_hand: bool = False
    since: datetime | None = None
    requested_at: datetime | None = None

    @property
    def oldest(self) -> datetime | None:
        """The earliest moment whose data it can hold: when it began or, if nobody saw that, when it was asked for."""
        seen = self.started_at is not None and self.started_at != self.finished_at
        return self.started_at if seen else self.requested_at or self.started_at or self.finished_at

    @property
    def unlocks_start(self) -> bool:
        """Whether the start is unlocked (docs/process.md, P58)."""
        return self.status in (SnapshotStatus.FINISHED, SnapshotStatus.WAIVED)


@dataclass(frozen=True, slots=True)
class Restore:
    """A restore that was asked for, and by whom it was confirmed. `failed` is what went wrong, `cause` of what kind."""

    asked_by: Person
    asked_at: datetime
    confirmed_by: Person | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    failed: str = ""
    cause: FailureReason | None = None
    milestones: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it was asked for and has not ended: it waits for its confirmation, or is under way."""
        return self.finished_at is None

    @property
    def waits(self) -> bool:
        """Whether somebody else has to confirm it."""
        return self.open and self.confirmed_by is None


@dataclass(frozen=True, slots=True)
class Preflight:
    """What the last look at the snapshot backend found; no problems is good."""

    at: datetime
    problems: tuple[str, ...]
    good: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether a snapshot could be taken."""
        return not self.problems
