"""The incident, the restore, and what else is tried."""

from dataclasses import dataclass, field

from changes.events.base import Event
from changes.model import Recovery
from changes.notification import PublicTexts
from changes.snapshots import FailureReason


@dataclass(frozen=True, slots=True)
class IncidentDeclared(Event):
    """The change became an incident: a reason for the thread, and what affected people read."""

    reason: str
    public: PublicTexts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RestoreAsked(Event):
    """Somebody asked to put the snapshot back; `touches` are other changes whose data it would overwrite too."""

    touches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RestoreConfirmed(Event):
    """Somebody else confirmed, typing the VPS's name; `touches` are other changes whose data it overwrites too."""

    name: str
    touches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RestoreWithdrawn(Event):
    """The request for a restore is off: nobody has to confirm it any more."""


@dataclass(frozen=True, slots=True)
class RestoreMilestone(Event):
    """The restore is `half` done, `late`, or cannot be seen (`blind`)."""

    milestone: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RestoreFinished(Event):
    """The data disk is back at the snapshot."""


@dataclass(frozen=True, slots=True)
class RestoreFailed(Event):
    """The data disk could not be put back. For some causes nothing was overwritten, and it can be asked for again."""

    reason: str
    cause: FailureReason = FailureReason.FAILED


@dataclass(frozen=True, slots=True)
class RecoveryTried(Event):
    """One way out of the incident was tried."""

    way: Recovery
    note: str


@dataclass(frozen=True, slots=True)
class IncidentUpdated(Event):
    """Affected people are told how the incident stands: in the words of `public`, or of `text` without any."""

    text: str
    public: PublicTexts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandedOver(Event):
    """The incident process took over; `in_passing` when the same press declared the incident, and that is told."""

    reason: str
    in_passing: bool = False
