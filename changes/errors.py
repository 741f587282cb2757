"""Every way a command can be rejected. A rejection is an answer, not a crash: its sentence says what to do.

CommandRejected
├── NotAllowed           this person may not do that (docs/process.md, P5)
├── WrongState           the change is not where that can be done
├── StaleRevision        the button belongs to an older revision: look at the fresh card
├── TooLate              the moment for it has passed
├── ValidationFailed     something is missing or wrong, field by field
│   ├── TooLong          a text has more characters than its field takes
│   └── WindowTaken      the window overlaps another change or a freeze (docs/process.md, P50)
├── NotFound             there is no such change, service, step or test
│   ├── Hidden           the change is there, and not for this person to see
│   ├── NotConfigured    the change's service is no longer in the settings
│   └── StepObsolete     the step of the timeline is done, or has no meaning any more
└── ConcurrencyConflict  somebody else was faster; nothing was saved

DatabaseUnavailable is no rejection: nobody decided anything, the database is away. TooSlow: it is there, and what was
asked of it took longer than it may.
"""

from collections.abc import Mapping
from enum import StrEnum

from changes.text import Message, joined


class CommandRejected(Exception):
    """Nothing was changed; `sentence` is the reason, for the person who asked."""

    def __init__(self, template: str, **facts: object) -> None:
        self.sentence = Message(template, **facts)
        super().__init__(self.sentence)


class NotAllowed(CommandRejected):
    """This person may not do that."""


class WrongState(CommandRejected):
    """The change is not in a state where that can be done."""


class StaleRevision(CommandRejected):
    """The button was drawn for an older revision of the change."""


class TooLate(CommandRejected):
    """The moment at which that could be done has passed."""


class ValidationFailed(CommandRejected):
    """Fields are missing or wrong: `problems` has a sentence for each, by field id."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("{reasons}", reasons=joined(*self.problems.values()))


def invalid(field: str, template: str, /, **facts: object) -> ValidationFailed:
    """What refuses a command for this one field: the sentence is the template, filled with the facts."""
    return ValidationFailed({field: Message(template, **facts)})


class TooLong(ValidationFailed):
    """A text has more characters than its field takes; the sentence says how many it has and may have."""


class WindowTaken(ValidationFailed):
    """The window overlaps another change's window or lies in a freeze; the sentence names it."""


class NotFound(CommandRejected):
    """There is nothing by that name."""


class Hidden(NotFound):
    """The change is nobody else's business yet: its sentence is that of a change that does not exist.

    `why` is for the record that admins read, and for nobody else.
    """

    def __init__(self, why: str, template: str, **facts: object) -> None:
        self.why = why
        super().__init__(template, **facts)


class NotConfigured(NotFound):
    """The change's service was taken out of the settings: nothing can be decided until it is put back."""


class StepObsolete(NotFound):
    """The step is done, or the change went another way: there is nothing left to fire."""


class ConcurrencyConflict(CommandRejected):
    """Another command was saved in between; load again and decide again."""


class Outage(StrEnum):
    """Why the database cannot be used. AWAY and BUSY pass by themselves; the others need an administrator."""

    AWAY = "away"
    BUSY = "busy"
    FULL = "full"
    READ_ONLY = "read-only"
    DAMAGED = "damaged"
    REPLACED = "replaced"


class DatabaseUnavailable(Exception):
    """The database cannot be used now; `outage` says why. At the commit it may have been saved all the same."""

    def __init__(self, reason: str = "", outage: Outage = Outage.AWAY) -> None:
        """`reason` is the driver's own words, for the log."""
        self.outage = outage
        super().__init__(f"the database cannot be used: {reason or 'no reason was given'}")


class TooSlow(DatabaseUnavailable):
    """What was looked for took longer than it may, and was stopped: the database is well."""
