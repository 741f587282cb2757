"""The calendar: which day has which windows, freezes and holidays."""

from dataclasses import replace
from datetime import UTC, date, time, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from changes.model import Change, Extension, State, Window
from changes.planning.calendar import WEEKS, days_of, first_monday, span, weeks
from changes.policy import Freeze
from tests.support.core import LEARN, NADIA, at, night, plan


def lasting(window: Window) -> Change:
    return Change("CHG-2027-0001", NADIA, replace(plan(), window=window), State.SCHEDULED, at(2027, 3, 1))


# docs/process.md, P25
@given(st.integers(0, 3 * 365 * 24 * 60), st.integers(5, 3 * 24 * 60))
@example(22 * 60, 2 * 60)  # it ends with the day
@example((364 * 24 + 22) * 60, 4 * 60)  # over New Year
def test_a_window_shows_on_the_days_of_all_its_moments_and_no_others(after: int, minutes: int) -> None:
    begin = at(2026, 1, 1, 0).astimezone(UTC) + timedelta(minutes=after)
    change = lasting(Window(begin, begin + timedelta(minutes=minutes)))
    days = sorted({LEARN.local(begin + timedelta(minutes=passed)).date() for passed in range(minutes)})
    assert list(days_of(change, LEARN)) == days
    shown = weeks(days[0], [change], [LEARN], 3)
    assert [day.date for week in shown for day in week.days if day.changes] == days


def test_an_extension_past_midnight_touches_the_next_day_too() -> None:
    change = lasting(Window(night(22), night(23, 30)))
    longer = change.with_(extensions=(Extension(60, "More.", NADIA, night(23)),))
    assert list(days_of(longer, LEARN)) == [date(2027, 4, 15), date(2027, 4, 16)]


def test_weeks_begin_on_monday_at_local_midnight_and_have_their_freezes_and_holidays() -> None:
    frozen = replace(LEARN, freezes=(Freeze("Exams", date(2027, 4, 28), date(2027, 5, 3)),))
    days = [day for week in weeks(date(2027, 4, 27), [], [frozen], 2) for day in week.days]
    assert [day.date for day in days if day.freezes] == [date(2027, 4, 28) + timedelta(days=n) for n in range(6)]
    assert date(2027, 5, 6) in [day.date for day in days if day.holiday], "Ascension"
    shown = weeks(date(2027, 4, 15), [], [LEARN])
    assert (shown[0].first, len(shown)) == (date(2027, 4, 12), WEEKS)
    assert first_monday(date(2027, 4, 12)) == date(2027, 4, 12)
    since, until = span(date(2027, 3, 22), 7, LEARN)
    assert (since.time(), until.time()) == (time(0), time(0))
    assert (since.date(), until.date()) == (date(2027, 3, 22), date(2027, 3, 29))
    assert until.utcoffset() != since.utcoffset(), "the clocks went forward"
