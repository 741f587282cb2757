"""How much a change puts at risk, and how many have to decide about it."""

from dataclasses import dataclass
from enum import StrEnum

from changes.model.people import Person


class RiskLevel(StrEnum):
    """By which it is decided who is asked (docs/process.md, P122)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Assessment:
    """The level, and why: a sentence for each answer and each fact that counted."""

    level: RiskLevel
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """Those who decide together: `needed` of the `people`, about changes of that `level`, or of every one for None."""

    people: tuple[Person, ...]
    needed: int = 1
    level: RiskLevel | None = None
