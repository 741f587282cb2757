"""A day that is not free, a clock that changes, and a month without the day."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import islice

import pytest

from application.recurrence.rule import days_after
from changes.model import State, Window
from changes.planning.occupancy import Booking
from changes.policy import Freeze
from changes.recurrence.series import Series, WhenBlocked, draft_due, on_the_clock, place, reminder_due, too_late
from tests.support.core import LEARN, plan

NOW = datetime(2027, 1, 4, 8, tzinfo=UTC)
SERVICE = replace(LEARN, holidays=frozenset({date(2027, 5, 6)}), closed=frozenset({date(2027, 5, 7)}))


def series(blocked: WhenBlocked, at: time = time(20)) -> Series:
    first, change = date(2027, 4, 1), "CHG-2027-0001"
    return Series(change, SERVICE.approver, plan(), "FREQ=MONTHLY", first, at, blocked, first, (change,))


HOLIDAY = (date(2027, 5, 6), SERVICE, ())
EXAMS = replace(SERVICE, freezes=(Freeze("exams", date(2027, 6, 1), date(2027, 6, 16)),))
FROZEN = (date(2027, 6, 9), EXAMS, ())
TAKEN = Window(datetime(2027, 7, 8, 17, tzinfo=UTC), datetime(2027, 7, 8, 23, tzinfo=UTC))
OTHER = Booking("CHG-2027-0009", "Disks", TAKEN, State.SCHEDULED, TAKEN, same_service=True, people=())
CONFLICT = (date(2027, 7, 8), SERVICE, (OTHER,))


@pytest.mark.parametrize(
    ("case", "before", "after", "why"),
    [
        (HOLIDAY, date(2027, 5, 5), date(2027, 5, 10), "Thu 6 May 2027 is a public holiday"),
        (FROZEN, date(2027, 5, 31), date(2027, 6, 17), f"{SERVICE.name} is frozen (exams)"),
        (CONFLICT, date(2027, 7, 7), date(2027, 7, 9), "CHG-2027-0009 takes place then"),
    ],
)
def test_a_day_that_is_not_free_is_left_out_or_moved_as_was_chosen_and_why_is_said(
    case: tuple[date, object, tuple[Booking, ...]], before: date, after: date, why: str
) -> None:
    day, service, bookings = case
    for blocked, wanted in ((WhenBlocked.SKIP, None), (WhenBlocked.BEFORE, before), (WhenBlocked.AFTER, after)):
        window, said = place(series(blocked), day, service, bookings, NOW)  # type: ignore[arg-type]
        assert (window and window.start.astimezone(SERVICE.zone).date()) == wanted
        assert why in said


def test_a_weekend_stays_a_weekend_and_the_next_date_is_never_reached() -> None:
    service = replace(SERVICE, closed=frozenset({date(2027, 5, 9), date(2027, 5, 15)}))
    sunday = date(2027, 5, 9)
    window, _ = place(series(WhenBlocked.AFTER), sunday, service, (), NOW)
    assert window is not None
    assert window.start.astimezone(service.zone).date() == date(2027, 5, 16)
    window, said = place(series(WhenBlocked.AFTER), sunday, service, (), NOW, date(2027, 5, 16))
    assert window is None
    assert said == "Sun 9 May 2027 is left out: ISC Learn Platform is closed on Sun 9 May 2027."


def test_a_time_keeps_its_place_on_the_clock_and_one_that_is_left_out_is_as_much_later_as_the_clocks_go_forward() -> (
    None
):
    evening, night = series(WhenBlocked.SKIP), series(WhenBlocked.SKIP, time(2, 30))
    for day in (date(2027, 3, 27), date(2027, 3, 28), date(2027, 10, 30), date(2027, 10, 31)):
        assert on_the_clock(day, evening, SERVICE).start.astimezone(SERVICE.zone).time() == time(20)
    window = on_the_clock(date(2027, 3, 28), night, SERVICE)
    assert window.start.astimezone(SERVICE.zone).time() == time(3, 30)
    assert window.minutes == night.plan.window.minutes
    window = on_the_clock(date(2027, 10, 31), night, SERVICE)
    assert window.start == datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "the first of the two"


def test_the_last_of_february_is_that_of_each_year_and_a_year_ends_without_a_seam() -> None:
    leap = days_after("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", date(2027, 2, 28), date(2027, 2, 28))
    assert list(islice(leap, 2)) == [date(2028, 2, 29), date(2029, 2, 28)]
    fortnight = days_after("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", date(2027, 12, 14), date(2027, 12, 14))
    assert list(islice(fortnight, 3)) == [date(2027, 12, 28), date(2028, 1, 11), date(2028, 1, 25)]
    assert list(islice(days_after("FREQ=MONTHLY;BYMONTHDAY=31", date(2027, 1, 31), date(2027, 1, 31)), 3)) == [
        date(2027, 3, 31),
        date(2027, 5, 31),
        date(2027, 7, 31),
    ]


def test_the_moments_of_a_draft_are_mornings_of_the_service() -> None:
    day = date(2027, 5, 20)
    assert draft_due(day, SERVICE).astimezone(SERVICE.zone).isoformat() == "2027-04-22T09:00:00+02:00"
    assert too_late(day, SERVICE).astimezone(SERVICE.zone).isoformat() == "2027-05-06T09:00:00+02:00"
    assert reminder_due(day, SERVICE).astimezone(SERVICE.zone).isoformat() == "2027-04-29T09:00:00+02:00"
