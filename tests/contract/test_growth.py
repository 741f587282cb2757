"""What is asked again and again costs the same however much is stored: the steps of SQLite's machine are counted.

Time would say the same less surely. Somebody's tasks are counted row by row, in an index that holds all of it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, update

from application.ports import UnitOfWork
from application.queries.durations import duration_estimates
from application.queries.neighbours import spans_near
from application.queries.past import similar_changes
from application.queries.worklist import worklist_of
from application.retry_log import RetryLog
from changes.model import DROPPED, Change, State, Window
from changes.planning.calendar import span
from changes.policy import Catalogue
from changes.reporting.periods import Period
from changes.reporting.search import Search, read_search
from changes.reporting.statistics import summarise
from storage import Store, open_store
from storage.change_store import columns_of
from storage.tables import changes, tasks
from storage.tasks import rows_of
from tests.contract import subjects as s
from tests.support.core import LEARN, LUC, NADIA, PIERRE

FEW, MANY = 2200, 12_000
"""Of few, too, there are more than are counted at all."""
MOST = 1.5
"""Maximum ratio between many and few: the trees of the indexes are a little deeper."""
MOST_STEPS_A_ROW = 50
"""Maximum number of steps for each row that is counted: a dozen for each time that it is looked at."""
APART = timedelta(hours=3)
CATALOGUE = Catalogue({"learn": LEARN})
FIRST = s.NOW + timedelta(days=30)
Query = Callable[[UnitOfWork], Awaitable[object]]


def made(number: int) -> Change:
    """One of many that wait for the approver; every second one is over since last year."""
    start = FIRST + APART * number if number % 2 else FIRST - timedelta(days=400) - APART * number
    window = Window(start, start + timedelta(hours=1))
    plan = replace(s.plan(), window=window, implementer=LUC)
    asked = start - timedelta(days=10)
    state = State.GO_PENDING if number % 2 else State.COMPLETED
    change = Change(f"CHG-2026-{number:05}", NADIA, plan, state, asked, tests=(None,), review="Well.")
    return change.with_(submitted_at=asked, requested_at=asked, asked_at=asked, state_since=asked)


@asynccontextmanager
async def filled(folder: Path, number: int) -> AsyncIterator[Store]:
    """A store with so many changes."""
    store = await open_store(f"sqlite+aiosqlite:///{folder}/{number}.db", RetryLog())
    every = [made(each) for each in range(number)]
    async with store.engine.begin() as connection:
        rows = [columns_of(each, LEARN.zone) | {"id": each.id, "version": 1} for each in every]
        await connection.execute(insert(changes), rows)
        await connection.execute(insert(tasks), [row for each in every for row in rows_of(each, LEARN)])
    yield store
    await store.close()


async def steps_of(store: Store, query: Query) -> int:
    """How many steps the engine takes, in tens."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    def watch(connection: Any) -> None:
        connection.sync_connection.driver_connection.set_progress_handler(count, 10)

    event.listen(store.statements, "begin", watch)
    async with store.units() as unit:
        await query(unit)
    event.remove(store.statements, "begin", watch)
    return 10 * steps


def listed(typed: str) -> Query:
    return lambda unit: unit.changes.page(read_search(typed, CATALOGUE.services, NADIA.id), 10)


async def calendar(unit: UnitOfWork) -> None:
    since, until = span(FIRST.date(), 56, LEARN)
    states = frozenset(State) - DROPPED - {State.DRAFT}
    await unit.changes.find(Search(service="learn", states=states, since=since, until=until), limit=24)


LISTS = (
    "",
    "learn",
    "mine",
    "done",
    "all",
    "page 3",
    "drafts",
    "running",
    "learn running",
    "2026",
    "aardvark",
    "nadia",
)
FLAT: Mapping[str, Query] = {
    "one change": lambda unit: unit.changes.load("CHG-2026-00001"),
    "what a number means": lambda unit: unit.changes.numbered(7),
    "the next id": lambda unit: unit.changes.new_id(2027),
    **{f"list {typed}": listed(typed) for typed in LISTS},
    "the calendar": calendar,
    "the neighbours": lambda unit: unit.changes.sharing(
        ["learn"], s.NOW, near=spans_near(made(101), LEARN, made(101).plan.window.start)
    ),
    "what past changes teach": lambda unit: duration_estimates(unit, LEARN, s.NOW),
    "what past changes are like one": lambda unit: similar_changes(unit, made(101)),
    "what ticks": lambda unit: unit.changes.find(Search(states=(State.IN_PROGRESS, State.EXTENDED), since=s.NOW)),
    "what is tidied": lambda unit: unit.retention.purge_expired(s.NOW - timedelta(days=4000)),
}
YEAR = Period(2026)
COUNTS: Mapping[str, Query] = {
    "the approver's tasks": lambda unit: worklist_of(unit, CATALOGUE, PIERRE, s.NOW, 8, 5),
    "the requester's tasks": lambda unit: worklist_of(unit, CATALOGUE, NADIA, s.NOW, 8, 5),
}


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[tuple[Store, Store]]:
    async with filled(tmp_path, FEW) as few, filled(tmp_path, MANY) as many:
        yield few, many


async def test_what_is_shown_costs_the_same_however_much_is_stored(stores: tuple[Store, Store]) -> None:
    few, many = stores
    found = {name: (await steps_of(few, query), await steps_of(many, query)) for name, query in FLAT.items()}
    assert {name: each for name, each in found.items() if each[1] > max(100, MOST * each[0])} == {}


async def test_what_is_counted_is_looked_at_in_an_index_alone(stores: tuple[Store, Store]) -> None:
    found = {name: await steps_of(stores[1], query) for name, query in COUNTS.items()}
    assert {name: steps for name, steps in found.items() if steps > MOST_STEPS_A_ROW * MANY} == {}


async def test_statistics_of_a_year_cost_the_same_however_many_changes_it_has(stores: tuple[Store, Store]) -> None:
    steps = []
    for store, number in zip(stores, (FEW, MANY), strict=True):
        async with store.engine.begin() as connection:
            await connection.execute(update(changes).values(month=YEAR.months.start))
        async with store.units() as unit:
            assert summarise(await unit.statistics.count(["learn"], YEAR)).handed_in == number
        async with store.engine.begin() as connection:  # what was found is not kept
            await connection.execute(update(changes).values(month=YEAR.months.start + 1))
        steps.append(await steps_of(store, lambda unit: unit.statistics.count(["learn"], YEAR)))
    assert 0 < steps[1] <= MOST * steps[0]
