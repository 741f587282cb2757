"""The ways of a change through its states (docs/process.md, P16), by example."""

from datetime import date, timedelta

import pytest

from changes import commands as c
from changes import events as e
from changes.errors import NotAllowed, StepObsolete, TooLate, ValidationFailed, WrongState
from changes.lifecycle import evolve, fold
from changes.model import (
    AWAITING_APPROVAL,
    AWAITING_IMPLEMENTATION,
    SYSTEM,
    ChangeType,
    Person,
    SnapshotStatus,
    State,
    Window,
)
from changes.planning.steps import StepKind
from changes.planning.timeline import pending
from tests.support.builder import a_change
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, Story, at, night, plan

EVENING = night(22, 30)
LATER = Window(at(2027, 5, 20, 22), at(2027, 5, 20, 23, 30))


def test_corrections_bring_the_change_back_before_the_approver() -> None:
    story = a_change("corrections requested")
    story.refuses(c.Edit(NADIA, story.now_it_is.plan), "Nothing was changed", at(2027, 4, 1, 13), WrongState)
    story.do(c.Edit(NADIA, plan(what="All plug-ins are updated.")))
    assert (story.now_it_is.state, story.now_it_is.corrections) == (State.PRECHECK_PENDING, None)


@pytest.mark.parametrize("by", [NADIA, PIERRE, CLAIRE])
@pytest.mark.parametrize("stands", ["submitted", "pre-check asked", "GO asked", "scheduled", "snapshot requested"])
def test_what_has_not_started_can_be_cancelled_and_then_nothing_more(stands: str, by: Person) -> None:
    story = a_change(stands)
    for other in (LUC, SYSTEM):
        story.refuses(c.Cancel(other, "No."), error=NotAllowed)
    story.do(c.Cancel(by, "Not needed."))
    assert (story.now_it_is.state, pending(story.now_it_is, LEARN)) == (State.CANCELLED, ())
    for command in (c.Edit(NADIA, plan(title="Again")), c.Postpone(NADIA, "Later."), c.Cancel(NADIA, "Twice.")):
        story.refuses(command, "is cancelled", error=WrongState)


def test_what_has_started_is_neither_cancelled_nor_postponed_and_what_is_over_not_started() -> None:
    for command in (c.Cancel(NADIA, "No."), c.Postpone(NADIA, "Later."), c.Move(NADIA, LATER)):
        a_change("in progress").refuses(command, "is in progress", error=WrongState)
    a_change("ready").refuses(c.Start(NADIA), r"ended at Thu 15 Apr 2027, 23:30 \(CEST\)", night(23, 40), TooLate)


def test_a_step_fires_not_before_its_time_and_not_twice() -> None:
    story = a_change()
    step = pending(story.now_it_is, LEARN)[0]
    early = step.due - timedelta(seconds=1)
    story.refuses(c.FireStep(SYSTEM, step.key), r"not due before Tue 30 Mar 2027, 09:00 \(CEST\)", early, WrongState)
    story.do(c.FireStep(SYSTEM, step.key), step.due)
    story.refuses(c.FireStep(SYSTEM, step.key), error=StepObsolete)
    story.refuses(c.FireStep(PIERRE, step.key), error=NotAllowed)


def test_a_snapshot_is_taken_again_under_another_name_and_each_attempt_has_its_milestones() -> None:
    story = a_change("snapshot failed")
    story.refuses(c.RetrySnapshot(SYSTEM), "not there, because it failed", error=WrongState)
    story.do(c.RetrySnapshot(NADIA))
    snapshot = story.now_it_is.snapshot
    assert (snapshot.name, snapshot.attempt, snapshot.status) == ("CHG-2027-0001-2", 2, SnapshotStatus.REQUESTED)
    half, story = c.NoteSnapshotMilestone(SYSTEM, "half"), a_change("snapshot running")
    story.do(half, night(20, 30))
    story.refuses(half, "said already that the snapshot of CHG-2027-0001 is at 50 %", error=WrongState)
    failed = c.NoteSnapshotFailed(SYSTEM, "The disk is full.")
    story.then(night(22, 1), c.NoteSnapshotMilestone(SYSTEM, "late"), failed, c.RetrySnapshot(NADIA), half)


def test_an_extension_moves_the_end_and_past_the_acceptable_overrun_needs_the_approver() -> None:
    story = a_change("in progress").then(EVENING, c.Extend(NADIA, 120, "The import is slow."))
    assert (story.now_it_is.state, story.now_it_is.ends_at) == (State.EXTENDED, night(1, 30))
    story.refuses(c.Extend(NADIA, 1, "Still slow."), "More than 120 minutes of overrun in all", error=NotAllowed)
    story.do(c.Extend(PIERRE, 60, "Still slow."))
    assert story.now_it_is.extended_minutes == 180


@pytest.mark.parametrize(
    ("minutes", "now", "said"),
    [
        *((minutes, EVENING, "in minutes, from 1 to 720") for minutes in (0, -5, 12 * 60 + 1)),
        (10, night(0, 30), "would be over already"),
    ],
)
def test_an_extension_has_a_length_that_makes_sense(minutes: int, now: object, said: str) -> None:
    extend = c.Extend(PIERRE, minutes, "The import is slow.")
    a_change("in progress").refuses(extend, said, now, ValidationFailed)  # type: ignore[arg-type]


def test_a_restore_needs_an_incident_a_snapshot_two_people_and_the_servers_name() -> None:
    story = a_change("in progress")
    story.refuses(c.AskRestore(NADIA), "declare an incident first", EVENING, WrongState)
    story.then(EVENING, c.DeclareIncident(NADIA, "Nobody can log in."), c.AskRestore(PIERRE))
    for alone in (PIERRE, NADIA):
        story.refuses(c.ConfirmRestore(alone, "Hannibal"), "two people", error=NotAllowed)
    wrong = c.ConfirmRestore(CLAIRE, "Hasdrubal")
    story.refuses(wrong, "Type the name of the server, Hannibal", error=ValidationFailed)
    story.do(c.ConfirmRestore(CLAIRE, " Hannibal "))
    assert story.now_it_is.state is State.RESTORING


@pytest.mark.parametrize("ended", [c.NoteRestoreDone(SYSTEM), c.NoteRestoreFailed(SYSTEM, "The disk is full.")])
def test_a_restore_that_ended_can_be_asked_for_again_and_one_that_waits_cannot(ended: c.Command) -> None:
    story = a_change("restore asked")
    story.refuses(c.AskRestore(PIERRE), "awaiting confirmation", error=WrongState)
    story.then(None, c.ConfirmRestore(PIERRE, "Hannibal"), ended)
    if story.now_it_is.state is not State.INCIDENT:
        story.do(c.DeclareIncident(NADIA, "It is still broken."))
    story.do(c.AskRestore(NADIA))
    story.refuses(c.AskRestore(PIERRE), "awaiting confirmation", error=WrongState)


def test_a_change_begins_with_its_draft() -> None:
    with pytest.raises(ValueError, match="begins with its draft"):
        evolve(None, e.Entry(1, EVENING, NADIA, "test", e.Started()))
    with pytest.raises(ValueError, match="begins with an event"):
        fold([])


@pytest.mark.parametrize("state", sorted(AWAITING_APPROVAL | AWAITING_IMPLEMENTATION))
def test_a_postponed_change_that_is_moved_keeps_no_decision_and_no_snapshot(state: State) -> None:
    story = a_change("scheduled")
    story.change = story.now_it_is.with_(state=state)
    story.then(at(2027, 4, 9), c.Postpone(PIERRE, "The vendor is late."))
    assert [step.kind for step in pending(story.now_it_is, LEARN)] == [StepKind.NEW_DATE_NUDGE]
    change = story.then(None, c.Move(NADIA, LATER)).now_it_is
    assert (change.precheck, change.go, change.announced) == (None, None, None)
    assert change.snapshot.status is SnapshotStatus.NONE


@pytest.mark.parametrize("stands", ["pre-check asked", "GO asked", "scheduled"])
@pytest.mark.parametrize(
    "other",
    [
        {"what": "The disks are replaced."},
        {"tests": ("Log in",)},
        {"minutes": 120},
        {"implementer": LUC},
        {"rollback": "There is none."},
        {"kind": ChangeType.EMERGENCY, "reason": "A hole is exploited."},
        {"day": date(2027, 4, 15), "reason": "The vendor stops."},
    ],
)
def test_a_precheck_is_void_when_anything_but_the_date_is_another(other: dict[str, object], stands: str) -> None:
    story: Story = a_change(stands)
    story.do(c.Edit(NADIA, plan(**({"day": date(2027, 5, 20)} | other))), at(2027, 4, 9))  # type: ignore[arg-type]
    change = story.now_it_is
    assert (change.precheck, change.go) == (None, None)
    assert change.state in (State.SUBMITTED, State.PRECHECK_PENDING)
    if change.state is State.PRECHECK_PENDING:
        assert story.happened(e.PrecheckAsked)[-1].fingerprint == change.plan.fingerprint
