"""Every field of a plan in one table: its names, how it is entered, how long it may be and where it counts.

A field counts in the fingerprint in any case: decisions are bound to the whole plan.
"""

from dataclasses import dataclass
from enum import StrEnum

from changes.text import template


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


PLAN_FIELDS: tuple[PlanField, ...] = (
    PlanField(
        "service",
        template("Service"),
        Entry.SERVICE,
        question=template("**Which service** is modified?"),
        help=template("Type its name or its key."),
    ),
    PlanField(
        "title",
        template("Title"),
        Entry.LINE,
        question=template("**What is it called?** A short title."),
        help=template("For example: Update to version 5."),
        form_label=template("Title (people affected read this)"),
        hint=template("Update to version 5"),
        longest=100,
        missing=template("Give the change a short title."),
        searched=True,
        announced=True,
    ),
    PlanField(
        "what",
        template("What will be modified"),
        Entry.TEXT,
        question=template("**What will be modified?**"),
        help=template("What is different afterwards, and on which parts of the platform."),
        hint=template("What is different afterwards, and on which parts of the platform"),
        several_lines=True,
        longest=1500,
        missing=template("Say what will be modified."),
        section=1,
        searched=True,
    ),
    PlanField(
        "why",
        template("Why"),
        Entry.TEXT,
        question=template("**Why?**"),
        help=template("What the change is good for. It may be left out."),
        optional=True,
        hint=template("What it is good for"),
        several_lines=True,
        longest=500,
        section=2,
        searched=True,
    ),
    PlanField(
        "window",
        template("Window"),
        Entry.WINDOW,
        parts=(
            Question("date", template("**On which day?**"), template("For example 2027-04-15 or 15.4.2027.")),
            Question(
                "time",
                template("**At what time** does it start? In the time zone of the service."),
                template("For example 22:00 or 22h30."),
            ),
            Question(
                "minutes", template("**How long** will the service be down?"), template("In minutes, or like 1h30.")
            ),
        ),
        announced=True,
    ),
    PlanField(
        "tests",
        template("Tests"),
        Entry.TESTS,
        question=template("**Which tests** show that it works and broke nothing?"),
        help=template("One a line, or separated by semicolons."),
        form_label=template("Tests, one a line"),
        hint=template("What shows that it works and broke nothing"),
        several_lines=True,
        missing=template("Name at least one test, one a line: what shows that the change works and broke nothing?"),
        searched=True,
    ),
    PlanField(
        "risks",
        template("Risks"),
        Entry.TEXT,
        question=template("**What could go wrong?** (`-` if no risk is known)"),
        help=template("The risks, in a few words. The approver reads it; “none known” is an answer."),
        hint=template("What could go wrong; “none known” is an answer"),
        several_lines=True,
        longest=800,
        missing=template("Say what could go wrong; “none known” is an answer."),
        may_be_unknown=True,
        section=5,
        searched=True,
    ),
    PlanField(
        "rollback",
        template("Rollback plan"),
        Entry.TEXT,
        question=template("**What is the rollback plan?** (`-` if none is known)"),
        help=template("How to revert, in a few words. The approver reads it; “none known” is an answer."),
        hint=template("How to revert; “none known” is an answer"),
        several_lines=True,
        longest=800,
        missing=template("Say how to roll it back; “none known” is an answer."),
        may_be_unknown=True,
        section=6,
        searched=True,
    ),
    PlanField(
        "affected",
        template("User impact"),
        Entry.TEXT,
        question=template("**What will people notice?** People affected read your answer."),
        help=template("It is part of the notices. Left out, they say that the service cannot be used."),
        optional=True,
        form_label=template("User impact (people affected read this)"),
        hint=template("The platform cannot be used"),
        longest=300,
        section=3,
        searched=True,
        announced=True,
    ),
    PlanField(
        "notify",
        template("Also informed"),
        Entry.ADDRESSES,
        question=template("**Who else has to be informed?** E-mail addresses, with commas between them."),
        help=template(
            "They get every notice of this change by mail, beside the people who get those of the service "
            "anyway. For example: name@example.ch, other@example.ch."
        ),
        optional=True,
        form_label=template("Also inform (e-mail addresses)"),
        hint=template("name@example.ch, other@example.ch"),
        longest=500,
        section=4,
        searched=True,
        added_later=True,
    ),
    PlanField(
        "implementer",
        template("Implementer"),
        Entry.PERSON,
        question=template("**Who does it?** (`-` if it is you)"),
        help=template("The name of a person the bot has met."),
        optional=True,
        asked_before="affected",
        searched=True,
        announced=True,
    ),
    PlanField(
        "kind",
        template("Kind"),
        Entry.KIND,
        question=template("**Normal or emergency?** (`-` for normal)"),
        help=template("An emergency skips the waiting."),
        optional=True,
    ),
    PlanField(
        "reason",
        template("Reason for short notice or emergency"),
        Entry.TEXT,
        question=template("**Why can it not wait?** It is short notice or an emergency."),
        help=template("The approver reads it and has to waive the lead time."),
        form_label=template("Reason for short notice or emergency (the approver reads this)"),
        hint=template("Only when it cannot wait three weeks"),
        longest=300,
    ),
)
"""In the order of the form."""
BY_KEY = {each.key: each for each in PLAN_FIELDS}
INPUTS = frozenset(question.field for each in PLAN_FIELDS for question in each.questions)
"""The ids of the inputs of the form."""
