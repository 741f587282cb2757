"""How late steps are that fall due at a thousand a minute, while people type twenty times a second."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from bench import due_rows
from bench.bots import bot
from bench.context import Context
from bench.figures import Figure, percentile
from bench.processes import Running
from bench.templates import PEOPLE
from changes.model import change_id_of

TURNS_A_SECOND = 20
LEAD_S = 15.0
"""Seconds for the database and the start of the bot."""
LONGEST_WAIT_S = 45.0


async def measure(context: Context, engine: str, number: int) -> AsyncIterator[Figure]:
    """Steps against their times, and typed answers meanwhile; `number` of them fall due in a minute."""
    where = f"{engine}, {number:,} steps a minute"
    begin, over = datetime.now(UTC) + timedelta(seconds=LEAD_S), timedelta(minutes=1)
    if not context.full:
        number, over = number // 2, over / 2
    answers: list[float] = []
    missed = 0
    async with context.due(engine, number, begin, over) as at, bot(at, context.teams) as ours:
        await asyncio.sleep(max(0.0, (begin - datetime.now(UTC)).total_seconds()))
        missed = await _type(context, ours, answers, over.total_seconds())
        left = await due_rows.all_done(at, begin + over, LONGEST_WAIT_S)
        due = {_id(each, begin): begin + over * each / number for each in range(number)}
        late = [(moment - due[change]).total_seconds() for moment, change in await due_rows.fired(at, begin)]
        late += [(datetime.now(UTC) - begin).total_seconds()] * left
    yield Figure("lateness of steps under 20 turns a second, p50", where, "s", [percentile(late, 0.5)])
    yield Figure("lateness of steps under 20 turns a second, p99", where, "s", [percentile(late, 0.99)])
    yield Figure("typed answer meanwhile, p50", where, "s", [percentile(answers, 0.5)])
    yield Figure("typed answer meanwhile, p99", where, "s", [percentile(answers, 0.99)])
    if missed:
        turns = f"of {over.total_seconds() * TURNS_A_SECOND:,.0f}"
        yield Figure("turns that found all people waiting", where, turns, [missed])


async def _type(context: Context, bot: Running, answers: list[float], seconds: float) -> int:
    """People type at an even pace, whoever is free; how often nobody was."""
    free = list(PEOPLE)
    missed = 0

    async def one() -> None:
        who = free.pop(0)
        answers.append(await context.teams.type(bot, who, "/change list"))
        free.append(who)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number in range(round(seconds * TURNS_A_SECOND)):
            await asyncio.sleep(max(0.0, began + number / TURNS_A_SECOND - time.perf_counter()))
            if free:
                tasks.create_task(one())
            else:
                missed += 1
            await asyncio.sleep(0)
    return missed


def _id(at: int, begin: datetime) -> str:
    """Which change is the one whose step falls due at that place in the row."""
    return change_id_of(begin.year - 1, 1 + at)
