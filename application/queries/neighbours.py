"""The other changes that take time of a service or of its server."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from application.ports import UnitOfWork
from changes.model import Change, Window
from changes.planning.occupancy import NEAR, Booking, occupied
from changes.policy import Catalogue, Service

BESIDE = timedelta(days=2)
"""More than lies between a change and all others that it is decided in sight of."""
MAKES_ROOM = timedelta(days=1)
"""Snapshots make room for a change that is no farther away: of these all others are in sight, too."""


async def neighbours(
    unit: UnitOfWork,
    catalogue: Catalogue,
    service: Service,
    now: datetime,
    change: Change | None = None,
    *,
    near: Sequence[Window] = (),
) -> tuple[Booking, ...]:
    """The other changes of the service, and of those on the same server, as they look to it; `near` as below."""
    since = (change.snapshot.oldest if change else None) or (_hour(now) if near else now)
    others = await changes_beside(unit, catalogue, service, since, change.id if change else "", near=near)
    return bookings_of(others, catalogue, service, now)


async def changes_beside(
    unit: UnitOfWork,
    catalogue: Catalogue,
    service: Service,
    since: datetime,
    excluding: str,
    *,
    booking: bool = False,
    near: Sequence[Window] = (),
) -> tuple[Change, ...]:
    """The changes themselves; `booking` holds back whoever would take time beside them until this one is decided.

    With `near`, those alone that are at work or lie in these spans of time.
    """
    services = [each.key for each in catalogue.services.values() if each.vps.server == service.vps.server]
    return await unit.changes.sharing(services or [service.key], since, excluding, booking=booking, near=near)


def spans_near(
    change: Change, service: Service, now: datetime, wanted: Window | None = None, beside: timedelta = BESIDE
) -> tuple[Window, ...]:
    """The times at which others can be in the change's way, or it in theirs: around its window and the one `wanted`,
    and around now, when its snapshot may begin.
    """
    snapshot = service.snapshot_lead
    windows = [change.window, Window(now, now + snapshot)]
    if wanted is not None:
        windows.append(wanted)
    return tuple(Window(each.start - beside - snapshot, each.end + beside + snapshot) for each in windows)


def spans_shown(change: Change, service: Service, now: datetime) -> tuple[Window, ...]:
    """The times of what a card of the change names: what is near its window, and what its snapshot would wait for."""
    snapshot = service.snapshot_lead
    mine = occupied(change, service, _hour(now) + timedelta(hours=1))
    first, last = min(mine.start, change.plan.window.start - NEAR), max(mine.end, change.ends_at + NEAR)
    return Window(first - snapshot, last + snapshot), Window(_hour(now), _hour(now) + timedelta(hours=1) + snapshot)


def minute_of(now: datetime) -> Window:
    """The minute that it is: what is asked for within one is the same, and the storage may know the answer."""
    begins = now.replace(second=0, microsecond=0)
    return Window(begins, begins + timedelta(minutes=1))


def _hour(now: datetime) -> datetime:
    """Its beginning: what is asked for within an hour is the same, and the storage may know the answer."""
    return now.replace(minute=0, second=0, microsecond=0)


def bookings_of(
    others: tuple[Change, ...], catalogue: Catalogue, service: Service, now: datetime
) -> tuple[Booking, ...]:
    """How they look to the service at `now`."""
    return tuple(Booking.of(each, catalogue.of(each), service, now) for each in others)
