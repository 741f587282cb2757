"""Ten thousand steps that fall due at once: how fast they are done, and how long somebody who types meanwhile waits."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import asyncpg

from bench.context import Context
from bench.figures import Figure, percentile
from bench.house import Database, bot, database
from bench.job_store import empty_jobs
from bench.processes import Running
from bench.seed import due_now
from bench.templates import PEOPLE

STEPS = 10_000
LONGEST_S = 100.0
"""A burst that takes longer is broken off, and its rate is that of its part."""
PEER = "APScheduler's empty jobs on SQLite"
PEER_JOBS = 2_000


async def measure(context: Context, engine: str, number: int = STEPS) -> AsyncIterator[Figure]:
    """The steps done a second against APScheduler's empty jobs, and typed answers until the last step is done."""
    teams, now = context.teams, datetime.now(UTC)
    answers: list[float] = []
    copies = due_now(context.templates, number, now - timedelta(minutes=5), timedelta())
    async with database(engine, copies, teams) as at:
        peer = await empty_jobs(PEER_JOBS)
        began = time.perf_counter()
        async with bot(at, teams) as ours:
            until = time.perf_counter() + LONGEST_S
            typing = asyncio.create_task(_type(context, ours, answers, until))
            count = _counter(at)
            left = before = await count()
            first = time.perf_counter()
            while left and time.perf_counter() < until:
                await asyncio.sleep(0.5)
                left = await count()
            seconds = time.perf_counter() - (first if before < number else began)
            typing.cancel()
            await asyncio.wait([typing])
            cpu = ours.cpu()
    rate = (before - left) / seconds
    where = f"{engine}, {number:,} steps"
    yield Figure("burst of due steps", where, "a second", [rate], PEER, [rate / peer])
    yield Figure("burst of due steps: CPU in all", where, "s", [cpu])
    if answers:
        yield Figure("typed answer during the burst, p50", where, "s", [percentile(answers, 0.5)])
        yield Figure("typed answer during the burst, p99", where, "s", [percentile(answers, 0.99)])


async def _type(context: Context, bot: Running, answers: list[float], until: float) -> None:
    """Four people look at the list, each half a second after the last answer; who waits when it ends counts too."""

    async def one(who: int) -> None:
        while time.perf_counter() < until:
            began = time.perf_counter()
            try:
                answers.append(await context.teams.type(bot, PEOPLE[who], "/change list"))
            except asyncio.CancelledError:
                answers.append(time.perf_counter() - began)
                raise
            await asyncio.sleep(0.5)

    await asyncio.gather(*(one(who) for who in range(4)))


def _counter(at: Database) -> Callable[[], Awaitable[int]]:
    """Tells how many steps are due still."""
    if at.url.startswith("sqlite"):

        async def in_sqlite() -> int:
            with closing(sqlite3.connect(f"file:{at.folder}/changes.db?mode=ro", uri=True)) as connection:
                now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
                query = "SELECT count(*) FROM due_items WHERE due <= ?"
                return int(connection.execute(query, (now,)).fetchone()[0])

        return in_sqlite

    async def in_postgresql() -> int:
        connection = await asyncpg.connect(at.url.replace("+asyncpg", ""))
        try:
            return int(await connection.fetchval("SELECT count(*) FROM due_items WHERE due <= now()"))
        finally:
            await connection.close()

    return in_postgresql
