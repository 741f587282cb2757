"""The plan, from the draft to its end without having been carried out, and the steps of its timeline."""

from dataclasses import dataclass, field
from datetime import datetime

from changes.events.base import Event
from changes.model import Assessment, Person, Plan, TemplateRef
from changes.notification import PublicTexts
from changes.planning.timeline import StepKind


@dataclass(frozen=True, slots=True)
class Drafted(Event):
    """The plan was written down, perhaps from a template, or with what `editors` wrote on it before."""

    change: str
    plan: Plan
    template: TemplateRef | None = None
    editors: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Submitted(Event):
    """The draft was handed in, with this risk where its service assesses one."""

    short_notice: bool
    risk: Assessment | None = None


@dataclass(frozen=True, slots=True)
class PlanEdited(Event):
    """The plan was replaced; `short_notice` is about the new window. `keeps_precheck`: only the date is another.

    `public` is what those read who were told the old date, `risk` what the new plan puts at risk.
    """

    plan: Plan
    short_notice: bool
    keeps_precheck: bool = False
    public: PublicTexts = field(default_factory=dict)
    risk: Assessment | None = None


@dataclass(frozen=True, slots=True)
class Reassigned(Event):
    """Somebody else is requester, implementer, or both, from now on."""

    requester: Person
    implementer: Person


@dataclass(frozen=True, slots=True)
class Postponed(Event):
    """The window was given up; `silent` when nobody gave GO in time. `public` is what affected people read of it."""

    reason: str
    silent: bool
    public: PublicTexts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cancelled(Event):
    """The change was withdrawn: a reason for the thread, and what those read who were told the date."""

    reason: str
    public: PublicTexts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StepFired(Event):
    """A step of the timeline was carried out; `late` when it was due more than an hour before."""

    key: str
    kind: StepKind
    due: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class StepSkipped(Event):
    """A step of the timeline was due, and no longer useful."""

    key: str
    kind: StepKind
    due: datetime
    reason: str
