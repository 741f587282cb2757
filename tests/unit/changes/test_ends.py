"""docs/process.md, P73 to P75: tests gate every end, and only what was tested after the last change counts."""

import pytest

from changes import commands as c
from changes.errors import NotAllowed, NotFound, ValidationFailed, WrongState
from changes.model import SYSTEM, Outcome, Person, Recovery, State
from changes.notification.notices import NoticeKind
from changes.notification.thread_messages import ThreadMessage
from changes.snapshots import FailureReason
from tests.support.builder import a_change, after_tests
from tests.support.core import CLAIRE, NADIA, PIERRE, night

NOW = night(22, 50)
ENDS: dict[str, tuple[c.Command, Outcome]] = {
    "in progress": (c.Complete(NADIA), Outcome.SUCCESSFUL),
    "extended": (c.Complete(NADIA), Outcome.SUCCESSFUL),
    "restored": (c.Complete(NADIA), Outcome.ROLLED_BACK),
    "incident": (c.CloseIncident(NADIA), Outcome.FIXED),
}


@pytest.mark.parametrize("stands", ENDS)
def test_nothing_ends_while_a_test_has_no_result_or_failed(stands: str) -> None:
    (end, outcome), story = ENDS[stands], a_change(stands)
    story.refuses(end, r"Record every test first: 1\. Log in; 2\. Open a course\.", error=WrongState)
    after_tests(story, None, 1)
    story.refuses(end, r"A test failed: 2\. Open a course\. (Report the issue|Log a fix)", error=WrongState)
    story.then(None, c.RecordTest(NADIA, 1, passed=True), end)
    assert (story.now_it_is.state, story.now_it_is.outcome) == (State.COMPLETED, outcome)


@pytest.mark.parametrize("stands", ENDS)
@pytest.mark.parametrize("by", [PIERRE, CLAIRE])
def test_the_approver_or_a_deputy_accepts_a_test_by_name_and_with_a_reason(by: Person, stands: str) -> None:
    (end, outcome), story = ENDS[stands], a_change(stands)
    story.do(c.RecordTest(NADIA, 0, passed=False))
    night_only, missing = "Nobody logs in at night.", "There is no course yet."
    story.refuses(c.AcceptTest(NADIA, 0, night_only), "Only Pierre or a deputy", error=NotAllowed)
    story.refuses(c.AcceptTest(by, 0, " "), "affected people read it", error=ValidationFailed)
    story.refuses(c.AcceptTest(by, 2, "There is no such test."), "has no test number 3", error=NotFound)
    story.do(c.AcceptTest(by, 0, night_only))
    story.refuses(end, r"Record every test first: 2\. Open a course", error=WrongState)
    story.do(c.AcceptTest(by, 1, missing))
    twice = c.AcceptTest(by, 0, "Again.")
    story.refuses(twice, "Test 1 of CHG-2027-0001 does not block the end", error=WrongState)
    story.do(end)
    assert story.now_it_is.outcome is outcome
    record = [(each.index, each.reason, each.by, each.deputy_for) for each in story.now_it_is.accepted]
    stands_in = None if by is PIERRE else PIERRE
    assert record == [(0, night_only, by, stands_in), (1, missing, by, stands_in)]
    assert [each.detail for each in story.lines(ThreadMessage.TEST_ACCEPTED)] == [night_only, missing]
    assert story.notices()[-1].kind in (NoticeKind.END, NoticeKind.INCIDENT_END)


def test_what_was_accepted_or_passed_is_void_when_it_is_recorded_again_or_an_incident_began() -> None:
    story = after_tests(a_change("in progress"), NOW, 1)
    story.then(None, c.AcceptTest(PIERRE, 1, "It is known."), c.RecordTest(NADIA, 1, passed=False, note="It is blank."))
    story.refuses(c.Complete(NADIA), "A test failed", error=WrongState)
    story = after_tests(a_change("in progress"), NOW, 1).then(None, c.DeclareIncident(NADIA, "Nobody can log in."))
    assert (story.now_it_is.open_tests, story.now_it_is.failed_tests) == ((0,), (1,)), "what failed is still known"
    story.do(c.RecordTest(NADIA, 1, passed=True))
    story.refuses(c.CloseIncident(NADIA), r"Record every test first: 1\. Log in\.", error=WrongState)


@pytest.mark.parametrize("stands", ["in progress", "extended", "trouble", "incident", "restored"])
def test_results_are_recorded_in_every_state_of_work(stands: str) -> None:
    assert after_tests(a_change(stands)).now_it_is.blocking_tests == ()


def test_while_the_data_is_put_back_no_test_means_anything() -> None:
    a_change("restoring").refuses(c.RecordTest(NADIA, 0, passed=True), "is being restored", error=WrongState)


RESTORE = (c.AskRestore(NADIA), c.ConfirmRestore(PIERRE, "Hannibal"))
VOIDING: dict[str, tuple[str, tuple[c.Command, ...]]] = {
    "an issue is solved": ("trouble", (c.SolveTrouble(NADIA),)),
    "more time to fix an issue": ("trouble", (c.Extend(NADIA, 60, "We fix it."),)),
    "more time again": ("trouble", (c.Extend(NADIA, 60, "We fix it."), c.Extend(NADIA, 30, "Still."))),
    "a fix": ("incident", (c.NoteTried(NADIA, Recovery.FIX, "The cache is rebuilt."),)),
    "files from a backup": ("incident", (c.NoteTried(NADIA, Recovery.FILES, "The files of yesterday."),)),
    "a restore": ("incident", (*RESTORE, c.NoteRestoreDone(SYSTEM))),
    "half a restore": ("incident", (*RESTORE, c.NoteRestoreFailed(SYSTEM, "It is full.", FailureReason.FAILED))),
    "another's restore in an incident": ("incident", (c.VoidTests(SYSTEM, "CHG-2027-0002"),)),
    "another's restore": ("in progress", (c.VoidTests(SYSTEM, "CHG-2027-0002"),)),
}


@pytest.mark.parametrize("what", VOIDING)
def test_results_from_before_the_last_change_to_the_system_are_void_and_so_is_what_was_accepted(what: str) -> None:
    stands, happens = VOIDING[what]
    story = a_change(stands).then(NOW, c.RecordTest(NADIA, 0, passed=True), c.AcceptTest(PIERRE, 1, "It is known."))
    assert not story.now_it_is.blocking_tests
    story.then(None, *happens)
    assert (story.now_it_is.blocking_tests, story.now_it_is.accepted) == ((0, 1), ())


def test_more_time_keeps_the_issue_and_its_text_until_somebody_solves_it() -> None:
    story = a_change("trouble").then(NOW, c.Extend(NADIA, 60, "We rebuild the index."))
    extended = story.now_it_is
    assert (extended.state, extended.trouble, extended.has_open_issue) == (State.EXTENDED, "It hangs.", True)
    story.then(None, c.Extend(NADIA, 30, "It is large."))
    assert (story.now_it_is.trouble, story.now_it_is.has_open_issue) == ("It hangs.", True)
    story.then(None, c.RecordTest(NADIA, 0, passed=True), c.SolveTrouble(NADIA))
    solved = story.now_it_is
    assert (solved.state, solved.trouble, solved.has_open_issue) == (State.EXTENDED, "", False)
    assert solved.open_tests == (0, 1), "a fix voids what was tested before it"
    story.refuses(c.SolveTrouble(NADIA), "No issue of CHG-2027-0001 was reported", error=WrongState)


def test_tests_that_all_passed_in_the_extra_time_show_that_the_issue_is_solved() -> None:
    story = after_tests(a_change("trouble").then(NOW, c.Extend(NADIA, 60, "We rebuild the index.")))
    assert story.then(None, c.SolveTrouble(NADIA)).now_it_is.blocking_tests == ()
    story = after_tests(a_change("trouble").then(NOW, c.Extend(NADIA, 60, "We rebuild the index.")))
    assert story.then(None, c.Complete(NADIA)).now_it_is.outcome is Outcome.SUCCESSFUL


def test_what_was_broken_stays_on_record_after_a_restore_and_is_no_open_issue() -> None:
    story = after_tests(a_change("restored")).then(None, c.Extend(NADIA, 60, "The tests take long."))
    assert (story.now_it_is.trouble, story.now_it_is.has_open_issue) == ("Nobody can log in.", False)
    assert story.now_it_is.blocking_tests == (), "more time alone changes nothing"
    story.then(None, c.ReportTrouble(NADIA, "No course opens."))
    assert (story.now_it_is.trouble, story.now_it_is.has_open_issue) == ("No course opens.", True)


def test_a_restore_that_was_refused_and_more_time_change_nothing_and_results_stay() -> None:
    refused = c.NoteRestoreFailed(SYSTEM, "The provider said no.", FailureReason.INVALID)
    assert after_tests(a_change("incident")).then(NOW, *RESTORE, refused).now_it_is.blocking_tests == ()
    story = a_change("in progress").then(NOW, c.RecordTest(NADIA, 0, passed=True), c.Extend(NADIA, 60, "It is slow."))
    assert story.now_it_is.open_tests == (1,)
