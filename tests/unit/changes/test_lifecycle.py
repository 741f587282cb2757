"""The ways of a change through its states (PROCESS.md, States), by example."""

from datetime import date, timedelta

import pytest

from changes import commands as c
from changes import events as e
from changes.effects import SendNotice
from changes.errors import NotAllowed, StepObsolete, TooLate, ValidationFailed, WrongState
from changes.lifecycle import evolve, fold
from changes.model import (
    AWAITING_APPROVAL,
    AWAITING_IMPLEMENTATION,
    SYSTEM,
    ChangeType,
    Outcome,
    Person,
    SnapshotStatus,
    State,
    Window,
)
from changes.notification.notices import NoticeKind
from changes.planning.timeline import StepKind, pending
from tests.support.core import (
    CLAIRE,
    LEARN,
    LUC,
    NADIA,
    PIERRE,
    Story,
    after_tests,
    an_incident,
    at,
    at_go,
    at_precheck,
    in_progress,
    plan,
    requested,
    scheduled,
)

EVENING = at(2027, 4, 15, 22, 30)
LATER = Window(at(2027, 5, 20, 22), at(2027, 5, 20, 23, 30))


def snapshotting() -> Story:
    story = scheduled()
    story.until(at(2027, 4, 15, 19, 15))
    return story


def states(story: Story) -> list[State]:
    """The states in the order in which the change came through them."""
    passed = [each.state for each in (*story.was, story.change) if each is not None]
    return [state for number, state in enumerate(passed) if number == 0 or passed[number - 1] is not state]


def test_the_way_when_all_is_fine() -> None:
    story = in_progress()
    for index in range(2):
        story.do(c.RecordTest(NADIA, index, passed=True), EVENING)
    story.do(c.Complete(NADIA), EVENING)
    assert states(story) == [
        State.DRAFT,
        State.SUBMITTED,
        State.PRECHECK_PENDING,
        State.PRECHECKED,
        State.GO_PENDING,
        State.SCHEDULED,
        State.SNAPSHOTTING,
        State.READY,
        State.IN_PROGRESS,
        State.COMPLETED,
    ]
    assert story.now_it_is.outcome is Outcome.SUCCESSFUL
    assert fold(story.entries) == story.change


def test_corrections_bring_the_change_back_before_the_approver() -> None:
    story = at_precheck()
    story.do(c.RequestCorrections(PIERRE, "Which plug-ins?"), at(2027, 4, 1, 10))
    with pytest.raises(WrongState, match="Nothing was changed"):
        story.do(c.Edit(NADIA, story.now_it_is.plan), at(2027, 4, 1, 11))
    story.do(c.Edit(NADIA, plan(what="All plug-ins are updated.")), at(2027, 4, 1, 11))
    assert story.now_it_is.state is State.PRECHECK_PENDING
    assert story.now_it_is.corrections is None


@pytest.mark.parametrize("by", [PIERRE, CLAIRE])
def test_a_no_go_ends_the_round_and_the_requester_finds_another_date(by: object) -> None:
    story = at_go()
    story.do(c.RefuseGo(PIERRE if by is PIERRE else CLAIRE, "Exams."), at(2027, 4, 8, 10))
    assert story.now_it_is.state is State.NO_GO
    waits = [step.kind for step in pending(story.now_it_is, LEARN)]
    assert waits == [StepKind.NEW_DATE_NUDGE], "only another date is waited for"
    story.do(c.Move(NADIA, LATER), at(2027, 4, 8, 11))
    assert (story.now_it_is.state, story.now_it_is.round, story.now_it_is.go) == (State.SUBMITTED, 2, None)


def test_an_emergency_gets_precheck_and_go_in_one_answer() -> None:
    story = requested(plan(kind=ChangeType.EMERGENCY, reason="A hole is exploited."), at(2027, 4, 15, 10))
    story.at_once(at(2027, 4, 15, 10))
    with pytest.raises(WrongState, match="pre-check and GO are one answer"):
        story.do(c.ApprovePrecheck(PIERRE), at(2027, 4, 15, 11))
    story.do(c.GiveGo(PIERRE), at(2027, 4, 15, 11))
    change = story.now_it_is
    assert change.state is State.SCHEDULED
    assert change.precheck is not None
    assert change.go is not None
    assert change.precheck.fingerprint == change.go.fingerprint == change.plan.fingerprint


def test_short_notice_is_waived_with_the_precheck_and_recorded() -> None:
    story = requested(plan(date(2027, 4, 4), reason="The certificate expires."))
    story.at_once(at(2027, 3, 22))
    assert story.now_it_is.short_notice
    story.do(c.ApprovePrecheck(PIERRE), at(2027, 3, 22, 10))
    (approved,) = story.happened(e.PrecheckApproved)
    assert isinstance(approved, e.PrecheckApproved)
    assert approved.waives_lead_time


@pytest.mark.parametrize("by", [NADIA, PIERRE, CLAIRE])
@pytest.mark.parametrize("make", [requested, at_precheck, at_go, scheduled, snapshotting])
def test_whatever_has_not_started_can_be_cancelled_by_its_requester_or_who_decides_and_then_nothing_more(
    make: type[Story], by: Person
) -> None:
    story = make()
    now = story.entries[-1].at
    for other in (LUC, SYSTEM):
        with pytest.raises(NotAllowed):
            story.do(c.Cancel(other, "No."), now)
    story.do(c.Cancel(by, "Not needed."), now)
    assert story.now_it_is.state is State.CANCELLED
    for command in (c.Edit(NADIA, plan(title="Again")), c.Postpone(NADIA, "Later."), c.Cancel(NADIA, "Twice.")):
        with pytest.raises(WrongState, match="is cancelled"):
            story.do(command, now)


def test_what_has_started_is_neither_cancelled_nor_postponed() -> None:
    story = in_progress()
    for command in (c.Cancel(NADIA, "No."), c.Postpone(NADIA, "Later."), c.Move(NADIA, LATER)):
        with pytest.raises(WrongState, match="is in progress"):
            story.do(command, EVENING)


def test_a_step_fires_not_before_its_time_and_not_twice() -> None:
    story = requested()
    step = pending(story.now_it_is, LEARN)[0]
    with pytest.raises(WrongState, match=r"not due before Tue 30 Mar 2027, 09:00 \(CEST\)"):
        story.do(c.FireStep(SYSTEM, step.key), step.due - timedelta(seconds=1))
    story.do(c.FireStep(SYSTEM, step.key), step.due)
    with pytest.raises(StepObsolete):
        story.do(c.FireStep(SYSTEM, step.key), step.due)
    with pytest.raises(NotAllowed):
        story.do(c.FireStep(PIERRE, step.key), step.due)


# ── the day ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_start_is_locked_until_the_snapshot_is_finished_or_waived_by_the_approver() -> None:
    story = snapshotting()
    with pytest.raises(WrongState, match="locked until its snapshot is finished, or Pierre waives it"):
        story.do(c.Start(NADIA), EVENING)
    with pytest.raises(NotAllowed):
        story.do(c.WaiveSnapshot(NADIA, "The NAS has it."), EVENING)
    story.do(c.WaiveSnapshot(CLAIRE, "The NAS has it."), EVENING)
    assert story.now_it_is.snapshot.waived_by == CLAIRE
    story.do(c.Start(NADIA), EVENING)
    assert story.now_it_is.state is State.IN_PROGRESS


def test_a_window_that_is_over_cannot_be_started() -> None:
    story = snapshotting()
    story.do(c.NoteSnapshotFinished(SYSTEM, "CHG-2027-0001"), at(2027, 4, 15, 23, 40))
    with pytest.raises(TooLate, match=r"ended at Thu 15 Apr 2027, 23:30 \(CEST\)"):
        story.do(c.Start(NADIA), at(2027, 4, 15, 23, 40))


def test_a_failed_snapshot_is_taken_again_under_another_name_when_a_person_says_so() -> None:
    story = snapshotting()
    story.do(c.NoteSnapshotFailed(SYSTEM, "The disk is full."), at(2027, 4, 15, 20))
    with pytest.raises(WrongState, match="not there, because it failed"):
        story.do(c.RetrySnapshot(SYSTEM), at(2027, 4, 15, 20))
    story.do(c.RetrySnapshot(NADIA), at(2027, 4, 15, 20))
    snapshot = story.now_it_is.snapshot
    assert (snapshot.name, snapshot.attempt, snapshot.status) == ("CHG-2027-0001-2", 2, SnapshotStatus.REQUESTED)


def test_a_milestone_of_the_snapshot_is_said_once_and_by_the_timeline_only() -> None:
    story = snapshotting()
    story.do(c.NoteSnapshotStarted(SYSTEM), at(2027, 4, 15, 19, 16))
    with pytest.raises(NotAllowed):
        story.do(c.NoteSnapshotMilestone(NADIA, "half"), at(2027, 4, 15, 20, 30))
    story.do(c.NoteSnapshotMilestone(SYSTEM, "half"), at(2027, 4, 15, 20, 30))
    with pytest.raises(WrongState, match="said already that the snapshot of CHG-2027-0001 is half done"):
        story.do(c.NoteSnapshotMilestone(SYSTEM, "half"), at(2027, 4, 15, 20, 31))
    story.do(c.NoteSnapshotMilestone(SYSTEM, "late"), at(2027, 4, 15, 22, 1))
    story.do(c.NoteSnapshotFailed(SYSTEM, "The disk is full."), at(2027, 4, 15, 22, 2))
    story.do(c.RetrySnapshot(NADIA), at(2027, 4, 15, 22, 3))
    story.do(c.NoteSnapshotMilestone(SYSTEM, "half"), at(2027, 4, 15, 22, 30))


def test_it_is_completed_when_every_test_is_recorded_and_none_failed() -> None:
    story = in_progress()
    with pytest.raises(WrongState, match=r"Record every test first: 1\. Log in; 2\. Open a course\."):
        story.do(c.Complete(NADIA), EVENING)
    story.do(c.RecordTest(NADIA, 0, passed=True), EVENING)
    story.do(c.RecordTest(NADIA, 1, passed=False, note="It is blank."), EVENING)
    with pytest.raises(WrongState, match=r"A test failed: 2\. Open a course"):
        story.do(c.Complete(NADIA), EVENING)
    story.do(c.RecordTest(NADIA, 1, passed=True), EVENING)
    story.do(c.Complete(NADIA), EVENING)
    assert story.now_it_is.outcome is Outcome.SUCCESSFUL


# ── trouble ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_extension_moves_the_end_and_past_the_acceptable_overrun_needs_the_approver() -> None:
    story = in_progress()
    story.do(c.Extend(NADIA, 120, "The import is slow."), EVENING)
    assert (story.now_it_is.state, story.now_it_is.ends_at) == (State.EXTENDED, at(2027, 4, 16, 1, 30))
    with pytest.raises(NotAllowed, match="More than 120 minutes of overrun in all"):
        story.do(c.Extend(NADIA, 1, "Still slow."), EVENING)
    story.do(c.Extend(PIERRE, 60, "Still slow."), EVENING)
    assert story.now_it_is.extended_minutes == 180


@pytest.mark.parametrize("minutes", [0, -5, 12 * 60 + 1])
def test_an_extension_has_a_length_that_makes_sense(minutes: int) -> None:
    with pytest.raises(ValidationFailed, match="in minutes, from 1 to 720"):
        in_progress().do(c.Extend(PIERRE, minutes, "The import is slow."), EVENING)


def test_an_extension_that_would_be_over_already_is_refused() -> None:
    with pytest.raises(ValidationFailed, match="would be over already"):
        in_progress().do(c.Extend(PIERRE, 10, "The import is slow."), at(2027, 4, 16, 0, 30))


def test_a_restore_needs_an_incident_a_snapshot_two_people_and_the_servers_name() -> None:
    story = in_progress()
    with pytest.raises(WrongState, match="declare an incident first"):
        story.do(c.AskRestore(NADIA), EVENING)
    story.do(c.DeclareIncident(NADIA, "Nobody can log in."), EVENING)
    story.do(c.AskRestore(PIERRE), EVENING)
    for alone in (PIERRE, NADIA):
        with pytest.raises(NotAllowed, match="two people"):
            story.do(c.ConfirmRestore(alone, "Hannibal"), EVENING)
    with pytest.raises(ValidationFailed, match="Type the name of the server, Hannibal"):
        story.do(c.ConfirmRestore(CLAIRE, "Hasdrubal"), EVENING)
    story.do(c.ConfirmRestore(CLAIRE, " Hannibal "), EVENING)
    assert story.now_it_is.state is State.RESTORING


def test_after_a_restore_the_tests_run_again_and_the_outcome_is_rolled_back() -> None:
    story = an_incident()
    story.do(c.AskRestore(NADIA), EVENING)
    story.do(c.ConfirmRestore(PIERRE, "Hannibal"), EVENING)
    story.do(c.NoteRestoreDone(SYSTEM), at(2027, 4, 15, 23, 30))
    assert (story.now_it_is.state, story.now_it_is.open_tests) == (State.IN_PROGRESS, (0, 1))
    for index in range(2):
        story.do(c.RecordTest(NADIA, index, passed=True), at(2027, 4, 15, 23, 40))
    story.do(c.Complete(NADIA), at(2027, 4, 15, 23, 45))
    assert story.now_it_is.outcome is Outcome.ROLLED_BACK


@pytest.mark.parametrize("ended", [c.NoteRestoreDone(SYSTEM), c.NoteRestoreFailed(SYSTEM, "The disk is full.")])
def test_a_restore_that_ended_can_be_asked_for_again_and_one_that_waits_cannot(ended: c.Command) -> None:
    story = an_incident()
    story.do(c.AskRestore(NADIA), EVENING)
    with pytest.raises(WrongState, match="waits for its confirmation"):
        story.do(c.AskRestore(PIERRE), EVENING)
    story.do(c.ConfirmRestore(PIERRE, "Hannibal"), EVENING)
    story.do(ended, at(2027, 4, 15, 23, 30))
    if story.now_it_is.state is not State.INCIDENT:
        story.do(c.DeclareIncident(NADIA, "It is still broken."), at(2027, 4, 15, 23, 35))
    story.do(c.AskRestore(NADIA), at(2027, 4, 15, 23, 40))
    with pytest.raises(WrongState, match="waits for its confirmation"):
        story.do(c.AskRestore(PIERRE), at(2027, 4, 15, 23, 41))


def test_an_incident_without_a_restore_ends_as_fixed() -> None:
    story = after_tests(an_incident(), EVENING)
    story.do(c.CloseIncident(NADIA), EVENING)
    assert (story.now_it_is.state, story.now_it_is.outcome) == (State.COMPLETED, Outcome.FIXED)


# ── the fold ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_change_begins_with_its_draft() -> None:
    with pytest.raises(ValueError, match="begins with its draft"):
        evolve(None, e.Entry(1, EVENING, NADIA, "test", e.Started()))
    with pytest.raises(ValueError, match="begins with an event"):
        fold([])


@pytest.mark.parametrize("state", sorted(AWAITING_APPROVAL | AWAITING_IMPLEMENTATION))
def test_a_postponed_change_that_is_moved_keeps_no_decision_and_no_snapshot(state: State) -> None:
    story = scheduled()
    story.change = story.now_it_is.with_(state=state)
    story.do(c.Postpone(PIERRE, "The vendor is late."), at(2027, 4, 9))
    story.do(c.Move(NADIA, LATER), at(2027, 4, 9))
    change = story.now_it_is
    assert (change.precheck, change.go, change.announced) == (None, None, None)
    assert change.snapshot.status is SnapshotStatus.NONE


# ── moving: what was decided and still holds ──────────────────────────────────────────────────────────────────────


def test_a_precheck_holds_when_only_the_date_is_moved_and_go_has_to_be_given_again() -> None:
    story = scheduled()
    story.do(c.Move(NADIA, LATER), at(2027, 4, 9))
    change = story.now_it_is
    assert change.state is State.PRECHECKED
    assert change.precheck is not None
    assert change.precheck.by == PIERRE
    assert change.go is None
    story.until(LATER.start - timedelta(days=6))
    assert story.now_it_is.state is State.GO_PENDING


@pytest.mark.parametrize(
    "other",
    [
        {"what": "The disks are replaced."},
        {"tests": ("Log in",)},
        {"minutes": 120},
        {"implementer": LUC},
        {"rollback": "There is none."},
        {"kind": ChangeType.EMERGENCY, "reason": "A hole is exploited."},
    ],
)
def test_a_precheck_is_void_when_anything_but_the_date_is_another(other: dict[str, object]) -> None:
    story = scheduled()
    story.do(c.Edit(NADIA, plan(date(2027, 5, 20), **other)), at(2027, 4, 9))  # type: ignore[arg-type]
    assert story.now_it_is.precheck is None
    assert story.now_it_is.state in (State.SUBMITTED, State.PRECHECK_PENDING)


def test_a_precheck_is_void_when_the_date_stays_and_only_the_reason_is_another() -> None:
    story = scheduled()
    story.do(c.Edit(NADIA, plan(reason="The vendor stops.")), at(2027, 4, 9))
    assert (story.now_it_is.state, story.now_it_is.precheck) == (State.PRECHECK_PENDING, None)


def test_go_and_not_the_old_precheck_waives_the_lead_time_of_a_date_that_is_short_notice() -> None:
    story = at_precheck(plan(date(2027, 4, 15)))
    story.do(c.ApprovePrecheck(PIERRE), at(2027, 4, 1, 10))
    story.do(c.Move(NADIA, plan(date(2027, 4, 7)).window, "The vendor stops the old version."), at(2027, 4, 1, 11))
    change = story.now_it_is
    assert (change.short_notice, change.state) == (True, State.PRECHECKED)
    assert not story.happened(e.PrecheckApproved)[-1].waives_lead_time  # type: ignore[attr-defined]
    story.at_once(at(2027, 4, 1, 11))
    story.do(c.GiveGo(PIERRE), at(2027, 4, 1, 12))
    assert story.happened(e.GoGiven)[-1].waives_lead_time  # type: ignore[attr-defined]


def test_a_window_that_nobody_started_is_postponed_by_itself_at_its_end_and_those_who_were_told_hear_it() -> None:
    story = scheduled()
    story.until(at(2027, 4, 15, 23, 29))
    assert not story.happened(e.Postponed)
    story.until(at(2027, 4, 15, 23, 30))
    assert story.now_it_is.state is State.POSTPONED
    told = [each.kind for each in story.said(SendNotice) if isinstance(each, SendNotice)]
    assert told[-1] is NoticeKind.POSTPONED
