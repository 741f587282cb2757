"""Finds conflicts of a window (docs/process.md, P50), the free windows near it, and the next ones of a service."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import islice

from changes.errors import ValidationFailed
from changes.model import BOOKED, Window
from changes.planning.occupancy import Booking
from changes.planning.timeline import short_notice
from changes.policy import Freeze, Service

OFFERED = 3
FARTHEST_DAYS = 120
"""So far is looked on both sides: longer than any freeze of a school year."""
BESIDE = timedelta(hours=24)
"""A slot right before or after something else is offered where it begins no farther than this from what was wanted."""
GRID = timedelta(minutes=30)
"""A slot beside something else begins at a full or half hour."""


def find_conflict(window: Window, service: Service, bookings: Iterable[Booking]) -> Booking | Freeze | None:
    """The change or freeze in the way of the window, if there is one (docs/process.md, P50)."""
    for booking in bookings:
        if booking.same_service and booking.state in BOOKED and booking.window.overlaps(window):
            return booking
    return next((freeze for freeze in service.freezes if freeze.touches(window, service.zone)), None)


def free_slots(
    wanted: Window, service: Service, bookings: Sequence[Booking], now: datetime, requested: datetime | None = None
) -> tuple[Window, ...]:
    """Windows of the same length that are free, the nearest first: right before and right after what is in the way, and
    at the same local time on the days around.

    One of them is later than the wanted window, if there is any: not everybody can be ready earlier. Where the wanted
    window was in time for the lead time (counted from `requested`), so is each that is offered.
    """
    first = requested or now
    short_is_fine = short_notice(wanted.start, first, now, service)

    def is_free(slot: Window) -> bool:
        in_time = short_is_fine or not short_notice(slot.start, first, now, service)
        return slot.start > now and in_time and find_conflict(slot, service, bookings) is None

    def is_later(slot: Window) -> bool:
        return slot.start > wanted.start

    free = filter(is_free, _nearest_first(wanted, service, bookings, now))
    found = list(islice(free, OFFERED))
    if len(found) == OFFERED and not any(map(is_later, found)):
        found[-1] = next(filter(is_later, free), found[-1])
    return tuple(found)


def next_free_windows(
    service: Service,
    bookings: Sequence[Booking],
    now: datetime,
    *,
    at: time,
    minutes: int,
    requested: datetime | None = None,
) -> tuple[Window, ...]:
    """The next windows of `minutes` that start at the wall-clock time `at`, the earliest first.

    Each is in time for the lead time (counted from `requested`), starts on a working day, and is touched by no freeze;
    no other change takes the service, or works on its server between the snapshot and the end of the window.
    """
    found: list[Window] = []
    for window in _from_today(service, now, at, minutes):
        if (
            window.start > now
            and not short_notice(window.start, requested or now, now, service)
            and find_conflict(window, service, bookings) is None
            and not _server_is_taken(window, service, bookings)
        ):
            found.append(window)
            if len(found) == OFFERED:
                break
    return tuple(found)


def usual_start(service: Service) -> time:
    """When work begins in the evening, while no change of the service was completed yet: with its quiet hours."""
    return time(service.policy.quiet_from_hour % 24)


def _nearest_first(wanted: Window, service: Service, bookings: Sequence[Booking], now: datetime) -> Iterator[Window]:
    """Candidate windows, the nearest first; of two that are as near the later one comes first."""
    length = wanted.end - wanted.start
    beside = (start for start in _beside(length, service, bookings) if abs(start - wanted.start) <= BESIDE)
    starts = {*beside, *_same_time(wanted, service, now)} - {wanted.start}
    for start in sorted(starts, key=lambda start: (abs(start - wanted.start), start < wanted.start)):
        yield Window(start, start + length)


def _same_time(wanted: Window, service: Service, now: datetime) -> Iterator[datetime]:
    """When windows begin that start by the same wall clock as the wanted one, from today on."""
    local = service.local(wanted.start)
    passed = (local.date() - service.local(now).date()).days
    for days in range(-min(passed, FARTHEST_DAYS), FARTHEST_DAYS + 1):
        try:
            day = local.date() + timedelta(days=days)
            yield Window.on(day, local.time(), wanted.minutes, service.zone).start
        except ValidationFailed:
            continue  # the clocks go forward over that time


def _beside(length: timedelta, service: Service, bookings: Sequence[Booking]) -> Iterator[datetime]:
    """When windows of that length begin that end right before, or begin right after, what takes time of the service."""
    taken = [booking.window for booking in bookings if booking.same_service]
    taken += [freeze.window(service.zone) for freeze in service.freezes]
    for each in taken:
        before, after = each.start - length, each.end
        yield before - _past_grid(before)
        yield after + (-_past_grid(after) % GRID)


def _past_grid(moment: datetime) -> timedelta:
    """How long before that moment the last full or half hour was."""
    return timedelta(minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond) % GRID


def _from_today(service: Service, now: datetime, at: time, minutes: int) -> Iterator[Window]:
    today = service.local(now).date()
    for days in range(FARTHEST_DAYS + 1):
        day = today + timedelta(days=days)
        if not service.is_working(day):
            continue
        try:
            yield Window.on(day, at, minutes, service.zone)
        except ValidationFailed:
            continue  # the clocks go forward over that time


def _server_is_taken(window: Window, service: Service, bookings: Sequence[Booking]) -> bool:
    on_server = Window(window.start - service.snapshot_lead, window.end)
    return any(each.occupied is not None and each.occupied.overlaps(on_server) for each in bookings)
