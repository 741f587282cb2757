"""One process and two on the same PostgreSQL: what people type, and steps that fall due."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

from bench import delivery, due_rows
from bench.bots import bot
from bench.context import Context
from bench.figures import Figure
from bench.processes import Running
from bench.talk import AT_ONCE, messages_of, talk

SECONDS = 2.0
ROUNDS = 3
STEPS, MESSAGES = 6_000, 6_000
LONGEST_S = 40.0
LEAD_S = 25.0
"""Seconds for the database and the start of the processes."""
LIST = "/change list"


async def measure(context: Context, engine: str, number: int) -> AsyncIterator[Figure]:
    """Turns and steps a second with each number of processes, in turn."""
    turns: dict[int, list[float]] = {1: [], 2: []}
    async with AsyncExitStack() as stack:
        at = await stack.enter_async_context(context.stored(engine, number))
        bots = [await stack.enter_async_context(bot(at, context.teams)) for _ in range(2)]
        for each in bots:
            await messages_of(context.teams, each, LIST)
        for _ in range(ROUNDS):
            for many, rates in turns.items():
                rates.append(await _turns(context, bots[:many]))
    where = f"{engine}, {number:,} changes"
    yield Figure("list, two processes ÷ one: turns", where, "×", _ratios(turns))
    steps = {many: [await _steps(context, engine, many)] for many in (1, 2)}
    where = f"{engine}, {STEPS:,} steps"
    for many, rates in steps.items():
        yield Figure(f"burst of due steps with {'two workers' if many > 1 else 'one worker'}", where, "a second", rates)
    yield Figure("burst of due steps, two workers ÷ one", where, "×", _ratios(steps))
    far = delivery.DELAYS_S[-1]
    sent = {many: [(await delivery.delivered(context, engine, MESSAGES, far, many)).rate] for many in (1, 2)}
    where = f"{engine}, Connector after {far * 1000:.0f} ms"
    for many, rates in sent.items():
        yield Figure(f"deliveries by {'two workers' if many > 1 else 'one worker'}", where, "a second", rates)
    yield Figure("deliveries, two workers ÷ one", where, "×", _ratios(sent))


def _ratios(found: dict[int, list[float]]) -> list[float]:
    return [two / one for one, two in zip(found[1], found[2], strict=True)]


async def _turns(context: Context, bots: list[Running]) -> float:
    share = len(AT_ONCE) // len(bots)
    parts = [dict.fromkeys(AT_ONCE[at * share : (at + 1) * share], 1) for at in range(len(bots))]
    pairs = zip(bots, parts, strict=True)
    talked = await asyncio.gather(*(talk(context.teams, each, LIST, SECONDS, part) for each, part in pairs))
    return sum(each.rate for each in talked)


async def _steps(context: Context, engine: str, many: int) -> float:
    """Steps a second, from when all of the processes are ready until the last is done or the time is over."""
    begin = datetime.now(UTC) + timedelta(seconds=LEAD_S)
    async with context.due(engine, STEPS, begin, timedelta()) as at, AsyncExitStack() as stack:
        for _ in range(many):
            await stack.enter_async_context(bot(at, context.teams))
        await asyncio.sleep(max(0.0, (begin - datetime.now(UTC)).total_seconds()))
        began = time.perf_counter()
        left = await due_rows.all_done(at, begin, LONGEST_S)
        return (STEPS - left) / (time.perf_counter() - began)
