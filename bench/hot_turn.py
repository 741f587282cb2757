"""Where the time of the most frequent turns goes: the bot under Python's profiler while people type."""

import asyncio
import os
import pstats
import signal
from collections.abc import AsyncIterator
from pathlib import Path

from bench.bots import bot
from bench.context import Context
from bench.figures import Table
from bench.processes import ROOT
from bench.talk import messages_of, talk
from bench.turns import typed

NAMES = ("list", "show")
SECONDS = 4.0
ROWS = 15
HEAD = ("µs a turn, itself", "µs a turn, with what it calls", "calls a turn", "function")


async def measure(context: Context, engine: str, number: int) -> AsyncIterator[Table]:
    """The functions that take most time by themselves. The profiler makes everything about twice as slow."""
    async with context.stored(engine, number) as at:
        for name in NAMES:
            text, profile = typed(name, number, context.now), at.folder / f"{name}.profile"
            async with bot(at, context.teams, profile=profile) as ours:
                messages = await messages_of(context.teams, ours, text)
                os.kill(ours.pid, signal.SIGUSR1)
                await asyncio.sleep(0.1)
                talked = await talk(context.teams, ours, text, SECONDS, messages)
            yield Table(f"Profile of {name}", f"{engine}, {number:,} changes", HEAD, _rows(profile, talked.turns))


def _rows(profile: Path, turns: int) -> list[list[str]]:
    found = vars(pstats.Stats(str(profile)))["stats"]
    first = sorted(found.items(), key=lambda each: -each[1][2])[:ROWS]
    return [
        [f"{own * 1e6 / turns:,.0f}", f"{all_of_it * 1e6 / turns:,.0f}", f"{calls / turns:,.1f}", _named(*place)]
        for place, (_, calls, own, all_of_it, _) in first
    ]


def _named(file: str, line: int, function: str) -> str:
    if file == "~":
        return function.strip("<>")
    parts = Path(file).relative_to(ROOT).parts if file.startswith(f"{ROOT}/") else Path(file).parts
    if "site-packages" in parts:
        parts = parts[parts.index("site-packages") + 1 :]
    elif len(parts) > 2:
        parts = parts[-2:]
    return f"{'/'.join(parts)}:{line} {function}"
