"""The one builder of a change: by its way through the process, with defaults for everything else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from changes import commands as c
from changes.model import SYSTEM, ChangeType, Person, Plan, Recovery, State, Window
from changes.planning.occupancy import Booking
from changes.policy import Service
from changes.snapshots import FailureReason
from tests.support.core import LEARN, NADIA, PIERRE, REQUESTED, Story, at, night, plan

_TAKEN = Window(night(18), night(21, 30))
NEIGHBOUR = Booking("CHG-2027-0009", "New disks", _TAKEN, State.INCIDENT, _TAKEN, same_service=False, people=(PIERRE,))
"""A change of another service that is an incident on the same server."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """Who does what."""

    requester: Person
    implementer: Person
    decides: Person
    restores: Person
    """Who asks for the restore."""


_STEPS: Mapping[str, tuple[datetime, Callable[[_Parts], c.Command] | None]] = {
    "submit": (REQUESTED, lambda who: c.Submit(who.requester)),
    "to pre-check": (at(2027, 4, 1), None),
    "correct": (at(2027, 4, 1, 12), lambda who: c.RequestCorrections(who.decides, "More tests.")),
    "approve": (at(2027, 4, 1, 12), lambda who: c.ApprovePrecheck(who.decides)),
    "to GO": (at(2027, 4, 8), None),
    "GO": (at(2027, 4, 8, 9, 30), lambda who: c.GiveGo(who.decides)),
    "waive with GO": (at(2027, 4, 8, 9, 30), lambda who: c.GiveGo(who.decides, waiver="There is the NAS.")),
    "NO-GO": (at(2027, 4, 8, 10), lambda who: c.RefuseGo(who.decides, "Exams.")),
    "postpone": (at(2027, 4, 8, 10), lambda who: c.Postpone(who.requester, "Exams.")),
    "cancel": (at(2027, 4, 8, 10), lambda who: c.Cancel(who.requester, "No need.")),
    "to snapshot": (night(19, 15), None),
    "to snapshot beside another": (night(19, 15), None),
    "snapshot runs": (night(19, 16), lambda _: c.NoteSnapshotStarted(SYSTEM)),
    "snapshot fails": (night(19, 20), lambda _: c.NoteSnapshotFailed(SYSTEM, "No room.", FailureReason.QUOTA)),
    "snapshot": (night(21, 45), lambda _: c.NoteSnapshotFinished(SYSTEM, "CHG-2027-0001")),
    "to start": (night(22), None),
    "start": (night(22, 1), lambda who: c.Start(who.implementer)),
    "pass": (night(22, 30), None),
    "fail": (night(22, 30), None),
    "trouble": (night(22, 30), lambda who: c.ReportTrouble(who.implementer, "It hangs.")),
    "extend": (night(22, 30), lambda who: c.Extend(who.implementer, 30, "It is slow.")),
    "to cutoff": (night(23), None),
    "to end": (night(23, 30), None),
    "incident": (night(22, 30), lambda who: c.DeclareIncident(who.implementer, "Nobody can log in.")),
    "fix": (night(22, 50), lambda who: c.NoteTried(who.implementer, Recovery.FIX, "The cache is empty.")),
    "hand over": (night(23), lambda who: c.HandOver(who.implementer, "Nothing helps.")),
    "ask restore": (night(22, 40), lambda who: c.AskRestore(who.restores)),
    "confirm": (night(22, 50), lambda who: c.ConfirmRestore(who.decides, "Hannibal")),
    "restore refused": (night(22, 51), lambda _: c.NoteRestoreFailed(SYSTEM, "Not it.", FailureReason.UNFIT)),
    "restore lost": (night(22, 51), lambda _: c.NoteRestoreFailed(SYSTEM, "Out of sight.", FailureReason.LOST)),
    "restored": (night(23, 50), lambda _: c.NoteRestoreDone(SYSTEM)),
    "complete": (night(23), lambda who: c.Complete(who.implementer)),
    "review": (at(2027, 4, 16, 10), lambda who: c.SaveReview(who.implementer, "Good.")),
}
"""What may happen to a change, when, and by whom; where nobody does anything, what is due by then."""
_PRECHECK = ("submit", "to pre-check")
_AT_GO = (*_PRECHECK, "approve", "to GO")
_GO = (*_AT_GO, "GO")
_SNAPSHOT = (*_GO, "to snapshot")
_READY = (*_SNAPSHOT, "snapshot runs", "snapshot")
_WORK = (*_READY, "to start", "start")
_INCIDENT = (*_WORK, "incident")
_RESTORE = (*_INCIDENT, "ask restore", "confirm")
WAYS: Mapping[str, tuple[str, ...]] = {
    "draft": (),
    "submitted": ("submit",),
    "pre-check asked": _PRECHECK,
    "corrections requested": (*_PRECHECK, "correct"),
    "pre-checked": (*_PRECHECK, "approve"),
    "GO asked": _AT_GO,
    "scheduled": _GO,
    "scheduled, snapshot waived": (*_AT_GO, "waive with GO"),
    "snapshot requested": _SNAPSHOT,
    "snapshot running": (*_SNAPSHOT, "snapshot runs"),
    "snapshot failed": (*_SNAPSHOT, "snapshot fails"),
    "snapshot held back": (*_GO, "to snapshot beside another"),
    "ready": _READY,
    "time to start": (*_READY, "to start"),
    "in progress": _WORK,
    "in progress, tests passed": (*_WORK, "pass"),
    "in progress, tests failed": (*_WORK, "fail"),
    "trouble": (*_WORK, "trouble"),
    "extended": (*_WORK, "extend"),
    "cutoff asked": (*_WORK, "to cutoff"),
    "window over": (*_WORK, "to end"),
    "incident": _INCIDENT,
    "incident, tests passed": (*_INCIDENT, "fix", "pass"),
    "restore asked": (*_INCIDENT, "ask restore"),
    "restoring": _RESTORE,
    "restore refused": (*_RESTORE, "restore refused"),
    "restore out of sight": (*_RESTORE, "restore lost"),
    "restored": (*_RESTORE, "restored"),
    "fix logged": (*_INCIDENT, "fix"),
    "handed over": (*_INCIDENT, "hand over"),
    "completed": (*_WORK, "pass", "complete"),
    "reviewed": (*_WORK, "pass", "complete", "review"),
    "NO-GO": (*_AT_GO, "NO-GO"),
    "postponed": (*_GO, "postpone"),
    "cancelled": (*_GO, "cancel"),
    "dropped as a draft": ("cancel",),
}
"""How a change comes to stand where it stands."""


def a_change(
    stands: str = "submitted",
    wanted: Plan | None = None,
    service: Service = LEARN,
    *,
    now: datetime | None = None,
    requester: Person = NADIA,
    decides: Person = PIERRE,
    restores: Person | None = None,
    **other: object,
) -> Story:
    """A change that stands there, by one of WAYS; its last step is at `now`, and `other` are facts of its plan."""
    story, moment = Story(service), REQUESTED
    wanted = wanted or plan(**other)  # type: ignore[arg-type]
    way, who = WAYS[stands], _Parts(requester, wanted.implementer, decides, restores or wanted.implementer)
    early = now is not None and len(way) < 2
    story.do(c.Draft(requester, wanted), now if early else REQUESTED)
    for number, step in enumerate(way, start=1):
        usual, command = _STEPS[step]
        moment = usual if usual > moment or number == 1 else moment + timedelta(minutes=10)
        moment = now if now is not None and number == len(way) else moment
        if step in ("pass", "fail"):
            after_tests(story, moment, *(range(len(wanted.tests)) if step == "fail" else ()))
        elif command is not None:
            story.do(command(who), moment)
        else:
            story.bookings = (NEIGHBOUR,) if "beside" in step else ()
            story.until(moment).bookings = ()
    return story


def urgent(
    now: datetime,
    day: date = date(2027, 4, 15),
    hour: int = 22,
    service: Service = LEARN,
    requester: Person = NADIA,
    **other: object,
) -> Story:
    """An emergency that was handed in, and whose pre-check and GO are asked for."""
    wanted = plan(day, hour, kind=ChangeType.EMERGENCY, reason="A hole is exploited.", **other)  # type: ignore[arg-type]
    return a_change("submitted", wanted, service, now=now, requester=requester).at_once(now)


def after_tests(story: Story, now: datetime | None = None, *failed: int) -> Story:
    """The story after its implementer has recorded every test: those `failed`, and the others passed."""
    for index in range(len(story.now_it_is.plan.tests)):
        story.do(c.RecordTest(story.now_it_is.plan.implementer, index, passed=index not in failed), now)
    return story
