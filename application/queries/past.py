"""What took place before: how the last changes of a service ended, and those that are like one."""

import re
from datetime import datetime

from application.ports import UnitOfWork
from application.queries.durations import days_looked_back
from changes.model import Change, State
from changes.policy import Service
from changes.reporting.metrics import ChangeMetrics
from changes.reporting.search import Search, folded

MOST_WORDS, MOST_SIMILAR = 8, 3
_TELLING = re.compile(r"[^\W_]{4,}")
"""What is shorter stands in too many titles to say what they are about."""
_COMMON = frozenset({"with", "from", "into", "avec", "dans", "pour", "this", "that", "change", "changement"})


async def last_runs(unit: UnitOfWork, service: Service, now: datetime) -> tuple[ChangeMetrics, ...]:
    """The last changes of the service that took place, as many as its risk looks at; none where it assesses none."""
    if service.risk is None or not service.risk.runs:
        return ()
    since, until = days_looked_back(now)
    wanted = Search(service=service.key, states=(State.COMPLETED,), since=since, until=until, newest_first=True)
    return tuple(await unit.changes.measured(wanted, limit=service.risk.runs))


async def similar_changes(unit: UnitOfWork, change: Change) -> tuple[Change, ...]:
    """Up to three completed changes of the service with most words of the title in common, two where it has them."""
    words = telling_words(change.plan.title)
    return await unit.changes.similar(change.plan.service, words, min(2, len(words)), MOST_SIMILAR) if words else ()


def telling_words(title: str) -> tuple[str, ...]:
    """The words by which a title is compared, folded: not the short ones, nor those that are everywhere."""
    return tuple(dict.fromkeys(each for each in _TELLING.findall(folded(title)) if each not in _COMMON))[:MOST_WORDS]
