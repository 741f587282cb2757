"""The data snapshot before the work."""

from dataclasses import dataclass
from datetime import datetime

from changes.commands.base import Command
from changes.snapshots import FailureReason


@dataclass(frozen=True, slots=True)
class PlanSnapshot(Command):
    """Begin the snapshot at this moment: `other` occupies the server at the usual one. None: at the usual one."""

    at: datetime | None
    other: str = ""


@dataclass(frozen=True, slots=True)
class NoteSnapshotStarted(Command):
    """The provider accepted the snapshot, or a person began it."""


@dataclass(frozen=True, slots=True)
class NoteSnapshotMilestone(Command):
    """The snapshot is `half` done, `late`, still `waiting` for a person to begin it, or cannot be seen (`blind`)."""

    milestone: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class NoteSnapshotFinished(Command):
    """The snapshot exists under this name.

    A person says with it that it is `of_data`, and, where it ended implausibly early, that they have `checked` it.
    """

    name: str
    of_data: bool = True
    checked: bool = False


@dataclass(frozen=True, slots=True)
class NoteSnapshotFailed(Command):
    """There is no snapshot, for this reason."""

    reason: str
    cause: FailureReason = FailureReason.BY_HAND


@dataclass(frozen=True, slots=True)
class RetrySnapshot(Command):
    """Take the snapshot again after a failure; `reason` lets it begin although another change occupies the server."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class WaiveSnapshot(Command):
    """Start without a snapshot."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotePreflight(Command):
    """The look at the provider the day before found these problems (none is good), and this in order."""

    problems: tuple[str, ...]
    good: tuple[str, ...] = ()
