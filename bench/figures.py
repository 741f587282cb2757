"""What a measurement found: figures with their spread, and how they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: `values` are those of the rounds, `where` is the engine and what was stored."""

    name: str
    where: str
    unit: str
    values: Sequence[float]

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.values)

    def line(self) -> str:
        """The figure as text."""
        return f"{self.name:<62} {self.where:<28} {spread(self.values):>24} {self.unit}"


@dataclass(frozen=True, slots=True)
class Table:
    """What has more to say than one figure."""

    name: str
    where: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def line(self) -> str:
        """The table as text."""
        lines = ["  ".join(f"{cell:>10}" for cell in row) for row in self.rows]
        return "\n    ".join([f"{self.name} ({self.where}): {', '.join(self.head)}", *lines])


@dataclass(frozen=True, slots=True)
class Missing:
    """A measurement that could not be made, and why."""

    name: str
    why: str

    def line(self) -> str:
        """Why there is no figure, as text."""
        return f"{self.name}: not measured, because {self.why}"


def spread(values: Sequence[float]) -> str:
    """The median, with the lowest and the highest where there are several."""
    middle = short(median(values))
    return middle if len(values) == 1 else f"{middle} ({short(min(values))}–{short(max(values))})"


def short(value: float) -> str:
    """Three digits that count."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3}f}"


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which that part of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
