"""Reads what the gate looks at."""

from datetime import datetime, timedelta

from application.ports import UnitOfWork
from changes.model import Change, State
from changes.planning.gate import AT_WORK, BECAME
from changes.policy import Catalogue, Service
from changes.reporting.search import Search

MOST_TOUCHING = 20
"""So many changes that are not at work are named as reasons, at most."""
_MOMENT = timedelta(microseconds=1)


async def changes_at(
    unit: UnitOfWork, catalogue: Catalogue, service: Service, at: datetime, viewer: str
) -> tuple[Change, ...]:
    """The changes of the service that are at work or touch the moment, and those that restore its server."""
    changes = unit.changes
    found = await changes.find(Search(service=service.key, states=AT_WORK, viewer=viewer))
    touching = Search(service=service.key, states=frozenset(BECAME), since=at, until=at + _MOMENT, viewer=viewer)
    found += await changes.find(touching, limit=MOST_TOUCHING)
    restoring = await changes.find(Search(states={State.RESTORING}, viewer=viewer))
    theirs = {each.key for each in catalogue.services.values() if each.vps.server == service.vps.server}
    return (*found, *(each for each in restoring if each.plan.service in theirs - {service.key}))
