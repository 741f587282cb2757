"""`python app.py` in production mode: until it is ready, and what it holds when nobody does anything."""

import asyncio
from collections.abc import AsyncIterator

from bench.bots import as_delivered
from bench.context import ROUNDS, Context
from bench.figures import Figure

REST_S = 1.0
ROUNDS_IN_SHORT = 3


async def measure(context: Context, engine: str, number: int) -> AsyncIterator[Figure]:
    """Seconds to /readyz, CPU for it, and memory at rest."""
    took, cpu, held = [], [], []
    async with context.stored(engine, number) as at:
        async with as_delivered(at):
            pass  # the first one warms the disk, and plans anew what another version left
        for _ in range(ROUNDS if context.full else ROUNDS_IN_SHORT):
            async with as_delivered(at) as ours:
                took.append(ours.started_in)
                cpu.append(ours.cpu())
                await asyncio.sleep(REST_S)
                held.append(ours.memory())
    where = f"{engine}, {number:,} changes"
    yield Figure("start until ready", where, "s", took)
    yield Figure("start until ready: CPU", where, "s", cpu)
    yield Figure("memory at rest", where, "MB", held)
