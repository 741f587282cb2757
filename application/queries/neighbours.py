"""The other changes that take time of a service or of its server."""

from datetime import datetime

from application.ports import UnitOfWork
from changes.model import Change
from changes.planning.occupancy import Booking
from changes.policy import Catalogue, Service


async def neighbours(
    unit: UnitOfWork, catalogue: Catalogue, service: Service, now: datetime, change: Change | None = None
) -> tuple[Booking, ...]:
    """The other changes of the service, and of those on the same server, as they look to it."""
    since = (change.snapshot.oldest if change else None) or now
    others = await changes_beside(unit, catalogue, service, since, change.id if change else "")
    return bookings_of(others, catalogue, service, now)


async def changes_beside(
    unit: UnitOfWork, catalogue: Catalogue, service: Service, since: datetime, excluding: str, *, booking: bool = False
) -> tuple[Change, ...]:
    """The changes themselves; `booking` holds back whoever would take time beside them until this one is decided."""
    services = [each.key for each in catalogue.services.values() if each.vps.server == service.vps.server]
    return await unit.changes.sharing(services or [service.key], since, excluding, booking=booking)


def bookings_of(
    others: tuple[Change, ...], catalogue: Catalogue, service: Service, now: datetime
) -> tuple[Booking, ...]:
    """How they look to the service at `now`."""
    return tuple(Booking.of(each, catalogue.of(each), service, now) for each in others)
