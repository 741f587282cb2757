"""How much a change puts at risk: what is asked about it and what each answer counts, and how many decide about it."""

from dataclasses import dataclass
from enum import StrEnum

from changes.model.people import Person
from changes.text import Message, template


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


@dataclass(frozen=True, slots=True)
class RiskQuestion:
    """A question, and its answers with the points of each. Both are known by their words."""

    ask: str
    answers: tuple[tuple[str, int], ...]


def _asking(ask: str, *answers: str, points: tuple[int, ...]) -> RiskQuestion:
    return RiskQuestion(ask, tuple(zip(answers, points, strict=True)))


_USERS = (template("nobody"), template("some"), template("everybody"))
_UNDONE = (template("within minutes"), template("by restoring the snapshot"), template("not entirely"))
_REHEARSED = (template("yes, all of it"), template("in part"), template("not at all"))
_DATA = (template("none at all"), template("settings only"), template("people’s data"))
_OFTEN = (template("often"), template("once or twice"), template("never"))
RISK_QUESTIONS = (
    _asking(template("How many people notice it?"), *_USERS, points=(0, 1, 3)),
    _asking(template("Can it be undone?"), *_UNDONE, points=(0, 1, 4)),
    _asking(template("Was it rehearsed?"), *_REHEARSED, points=(0, 1, 2)),
    _asking(template("What data does it touch?"), *_DATA, points=(0, 1, 3)),
    _asking(template("How often was it done before?"), *_OFTEN, points=(0, 1, 2)),
)
"""What is asked where a service has no questions of its own."""
_OURS = frozenset(text for each in RISK_QUESTIONS for text in (each.ask, *dict(each.answers)))


def risk_text(text: str) -> str:
    """A question or an answer as a fact of a sentence: in the reader's language where it is one of ours."""
    return Message(text) if text in _OURS else text


@dataclass(frozen=True, slots=True)
class RiskRules:
    """What is asked, and from how many points on a risk is medium or high."""

    medium: int = 4
    high: int = 8
    questions: tuple[RiskQuestion, ...] = RISK_QUESTIONS
