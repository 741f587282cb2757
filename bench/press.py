"""A press of GO: from the click until the last card and line that it causes have been delivered."""

import time
from collections.abc import AsyncIterator

from bench.bots import bot
from bench.context import Context
from bench.figures import Figure
from bench.templates import APPROVER, CHANNEL

AT_ONCE = 8
QUIET_S = 0.3


async def measure(context: Context, engine: str, number: int) -> AsyncIterator[Figure]:
    """CPU and time of each press, one after the other, in rounds of eight; the first round only warms up."""
    teams, presses = context.teams, context.presses()
    cpu, took, each = [], [], []
    async with context.stored(engine, number) as at, bot(at, teams) as ours:
        await teams.quiet(1)
        for begin in range(0, len(presses), AT_ONCE):
            before, deliveries, spent = ours.cpu(), teams.deliveries, 0.0
            for copy in presses[begin : begin + AT_ONCE]:
                thread = f"{CHANNEL.format(copy.service)};messageid={copy.change}"
                data = {"change": copy.change, "revision": copy.template.revision, "comment": ""}
                began = time.perf_counter()
                answer = await teams.press(ours, APPROVER, thread, "go.give", data)
                if answer.get("statusCode") != 200:
                    raise RuntimeError(f"the press was refused: {answer}")
                await teams.quiet(QUIET_S)
                spent += teams.last_at - began
            if begin:
                cpu.append((ours.cpu() - before) * 1000 / AT_ONCE)
                took.append(spent * 1000 / AT_ONCE)
                each.append((teams.deliveries - deliveries) / AT_ONCE)
    where = f"{engine}, {number:,} changes"
    yield Figure("GO press until its last delivery: CPU", where, "ms", cpu)
    yield Figure("GO press until its last delivery: time", where, "ms", took)
    yield Figure("GO press: deliveries", where, "", each)
