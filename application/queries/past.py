"""What took place before: how the last changes of a service ended, and those that are like one."""

import re
from collections.abc import Iterable
from datetime import datetime

from application.ports import UnitOfWork
from application.queries.durations import days_looked_back
from changes.model import Change, State
from changes.policy import Service
from changes.reporting.metrics import ChangeMetrics
from changes.reporting.risk import RUNS
from changes.reporting.search import Search, folded

LOOKED_AT, MOST_SIMILAR = 50, 3
"""How many of the last changes of the service are compared, and how many are shown."""
_TELLING = re.compile(r"[^\W_]{4,}")
"""What is shorter stands in too many titles to say what they are about."""
_COMMON = frozenset({"with", "from", "into", "avec", "dans", "pour", "this", "that", "change", "changement"})


async def last_runs(unit: UnitOfWork, service: Service, now: datetime) -> tuple[ChangeMetrics, ...]:
    """The last changes of the service that took place, as many as its risk looks at; none where it assesses none."""
    if service.risk is None:
        return ()
    since, until = days_looked_back(now)
    wanted = Search(service=service.key, states=(State.COMPLETED,), since=since, until=until, newest_first=True)
    return tuple(await unit.changes.measured(wanted, limit=RUNS))


async def similar_changes(unit: UnitOfWork, change: Change) -> tuple[Change, ...]:
    """Up to three of the service's last completed changes that are like this one (docs/process.md, P128)."""
    last = Search(service=change.plan.service, states=(State.COMPLETED,), newest_first=True)
    return most_alike(change, await unit.changes.find(last, limit=LOOKED_AT))


def most_alike(change: Change, others: Iterable[Change]) -> tuple[Change, ...]:
    """Those of the same template, or with words of the title in common, two where it has them: those with most of them
    first, else as they come.
    """
    words, alike = telling_words(change.plan.title), list[tuple[int, Change]]()
    for each in others:
        common = len(words & telling_words(each.plan.title))
        is_same = change.template and each.template and change.template.name == each.template.name
        if is_same or common >= min(2, len(words)) > 0:
            alike.append((common, each))
    return tuple(each for _common, each in sorted(alike, key=lambda pair: -pair[0])[:MOST_SIMILAR])


def telling_words(title: str) -> frozenset[str]:
    """The words by which a title is compared, folded: not the short ones, nor those that are everywhere."""
    return frozenset(_TELLING.findall(folded(title))) - _COMMON
