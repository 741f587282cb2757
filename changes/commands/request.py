"""The plan, from the draft to giving it up, and the steps of its timeline."""

from dataclasses import dataclass, field

from changes.commands.base import Command
from changes.model import Person, Plan, TemplateRef, Window
from changes.notification import PublicTexts


@dataclass(frozen=True, slots=True)
class Draft(Command):
    """Write the plan down without handing it in yet. `editors` wrote on it in another's place before."""

    plan: Plan
    template: TemplateRef | None = None
    editors: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Submit(Command):
    """Hand the draft in."""


@dataclass(frozen=True, slots=True)
class Edit(Command):
    """Replace the plan; decisions about the old one are void. `public` is for those who were told its old date."""

    plan: Plan
    public: PublicTexts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Move(Command):
    """Give the change another window; `reason` says why it cannot wait, where the new date is short notice."""

    window: Window
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reassign(Command):
    """Hand the change over to another requester, implementer, or both; None leaves that part as it is."""

    requester: Person | None = None
    implementer: Person | None = None


@dataclass(frozen=True, slots=True)
class Cancel(Command):
    """Withdraw the change for good. `public` is for those who were told its date."""

    reason: str
    public: PublicTexts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DiscardDraft(Command):
    """Nobody has confirmed the draft of a recurring change (docs/process.md, P141)."""


@dataclass(frozen=True, slots=True)
class Postpone(Command):
    """Give up this window; another one has to be found. `public` is for those who were told of it."""

    reason: str
    public: PublicTexts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FireStep(Command):
    """A step of the timeline is due."""

    key: str
