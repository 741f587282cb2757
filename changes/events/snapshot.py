"""The data snapshot before the work."""

from dataclasses import dataclass
from datetime import datetime

from changes.events.base import Event
from changes.model import Person
from changes.snapshots import FailureReason


@dataclass(frozen=True, slots=True)
class SnapshotPlanned(Event):
    """The snapshot begins at this moment, because `other` occupies the server at the usual one; None: the usual one."""

    at: datetime | None
    other: str = ""


@dataclass(frozen=True, slots=True)
class SnapshotHeld(Event):
    """The snapshot is due, and waits until the change `other` no longer occupies the server."""

    other: str


@dataclass(frozen=True, slots=True)
class ReadyToStart(Event):
    """The moment of the snapshot came, and it had been waived before: the start is unlocked."""


@dataclass(frozen=True, slots=True)
class SnapshotRequested(Event):
    """The data snapshot has to be taken now, under this name; `reason` is why beside another change's work."""

    name: str
    attempt: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SnapshotStarted(Event):
    """The snapshot is being taken, by the provider itself or by a person."""

    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class SnapshotMilestone(Event):
    """The snapshot is `half` done, `late`, still `waiting` for a person to begin it, or cannot be seen (`blind`)."""

    milestone: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SnapshotFinished(Event):
    """The snapshot exists under this name."""

    name: str


@dataclass(frozen=True, slots=True)
class SnapshotFailed(Event):
    """There is no snapshot."""

    reason: str
    cause: FailureReason = FailureReason.FAILED


@dataclass(frozen=True, slots=True)
class SnapshotWaived(Event):
    """The approver lets the work start without a snapshot."""

    reason: str
    deputy_for: Person | None


@dataclass(frozen=True, slots=True)
class PreflightDone(Event):
    """The provider was looked at: could a snapshot be taken?"""

    problems: tuple[str, ...]
    good: tuple[str, ...] = ()
