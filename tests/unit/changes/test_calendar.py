"""The calendar: which day has which windows, freezes and holidays."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes.model import Change, Extension, State, Window
from changes.planning.calendar import WEEKS, days_of, first_monday, span, weeks
from changes.policy import Freeze
from tests.support.core import LEARN, NADIA, at, night, plan


def lasting(window: Window) -> Change:
    return Change("CHG-2027-0001", NADIA, replace(plan(), window=window), State.SCHEDULED, at(2027, 3, 1))


# CASES.md 6
@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (night(22), night(23, 30), [date(2027, 4, 15)]),
        (night(22), night(2), [date(2027, 4, 15), date(2027, 4, 16)]),
        (night(22), night(0), [date(2027, 4, 15)]),
        (at(2027, 4, 30, 23), at(2027, 5, 2, 1), [date(2027, 4, 30), date(2027, 5, 1), date(2027, 5, 2)]),
        (at(2027, 12, 31, 22), at(2028, 1, 1, 2), [date(2027, 12, 31), date(2028, 1, 1)]),
    ],
)
def test_a_window_shows_on_every_day_it_touches(first: datetime, last: datetime, days: list[date]) -> None:
    change = lasting(Window(first, last))
    assert list(days_of(change, LEARN)) == days
    shown = weeks(days[0], [change], [LEARN], 3)
    assert [day.date for week in shown for day in week.days if day.changes] == days


def test_an_extension_past_midnight_touches_the_next_day_too() -> None:
    change = lasting(Window(night(22), night(23, 30)))
    longer = change.with_(extensions=(Extension(60, "More.", NADIA, night(23)),))
    assert list(days_of(longer, LEARN)) == [date(2027, 4, 15), date(2027, 4, 16)]


@given(st.integers(0, 3 * 365 * 24 * 60), st.integers(5, 3 * 24 * 60))
def test_a_window_shows_on_the_days_of_all_its_moments_and_no_others(after: int, minutes: int) -> None:
    begin = at(2026, 1, 1).astimezone(UTC) + timedelta(minutes=after)
    window = Window(begin, begin + timedelta(minutes=minutes))
    moments = [window.start + timedelta(minutes=passed) for passed in range(window.minutes)]
    assert set(days_of(lasting(window), LEARN)) == {LEARN.local(each).date() for each in moments}


def test_weeks_begin_on_monday_at_local_midnight_and_have_their_freezes_and_holidays() -> None:
    frozen = replace(LEARN, freezes=(Freeze("Exams", date(2027, 4, 28), date(2027, 5, 3)),))
    days = [day for week in weeks(date(2027, 4, 27), [], [frozen], 2) for day in week.days]
    assert [day.date for day in days if day.freezes] == [date(2027, 4, 28) + timedelta(days=n) for n in range(6)]
    assert date(2027, 5, 6) in [day.date for day in days if day.holiday], "Ascension"
    shown = weeks(date(2027, 4, 15), [], [LEARN])
    assert (shown[0].first, len(shown)) == (date(2027, 4, 12), WEEKS)
    assert first_monday(date(2027, 4, 12)) == date(2027, 4, 12)
    since, until = span(date(2027, 3, 24), 1, LEARN)
    assert (since.time(), until.time()) == (time(0), time(0))
    assert (since.date(), until.date()) == (date(2027, 3, 22), date(2027, 3, 29))
    assert until.utcoffset() != since.utcoffset(), "the clocks went forward"
