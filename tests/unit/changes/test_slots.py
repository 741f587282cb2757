"""Free slots instead of a window that cannot stand."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes.model import Window
from changes.planning.conflicts import OFFERED, find_conflict, free_slots
from changes.planning.occupancy import Booking
from changes.planning.timeline import short_notice
from changes.policy import Freeze
from tests.support.core import LEARN, REQUESTED, plan

EVENING = plan().window  # 15.04.2027 22:00–23:30


def taken(window: Window, minutes: int = 0, length: int = 90) -> Booking:
    start = window.start + timedelta(minutes=minutes)
    return Booking("CHG-2027-0009", "New disks", Window(start, start + timedelta(minutes=length)))


def starts(*bookings: Booking, wanted: Window = EVENING, freezes: tuple[Freeze, ...] = ()) -> list[str]:
    service = replace(LEARN, freezes=freezes)
    found = free_slots(wanted, service, bookings, REQUESTED)
    return [f"{service.local(each.start):%d.%m. %H:%M}" for each in found]


def test_the_nearest_slots_lie_beside_all_that_is_in_the_way_and_on_the_days_around() -> None:
    assert starts(taken(EVENING, -60, 70)) == ["15.04. 22:30", "15.04. 19:30", "16.04. 22:00"]
    tomorrow = taken(EVENING, 24 * 60)
    assert starts(taken(EVENING, 0, 300), tomorrow) == ["15.04. 20:30", "16.04. 03:00", "16.04. 20:30"]
    assert starts(taken(EVENING, -20, 100), taken(EVENING, 80, 100))[0] == "15.04. 20:00"
    assert starts(taken(EVENING, -300, 400), taken(EVENING, 100, 70))[0] == "16.04. 01:00"


JANUARY = Freeze("January exams", date(2028, 1, 18), date(2028, 2, 5))


@pytest.mark.parametrize(
    ("hour", "minutes", "offered"),
    [
        (23, 90, ["17.01. 22:30", "16.01. 23:00", "06.02. 23:00"]),
        (23, 61, ["17.01. 22:30", "16.01. 23:00", "06.02. 23:00"]),
        (20, 300, ["17.01. 19:00", "16.01. 20:00", "06.02. 20:00"]),
    ],
)
def test_the_evening_before_a_freeze_is_offered_first(hour: int, minutes: int, offered: list[str]) -> None:
    assert starts(wanted=plan(date(2028, 1, 17), hour, minutes).window, freezes=(JANUARY,)) == offered


def test_of_a_freeze_of_weeks_both_sides_are_offered_while_the_earlier_is_in_time() -> None:
    exams = Freeze("Exams", date(2027, 4, 10), date(2027, 5, 14))
    assert starts(freezes=(exams,)) == ["09.04. 22:00", "08.04. 22:00", "15.05. 22:00"]
    exams = Freeze("Exams", date(2027, 4, 5), date(2027, 5, 14))
    assert starts(freezes=(exams,)) == ["15.05. 22:00", "16.05. 22:00", "17.05. 22:00"]
    wanted = plan(date(2028, 2, 5), 22, 60).window
    assert starts(wanted=wanted, freezes=(JANUARY,))[0] == "06.02. 00:00"


def test_a_wall_time_that_does_not_exist_when_the_clocks_go_forward_is_passed_over() -> None:
    night = Window.on(date(2028, 3, 25), plan(hour=2).window.start.astimezone(LEARN.zone).time(), 60, LEARN.zone)
    found = starts(taken(night, -120, 600), wanted=night)
    assert found == ["24.03. 23:00", "25.03. 10:00", "24.03. 02:00"]
    after = starts(taken(night, -3 * 24 * 60, 2 * 3 * 24 * 60), wanted=night)
    assert "26.03. 02:00" not in after
    assert after


MINUTES = st.integers(-10 * 24 * 60, 40 * 24 * 60)


@given(st.lists(st.tuples(MINUTES, st.integers(5, 3000)), max_size=12), st.integers(1, 60))
def test_each_slot_is_free_in_time_and_of_the_same_length(booked: list[tuple[int, int]], days: int) -> None:
    wanted = Window(REQUESTED + timedelta(days=days), REQUESTED + timedelta(days=days, minutes=90))
    bookings = [taken(EVENING, start, length) for start, length in booked]
    found = free_slots(wanted, LEARN, bookings, REQUESTED)
    assert len(found) == len(set(found)) == OFFERED
    assert any(slot.start > wanted.start for slot in found)
    for slot in found:
        assert find_conflict(slot, LEARN, bookings) is None
        assert slot.minutes == wanted.minutes
        assert slot.start > REQUESTED
        assert short_notice(wanted.start, REQUESTED, REQUESTED, LEARN) or not short_notice(
            slot.start, REQUESTED, REQUESTED, LEARN
        )
