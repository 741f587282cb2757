"""The calendar: which day has which windows, freezes and holidays."""

from dataclasses import replace
from datetime import UTC, date, time, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from changes.model import Change, Extension, State, Window
from changes.planning.calendar import WEEKS, conflicts_by_change, days_of, first_monday, span, weeks
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


def test_the_days_on_which_a_service_is_closed_say_which_it_is() -> None:
    closed = replace(LEARN, key="other", closed=frozenset({date(2027, 4, 14)}))
    days = [day for week in weeks(date(2027, 4, 14), [], [LEARN, closed], 1) for day in week.days]
    assert {day.date: day.closed for day in days if day.closed} == {date(2027, 4, 14): (closed,)}


# docs/process.md, P50
def test_in_the_way_of_a_window_are_its_freezes_and_booked_windows_on_its_server() -> None:
    freeze = Freeze("Exams", date(2027, 4, 16), date(2027, 4, 16))
    same = replace(LEARN, key="same", freezes=(freeze,))
    apart = replace(LEARN, key="apart", vps=replace(LEARN.vps, name="Scipio"))
    services = {each.key: each for each in (LEARN, same, apart)}

    def of(number: int, service: str, start: float, state: State = State.SCHEDULED) -> Change:
        begins = at(2027, 4, 15, 12) + timedelta(hours=start)
        change = lasting(Window(begins, begins + timedelta(hours=2)))
        return change.with_(id=f"CHG-{number}", plan=replace(change.plan, service=service), state=state)

    first, second, touching = of(1, "learn", 8), of(2, "same", 9), of(3, "learn", 11)
    others = (of(4, "apart", 8), of(5, "learn", 8, State.CANCELLED), of(6, "gone", 8), of(7, "learn", 10, State.DRAFT))
    frozen, whole = of(8, "same", 11.5), (first, second, touching, *others)
    assert conflicts_by_change(whole, services) == {"CHG-1": (second,), "CHG-2": (first,)}
    assert conflicts_by_change([*reversed(whole), frozen], services)["CHG-8"] == (freeze, touching)
    assert conflicts_by_change([touching, frozen], services)["CHG-3"] == (frozen,)


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
