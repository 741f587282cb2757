"""What the figures are held against: for each a bar that must be met, and what was aimed at."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.burst import SAME
from bench.figures import Figure
from bench.growth import AMONG_FEW, FEW_STORED
from bench.turns import STOCK


@dataclass(frozen=True, slots=True)
class Goal:
    """A bar and an aim for the figures of that name whose place ends so; of several the worst counts."""

    title: str
    name: str
    bar: float
    aim: float
    unit: str
    where: str = ""
    is_least: bool = False
    """Whether less is better."""

    def figures(self, found: Sequence[Figure], engine: str) -> list[Figure]:
        """Those that are held against it on that engine."""
        mine = [each for each in found if each.where.startswith(engine) and self.where in each.where]
        return [each for each in mine if each.name.endswith(self.name)]

    def worst(self, found: Sequence[Figure], engine: str) -> Figure | None:
        """The figure that counts; None where nothing was measured."""
        mine = self.figures(found, engine)
        return (max if self.is_least else min)(mine, key=lambda each: each.middle) if mine else None

    def met(self, figure: Figure) -> str:
        """Whether the bar, or even the aim, is met."""
        value = figure.middle
        if (value <= self.aim) if self.is_least else (value >= self.aim):
            return "aim"
        return "bar" if ((value <= self.bar) if self.is_least else (value >= self.bar)) else "not met"


_USUAL, _BURST = "10,000 changes", "10,000 steps"


def _turn(name: str, bar: float, aim: float) -> list[Goal]:
    return [
        Goal(f"{name}: turns against the {STOCK}", f"{name} ÷ {STOCK}: turns", bar, aim, "×", _USUAL),
        Goal(f"{name}: turns for the same CPU", f"{name} ÷ {STOCK}: turns for the same CPU", bar, aim, "×", _USUAL),
    ]


GOALS = (
    *_turn("list", 2.5, 5),
    *_turn("show", 2.5, 5),
    *_turn("my tasks", 1.5, 3),
    *_turn("calendar", 1.5, 3),
    *_turn("statistics", 1.5, 3),
    Goal("GO press until its last delivery, CPU", "last delivery: CPU", 20, 10, "ms", _USUAL, is_least=True),
    Goal("10,000 due steps against APScheduler's empty jobs on the same engine", f"jobs {SAME}", 0.5, 1, "×", _BURST),
    Goal("the same for the same CPU", f"jobs {SAME}: for the same CPU", 0.5, 1, "×", _BURST),
    Goal("a typed answer during that burst, p99", "during the burst, p99", 1, 0.2, "s", _BURST, is_least=True),
    Goal("lateness of 1,000 steps a minute, p99", "20 turns a second, p99", 1, 0.1, "s", is_least=True),
    Goal("deliveries, Connector after 150 ms", "deliveries", 300, 300, "a second", "150 ms"),
    Goal("any query, with very much stored against 1,000", FEW_STORED, 2, 1.2, "×", is_least=True),
    Goal("statistics, with very much in their time against 1,000", AMONG_FEW, 2, 1.2, "×", is_least=True),
    Goal("a month of the calendar page, p95", "a month, p95", 0.1, 0.05, "s", _USUAL, is_least=True),
    Goal("start until ready", "start until ready", 1.3, 0.8, "s", _USUAL, is_least=True),
    Goal("memory at rest", "memory at rest", 130, 100, "MB", _USUAL, is_least=True),
    Goal("list on two processes against one", "two processes ÷ one: turns", 1.6, 1.9, "×"),
    Goal("due steps with two workers against one", "due steps, two workers ÷ one", 1.6, 1.9, "×"),
    Goal("deliveries by two workers against one, 150 ms", "deliveries, two workers ÷ one", 1.6, 1.9, "×"),
)
