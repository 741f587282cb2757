"""`/change stats [SERVICE] [2027|2027-Q2]`: which changes are counted."""

from collections.abc import Sequence
from typing import Any

from application.input_parsing.services import find_service, read_service
from application.session import UserSession
from cards.overview.statistics import stats_card
from changes.policy import Service
from changes.reporting.periods import Period


async def statistics_card(session: UserSession, text: str) -> dict[str, Any]:
    """The card that was asked for. Raises ValidationFailed for a service or a period that does not exist."""
    services = await session.services()
    only, period = _read(text, session, services)
    counted = [each.key for each in ((only,) if only else services)]
    counts = await session.unit.statistics.count(counted, period)
    templates = await session.unit.templates.of(counted)
    return stats_card(counts, {service.key: service for service in services}, period, only, templates)


def _read(text: str, session: UserSession, services: Sequence[Service]) -> tuple[Service | None, Period]:
    """The service that was named and the period: this year, where services are. Raises ValidationFailed."""
    only, rest = find_service(text, services)
    here = only or next(iter(services), None)
    this_year = Period((here.local(session.now) if here else session.now).year)
    if not rest:
        return only, this_year
    *named, last = rest.split()
    if only is not None or any(each.isdigit() for each in rest.split()[0]):
        return only, Period.read(rest)
    # A part of a service's name, and perhaps a period behind it.
    if named and last[0].isdigit():
        return read_service(" ".join(named), services), Period.read(last)
    return read_service(rest, services), this_year
