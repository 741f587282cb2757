"""What a service asks about the risk of a change, and what each answer counts (docs/process.md, P120)."""

from dataclasses import dataclass

from changes.text import Message, template


@dataclass(frozen=True, slots=True)
class RiskQuestion:
    """A question, and its answers with the points of each. Both are known by their words."""

    ask: str
    answers: tuple[tuple[str, int], ...]

    def score(self, answer: str) -> int:
        """The points of the answer; one that was not given, or is none of these, counts as the worst."""
        return dict(self.answers).get(answer, max(score for _answer, score in self.answers))


def _asking(ask: str, *answers: str, points: tuple[int, ...]) -> RiskQuestion:
    return RiskQuestion(ask, tuple(zip(answers, points, strict=True)))


_USERS = (template("nobody"), template("some"), template("everybody"))
_UNDONE = (template("within minutes"), template("by restoring the snapshot"), template("not entirely"))
_REHEARSED = (template("yes, all of it"), template("in part"), template("not at all"))
_DATA = (template("none at all"), template("settings only"), template("people’s data"))
_OFTEN = (template("often"), template("once or twice"), template("never"))
QUESTIONS = (
    _asking(template("How many people notice it?"), *_USERS, points=(0, 1, 3)),
    _asking(template("Can it be undone?"), *_UNDONE, points=(0, 1, 4)),
    _asking(template("Was it rehearsed?"), *_REHEARSED, points=(0, 1, 2)),
    _asking(template("What data does it touch?"), *_DATA, points=(0, 1, 3)),
    _asking(template("How often was it done before?"), *_OFTEN, points=(0, 1, 2)),
)
"""What is asked where a service has no questions of its own."""
_OURS = frozenset(text for each in QUESTIONS for text in (each.ask, *dict(each.answers)))


def said(text: str) -> str:
    """A question or an answer as a fact of a sentence: in the reader's language where it is one of ours."""
    return Message(text) if text in _OURS else text


@dataclass(frozen=True, slots=True)
class RiskRules:
    """What is asked, and from how many points on a risk is medium or high."""

    medium: int = 4
    high: int = 8
    questions: tuple[RiskQuestion, ...] = QUESTIONS
