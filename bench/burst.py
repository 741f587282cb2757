"""Thousands of steps that fall due at once: how fast they are done, and how long somebody who types meanwhile waits."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

from bench import due_rows
from bench.bots import bot
from bench.context import Context
from bench.figures import Figure, percentile
from bench.job_store import Done, empty_jobs
from bench.processes import Running
from bench.templates import PEOPLE

LONGEST_S = 45.0
"""A burst that takes longer is broken off, and its rate is that of its part."""
ROUNDS_IN_FULL = 3
PEER_JOBS = 1_000
SAME, ON_SQLITE = "on the same engine", "on SQLite"


async def measure(context: Context, engine: str, number: int) -> AsyncIterator[Figure]:
    """The steps done a second against APScheduler's empty jobs, and typed answers until the last step is done."""
    rates, cpu, answers = [], [], list[float]()
    peers: dict[str, list[Done]] = {name: [] for name in ((SAME,) if engine == "sqlite" else (SAME, ON_SQLITE))}
    missing = ""
    begin = context.now - timedelta(minutes=5)
    for _ in range(ROUNDS_IN_FULL if context.full else 1):
        async with context.due(engine, number, begin, timedelta()) as at:
            for name, done in peers.items():
                try:
                    done.append(await empty_jobs(context, engine if name == SAME else "sqlite", PEER_JOBS))
                except (RuntimeError, ValueError) as error:
                    missing = f"APScheduler's empty jobs {name}: {error}"
            async with bot(at, context.teams) as ours:
                # Some are done while the process still starts; those are not counted.
                there, ready, spent = await due_rows.left(at, context.now), time.perf_counter(), ours.cpu()
                typing = asyncio.create_task(_type(context, ours, answers, ready + LONGEST_S))
                left = await due_rows.all_done(at, context.now, LONGEST_S)
                seconds, spent = time.perf_counter() - ready, ours.cpu() - spent
                typing.cancel()
                await asyncio.wait([typing])
        if there - left < number / 20:
            raise RuntimeError(f"only {there - left} steps were done in {seconds:.0f} s after the start")
        rates.append((there - left) / seconds)
        cpu.append(spent * 1000 / (there - left))
    where = f"{engine}, {number:,} steps"
    yield Figure("burst of due steps", where, "a second", rates)
    yield Figure("burst of due steps, with what people type and read meanwhile: CPU", where, "ms a step", cpu)
    for name, done in peers.items():
        if len(done) == len(rates):
            title = f"burst of due steps ÷ APScheduler's empty jobs {name}"
            yield Figure(title, where, "×", [one / other.rate for one, other in zip(rates, done, strict=True)])
            cpu_ratios = [other.cpu_ms / one for one, other in zip(cpu, done, strict=True)]
            yield Figure(f"{title}: for the same CPU", where, "×", cpu_ratios)
    if answers:
        yield Figure("typed answer during the burst, p50", where, "s", [percentile(answers, 0.5)])
        yield Figure("typed answer during the burst, p99", where, "s", [percentile(answers, 0.99)])
    if missing:
        raise RuntimeError(missing)


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
