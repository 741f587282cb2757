"""What the usual queries cost when very much is stored, against little: what one person asks for stays the same."""

import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import Any

from application.ports import UnitOfWork
from application.queries.worklist import worklist_of
from application.retry_log import RetryLog
from bench.context import Context
from bench.copies import Copy
from bench.delivery import replies
from bench.figures import Figure
from bench.multiply import add_old_rows, multiply
from bench.seed import catalogue
from bench.templates import OPEN, PEOPLE, SERVICES
from cards.overview.calendar import MOST as MOST_WINDOWS
from cards.overview.calendar import MOST_IN_A_WEEK
from changes.model import DROPPED, Person, State
from changes.planning.calendar import WEEKS, first_monday, span
from changes.policy import Catalogue
from changes.reporting.periods import Period
from changes.reporting.search import Search, read_search
from storage import Store, open_store
from storage.query_cache import NEW_GENERATION

SMALL = 1_000
"""Open changes, and old rows, of the small database."""
OLD_FOR_EACH = 10
"""Old rows for each open change of the large one."""
FEW_STORED, AMONG_FEW = f"÷ with {SMALL:,}", f"÷ those of {SMALL:,} changes"
STATISTICS = "statistics of a year"
WAITING = 20
WARMING, ROUNDS = 6, 41
"""PostgreSQL plans a statement five times before it may keep the plan."""
SLOW_S = 0.5
"""A query that takes longer is asked three times only."""
Ask = Callable[[UnitOfWork], Awaitable[object]]


class _Undo(Exception):
    """Nothing that was asked is to remain."""


async def measure(context: Context, engine: str, number: int) -> AsyncIterator[Figure]:
    """Milliseconds of each query with many open changes and old rows, and how many times those with few that is."""

    def copies() -> Iterator[Copy]:
        return _open(context)

    failed = []
    where = f"{engine}, {number:,} open, {number * OLD_FOR_EACH:,} old"
    async with AsyncExitStack() as stack:
        stores = []
        for count in (SMALL, number):
            at = await stack.enter_async_context(context.databases.copy(engine, f"open-{SMALL}", copies))
            await multiply(at.url, count // SMALL)
            await add_old_rows(at.url, SMALL if count == SMALL else count * OLD_FOR_EACH, context.now)
            store = await open_store(at.url, RetryLog())
            stack.push_async_callback(store.close)
            async with store.units() as unit:
                while await unit.retention.purge_expired(context.now):  # as a worker does once an hour
                    pass
                await unit.outbox.add(replies(context.teams.url, WAITING), context.now)
            stores.append(store)
        for name, ask in {**_asked(context, catalogue()), **_counted(context, catalogue())}.items():
            try:
                small, large = await _compared(stores[0], stores[1], ask)
            except Exception as error:  # noqa: BLE001  # the other queries are asked all the same
                failed.append(f"{name} ({type(error).__name__}: {error})")
                continue
            yield Figure(f"{name}", where, "ms", [each * 1000 for each in large])
            few = AMONG_FEW if name == STATISTICS else FEW_STORED
            yield Figure(f"{name} {few}", where, "×", [median(large) / median(small)])
    if failed:
        raise RuntimeError(f"these could not be asked: {'; '.join(failed)}")


def _open(context: Context) -> Iterator[Copy]:
    for at in range(SMALL):
        template = context.templates[OPEN[at % len(OPEN)]]
        later = context.now + timedelta(minutes=60 + at * 7) - template.now
        yield Copy.numbered(template, 1001 + at, SERVICES[at % 2], later, context.now.year)


def _asked(context: Context, services: Catalogue) -> Mapping[str, Ask]:
    now, who = context.now, PEOPLE[5]
    me = Person(who.object_id, who.name)

    def listed(typed: str) -> Ask:
        """A page as `list` reads it, with what was typed behind it."""
        search = read_search(typed, services.services, me.id)
        return lambda unit: unit.changes.page(search, 10)

    return {
        "claim of the outbox": lambda unit: unit.outbox.claim(now + timedelta(minutes=1), "bench", 60, WAITING),
        "next attempt of the outbox": lambda unit: unit.outbox.next_attempt(),
        "claim of a due step": lambda unit: unit.due_items.claim(now),
        "next due step": lambda unit: unit.due_items.next_due(),
        "list": listed(""),
        "list all": listed("all"),
        "list SERVICE": listed(SERVICES[0]),
        "list SERVICE all": listed(f"{SERVICES[0]} all"),
        "list running": listed("running"),
        "list SERVICE running": listed(f"{SERVICES[0]} running"),
        "list mine": listed("mine"),
        "list of a year": listed(str(now.year)),
        "page 50 of list": listed("page 50"),
        "search for a word that is in all": listed("teacher"),
        "search for a word that is in none": listed("aardvark"),
        "search for a word that one has": listed(f"CHG-{now.year}-1500"),
        "search for two words, in one change each": listed(f"CHG-{now.year}-1500 CHG-{now.year}-1600"),
        "whether a service has any": lambda unit: unit.changes.count(Search(service=SERVICES[0]), most=1),
        "calendar": partial(_calendar, services, now),
        "my tasks": partial(_my_tasks, services, me, now),
        "tidying": lambda unit: unit.retention.purge_expired(now),
    }


def _counted(context: Context, services: Catalogue) -> Mapping[str, Ask]:
    """What is about every change of a year."""
    year = Period(context.now.year)
    return {STATISTICS: lambda unit: unit.statistics.count(list(services.services), year)}


async def _calendar(services: Catalogue, now: datetime, unit: UnitOfWork) -> None:
    """What is shown of eight weeks, and how many the first one has."""
    for service in services.services.values():
        monday = first_monday(service.local(now).date() + timedelta(days=14))
        for days in (7 * WEEKS, 7):
            since, until = span(monday, days, service)
            states = frozenset(State) - DROPPED - {State.DRAFT}
            search = Search(service=service.key, states=states, since=since, until=until)
            if days == 7:
                await unit.changes.windows(search, most=MOST_IN_A_WEEK)
            else:
                await unit.changes.find(search, limit=MOST_WINDOWS)


async def _my_tasks(services: Catalogue, me: Person, now: Any, unit: UnitOfWork) -> object:
    # What is shown of them, where that is asked for.
    return await worklist_of(unit, services, me, now, most=10)


async def _compared(small: Store, large: Store, ask: Ask) -> tuple[list[float], list[float]]:
    is_slow = await _timed(large, ask) > SLOW_S
    few, many = [], []
    for _ in range(3 if is_slow else WARMING + ROUNDS):
        few.append(await _timed(small, ask))
        many.append(await _timed(large, ask))
    return (few, many) if is_slow else (few[WARMING:], many[WARMING:])


async def _timed(store: Store, ask: Ask) -> float:
    await _somebody_else_writes(store)
    seconds = 0.0
    try:
        async with store.units() as unit:
            began = time.perf_counter()
            await ask(unit)
            seconds = time.perf_counter() - began
            raise _Undo
    except _Undo:
        return seconds


async def _somebody_else_writes(store: Store) -> None:
    """Let what the bot keeps of earlier answers be out of date: the query itself is to be measured."""
    if store.engine.dialect.name == "postgresql":
        async with store.engine.begin() as connection:
            await connection.execute(NEW_GENERATION)
        return
    with contextlib.closing(sqlite3.connect(store.engine.url.database or "")) as other, other:
        other.execute("INSERT OR REPLACE INTO settings (name, value) VALUES ('bench', hex(randomblob(8)))")
