"""`/change stats [SERVICE] [2027|2027-Q2]`: which changes are counted."""

import asyncio
from typing import Any

from cards.answers import check
from cards.stats import stats_card
from changes.measures import measure
from changes.model import Change
from changes.periods import Period
from changes.policy import Service
from changes.search import Search
from dialogs.desk import Desk


async def counted(desk: Desk, text: str) -> dict[str, Any]:
    """The card that was asked for. Raises Incomplete for a service or a period that does not exist."""
    services = {service.key: service for service in await desk.services()}
    named, period = _read(text, desk, services)
    only = services[check("service", named, {}, tuple(services.values()))] if named else None
    wanted = (only,) if only else services.values()
    found = [(service, await _of(desk, service, period)) for service in wanted]

    def drawn() -> dict[str, Any]:
        measured = [measure(change, service) for service, changes in found for change in changes]
        return stats_card(measured, services, period, only)

    return await asyncio.to_thread(drawn)


def _read(text: str, desk: Desk, services: dict[str, Service]) -> tuple[str, Period]:
    """The service's name, perhaps of several words, and the period: this year, where services are."""
    words = text.split()
    if words and words[-1][0].isdigit() and text.strip().casefold() not in services:
        return " ".join(words[:-1]), Period.read(words[-1])
    here = next(iter(services.values()), None)
    return text.strip(), Period((here.local(desk.now) if here else desk.now).year)


async def _of(desk: Desk, service: Service, period: Period) -> list[Change]:
    since, until = period.bounds(service.zone)
    found = await desk.unit.changes.find(Search(service=service.key, since=since, until=until))
    # A window that began before counts before, even when it ended in this period.
    return [change for change in found if change.plan.window.start >= since]
