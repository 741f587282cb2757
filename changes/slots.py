"""What is in the way of a window (PROCESS.md, Conflicts), and where it could go instead."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from changes.errors import Incomplete
from changes.model import BOOKED, Window
from changes.occupancy import Booking
from changes.policy import Freeze, Service
from changes.timeline import short_notice

OFFERED = 3
FARTHEST_DAYS = 120
"""So far ahead is looked: longer than any freeze of a school year."""
GRID_MINUTES = 30
"""A slot after another window begins at the next half hour."""


def in_the_way(window: Window, service: Service, bookings: Iterable[Booking]) -> Booking | Freeze | None:
    """The change or freeze in the way of the window, if there is one (PROCESS.md, Conflicts)."""
    for booking in bookings:
        if booking.same_service and booking.state in BOOKED and booking.window.overlaps(window):
            return booking
    return next((freeze for freeze in service.freezes if freeze.touches(window, service.zone)), None)


def free_slots(
    wanted: Window,
    service: Service,
    bookings: Sequence[Booking],
    now: datetime,
    requested: datetime | None = None,
) -> tuple[Window, ...]:
    """Windows of the same length that are free, the nearest first: right after what is in the way on the same day,
    else at the same local time on one of the following days.

    Where the wanted window was in time for the lead time (counted from `requested`), so is each that is offered.
    """
    first = requested or now
    short_is_fine = short_notice(wanted.start, first, now, service)
    found: list[Window] = []
    for slot in _candidates(wanted, service, bookings):
        in_time = short_is_fine or not short_notice(slot.start, first, now, service)
        if slot.start > now and in_time and in_the_way(slot, service, bookings) is None and slot not in found:
            found.append(slot)
        if len(found) == OFFERED:
            break
    return tuple(found)


def _candidates(wanted: Window, service: Service, bookings: Sequence[Booking]) -> Iterator[Window]:
    length = wanted.end - wanted.start
    day = service.local(wanted.start).date()
    for booking in bookings:
        start = _next_on_grid(booking.window.end)
        if booking.same_service and booking.window.overlaps(wanted) and service.local(start).date() == day:
            yield Window(start, start + length)
    at = service.local(wanted.start).time()
    for days in range(1, FARTHEST_DAYS + 1):
        try:
            yield Window.on(day + timedelta(days=days), at, wanted.minutes, service.zone)
        except Incomplete:
            continue  # the clocks go forward over that time


def _next_on_grid(moment: datetime) -> datetime:
    past = timedelta(minutes=moment.minute % GRID_MINUTES, seconds=moment.second, microseconds=moment.microsecond)
    return moment if not past else moment - past + timedelta(minutes=GRID_MINUTES)
