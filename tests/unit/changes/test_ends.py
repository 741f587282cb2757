"""PROCESS.md, Ends: tests gate every end, and only what was tested after the last change to the system counts."""

from collections.abc import Callable

import pytest

from changes import commands as c
from changes.errors import NotAllowed, NotFound, ValidationFailed, WrongState
from changes.model import SYSTEM, Outcome, Person, Recovery, State
from changes.notification.notices import NoticeKind
from changes.notification.thread_messages import ThreadMessage
from changes.snapshots import FailureReason
from tests.support.core import CLAIRE, LUC, NADIA, PIERRE, Story, after_tests, an_incident, at, in_progress

NOW = at(2027, 4, 15, 22, 40)


def in_trouble() -> Story:
    story = in_progress()
    story.do(c.ReportTrouble(NADIA, "Nobody can log in."), NOW)
    return story


def restoring() -> Story:
    story = an_incident()
    story.do(c.AskRestore(NADIA), NOW)
    story.do(c.ConfirmRestore(PIERRE, "Hannibal"), NOW)
    return story


def restored() -> Story:
    story = restoring()
    story.do(c.NoteRestoreDone(SYSTEM), NOW)
    return story


def extended() -> Story:
    story = in_progress()
    story.do(c.Extend(NADIA, 60, "It is slow."), NOW)
    return story


ENDS: dict[str, tuple[Callable[[], Story], c.Command, Outcome]] = {
    "the work": (in_progress, c.Complete(NADIA), Outcome.SUCCESSFUL),
    "the extended work": (extended, c.Complete(NADIA), Outcome.SUCCESSFUL),
    "the work after a restore": (restored, c.Complete(NADIA), Outcome.ROLLED_BACK),
    "an incident": (an_incident, c.CloseIncident(NADIA), Outcome.FIXED),
}


@pytest.mark.parametrize("what", list(ENDS))
def test_nothing_ends_while_a_test_has_no_result_or_failed(what: str) -> None:
    make, end, outcome = ENDS[what]
    story = make()
    with pytest.raises(WrongState, match=r"Record every test first: 1\. Log in; 2\. Open a course\."):
        story.do(end, NOW)
    story.do(c.RecordTest(NADIA, 0, passed=True), NOW)
    story.do(c.RecordTest(NADIA, 1, passed=False), NOW)
    with pytest.raises(WrongState, match=r"A test failed: 2\. Open a course\. (Report the issue|Log a fix)"):
        story.do(end, NOW)
    story.do(c.RecordTest(NADIA, 1, passed=True), NOW)
    story.do(end, NOW)
    assert (story.now_it_is.state, story.now_it_is.outcome) == (State.COMPLETED, outcome)


@pytest.mark.parametrize("what", list(ENDS))
@pytest.mark.parametrize("by", [PIERRE, CLAIRE])
def test_the_approver_or_a_deputy_accepts_a_failed_or_missing_test_by_name_and_with_a_reason(
    by: Person, what: str
) -> None:
    make, end, outcome = ENDS[what]
    story = make()
    story.do(c.RecordTest(NADIA, 0, passed=False), NOW)
    with pytest.raises(NotAllowed, match="Only Pierre or a deputy"):
        story.do(c.AcceptTest(NADIA, 0, "Nobody logs in at night."), NOW)
    with pytest.raises(ValidationFailed, match="affected people read it"):
        story.do(c.AcceptTest(by, 0, " "), NOW)
    with pytest.raises(NotFound, match="has no test number 3"):
        story.do(c.AcceptTest(by, 2, "There is no such test."), NOW)
    story.do(c.AcceptTest(by, 0, "Nobody logs in at night."), NOW)
    with pytest.raises(WrongState, match=r"Record every test first: 2\. Open a course"):
        story.do(end, NOW)
    story.do(c.AcceptTest(by, 1, "There is no course yet."), NOW)
    with pytest.raises(WrongState, match="Test 1 of CHG-2027-0001 does not block the end"):
        story.do(c.AcceptTest(by, 0, "Again."), NOW)
    story.do(end, NOW)
    assert story.now_it_is.outcome is outcome
    record = [(each.index, each.reason, each.by, each.deputy_for) for each in story.now_it_is.accepted]
    stands_in = None if by is PIERRE else PIERRE
    assert record == [(0, "Nobody logs in at night.", by, stands_in), (1, "There is no course yet.", by, stands_in)]
    assert [each.detail for each in story.lines(ThreadMessage.TEST_ACCEPTED)] == [
        each.reason for each in story.now_it_is.accepted
    ]
    assert story.notices()[-1].kind in (NoticeKind.END, NoticeKind.INCIDENT_END)


def test_what_was_accepted_is_void_when_the_test_is_recorded_again() -> None:
    story = in_progress()
    story.do(c.RecordTest(NADIA, 0, passed=True), NOW)
    story.do(c.RecordTest(NADIA, 1, passed=False), NOW)
    story.do(c.AcceptTest(PIERRE, 1, "It is known."), NOW)
    story.do(c.RecordTest(NADIA, 1, passed=False, note="Now it is blank."), NOW)
    with pytest.raises(WrongState, match="A test failed"):
        story.do(c.Complete(NADIA), NOW)


@pytest.mark.parametrize("make", [in_progress, extended, in_trouble, an_incident, restored])
def test_results_are_recorded_in_every_state_of_work(make: Callable[[], Story]) -> None:
    story = after_tests(make(), NOW)
    assert story.now_it_is.blocking_tests == ()


def test_while_the_data_is_put_back_no_test_means_anything() -> None:
    with pytest.raises(WrongState, match="is being restored"):
        restoring().do(c.RecordTest(NADIA, 0, passed=True), NOW)


# ── what voids results ─────────────────────────────────────────────────────────────────────────────────────────────


def _solved(story: Story) -> None:
    story.do(c.SolveTrouble(NADIA), NOW)


def _extended_to_fix(story: Story) -> None:
    story.do(c.Extend(NADIA, 60, "We fix it."), NOW)


def _fixed(story: Story) -> None:
    story.do(c.NoteTried(NADIA, Recovery.FIX, "The cache is rebuilt."), NOW)


def _files(story: Story) -> None:
    story.do(c.NoteTried(NADIA, Recovery.FILES, "The files of yesterday."), NOW)


def _restored(story: Story) -> None:
    story.do(c.AskRestore(NADIA), NOW)
    story.do(c.ConfirmRestore(PIERRE, "Hannibal"), NOW)
    story.do(c.NoteRestoreDone(SYSTEM), NOW)


def _half_restored(story: Story) -> None:
    story.do(c.AskRestore(NADIA), NOW)
    story.do(c.ConfirmRestore(PIERRE, "Hannibal"), NOW)
    story.do(c.NoteRestoreFailed(SYSTEM, "The disk is full.", FailureReason.FAILED), NOW)


def _overwritten(story: Story) -> None:
    story.do(c.VoidTests(SYSTEM, "CHG-2027-0002"), NOW)


@pytest.mark.parametrize(
    ("make", "happens"),
    [
        (in_trouble, _solved),
        (in_trouble, _extended_to_fix),
        (an_incident, _fixed),
        (an_incident, _files),
        (an_incident, _restored),
        (an_incident, _half_restored),
        (an_incident, _overwritten),
        (in_progress, _overwritten),
    ],
)
def test_results_from_before_the_last_change_to_the_system_are_void_and_so_is_what_was_accepted(
    make: Callable[[], Story], happens: Callable[[Story], None]
) -> None:
    story = make()
    story.do(c.RecordTest(NADIA, 0, passed=True), NOW)
    story.do(c.AcceptTest(PIERRE, 1, "It is known."), NOW)
    assert not story.now_it_is.blocking_tests
    happens(story)
    left = story.now_it_is
    assert left.blocking_tests == (0, 1)
    assert story.now_it_is.accepted == ()


def test_a_restore_that_was_refused_changed_nothing_and_results_stay() -> None:
    story = after_tests(an_incident(), NOW)
    story.do(c.AskRestore(NADIA), NOW)
    story.do(c.ConfirmRestore(PIERRE, "Hannibal"), NOW)
    story.do(c.NoteRestoreFailed(SYSTEM, "The provider said no.", FailureReason.INVALID), NOW)
    assert story.now_it_is.blocking_tests == ()


def test_more_time_alone_changes_nothing_and_results_stay() -> None:
    story = in_progress()
    story.do(c.RecordTest(NADIA, 0, passed=True), NOW)
    story.do(c.Extend(NADIA, 60, "The import is slow."), NOW)
    assert story.now_it_is.open_tests == (1,)


def test_an_incident_ends_with_no_test_from_before_it() -> None:
    story = in_progress()
    story.do(c.RecordTest(NADIA, 0, passed=True), NOW)
    story.do(c.RecordTest(NADIA, 1, passed=False), NOW)
    story.do(c.DeclareIncident(NADIA, "Nobody can log in."), NOW)
    assert (story.now_it_is.open_tests, story.now_it_is.failed_tests) == ((0,), (1,)), "what failed is still known"
    story.do(c.RecordTest(NADIA, 1, passed=True), NOW)
    with pytest.raises(WrongState, match=r"Record every test first: 1\. Log in\."):
        story.do(c.CloseIncident(NADIA), NOW)


def test_who_has_no_part_in_it_neither_tests_nor_ends_it() -> None:
    story = in_progress()
    for command in (c.RecordTest(LUC, 0, passed=True), c.AcceptTest(LUC, 0, "Fine."), c.Complete(LUC)):
        with pytest.raises(NotAllowed):
            story.do(command, NOW)
