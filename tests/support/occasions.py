"""What gives rise to messages where no person and no clock of a scene does: other changes of the server, the provider,
somebody who takes a change over or is away, and a date that is moved after people were told.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from application.ports import Absence
from application.templates.following import told_of_suspension
from bot.commands.absence import asking_instead
from changes import commands as c
from changes.effects import Effect
from changes.model import SYSTEM, Person, PlanTask, Stage, State, Window
from changes.planning.occupancy import Booking
from changes.planning.steps import StepKind
from changes.policy import Recipient
from changes.snapshots import FailureReason
from tests.support.builder import a_change
from tests.support.core import CLAIRE, LUC, NADIA, PIERRE, Story, at, night, plan
from tests.support.scenes import SERVICE
from tests.support.templated import Templated, a_template, approved

OLGA = Person("o", "Olga")
"""Who works on the other change."""
BY_MAIL = replace(SERVICE, notify=("teams", "mail"), mail=(Recipient("everybody@example.org"),))
APART = "They touch nothing in common."
_MILESTONES = {
    "snapshot requested": ("busy", "waiting"),
    "snapshot running": ("late", "blind"),
    "restoring": ("busy", "late", "blind"),
}


@dataclass(frozen=True, slots=True)
class Occasion:
    """Effects, what they come of in a word or two, and the story in which they do."""

    cause: str
    story: Story
    effects: tuple[Effect, ...]
    beside: tuple[Booking, ...] = ()


def other(state: State, window: Window, *, busy: bool = True, started: bool = False) -> Booking:
    """Another change of the same server, or one that is near and has nothing to do there."""
    return Booking(
        *("CHG-2027-0009", "New disks", window, state),
        occupied=window if busy else None,
        same_service=False,
        people=(OLGA,),
        started_at=night(22, 30) if started else None,
    )


AT_NIGHT, NEXT_DAY = Window(night(22), night(0)), Window(night(0), night(2))
BROKEN, AT_WORK = other(State.INCIDENT, AT_NIGHT), other(State.IN_PROGRESS, AT_NIGHT, started=True)


def occasions() -> Iterator[Occasion]:
    """Every one of them, in no order."""
    yield from _of_the_request()
    yield from _of_other_changes()
    yield from _of_the_provider()
    yield from _of_announced_dates()
    yield from _of_templates()
    yield from _of_tasks()


def _of_templates() -> Iterator[Occasion]:
    of = plan(implementer=LUC)
    standard = Templated(approved(a_template(of))).requested(of).until(at(2027, 4, 7))
    seen = len(standard.caused)
    yield Occasion("go", _as_story(standard.until(at(2027, 4, 8, 9, 1))), tuple(standard.caused[seen:]))
    normal = Templated(replace(approved(a_template(of)), suspended_by="CHG-2027-0009")).requested(of)
    yield Occasion("`change.submit`", _as_story(normal), tuple(normal.caused))
    bad = replace(standard.template, suspended_by=standard.now_it_is.id)
    line = told_of_suspension(bad, standard.now_it_is, standard.entries[-1])
    yield Occasion("`window.extend`", _as_story(standard), (line,))


def _as_story(of: Templated) -> Story:
    return Story(SERVICE, of.change, list(of.entries))


def _do(
    cause: str, story: Story, command: c.Command, beside: Booking | None = None, now: datetime | None = None
) -> Occasion:
    bookings, seen = (beside,) if beside else (), len(story.caused)
    story.do(command, now, bookings)
    return Occasion(cause, story, tuple(story.caused[seen:]), bookings)


def _at(stands: str, **other: object) -> Story:
    return a_change(stands, service=SERVICE, implementer=LUC, **other)  # type: ignore[arg-type]


def _of_the_request() -> Iterator[Occasion]:
    yield _do("`change.submit`", _at("draft"), c.Submit(NADIA), other(State.SCHEDULED, NEXT_DAY, busy=False))
    taken = replace(other(State.SCHEDULED, AT_NIGHT), same_service=True)
    yield _do("`/change allow`", _at("draft"), c.AllowConflict(PIERRE, APART), taken)
    yield _do("`/change assign`", _at("submitted"), c.Reassign(PIERRE, implementer=CLAIRE))
    alone = a_change("pre-check asked", service=replace(SERVICE, deputies=()), implementer=LUC)
    yield _do("`/change assign`", alone, c.Reassign(PIERRE, implementer=PIERRE))
    staged = replace(SERVICE, approvals=(Stage((CLAIRE,)), Stage((PIERRE,))))
    yield _do("`precheck.approve`", a_change("pre-check asked", service=staged), c.ApprovePrecheck(CLAIRE))
    asked = _at("pre-check asked")
    away = Absence(1, PIERRE, date(2027, 4, 1), date(2027, 4, 9))
    instead = asking_instead(asked.now_it_is, (CLAIRE,), away, asked.last)
    yield Occasion("`/change absent`", asked, tuple(instead))


def _of_tasks() -> Iterator[Occasion]:
    tasks = PlanTask("Tell the helpdesk", CLAIRE, days=3), PlanTask("Copy the files", days=2, blocking=True)
    story = _at("scheduled", tasks=tasks)
    due = next(each for each in story.waiting() if each.kind is StepKind.TASK)
    yield _do("task", story, c.FireStep(SYSTEM, due.key), now=due.due)
    nudge = next(each for each in story.until(due.due).waiting() if each.kind is StepKind.TASK_NUDGE)
    yield _do("task nudge", story, c.FireStep(SYSTEM, nudge.key), now=nudge.due)


def _of_other_changes() -> Iterator[Occasion]:
    scheduled = _at("scheduled")
    yield _do("GO of another change", scheduled, c.PlanSnapshot(SYSTEM, night(16, 30), BROKEN.change))
    yield _do("another change is called off", scheduled, c.PlanSnapshot(SYSTEM, None))
    held = _at("scheduled").until(night(19))
    [due] = [each for each in held.waiting() if each.kind is StepKind.SNAPSHOT]
    yield _do("snapshot", held, c.FireStep(SYSTEM, due.key), BROKEN, due.due)
    yield _do("`snapshot.retry`", held, c.RetrySnapshot(PIERRE, APART), BROKEN)
    waived = _at("scheduled, snapshot waived").until(night(22))
    yield _do("`window.start`", waived, c.Start(PIERRE, APART), BROKEN)
    yield _do("`window.extend`", _at("in progress"), c.Extend(LUC, 60, "Slow."), other(State.SCHEDULED, NEXT_DAY))
    incident = _at("incident")
    yield _do("`restore.ask`", incident, c.AskRestore(LUC), AT_WORK)
    yield _do("`restore.withdraw`", incident, c.WithdrawRestore(LUC), AT_WORK)
    yield _do("`restore.confirm`", _at("restore asked"), c.ConfirmRestore(PIERRE, "Hannibal"), AT_WORK)
    tested = _at("in progress, tests passed")
    yield _do("restore of another change", tested, c.VoidTests(SYSTEM, "CHG-2027-0009 (New disks)"))
    tested = _at("in progress, tests passed")
    yield _do("`change.complete`", tested, c.Complete(LUC), other(State.READY, AT_NIGHT))


def _of_the_provider() -> Iterator[Occasion]:
    for stands in ("GO asked", "scheduled"):
        yield _do("preflight", _at(stands), c.NotePreflight(SYSTEM, ("There is no room for it.",)))
    for stands, milestones in _MILESTONES.items():
        note = c.NoteRestoreMilestone if stands == "restoring" else c.NoteSnapshotMilestone
        for each in milestones:
            what = "restore" if stands == "restoring" else "snapshot"
            yield _do(f"{what} {each}", _at(stands), note(SYSTEM, each, "The provider does not answer."))
    refused = c.NoteRestoreFailed(SYSTEM, "The snapshot is not of this server.", FailureReason.UNFIT)
    yield _do("restore refused", _at("restoring"), refused)


def _of_announced_dates() -> Iterator[Occasion]:
    asked = a_change("GO asked", service=BY_MAIL, implementer=LUC)
    yield _do("`go.give`", asked, c.GiveGo(PIERRE))
    moved = _at("scheduled").then(at(2027, 4, 9), c.Move(NADIA, plan(date(2027, 5, 20)).window))
    yield _do("`go.give`", moved.until(at(2027, 5, 13)), c.GiveGo(PIERRE))
