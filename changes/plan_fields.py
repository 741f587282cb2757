"""Every field of a plan in one table: its names, how it is entered, how long it may be and where it counts."""

from dataclasses import dataclass
from enum import StrEnum

from changes.text import template

MOST_QUESTIONS = 5


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


_RISK_HELP = template("Answer with the words of one of the choices, or with its number.")
PLAN_FIELDS: tuple[PlanField, ...] = (
    PlanField(
        "service",
        template("Service"),
        Entry.SERVICE,
        question=template("**Which service** does it change?"),
        help=template("Type its name or its key."),
    ),
    PlanField(
        "title",
        template("Title"),
        Entry.LINE,
        question=template("**Title?** A short one."),
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
        template("Description"),
        Entry.TEXT,
        question=template("**Description?** What changes, and which components are affected?"),
        help=template("What is done, and which components are affected."),
        hint=template("What is done, and which components are affected"),
        several_lines=True,
        longest=1500,
        missing=template("Describe what changes."),
        section=1,
        searched=True,
    ),
    PlanField(
        "why",
        template("Justification"),
        Entry.TEXT,
        question=template("**Justification?** Why is it needed?"),
        help=template("Why the change is needed. It may be left out."),
        optional=True,
        form_label=template("Justification (optional)"),
        hint=template("Why it is needed"),
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
            Question("minutes", template("**Expected downtime?**"), template("In minutes, or like 1h30.")),
        ),
        announced=True,
    ),
    PlanField(
        "tests",
        template("Test plan"),
        Entry.TESTS,
        question=template("**Test plan?** How do you verify success?"),
        help=template("One test per line, or separated by semicolons."),
        form_label=template("Test plan (one per line)"),
        hint=template("How you verify success"),
        several_lines=True,
        missing=template("Give at least one test, one per line: how do you verify success?"),
        searched=True,
    ),
    PlanField(
        "risks",
        template("Risks"),
        Entry.TEXT,
        question=template("**What could go wrong?** (`-` if no risk is known)"),
        help=template("The risks in a few words, for the approver; “none known” is a valid answer."),
        hint=template("What could go wrong; or “none known”"),
        several_lines=True,
        longest=800,
        missing=template("Say what could go wrong; “none known” is a valid answer."),
        may_be_unknown=True,
        section=5,
        searched=True,
    ),
    PlanField(
        "rollback",
        template("Rollback plan"),
        Entry.TEXT,
        question=template("**What is the rollback plan?** (`-` if none is known)"),
        help=template("How to revert, in a few words, for the approver; “none known” is a valid answer."),
        hint=template("How to revert; or “none known”"),
        several_lines=True,
        longest=800,
        missing=template("Say how to revert; “none known” is a valid answer."),
        may_be_unknown=True,
        section=6,
        searched=True,
    ),
    PlanField(
        "risk_answers",
        template("Risk"),
        Entry.RISK,
        parts=tuple(Question(f"risk_{n}", "", _RISK_HELP) for n in range(1, MOST_QUESTIONS + 1)),
        added_later=True,
    ),
    PlanField(
        "tasks",
        template("Tasks"),
        Entry.TASKS,
        question=template("**Tasks?** Who does what beside the work, and by when? One per line."),
        help=template("When, who, what, how long, `!` if it blocks: `-2d @Nadia: DNS 15m !`."),
        optional=True,
        form_label=template("Tasks (optional, one per line; `!` if it blocks)"),
        hint=template("-2d @Nadia: Order the certificate 15m !"),
        several_lines=True,
        searched=True,
        added_later=True,
    ),
    PlanField(
        "affected",
        template("User impact"),
        Entry.TEXT,
        question=template("**User impact?** People affected read your answer."),
        help=template("It is part of the announcements. Without it they say that the service cannot be used."),
        optional=True,
        form_label=template("User impact (optional, people affected read this)"),
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
        question=template("**Who else should be informed?** E-mail addresses, separated by commas."),
        help=template(
            "They get every announcement of this change by e-mail, in addition to the usual recipients of the service. "
            "For example: name@example.ch, other@example.ch."
        ),
        optional=True,
        form_label=template("Also inform (optional, e-mail addresses)"),
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
        question=template("**Who will implement it?** (`-` if it is you)"),
        help=template("The name of somebody the bot knows."),
        optional=True,
        asked_before="affected",
        searched=True,
        announced=True,
    ),
    PlanField(
        "kind",
        template("Change type"),
        Entry.KIND,
        question=template("**Normal or emergency?** (`-` for normal)"),
        help=template("An emergency is expedited: one combined approval, without the lead time."),
        optional=True,
    ),
    PlanField(
        "reason",
        template("Reason for short notice or emergency"),
        Entry.TEXT,
        question=template("**Why can’t it wait?** It is short notice or an emergency."),
        help=template("For the approver, who must waive the lead time."),
        form_label=template("Reason for short notice or emergency (required, the approver reads this)"),
        hint=template("Why it can’t wait"),
        longest=300,
    ),
)
"""In the order of the form."""
BY_KEY = {each.key: each for each in PLAN_FIELDS}
INPUTS = frozenset(question.field for each in PLAN_FIELDS for question in each.questions)
"""The ids of the inputs of the form."""
