"""Which measurements there are, on which engines and with how many changes, and how long each may take."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bench import burst, press, turns
from bench.context import Context
from bench.figures import Figure

ENGINES = ("sqlite", "postgresql")
USUAL = 10_000
"""Changes that are stored, unless said otherwise."""
Measure = Callable[[Context], AsyncIterator[Figure]]


@dataclass(frozen=True, slots=True)
class Task:
    """One measurement; it is given up after so many seconds."""

    name: str
    seconds: float
    measure: Measure


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of measurement: with what it is made in the short run and in the full one."""

    measure: Callable[[Context, str, int], AsyncIterator[Figure]]
    seconds: float
    stored: Sequence[int] = (USUAL,)
    stored_in_full: Sequence[int] = (USUAL,)
    engines: Sequence[str] = ENGINES


_KINDS = {
    "turns": _Kind(turns.measure, 240, stored_in_full=(0, 10_000, 100_000)),
    "press": _Kind(press.measure, 120),
    "burst": _Kind(burst.measure, 240),
}
NAMES = tuple(_KINDS)


def plan(names: Sequence[str], *, full: bool, engine: str | None = None, number: int | None = None) -> list[Task]:
    """The measurements of those names, or all of them."""
    found = []
    for name in names or NAMES:
        kind = _KINDS[name]
        counts = [number] if number is not None else kind.stored_in_full if full else kind.stored
        for count in counts:
            for each in [one for one in kind.engines if engine in (None, one)]:
                longest = kind.seconds * (3 if count > USUAL else 1)
                title = f"{name} ({each}, {count:,})"
                found.append(Task(title, longest, partial(_with, kind, each, count)))
    return found


def _with(kind: _Kind, engine: str, number: int, context: Context) -> AsyncIterator[Figure]:
    return kind.measure(context, engine, number)
