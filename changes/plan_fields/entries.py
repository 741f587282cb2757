"""What is said of a field of a plan."""

from dataclasses import dataclass
from enum import StrEnum


class Entry(StrEnum):
    """How a field is entered."""

    SERVICE = "service"
    LINE = "line"
    TEXT = "text"
    WINDOW = "window"
    TESTS = "tests"
    ADDRESSES = "addresses"
    PERSON = "person"
    KIND = "kind"
    RISK = "risk"
    TASKS = "tasks"


@dataclass(frozen=True, slots=True)
class Question:
    """One input of the form, by its id in `field`, and the question for it in the dialog that asks one by one."""

    field: str
    question: str
    help: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class PlanField:
    """One attribute of Plan, by its name in `key`, which is the id of its input too unless it has several `parts`.

    `form_label` is its name in the form where that says more than `label`; `asked_before`: the dialog asks for it
    before that field, and not in the order of the form. `longest` is its limit in characters, 0 for none; `missing`
    refuses a plan without it; `may_be_unknown`: “none known” is an answer. `section` is its place, from 1, among the
    sections of the plan on a card and in the record; 0: it is shown elsewhere. `searched`: its words are found.
    `announced`: affected people read it, so a change of it is announced anew. `added_later`: it does not count in the
    fingerprint while it is empty, so that plans from before it keep theirs.
    """

    key: str
    label: str
    entry: Entry
    question: str = ""
    help: str = ""
    parts: tuple[Question, ...] = ()
    optional: bool = False
    asked_before: str = ""
    form_label: str = ""
    hint: str = ""
    several_lines: bool = False
    longest: int = 0
    missing: str = ""
    may_be_unknown: bool = False
    section: int = 0
    searched: bool = False
    announced: bool = False
    added_later: bool = False

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is asked for it, one for each input."""
        return self.parts or (Question(self.key, self.question, self.help, self.optional),)
