"""What somebody, or the clock, wants to happen to a change. Each is one sentence in the imperative."""

from dataclasses import dataclass
from datetime import datetime

from changes.model import Outcome, Person, Plan, Recovery, Window
from changes.snapshots import FailureReason


@dataclass(frozen=True, slots=True)
class Command:
    """`by` is the authenticated person, or CLOCK."""

    by: Person


@dataclass(frozen=True, slots=True)
class Draft(Command):
    """Write the plan down without handing it in yet."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Submit(Command):
    """Hand the draft in."""


@dataclass(frozen=True, slots=True)
class Edit(Command):
    """Replace the plan; decisions about the old one are void."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Move(Command):
    """Give the change another window; `reason` says why it cannot wait, where the new date is short notice."""

    window: Window
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reassign(Command):
    """Hand the change over to another requester, implementer, or both; None leaves that part as it is."""

    requester: Person | None = None
    implementer: Person | None = None


@dataclass(frozen=True, slots=True)
class Cancel(Command):
    """Withdraw the change for good."""

    reason: str


@dataclass(frozen=True, slots=True)
class Postpone(Command):
    """Give up this window; another one has to be found."""

    reason: str


@dataclass(frozen=True, slots=True)
class AllowConflict(Command):
    """Let the window stand although it overlaps another change or a freeze."""

    reason: str


@dataclass(frozen=True, slots=True)
class ApprovePrecheck(Command):
    """The plan is good; with short notice this also waives the lead time."""

    comment: str = ""


@dataclass(frozen=True, slots=True)
class RequestCorrections(Command):
    """The plan has to be corrected first."""

    comment: str


@dataclass(frozen=True, slots=True)
class GiveGo(Command):
    """GO: the change takes place. A `waiver` is the reason why it may start without a snapshot."""

    comment: str = ""
    waiver: str = ""


@dataclass(frozen=True, slots=True)
class RefuseGo(Command):
    """NO-GO: it does not take place in this window."""

    reason: str


@dataclass(frozen=True, slots=True)
class FireStep(Command):
    """A step of the timeline is due."""

    key: str


@dataclass(frozen=True, slots=True)
class PlanSnapshot(Command):
    """Begin the snapshot at this moment instead, because `other` occupies the server at the usual one.

    None goes back to the usual moment.
    """

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


@dataclass(frozen=True, slots=True)
class Start(Command):
    """The work begins now; `reason` says why before its window, or beside an incident on the same server."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecordTest(Command):
    """The test at `index` passed or failed."""

    index: int
    passed: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class AcceptTest(Command):
    """The change may end although the test at `index` failed or has no result; affected people read the reason."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Complete(Command):
    """The work is done and tested."""


@dataclass(frozen=True, slots=True)
class ReportTrouble(Command):
    """Something does not work."""

    reason: str


@dataclass(frozen=True, slots=True)
class SolveTrouble(Command):
    """It works again, or will in time: the answer *Solved* at the cutoff."""


@dataclass(frozen=True, slots=True)
class Extend(Command):
    """The window needs more time, in minutes."""

    minutes: int
    reason: str


@dataclass(frozen=True, slots=True)
class DeclareIncident(Command):
    """It takes much longer than acceptable."""

    reason: str


@dataclass(frozen=True, slots=True)
class UpdateIncident(Command):
    """Tell affected people how the incident stands, in these words."""

    text: str


@dataclass(frozen=True, slots=True)
class CloseIncident(Command):
    """The incident is over."""

    outcome: Outcome = Outcome.FIXED


@dataclass(frozen=True, slots=True)
class AskRestore(Command):
    """Put the data snapshot back; somebody else has to confirm."""


@dataclass(frozen=True, slots=True)
class ConfirmRestore(Command):
    """Yes, overwrite the data disk of the VPS typed here."""

    vps_name: str


@dataclass(frozen=True, slots=True)
class WithdrawRestore(Command):
    """No, the data is not put back: the request that waits for its confirmation is off."""


@dataclass(frozen=True, slots=True)
class NoteRestoreMilestone(Command):
    """The restore is `half` done, `late`, or cannot be seen (`blind`)."""

    milestone: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class NoteRestoreDone(Command):
    """The data disk is back at the snapshot."""


@dataclass(frozen=True, slots=True)
class NoteRestoreFailed(Command):
    """The data disk could not be put back."""

    reason: str
    cause: FailureReason = FailureReason.BY_HAND


@dataclass(frozen=True, slots=True)
class VoidTests(Command):
    """The restore of the change `other` overwrote the data of the server: what tests gave before means nothing."""

    other: str


@dataclass(frozen=True, slots=True)
class NoteTried(Command):
    """One way out of the incident was tried; `note` says what was done and what came of it."""

    way: Recovery
    note: str


@dataclass(frozen=True, slots=True)
class HandOver(Command):
    """Neither fixing nor the backups help: the incident process takes over."""

    reason: str


@dataclass(frozen=True, slots=True)
class SaveReview(Command):
    """What happened against the plan, and what to do better."""

    text: str
