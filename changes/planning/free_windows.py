"""The next windows of a service that a request can take as they are (PROCESS.md, Conflicts and Short notice)."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

from changes.errors import ValidationFailed
from changes.model import Window
from changes.planning.conflicts import find_conflict
from changes.planning.occupancy import Booking
from changes.planning.timeline import short_notice
from changes.policy import Service

OFFERED = 3
FARTHEST_DAYS = 120
"""So far ahead is looked: longer than any freeze of a school year."""


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
    before = timedelta(minutes=service.vps.snapshot_minutes + service.policy.snapshot_margin_minutes)
    on_server = Window(window.start - before, window.end)
    return any(each.occupied is not None and each.occupied.overlaps(on_server) for each in bookings)
