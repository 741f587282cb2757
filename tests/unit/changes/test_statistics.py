"""Changes counted by service and quarter, and what past ones teach about the next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from changes.model import Outcome, State, Window
from changes.reporting.duration_estimates import FEWEST, MOST, NOTHING, DurationEstimates, Estimate, estimate_durations
from changes.reporting.metrics import ChangeMetrics
from changes.reporting.periods import Period
from changes.reporting.statistics import ChangeStatistics, by_quarter, by_service, summarise
from tests.support.core import LEARN, at, night

WINDOW = Window(night(22), night(23, 30))
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
    assert summarise([]) == ChangeStatistics()
    assert (
        ChangeStatistics().success,
        ChangeStatistics().on_time,
        ChangeStatistics().short_notice_share,
        ChangeStatistics().open,
    ) == (None, None, None, 0)
    draft = replace(DONE, state=State.DRAFT, lead_days=None)
    dropped = replace(draft, state=State.CANCELLED)
    assert summarise([draft, dropped]) == ChangeStatistics()
    assert by_service([draft, dropped], {"learn": LEARN}) == {}


def test_only_what_was_carried_out_counts_for_success_and_time() -> None:
    late = replace(DONE, overrun=30, outcome=Outcome.ROLLED_BACK)
    later = replace(DONE, overrun=90, outcome=Outcome.FIXED, short_notice=True, lead_days=4)
    cancelled = replace(DONE, state=State.CANCELLED, overrun=None, outcome=None, lead_days=2)
    latest = replace(later, overrun=300)
    postponed, no_go = (replace(cancelled, state=state) for state in (State.POSTPONED, State.NO_GO))
    ahead = replace(cancelled, state=State.SCHEDULED)
    found = summarise([DONE, late, later, latest, cancelled, postponed, no_go, ahead])
    assert (found.handed_in, found.completed, found.cancelled, found.given_up, found.open) == (8, 4, 1, 3, 1)
    assert (found.success, found.on_time) == (1 / 4, 1 / 4)
    assert (found.late, found.mean_overrun, found.median_overrun) == (3, 140, 90)
    assert (found.short_notice_share, found.median_lead_days) == (2 / 8, 3)


def test_services_and_quarters_of_their_own_calendars_are_counted_apart_and_in_order() -> None:
    first = replace(DONE, planned=Window(datetime(2027, 3, 31, 22, 30, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC)))
    assert list(by_quarter([first], {"learn": LEARN})) == [Period(2027, 2)]
    out_at_sea = replace(LEARN, zone=ZoneInfo("Atlantic/Azores"))
    assert list(by_quarter([first], {"learn": out_at_sea})) == [Period(2027, 1)]
    services = {"learn": LEARN, "mail": replace(LEARN, key="mail")}
    changes = [started(2027, 4, 15), started(2026, 12, 31), replace(started(2027, 4, 16), service="mail")]
    assert list(by_service(changes, services)) == [
        ("learn", Period(2026, 4)),
        ("learn", Period(2027, 2)),
        ("mail", Period(2027, 2)),
    ]
    assert {period: found.completed for period, found in by_quarter(changes, services).items()} == {
        Period(2026, 4): 1,
        Period(2027, 2): 2,
    }


def test_an_estimate_is_of_three_changes_or_more_and_the_latest_cancelled_ones_too() -> None:
    assert estimate_durations([]) == NOTHING == DurationEstimates()
    assert estimate_durations([replace(DONE, snapshot=100, overrun=30)] * (FEWEST - 1)) == NOTHING
    old = [replace(started(2026, 5, day), snapshot=60) for day in range(1, 21)]
    new = [replace(started(2027, 5, day), snapshot=200) for day in range(1, MOST + 1)]
    assert estimate_durations([*new, *old]).snapshot == Estimate(200, MOST)
    cancelled = replace(DONE, state=State.CANCELLED, took=None, overrun=None, snapshot=150)
    assert estimate_durations([cancelled] * 3) == DurationEstimates(snapshot=Estimate(150, 3))
