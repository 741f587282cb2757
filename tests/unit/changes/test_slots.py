"""Free slots instead of a window that cannot stand."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from changes.model import Window
from changes.occupancy import Booking
from changes.policy import Freeze
from changes.slots import OFFERED, free_slots, in_the_way
from changes.timeline import short_notice
from tests.support.core import LEARN, REQUESTED, plan

EVENING = plan().window  # 15.04.2027 22:00–23:30


def taken(window: Window, minutes: int = 0, length: int = 90) -> Booking:
    start = window.start + timedelta(minutes=minutes)
    return Booking("CHG-2027-0009", "New disks", Window(start, start + timedelta(minutes=length)))


def starts(*bookings: Booking, wanted: Window = EVENING, freezes: tuple[Freeze, ...] = ()) -> list[str]:
    service = replace(LEARN, freezes=freezes)
    found = free_slots(wanted, service, bookings, REQUESTED)
    return [f"{service.local(each.start):%d.%m. %H:%M}" for each in found]


def test_the_nearest_slots_are_right_after_what_is_in_the_way_and_the_same_time_on_the_next_days() -> None:
    assert starts(taken(EVENING, -60, 70)) == ["15.04. 22:30", "16.04. 22:00", "17.04. 22:00"]


def test_a_slot_that_is_taken_too_is_not_offered() -> None:
    tomorrow = taken(EVENING, 24 * 60)
    assert starts(taken(EVENING, 0, 300), tomorrow) == ["17.04. 22:00", "18.04. 22:00", "19.04. 22:00"]


def test_after_a_freeze_the_days_behind_it_are_offered() -> None:
    exams = Freeze("Exams", date(2027, 4, 10), date(2027, 5, 14))
    assert starts(freezes=(exams,)) == ["15.05. 22:00", "16.05. 22:00", "17.05. 22:00"]


def test_a_wall_time_that_does_not_exist_when_the_clocks_go_forward_is_passed_over() -> None:
    night = Window.on(date(2028, 3, 25), plan(hour=2).window.start.astimezone(LEARN.zone).time(), 60, LEARN.zone)
    assert starts(taken(night, -120, 600), wanted=night) == ["25.03. 10:00", "27.03. 02:00", "28.03. 02:00"]


MINUTES = st.integers(-10 * 24 * 60, 40 * 24 * 60)


@given(st.lists(st.tuples(MINUTES, st.integers(5, 3000)), max_size=12), st.integers(1, 60))
def test_whatever_is_booked_each_slot_is_free_in_time_and_of_the_same_length(
    booked: list[tuple[int, int]], days: int
) -> None:
    wanted = Window(REQUESTED + timedelta(days=days), REQUESTED + timedelta(days=days, minutes=90))
    bookings = [taken(EVENING, start, length) for start, length in booked]
    found = free_slots(wanted, LEARN, bookings, REQUESTED)
    assert len(found) == len(set(found)) == OFFERED
    for slot in found:
        assert in_the_way(slot, LEARN, bookings) is None
        assert slot.minutes == wanted.minutes
        assert slot.start > REQUESTED
        assert short_notice(wanted.start, REQUESTED, REQUESTED, LEARN) or not short_notice(
            slot.start, REQUESTED, REQUESTED, LEARN
        )
