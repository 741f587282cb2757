"""Changes in numbers: the plan against what happened, counted by service and quarter, and what they teach."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from changes import commands as c
from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.model import SYSTEM, Outcome, State, Window
from changes.notification.notices import NoticeKind
from changes.reporting.duration_estimates import FEWEST, MOST, NOTHING, DurationEstimates, Estimate, estimate_durations
from changes.reporting.metrics import ChangeMetrics, Notice, count_setbacks, measure, notices
from changes.reporting.periods import Period
from changes.reporting.statistics import ChangeStatistics, Counts, by_quarter, by_service, summarise
from tests.support.builder import a_change, after_tests
from tests.support.core import LEARN, NADIA, PIERRE, Story, at, night, plan
from tests.support.counted import counted

WINDOW = Window(night(22), night(23, 30))
KNOWN = {"learn": LEARN}
DONE = ChangeMetrics(
    "CHG-2027-0001",
    "learn",
    State.COMPLETED,
    WINDOW,
    short_notice=False,
    lead_days=30,
    took=80,
    overrun=-10,
    outcome=Outcome.SUCCESSFUL,
)


def started(year: int, month: int, day: int, hour: int = 22) -> ChangeMetrics:
    start = at(year, month, day, hour)
    return replace(DONE, planned=Window(start, start + timedelta(minutes=90)))


def test_without_a_change_that_was_handed_in_there_is_no_rate() -> None:
    assert summarise(Counts()) == ChangeStatistics()
    assert (
        ChangeStatistics().success,
        ChangeStatistics().on_time,
        ChangeStatistics().short_notice_share,
        ChangeStatistics().open,
    ) == (None, None, None, 0)
    draft = replace(DONE, state=State.DRAFT, lead_days=None)
    dropped = replace(draft, state=State.CANCELLED)
    assert summarise(counted([draft, dropped], KNOWN)) == ChangeStatistics()
    assert by_service(counted([draft, dropped], KNOWN)) == {}


def test_only_what_was_carried_out_counts_for_success_and_time() -> None:
    late = replace(DONE, overrun=30, outcome=Outcome.ROLLED_BACK)
    later = replace(DONE, overrun=90, outcome=Outcome.FIXED, short_notice=True, lead_days=4)
    cancelled = replace(DONE, state=State.CANCELLED, overrun=None, outcome=None, lead_days=2)
    latest = replace(later, overrun=300)
    postponed, no_go = (replace(cancelled, state=state) for state in (State.POSTPONED, State.NO_GO))
    ahead = replace(cancelled, state=State.SCHEDULED)
    found = summarise(counted([DONE, late, later, latest, cancelled, postponed, no_go, ahead], KNOWN))
    assert (found.handed_in, found.completed, found.cancelled, found.given_up, found.open) == (8, 4, 1, 3, 1)
    assert (found.success, found.on_time) == (1 / 4, 1 / 4)
    assert (found.late, found.mean_overrun, found.median_overrun) == (3, 140, 90)
    assert (found.short_notice_share, found.median_lead_days) == (2 / 8, 3)


def test_services_and_quarters_of_their_own_calendars_are_counted_apart_and_in_order() -> None:
    first = replace(DONE, planned=Window(datetime(2027, 3, 31, 22, 30, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC)))
    assert list(by_quarter(counted([first], KNOWN))) == [Period(2027, 2)]
    out_at_sea = replace(LEARN, zone=ZoneInfo("Atlantic/Azores"))
    assert list(by_quarter(counted([first], {"learn": out_at_sea}))) == [Period(2027, 1)]
    services = {"learn": LEARN, "mail": replace(LEARN, key="mail")}
    changes = [started(2027, 4, 15), started(2026, 12, 31), replace(started(2027, 4, 16), service="mail")]
    assert list(by_service(counted(changes, services))) == [
        ("learn", Period(2026, 4)),
        ("learn", Period(2027, 2)),
        ("mail", Period(2027, 2)),
    ]
    assert {period: found.completed for period, found in by_quarter(counted(changes, services)).items()} == {
        Period(2026, 4): 1,
        Period(2027, 2): 2,
    }


def test_the_quarter_before_the_first_of_a_year_is_the_last_of_the_year_before() -> None:
    assert (Period(2027, 1).quarter_before, Period(2027, 3).quarter_before) == (Period(2026, 4), Period(2027, 2))


def test_an_estimate_is_of_three_changes_or_more_and_the_latest_cancelled_ones_too() -> None:
    assert estimate_durations([]) == NOTHING == DurationEstimates()
    few = estimate_durations([replace(DONE, snapshot=100, overrun=30)] * (FEWEST - 1))
    assert replace(few, lengths=(), starts=None) == NOTHING
    old = [replace(started(2026, 5, day), snapshot=60) for day in range(1, 21)]
    new = [replace(started(2027, 5, day), snapshot=200) for day in range(1, MOST + 1)]
    assert estimate_durations([*new, *old]).snapshot == Estimate(200, MOST)
    cancelled = replace(DONE, state=State.CANCELLED, took=None, overrun=None, snapshot=150)
    assert estimate_durations([cancelled] * 3) == DurationEstimates(snapshot=Estimate(150, 3))


def test_the_lengths_of_the_latest_work_and_its_usual_time_of_day_are_known_from_the_first_change_on() -> None:
    one = estimate_durations([replace(started(2027, 7, 1, 20), took=50)], LEARN.zone)
    assert (one.lengths, one.starts) == ((60,), time(20))
    took = (80, 50, 55, 200, 10)
    later = [replace(started(2027, month, 1, 22), took=each) for month, each in zip((7, 6, 5, 4, 3), took, strict=True)]
    found = estimate_durations([*later, replace(started(2027, 1, 1, 18), took=400)], LEARN.zone)
    assert found.lengths == (60, 90, 210), "of the latest, rounded up to a quarter of an hour, each once"
    assert found.starts == time(22), "in summer and in winter by the service's own clock"
    assert estimate_durations([replace(DONE, state=State.CANCELLED, took=None, overrun=None)]) == NOTHING


def measured(story: Story) -> ChangeMetrics:
    return measure(story.now_it_is, LEARN)


def completed(end: datetime) -> Story:
    """A change whose work began at 22:01 and ended then; its tests were run in the ten minutes before."""
    first, second = (c.RecordTest(NADIA, test, passed=True) for test in (0, 1))
    story = a_change("in progress").then(end - timedelta(minutes=10), first).then(end - timedelta(minutes=1), second)
    return story.then(end, c.Complete(NADIA))


def test_finished_early_or_cancelled_it_is_measured_with_its_real_times() -> None:
    """docs/process.md, P103."""
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
