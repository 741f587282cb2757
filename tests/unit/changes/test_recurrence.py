"""A day that is not free, a clock that changes, and a month without the day."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest

from application.recurrence.rule import days_after
from changes.model import State, Window
from changes.planning.occupancy import Booking
from changes.policy import Freeze
from changes.recurrence.series import Series, WhenBlocked, draft_due, is_reminded, on_the_clock, place, too_late
from tests.support.core import LEARN, plan

NOW = datetime(2027, 1, 4, 8, tzinfo=UTC)
SERVICE = replace(LEARN, holidays=frozenset({date(2027, 5, 6)}), closed=frozenset({date(2027, 5, 7)}))


def series(blocked: WhenBlocked) -> Series:
    first = date(2027, 4, 1)
    return Series("SER-1", SERVICE.approver, plan(), "FREQ=MONTHLY", first, time(20), blocked, first)


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
    assert "no day near it is free" in said


def test_a_time_keeps_its_place_on_the_clock_and_one_that_is_left_out_moves_to_the_next_minute() -> None:
    for day in (date(2027, 3, 27), date(2027, 3, 28), date(2027, 10, 30), date(2027, 10, 31)):
        assert on_the_clock(day, time(20), 60, SERVICE)[0].start.astimezone(SERVICE.zone).time() == time(20)
    window, said = on_the_clock(date(2027, 3, 28), time(2, 30), 60, SERVICE)
    assert window.start == datetime(2027, 3, 28, 1, tzinfo=UTC)
    assert "begins at 03:00 instead of 02:30" in said
    window, said = on_the_clock(date(2027, 10, 31), time(2, 30), 60, SERVICE)
    assert window.start == datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "the first of the two"
    assert not said


def test_29_february_comes_every_four_years_and_a_year_ends_without_a_seam() -> None:
    leap = days_after("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", date(2024, 2, 29), date(2024, 2, 29))
    assert list(islice(leap, 2)) == [date(2028, 2, 29), date(2032, 2, 29)]
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
    asked = replace(series(WhenBlocked.SKIP), asked=date(2027, 4, 22))
    mornings = [datetime(2027, 4, 22, 8, tzinfo=UTC) + timedelta(days=number) for number in range(14)]
    reminded = []
    for now in mornings:
        if is_reminded(asked, day, SERVICE, now):
            reminded.append(f"{now:%d.%m.}")
            asked = replace(asked, asked=now.date())
    assert reminded == ["26.04.", "29.04.", "05.05."]
