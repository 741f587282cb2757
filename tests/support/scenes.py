"""A change in every state that the process knows, with every way of standing there that asks for something else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from changes import commands as c
from changes.model import SYSTEM, ChangeType, Person, Recovery, State, Window
from changes.planning.occupancy import Booking
from changes.policy import Service
from changes.snapshots import FailureReason, Server
from infomaniak.manual import MANUAL
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, REQUESTED, Story, at, plan

ADMIN = Person("a", "Ada")
SERVICE = replace(LEARN, admins=(ADMIN,))
BY_HAND = replace(SERVICE, vps=Server("Hannibal", MANUAL.provider))
"""Where a person takes the snapshot on the dashboard."""
ROLES: Mapping[str, Person] = {
    "requester": NADIA,
    "implementer": LUC,
    "approver": PIERRE,
    "deputy": CLAIRE,
    "admin": ADMIN,
}


EVENING, NIGHT = at(2027, 4, 15, 22, 30), at(2027, 4, 15, 23, 0)


@dataclass(frozen=True, slots=True)
class Scene:
    """A story up to a moment, and the other changes that matter to it then."""

    story: Story
    now: datetime
    bookings: tuple[Booking, ...] = ()

    @property
    def service(self) -> Service:
        return self.story.service


def _requested(service: Service = SERVICE) -> Story:
    story = Story(service)
    story.do(c.Draft(NADIA, plan(implementer=LUC)), REQUESTED)
    story.do(c.Submit(NADIA), REQUESTED)
    return story


def _asked(service: Service = SERVICE) -> Story:
    story = _requested(service)
    story.until(at(2027, 4, 1))
    return story


def _prechecked(service: Service = SERVICE) -> Story:
    story = _asked(service)
    story.do(c.ApprovePrecheck(PIERRE), at(2027, 4, 1, 12))
    return story


def _at_go(service: Service = SERVICE) -> Story:
    story = _prechecked(service)
    story.until(at(2027, 4, 8))
    return story


def _scheduled(service: Service = SERVICE) -> Story:
    story = _at_go(service)
    story.do(c.GiveGo(PIERRE), at(2027, 4, 8, 9, 30))
    return story


def _snapshotting(service: Service = SERVICE) -> Story:
    story = _scheduled(service)
    story.until(at(2027, 4, 15, 19, 15))
    return story


def _ready() -> Story:
    story = _snapshotting()
    story.do(c.NoteSnapshotStarted(SYSTEM), at(2027, 4, 15, 19, 16))
    story.do(c.NoteSnapshotFinished(SYSTEM, "CHG-2027-0001"), at(2027, 4, 15, 21, 45))
    return story


def _at_work() -> Story:
    story = _ready()
    story.until(at(2027, 4, 15, 22))
    story.do(c.Start(LUC), at(2027, 4, 15, 22, 1))
    return story


def _tested(story: Story, now: datetime, *, passed: bool = True) -> None:
    for index in range(len(story.now_it_is.plan.tests)):
        story.do(c.RecordTest(LUC, index, passed), now)


def _incident() -> Story:
    story = _at_work()
    story.do(c.DeclareIncident(LUC, "Nobody can log in."), at(2027, 4, 15, 22, 30))
    return story


def _draft() -> Story:
    story = Story(SERVICE)
    story.do(c.Draft(NADIA, plan(implementer=LUC)), REQUESTED)
    return story


def _all_tests(*, passed: bool) -> Story:
    story = _at_work()
    _tested(story, EVENING, passed=passed)
    return story


def _tested_in_incident() -> Story:
    story = _then(_incident(), at(2027, 4, 15, 22, 50), c.NoteTried(LUC, Recovery.FIX, "The cache was emptied."))
    _tested(story, at(2027, 4, 15, 23))
    return story


def _restore_asked() -> Story:
    story = _incident()
    story.do(c.AskRestore(LUC), at(2027, 4, 15, 22, 40))
    return story


def _restoring() -> Story:
    story = _restore_asked()
    story.do(c.ConfirmRestore(PIERRE, "Hannibal"), at(2027, 4, 15, 22, 50))
    return story


def _then(story: Story, now: datetime, *commands: c.Command) -> Story:
    for command in commands:
        story.do(command, now)
    return story


def _until(story: Story, now: datetime) -> Story:
    story.until(now)
    return story


def _completed() -> Story:
    story = _at_work()
    _tested(story, at(2027, 4, 15, 22, 50))
    return _then(story, at(2027, 4, 15, 23), c.Complete(LUC))


_TAKEN = Window(at(2027, 4, 15, 18), at(2027, 4, 15, 21, 30))
NEIGHBOUR = Booking("CHG-2027-0009", "New disks", _TAKEN, State.INCIDENT, _TAKEN, same_service=False, people=(PIERRE,))
"""A change of another service that is an incident on the same server."""


def _held() -> Story:
    story = _scheduled()
    now = at(2027, 4, 15, 19, 15)
    step = next(each for each in story.waiting() if each.key.endswith("snapshot/0"))
    story.until(now - timedelta(minutes=1))
    story.do(c.FireStep(SYSTEM, step.key), now, (NEIGHBOUR,))
    return story


def _emergency() -> Story:
    story = Story(SERVICE)
    wanted = plan(at(2027, 3, 16).date(), 2, kind=ChangeType.EMERGENCY, reason="A hole is being used.", implementer=LUC)
    story.do(c.Draft(NADIA, wanted), REQUESTED)
    story.do(c.Submit(NADIA), REQUESTED)
    story.at_once(REQUESTED)
    return story


def _untested() -> Story:
    story = _restoring()
    return _then(story, at(2027, 4, 15, 23, 50), c.NoteRestoreDone(SYSTEM))


_MADE: Mapping[str, Callable[[], tuple[Story, datetime]]] = {
    "draft": lambda: (_draft(), REQUESTED),
    "submitted": lambda: (_requested(), REQUESTED),
    "pre-check asked": lambda: (_asked(), at(2027, 4, 1)),
    "pre-check and GO asked (emergency)": lambda: (_emergency(), REQUESTED),
    "corrections requested": lambda: (
        _then(_asked(), at(2027, 4, 1, 12), c.RequestCorrections(PIERRE, "More tests.")),
        at(2027, 4, 1, 12),
    ),
    "pre-checked": lambda: (_prechecked(), at(2027, 4, 1, 12)),
    "GO asked": lambda: (_at_go(), at(2027, 4, 8)),
    "scheduled": lambda: (_scheduled(), at(2027, 4, 8, 9, 30)),
    "scheduled, snapshot waived": lambda: (
        _then(_at_go(), at(2027, 4, 8, 9, 30), c.GiveGo(PIERRE, waiver="There is the NAS.")),
        at(2027, 4, 8, 9, 30),
    ),
    "snapshot requested": lambda: (_snapshotting(), at(2027, 4, 15, 19, 15)),
    "snapshot to begin by hand": lambda: (_snapshotting(BY_HAND), at(2027, 4, 15, 19, 15)),
    "snapshot running": lambda: (
        _then(_snapshotting(), at(2027, 4, 15, 19, 16), c.NoteSnapshotStarted(SYSTEM)),
        at(2027, 4, 15, 19, 16),
    ),
    "snapshot running by hand": lambda: (
        _then(_snapshotting(BY_HAND), at(2027, 4, 15, 19, 20), c.NoteSnapshotStarted(LUC)),
        at(2027, 4, 15, 19, 20),
    ),
    "snapshot failed": lambda: (
        _then(_snapshotting(), at(2027, 4, 15, 19, 20), c.NoteSnapshotFailed(SYSTEM, "No room.", FailureReason.QUOTA)),
        at(2027, 4, 15, 19, 20),
    ),
    "snapshot held back": lambda: (_held(), at(2027, 4, 15, 19, 15)),
    "ready": lambda: (_ready(), at(2027, 4, 15, 21, 45)),
    "time to start": lambda: (_until(_ready(), at(2027, 4, 15, 22)), at(2027, 4, 15, 22)),
    "in progress": lambda: (_at_work(), at(2027, 4, 15, 22, 1)),
    "in progress, tests passed": lambda: (_all_tests(passed=True), EVENING),
    "in progress, tests failed": lambda: (_all_tests(passed=False), EVENING),
    "trouble": lambda: (_then(_at_work(), EVENING, c.ReportTrouble(LUC, "It hangs.")), EVENING),
    "extended": lambda: (_then(_at_work(), EVENING, c.Extend(LUC, 30, "It is slow.")), EVENING),
    "cutoff asked": lambda: (_until(_at_work(), NIGHT), NIGHT),
    "window over": lambda: (_until(_at_work(), at(2027, 4, 15, 23, 30)), at(2027, 4, 15, 23, 30)),
    "incident": lambda: (_incident(), EVENING),
    "incident, tests passed": lambda: (_tested_in_incident(), NIGHT),
    "restore asked": lambda: (_restore_asked(), at(2027, 4, 15, 22, 40)),
    "restoring": lambda: (_restoring(), at(2027, 4, 15, 22, 50)),
    "restore refused": lambda: (
        _then(
            _restoring(), at(2027, 4, 15, 22, 51), c.NoteRestoreFailed(SYSTEM, "Not the latest.", FailureReason.UNFIT)
        ),
        at(2027, 4, 15, 22, 51),
    ),
    "restored": lambda: (_untested(), at(2027, 4, 15, 23, 50)),
    "fix logged": lambda: (
        _then(_incident(), NIGHT, c.NoteTried(LUC, Recovery.FIX, "The cache was emptied.")),
        NIGHT,
    ),
    "handed over": lambda: (_then(_incident(), NIGHT, c.HandOver(LUC, "Nothing helps.")), NIGHT),
    "completed": lambda: (_completed(), NIGHT),
    "reviewed": lambda: (_then(_completed(), at(2027, 4, 16, 10), c.SaveReview(LUC, "Good.")), at(2027, 4, 16, 10)),
    "NO-GO": lambda: (
        _then(_at_go(), at(2027, 4, 8, 10), c.RefuseGo(PIERRE, "Exams.")),
        at(2027, 4, 8, 10),
    ),
    "postponed": lambda: (
        _then(_scheduled(), at(2027, 4, 8, 10), c.Postpone(NADIA, "Exams.")),
        at(2027, 4, 8, 10),
    ),
    "cancelled": lambda: (_then(_scheduled(), at(2027, 4, 8, 10), c.Cancel(NADIA, "No need.")), at(2027, 4, 8, 10)),
}


NAMES = tuple(_MADE)
"""Every scene."""


def scene(name: str) -> Scene:
    """The scene of that name, made anew."""
    story, now = _MADE[name]()
    return Scene(story, now, (NEIGHBOUR,) if name == "snapshot held back" else ())
