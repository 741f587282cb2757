"""What happened to a change. The events are the audit trail, and the change is their fold."""

from dataclasses import dataclass
from datetime import datetime

from changes.model import Outcome, Person, Plan, Recovery
from changes.planning.timeline import StepKind
from changes.snapshots import FailureReason


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit trail: what, who, when and from where (`card`, `chat` or `timeline`)."""

    seq: int
    at: datetime
    by: Person
    via: str
    event: Event


@dataclass(frozen=True, slots=True)
class Drafted(Event):
    """The plan was written down."""

    change: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Submitted(Event):
    """The draft was handed in."""

    short_notice: bool


@dataclass(frozen=True, slots=True)
class PlanEdited(Event):
    """The plan was replaced; `short_notice` is about the new window. `keeps_precheck`: only the date is another."""

    plan: Plan
    short_notice: bool
    keeps_precheck: bool = False


@dataclass(frozen=True, slots=True)
class Reassigned(Event):
    """Somebody else is requester, implementer, or both, from now on."""

    requester: Person
    implementer: Person


@dataclass(frozen=True, slots=True)
class ConflictAllowed(Event):
    """An overlap was let through by the approver."""

    fingerprint: str
    reason: str
    deputy_for: Person | None


@dataclass(frozen=True, slots=True)
class PrecheckAsked(Event):
    """The approver was asked for the pre-check of this plan."""

    fingerprint: str


@dataclass(frozen=True, slots=True)
class CorrectionsRequested(Event):
    """The approver wants the plan corrected."""

    fingerprint: str
    comment: str
    deputy_for: Person | None


@dataclass(frozen=True, slots=True)
class PrecheckApproved(Event):
    """The approver agrees with the plan."""

    fingerprint: str
    comment: str
    waives_lead_time: bool
    deputy_for: Person | None


@dataclass(frozen=True, slots=True)
class GoAsked(Event):
    """The approver was asked for GO / NO-GO."""

    fingerprint: str


@dataclass(frozen=True, slots=True)
class GoGiven(Event):
    """GO. `notice_days` is how many days of notice people get, where that is less than a week."""

    fingerprint: str
    comment: str
    deputy_for: Person | None
    waives_lead_time: bool = False
    notice_days: int | None = None


@dataclass(frozen=True, slots=True)
class GoRefused(Event):
    """NO-GO."""

    fingerprint: str
    reason: str
    deputy_for: Person | None


@dataclass(frozen=True, slots=True)
class Postponed(Event):
    """The window was given up; `silent` when nobody gave GO in time."""

    reason: str
    silent: bool


@dataclass(frozen=True, slots=True)
class Cancelled(Event):
    """The change was withdrawn."""

    reason: str


@dataclass(frozen=True, slots=True)
class StepFired(Event):
    """A step of the timeline was carried out; `late` when it was due more than an hour before."""

    key: str
    kind: StepKind
    due: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class StepSkipped(Event):
    """A step of the timeline was due, and no longer useful."""

    key: str
    kind: StepKind
    due: datetime
    reason: str


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


@dataclass(frozen=True, slots=True)
class Started(Event):
    """The work began; `early` before its window. `reason` is why, or why beside an incident on the same server."""

    reason: str = ""
    early: bool = False


@dataclass(frozen=True, slots=True)
class TestRecorded(Event):
    """A test of the plan was run."""

    __test__ = False

    index: int
    passed: bool
    note: str


@dataclass(frozen=True, slots=True)
class TestAccepted(Event):
    """The approver lets the change end although this test failed or has no result."""

    __test__ = False

    index: int
    reason: str
    deputy_for: Person | None


@dataclass(frozen=True, slots=True)
class TestsVoided(Event):
    """The restore of the change `other` overwrote the server's data."""

    __test__ = False

    other: str


@dataclass(frozen=True, slots=True)
class Completed(Event):
    """The work ended."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class TroubleReported(Event):
    """Something does not work; `in_passing` when the same press says how it goes on, and that is told."""

    reason: str
    in_passing: bool = False


@dataclass(frozen=True, slots=True)
class TroubleSolved(Event):
    """It works again."""


@dataclass(frozen=True, slots=True)
class Extended(Event):
    """The window got more time, in minutes; `ends_at` is the new end, `into` whose time on the server it takes."""

    minutes: int
    reason: str
    ends_at: datetime
    into: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentDeclared(Event):
    """The change became an incident."""

    reason: str


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
    """Affected people are told how the incident stands."""

    text: str


@dataclass(frozen=True, slots=True)
class HandedOver(Event):
    """The incident process took over; `in_passing` when the same press declared the incident, and that is told."""

    reason: str
    in_passing: bool = False


@dataclass(frozen=True, slots=True)
class Reviewed(Event):
    """The review was written."""

    text: str
