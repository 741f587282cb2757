"""How many changes of a period went how."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from application.ports import UnitOfWork
from changes.policy import Service
from changes.reporting.periods import Period
from changes.reporting.statistics import Counts


async def counts_of(unit: UnitOfWork, services: Iterable[Service], period: Period) -> Counts:
    """The changes of these services whose windows start in the period, each by the clock of its own service."""
    of_zone: dict[ZoneInfo, list[str]] = {}
    for service in services:
        of_zone.setdefault(service.zone, []).append(service.key)
    counts = Counts()
    for zone, keys in of_zone.items():
        quarters = {quarter: part.bounds(zone) for quarter, part in period.by_quarters().items()}
        counts += await unit.statistics.count(keys, quarters)
    return counts
