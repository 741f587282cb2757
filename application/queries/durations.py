"""What past changes of a service teach about durations."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from application.ports import UnitOfWork
from changes.model import State
from changes.policy import Service
from changes.reporting.duration_estimates import LOOK_BACK, OVER, DurationEstimates, estimate_durations
from changes.reporting.metrics import ChangeMetrics
from changes.reporting.search import Search

_ENOUGH = 60
"""Maximum number of past changes of each sort that durations are learned from: the latest."""


def days_looked_back(now: datetime) -> tuple[datetime, datetime]:
    """Whole days: what is asked for all day long is the same, and the storage may know the answer."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - LOOK_BACK, today + timedelta(days=1)


async def duration_estimates(unit: UnitOfWork, service: Service, now: datetime) -> DurationEstimates:
    """The durations estimated from the service's past changes."""
    past: dict[str, ChangeMetrics] = {}
    since, until = days_looked_back(now)
    # What is rare is asked for by itself: among the last changes of all sorts there may be none of it.
    for states, operation in ((State.COMPLETED,), ""), ((State.CANCELLED,), "snapshot"), (OVER, "restore"):
        of = Search(service=service.key, states=states, operation=operation, since=since, until=until)
        found = await unit.changes.measured(replace(of, newest_first=True), limit=_ENOUGH)
        past |= {each.change: each for each in found}
    return estimate_durations(past.values(), service.zone)
