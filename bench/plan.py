"""Which measurements there are, on which engines and with how many changes, and how long each may take."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bench import burst, delivery, growth, hot_turn, lateness, pages, press, replicas, start, turns
from bench.context import Context
from bench.figures import Figure, Table

SQLITE, POSTGRESQL = ENGINES = ("sqlite", "postgresql")
USUAL = 10_000
"""Changes that are stored, unless said otherwise."""
Measure = Callable[[Context], AsyncIterator[Figure | Table]]


@dataclass(frozen=True, slots=True)
class Task:
    """One measurement; it is given up after so many seconds."""

    name: str
    seconds: float
    measure: Measure


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of measurement: how many of what is measured, in the short run and in the full one, and where."""

    measure: Callable[[Context, str, int], AsyncIterator[Figure | Table]]
    seconds: float
    numbers: Sequence[int] = (USUAL,)
    in_full: Sequence[int] = (USUAL,)
    engines: Sequence[str] = ENGINES
    full_engines: Sequence[str] = ENGINES


_KINDS = {
    "start": _Kind(start.measure, 120),
    "turns": _Kind(turns.measure, 200, in_full=(0, USUAL, 100_000)),
    "press": _Kind(press.measure, 120),
    "burst": _Kind(burst.measure, 180),
    "lateness": _Kind(lateness.measure, 150, (1_000,), (1_000,)),
    "delivery": _Kind(delivery.measure, 120, (4_000,), (4_000,)),
    "growth": _Kind(growth.measure, 150, (20_000,), (100_000,)),
    "pages": _Kind(pages.measure, 90),
    "profile": _Kind(hot_turn.measure, 90, engines=(SQLITE,)),
    "replicas": _Kind(replicas.measure, 240, engines=(POSTGRESQL,), full_engines=(POSTGRESQL,)),
}
NAMES = tuple(_KINDS)
FULL_TIMES = 3
"""How much longer a measurement of the full run may take."""


def plan(names: Sequence[str], *, full: bool, engine: str | None = None, number: int | None = None) -> list[Task]:
    """The measurements of those names, or all of them: one engine after the other."""
    found = []
    for one in ENGINES if engine is None else (engine,):
        for name in names or NAMES:
            kind = _KINDS[name]
            if one not in (kind.full_engines if full or engine else kind.engines):
                continue
            for each in [number] if number is not None else kind.in_full if full else kind.numbers:
                longest = kind.seconds * (FULL_TIMES if full else 1)
                found.append(Task(f"{name} ({one}, {each:,})", longest, partial(_with, kind, one, each)))
    return found


def _with(kind: _Kind, engine: str, number: int, context: Context) -> AsyncIterator[Figure | Table]:
    return kind.measure(context, engine, number)
