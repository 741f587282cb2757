"""The core alone with a template beside the change: what a store would load and save with every command."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from changes import commands as c
from changes.effects import Effect
from changes.events import Entry, Event
from changes.lifecycle import handle
from changes.model import SYSTEM, Change, Person, Plan, State, TemplateRef
from changes.planning.timeline import pending
from changes.policy import Service
from changes.templates import NEEDED, Template, apply_events, preapproved, taken_from, with_locks
from tests.support.core import LEARN, NADIA, PIERRE, REQUESTED, plan

FAR = date(2029, 12, 31)


def a_change(of: Plan | None = None, by: Person = NADIA, **other: object) -> Change:
    """A change of that person's, to take a template from."""
    facts: dict[str, object] = {"submitted_at": REQUESTED}
    return Change("CHG-2027-0009", by, of or plan(), State.COMPLETED, REQUESTED, **(facts | other))  # type: ignore[arg-type]


def a_template(of: Plan | None = None, by: Person = NADIA, *locks: str) -> Template:
    """A template of the plan, which locks what has to be and `locks`."""
    saved = taken_from(a_change(of, by), "Monthly", by, REQUESTED)
    return replace(with_locks(saved, {*NEEDED, *locks}, by, REQUESTED), version=1)


def approved(template: Template, until: date = FAR, by: Person = PIERRE) -> Template:
    """The same, pre-approved."""
    return preapproved(template, by, LEARN.deputy_for(by), REQUESTED, until)


@dataclass
class Templated:
    """A change from the template, and the template as it becomes."""

    template: Template
    change: Change | None = None
    entries: list[Entry] = field(default_factory=list)
    caused: list[Effect] = field(default_factory=list)
    service: Service = LEARN

    @property
    def now_it_is(self) -> Change:
        assert self.change is not None
        return self.change

    def requested(self, of: Plan | None = None, now: datetime = REQUESTED, by: Person = NADIA) -> "Templated":
        """A draft with the plan is handed in."""
        ref = TemplateRef(self.template.name, self.template.version)
        self.do(c.Draft(by, of or plan(), ref), now)
        self.do(c.Submit(by), now)
        return self

    def do(self, command: c.Command, now: datetime) -> tuple[Event, ...]:
        """Carry the command out; what happened."""
        made = handle(
            self.change,
            len(self.entries),
            command,
            now,
            "test",
            self.service,
            (),
            "CHG-2027-0001",
            template=self.template,
        )
        self.change = made.change
        self.entries += made.entries
        self.caused += made.effects
        self.template = apply_events(self.template, made.change, made.entries)
        return tuple(each.event for each in made.entries)

    def until(self, now: datetime) -> "Templated":
        """Let everything that falls due up to `now` happen, each at its own time but never in the past."""
        last = self.entries[-1].at
        while due := [step for step in pending(self.now_it_is, self.service) if step.due <= now]:
            last = max(last, due[0].due)
            self.do(c.FireStep(SYSTEM, due[0].key), last)
        return self

    def happened(self, *kinds: type[Event]) -> list[Event]:
        """The events of those kinds, in order."""
        return [entry.event for entry in self.entries if isinstance(entry.event, kinds)]

    def rewritten(self, **values: object) -> None:
        """Somebody writes something else of it down."""
        self.template = replace(self.template, **values)  # type: ignore[arg-type]
