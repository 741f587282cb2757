"""docs/process.md, P42, P50: the next windows that a request can take as they are."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from changes.model import Window
from changes.planning.conflicts import find_conflict, next_free_windows, usual_start
from changes.planning.occupancy import Booking
from changes.planning.timeline import short_notice
from changes.planning.validation import validate_plan
from changes.policy import Freeze, Service
from tests.support.core import LEARN, REQUESTED, at, plan

MINUTES = 90


def days(service: Service = LEARN, *booked: Booking, now: datetime = REQUESTED, hour: int = 22) -> list[str]:
    """The local starts of what is offered, without the year."""
    found = next_free_windows(service, booked, now, at=time(hour), minutes=MINUTES)
    assert {each.minutes for each in found} <= {MINUTES}
    return [f"{service.local(each.start):%a %d.%m. %H:%M}" for each in found]


def booked(day: date, hour: int, *, same_service: bool = True, occupied: bool = False) -> Booking:
    window = Window.on(day, time(hour), MINUTES, LEARN.zone)
    return Booking(
        "CHG-2027-0009", "New disks", window, occupied=window if occupied else None, same_service=same_service
    )


def test_the_first_one_offered_is_three_weeks_ahead_at_that_time_and_each_is_on_a_working_day() -> None:
    assert days() == ["Mon 05.04. 22:00", "Tue 06.04. 22:00", "Wed 07.04. 22:00"]
    closed = replace(LEARN, closed=frozenset({date(2027, 4, 2), date(2027, 4, 5)}))
    assert days(closed, now=at(2027, 3, 11)) == ["Thu 01.04. 22:00", "Tue 06.04. 22:00", "Wed 07.04. 22:00"]


def test_a_freeze_and_a_window_of_the_service_are_passed_over() -> None:
    frozen = replace(LEARN, freezes=(Freeze("Exams", date(2027, 4, 1), date(2027, 4, 14)),))
    assert days(frozen) == ["Thu 15.04. 22:00", "Fri 16.04. 22:00", "Mon 19.04. 22:00"]
    assert days(frozen, booked(date(2027, 4, 15), 23)) == ["Fri 16.04. 22:00", "Mon 19.04. 22:00", "Tue 20.04. 22:00"]
    everything = replace(LEARN, freezes=(Freeze("Closed", date(2027, 3, 1), date(2028, 3, 1)),))
    assert days(everything) == []


def test_another_service_is_in_the_way_only_where_it_works_on_the_same_server_from_the_snapshot_on() -> None:
    frozen = replace(LEARN, freezes=(Freeze("Exams", date(2027, 4, 1), date(2027, 4, 14)),))
    elsewhere = booked(date(2027, 4, 15), 22, same_service=False)
    assert days(frozen, elsewhere)[0] == "Thu 15.04. 22:00"
    during_the_snapshot = booked(date(2027, 4, 15), 20, same_service=False, occupied=True)
    assert days(frozen, during_the_snapshot)[0] == "Fri 16.04. 22:00"
    before_it = booked(date(2027, 4, 15), 17, same_service=False, occupied=True)
    assert days(frozen, before_it)[0] == "Thu 15.04. 22:00"


def test_a_change_that_was_requested_three_weeks_ago_is_offered_its_new_date_a_week_ahead() -> None:
    found = next_free_windows(LEARN, (), at(2027, 4, 19), at=time(22), minutes=MINUTES, requested=at(2027, 3, 1))
    assert [f"{LEARN.local(each.start):%d.%m.}" for each in found] == ["26.04.", "27.04.", "28.04."]


def test_while_nothing_is_known_the_evening_begins_with_the_quiet_hours() -> None:
    assert usual_start(LEARN) == time(21)
    assert usual_start(replace(LEARN, policy=replace(LEARN.policy, quiet_from_hour=24))) == time(0)


def test_an_hour_that_the_clocks_leave_out_is_not_offered() -> None:
    sundays = replace(LEARN, holidays=frozenset())
    found = next_free_windows(sundays, (), at(2027, 3, 1), at=time(2, 30), minutes=MINUTES)
    assert all(LEARN.local(each.start).time() == time(2, 30) for each in found)


@given(
    now=st.integers(0, 500 * 24 * 60).map(lambda minutes: at(2027, 1, 1) + timedelta(minutes=minutes)),
    start=st.times().map(lambda each: time(each.hour, each.minute)),
    minutes=st.integers(5, 600),
    ahead=st.lists(st.integers(18, 60), max_size=12),
)
def test_whatever_is_offered_could_be_handed_in_at_once_without_a_reason(
    now: datetime, start: time, minutes: int, ahead: list[int]
) -> None:
    taken = [booked((now + timedelta(days=each)).date(), 21, occupied=True) for each in ahead]
    found = next_free_windows(LEARN, taken, now, at=start, minutes=minutes)
    assert len(found) == 3
    assert list(found) == sorted(found, key=lambda each: each.start)
    for each in found:
        assert not short_notice(each.start, now, now, LEARN)
        assert find_conflict(each, LEARN, taken) is None
        validate_plan(replace(plan(), window=each), now, LEARN, taken)
