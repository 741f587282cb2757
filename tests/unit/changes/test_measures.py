"""A change in numbers: the plan against what happened."""

from datetime import date, timedelta

import pytest

from changes import commands as c
from changes.model import SYSTEM, Outcome, State
from changes.notification.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.notification.notices import NoticeKind
from changes.reporting.metrics import ChangeMetrics, Notice, hitches, measure, notices
from tests.support.core import LEARN, NADIA, PIERRE, ZURICH, Story, at, in_progress, plan, requested, scheduled


def measured(story: Story) -> ChangeMetrics:
    return measure(story.now_it_is, LEARN)


def completed(hour: int, minute: int, day: int = 15) -> Story:
    """A change whose work began at 22:00 and ended then; its tests were run in the ten minutes before."""
    story = in_progress()
    end = at(2027, 4, day, hour, minute)
    story.do(c.RecordTest(NADIA, 0, passed=True), end - timedelta(minutes=10))
    story.do(c.RecordTest(NADIA, 1, passed=True), end - timedelta(minutes=1))
    story.do(c.Complete(NADIA), end)
    return story


def test_finished_early_is_on_time_and_measured_with_its_real_times() -> None:
    """CASES.md 33."""
    found = measured(completed(22, 40))
    assert (found.took, found.overrun, found.on_time) == (40, -50, True)
    assert (found.snapshot, found.tests, found.restore) == (149, 9, None)
    assert found.outcome is Outcome.SUCCESSFUL
    assert found.lead_days == 31


def test_an_end_within_an_extension_is_late_all_the_same() -> None:
    story = in_progress()
    story.do(c.Extend(NADIA, 45, "The index is rebuilt."), at(2027, 4, 15, 23))
    for test in (0, 1):
        story.do(c.RecordTest(NADIA, test, passed=True), at(2027, 4, 15, 23, 49))
    story.do(c.Complete(NADIA), at(2027, 4, 15, 23, 50))
    found = measured(story)
    assert (found.overrun, found.extended, found.on_time) == (20, 45, False)
    assert found.tests is None, "both were recorded at once: nobody knows how long they took"


def test_some_seconds_past_the_end_are_in_time() -> None:
    story = in_progress()
    for test in (0, 1):
        story.do(c.RecordTest(NADIA, test, passed=True), at(2027, 4, 15, 23, 20))
    story.do(c.Complete(NADIA), at(2027, 4, 15, 23, 30) + timedelta(seconds=59))
    assert measured(story).on_time is True


def test_a_cancelled_change_keeps_its_snapshot_and_has_no_overrun() -> None:
    """CASES.md 33."""
    story = scheduled()
    story.until(at(2027, 4, 15, 19, 15))
    story.do(c.NoteSnapshotStarted(SYSTEM), at(2027, 4, 15, 19, 15))
    story.do(c.NoteSnapshotFinished(SYSTEM, "x"), at(2027, 4, 15, 21, 15))
    story.do(c.Cancel(NADIA, "The vendor withdrew the update."), at(2027, 4, 15, 21, 30))
    found = measured(story)
    assert (found.state, found.ended_at, found.snapshot) == (State.CANCELLED, at(2027, 4, 15, 21, 30), 120)
    assert (found.took, found.overrun, found.on_time) == (None, None, None)


def test_a_draft_has_no_lead_time_and_one_at_short_notice_has_little() -> None:
    story = Story()
    story.do(c.Draft(NADIA, plan()), at(2027, 3, 15))
    assert measured(story).lead_days is None
    hasty = requested(plan(date(2027, 3, 20), reason="A hole."))
    assert (measured(hasty).lead_days, measured(hasty).short_notice) == (5, True)


def test_lead_days_are_days_of_the_services_calendar_across_the_change_of_clocks() -> None:
    late_at_night = requested(now=at(2027, 3, 15, 23, 59))
    assert measured(late_at_night).lead_days == 31
    assert LEARN.zone == ZURICH


def test_a_restore_is_measured_and_the_tests_after_it_from_its_end() -> None:
    story = in_progress()
    story.do(c.ReportTrouble(NADIA, "No login."), at(2027, 4, 15, 22, 20))
    story.do(c.DeclareIncident(NADIA, "No login."), at(2027, 4, 15, 22, 25))
    story.do(c.AskRestore(NADIA), at(2027, 4, 15, 22, 30))
    story.do(c.ConfirmRestore(PIERRE, "Hannibal"), at(2027, 4, 15, 22, 32))
    story.do(c.NoteRestoreDone(SYSTEM), at(2027, 4, 15, 23, 30))
    story.do(c.RecordTest(NADIA, 0, passed=True), at(2027, 4, 15, 23, 44))
    story.do(c.RecordTest(NADIA, 1, passed=True), at(2027, 4, 15, 23, 45))
    story.do(c.Complete(NADIA), at(2027, 4, 15, 23, 46))
    found = measured(story)
    assert (found.restore, found.tests, found.outcome) == (58, 15, Outcome.ROLLED_BACK)


def test_a_restore_that_failed_and_tests_that_were_not_all_run_took_nobody_knows_how_long() -> None:
    story = in_progress()
    story.do(c.RecordTest(NADIA, 0, passed=False), at(2027, 4, 15, 22, 10))
    story.do(c.RecordTest(NADIA, 0, passed=True), at(2027, 4, 15, 22, 15))
    story.do(c.ReportTrouble(NADIA, "No login."), at(2027, 4, 15, 22, 20))
    story.do(c.DeclareIncident(NADIA, "No login."), at(2027, 4, 15, 22, 25))
    story.do(c.AskRestore(NADIA), at(2027, 4, 15, 22, 30))
    story.do(c.ConfirmRestore(PIERRE, "Hannibal"), at(2027, 4, 15, 22, 32))
    story.do(c.NoteRestoreFailed(SYSTEM, "No room."), at(2027, 4, 15, 23, 0))
    for test in (0, 1):
        story.do(c.AcceptTest(PIERRE, test, "It is looked at tomorrow."), at(2027, 4, 15, 23, 15))
    story.do(c.CloseIncident(NADIA, Outcome.FIXED), at(2027, 4, 15, 23, 20))
    found = measured(story)
    assert (found.restore, found.tests, found.outcome) == (None, None, Outcome.FIXED)
    assert hitches(story.entries).restores == 1


def test_two_results_are_no_measure_while_a_test_is_open() -> None:
    change = completed(22, 40).now_it_is
    assert measure(change.with_(tests=(*change.tests, None)), LEARN).tests is None


def test_what_was_put_right_is_still_told() -> None:
    story = scheduled()
    story.until(at(2027, 4, 15, 19, 15))
    story.do(c.NoteSnapshotFailed(SYSTEM, "No room."), at(2027, 4, 15, 19, 20))
    story.do(c.RetrySnapshot(NADIA), at(2027, 4, 15, 19, 25))
    story.do(c.NoteSnapshotFinished(SYSTEM, "x"), at(2027, 4, 15, 21, 55))
    story.do(c.Start(NADIA), at(2027, 4, 15, 22))
    story.do(c.RecordTest(NADIA, 1, passed=False), at(2027, 4, 15, 22, 10))
    story.do(c.RecordTest(NADIA, 1, passed=True), at(2027, 4, 15, 22, 20))
    found = hitches(story.entries)
    assert (found.tests, found.snapshots, found.restores, found.postponed) == ((1,), 1, 0, 0)
    assert measured(story).snapshot is None, "nobody saw the second one begin"


def line(notice: str, to: str, minute: int, result: DeliveryStatus = DeliveryStatus.SENT) -> DeliveryRecord:
    return DeliveryRecord(
        f"{notice}:{to}", "CHG-2027-0001", notice, to, DeliveryChannel.MAIL, result, at(2027, 4, 8, 12, minute)
    )


def test_a_notice_is_told_once_with_when_it_first_reached_somebody() -> None:
    ledger = [
        line(NoticeKind.START, "learn", 30),
        line(NoticeKind.PLANNED, "a@x.ch", 1, DeliveryStatus.FAILED),
        line(NoticeKind.PLANNED, "learn", 2),
        line(NoticeKind.PLANNED, "b@x.ch", 3),
    ]
    assert notices(ledger) == (
        Notice(NoticeKind.PLANNED, at(2027, 4, 8, 12, 2), 2, 1),
        Notice(NoticeKind.START, at(2027, 4, 8, 12, 30), 1, 0),
    )
    assert notices([]) == ()


@pytest.mark.parametrize("ended", [(22, 40, 15), (23, 31, 15), (3, 0, 16)])
def test_the_overrun_and_the_duration_agree(ended: tuple[int, int, int]) -> None:
    found = measured(completed(*ended))
    assert found.took is not None
    assert found.overrun is not None
    assert abs(found.took - found.overrun - found.planned.minutes) <= 1
