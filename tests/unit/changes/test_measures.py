"""A change in numbers: the plan against what happened."""

from datetime import date, datetime, timedelta

from changes import commands as c
from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.model import SYSTEM, Outcome, State
from changes.notification.notices import NoticeKind
from changes.reporting.metrics import ChangeMetrics, Notice, count_setbacks, measure, notices
from tests.support.builder import a_change, after_tests
from tests.support.core import LEARN, NADIA, PIERRE, Story, at, night, plan


def measured(story: Story) -> ChangeMetrics:
    return measure(story.now_it_is, LEARN)


def completed(end: datetime) -> Story:
    """A change whose work began at 22:01 and ended then; its tests were run in the ten minutes before."""
    first, second = (c.RecordTest(NADIA, test, passed=True) for test in (0, 1))
    story = a_change("in progress").then(end - timedelta(minutes=10), first).then(end - timedelta(minutes=1), second)
    return story.then(end, c.Complete(NADIA))


def test_finished_early_or_cancelled_it_is_measured_with_its_real_times() -> None:
    """CASES.md 33."""
    found = measured(completed(night(22, 40)))
    assert (found.took, found.overrun, found.on_time) == (39, -50, True)
    assert (found.snapshot, found.tests, found.restore) == (149, 9, None)
    assert (found.outcome, found.lead_days) == (Outcome.SUCCESSFUL, 31)
    found = measured(a_change("ready").then(None, c.Cancel(NADIA, "The vendor withdrew the update.")))
    assert (found.state, found.ended_at, found.snapshot) == (State.CANCELLED, night(21, 45), 149)
    assert (found.took, found.overrun, found.on_time) == (None, None, None)


def test_an_end_is_late_from_a_minute_on_also_within_an_extension() -> None:
    assert measured(completed(night(23, 30) + timedelta(seconds=59))).on_time is True
    story = a_change("in progress").then(night(23), c.Extend(NADIA, 45, "The index is rebuilt."))
    found = measured(after_tests(story, night(23, 50)).then(night(23, 50), c.Complete(NADIA)))
    assert (found.overrun, found.extended, found.on_time) == (20, 45, False)
    assert found.tests is None, "both were recorded at once: nobody knows how long they took"


def test_lead_days_are_days_of_the_services_calendar_across_the_change_of_clocks_and_a_draft_has_none() -> None:
    assert measured(a_change("draft")).lead_days is None
    hasty = measured(a_change("submitted", plan(date(2027, 3, 20), reason="A hole.")))
    assert (hasty.lead_days, hasty.short_notice) == (5, True)
    assert measured(a_change(now=at(2027, 3, 15, 23, 59))).lead_days == 31


def test_a_restore_is_measured_and_the_tests_after_it_from_its_end() -> None:
    story = a_change("restored").then(night(0, 5), c.RecordTest(NADIA, 0, passed=True))
    story.then(night(0, 5), c.RecordTest(NADIA, 1, passed=True), c.Complete(NADIA))
    found = measured(story)
    assert (found.restore, found.tests, found.outcome) == (60, 15, Outcome.ROLLED_BACK)


def test_a_restore_that_failed_and_tests_that_were_not_all_run_took_nobody_knows_how_long() -> None:
    story = a_change("in progress")
    story.then(night(22, 10), c.RecordTest(NADIA, 0, passed=False), c.RecordTest(NADIA, 0, passed=True))
    story.then(night(22, 25), c.DeclareIncident(NADIA, "No login."), c.AskRestore(NADIA))
    story.then(night(22, 32), c.ConfirmRestore(PIERRE, "Hannibal"), c.NoteRestoreFailed(SYSTEM, "No room."))
    story.then(night(23, 15), *(c.AcceptTest(PIERRE, test, "It is looked at tomorrow.") for test in (0, 1)))
    found = measured(story.then(None, c.CloseIncident(NADIA, Outcome.FIXED)))
    assert (found.restore, found.tests, found.outcome) == (None, None, Outcome.FIXED)
    assert count_setbacks(story.entries).restores == 1
    change = completed(night(22, 40)).now_it_is
    assert measure(change.with_(tests=(*change.tests, None)), LEARN).tests is None


def test_what_was_put_right_is_still_told() -> None:
    story = a_change("snapshot failed").then(night(19, 25), c.RetrySnapshot(NADIA))
    story.then(night(21, 55), c.NoteSnapshotFinished(SYSTEM, "x")).then(night(22), c.Start(NADIA))
    story.then(None, c.RecordTest(NADIA, 1, passed=False), c.RecordTest(NADIA, 1, passed=True))
    found = count_setbacks(story.entries)
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
