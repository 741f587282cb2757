"""Thousands of steps that fall due at once: how fast they are done, and how long somebody who types meanwhile waits."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

from bench import due_rows
from bench.bots import bot
from bench.context import Context
from bench.figures import Figure, percentile
from bench.job_store import empty_jobs
from bench.processes import Running
from bench.templates import PEOPLE

LONGEST_S = 60.0
"""A burst that takes longer is broken off, and its rate is that of its part."""
ROUNDS_IN_FULL = 3
PEER_JOBS = 1_000


async def measure(context: Context, engine: str, number: int) -> AsyncIterator[Figure]:
    """The steps done a second against APScheduler's empty jobs, and typed answers until the last step is done."""
    rates, ratios, answers, cpu = [], [], list[float](), []
    begin = context.now - timedelta(minutes=5)
    for _ in range(ROUNDS_IN_FULL if context.full else 1):
        async with context.due(engine, number, begin, timedelta()) as at:
            peer = await empty_jobs(PEER_JOBS)
            started = time.perf_counter()
            async with bot(at, context.teams) as ours:
                ready, there = time.perf_counter(), await due_rows.left(at, context.now)
                until = ready + LONGEST_S
                typing = asyncio.create_task(_type(context, ours, answers, until))
                left = there
                while left and time.perf_counter() < until:
                    await asyncio.sleep(0.25)
                    left = await due_rows.left(at, context.now)
                # What was done before the process said that it was ready counts from its start.
                done, since = (number - left, started) if there < number else (there - left, ready)
                seconds = time.perf_counter() - since
                typing.cancel()
                await asyncio.wait([typing])
                cpu.append(ours.cpu() * 1000 / max(1, number - left))
        rates.append(done / seconds)
        ratios.append(done / seconds / peer)
    where = f"{engine}, {number:,} steps"
    yield Figure("burst of due steps", where, "a second", rates)
    yield Figure("burst of due steps ÷ APScheduler's empty jobs (SQLite)", where, "×", ratios)
    yield Figure("burst of due steps: CPU, with the start", where, "ms a step", cpu)
    if answers:
        yield Figure("typed answer during the burst, p50", where, "s", [percentile(answers, 0.5)])
        yield Figure("typed answer during the burst, p99", where, "s", [percentile(answers, 0.99)])


async def _type(context: Context, bot: Running, answers: list[float], until: float) -> None:
    """Four people look at the list, each a moment after the last answer; who waits when it ends counts too."""

    async def one(who: int) -> None:
        while time.perf_counter() < until:
            began = time.perf_counter()
            try:
                answers.append(await context.teams.type(bot, PEOPLE[who], "/change list"))
            except asyncio.CancelledError:
                answers.append(time.perf_counter() - began)
                raise
            await asyncio.sleep(0.2)

    await asyncio.gather(*(one(who) for who in range(4)))
