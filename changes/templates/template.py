"""What a template is, what becomes of it, and which plans keep what it locks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from changes import events as e
from changes.errors import CommandRejected
from changes.model import Change, Outcome, Person, Plan
from changes.model.plan import fingerprint_of
from changes.plan_fields import BY_KEY, PLAN_FIELDS, Entry, PlanField
from changes.planning.restore_forecast import minutes_between
from changes.text import Message, is_blank


class Mark(StrEnum):
    """What a template says of a field: a value to begin with, one that is kept, or that each change answers itself."""

    DEFAULT = "default"
    LOCKED = "locked"
    REQUIRED = "required"


_KINDS = (Entry.LINE, Entry.TEXT, Entry.TESTS, Entry.WINDOW, Entry.ADDRESSES, Entry.TASKS)
TEMPLATED: tuple[PlanField, ...] = tuple(each for each in PLAN_FIELDS if each.entry in _KINDS and each.key != "reason")
"""The fields that a template has, of the window its length. Date, people, type, reason and risk are each change's."""
NEEDED = ("what", "tests", "rollback")
"""Nothing is pre-approved without these locked: what is done, how that is seen, and how it is undone."""
LONGEST_NAME = 60
MOST_USERS = 20
MOST_DURATIONS = 50


@dataclass(frozen=True, slots=True)
class PreApproval:
    """What was locked when the approver agreed with it for every change to come, up to and with the day `until`."""

    fingerprint: str
    locked: tuple[str, ...]
    by: Person
    at: datetime
    until: date | None = None
    deputy_for: Person | None = None


@dataclass(frozen=True, slots=True)
class Suspension:
    """Why the pre-approval does not hold until it is given again: what happened to which change."""

    change: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Fares:
    """How the completed changes went that kept what is locked; `minutes` are how long the latest took."""

    runs: int = 0
    successful: int = 0
    extended: int = 0
    incidents: int = 0
    minutes: tuple[int, ...] = ()

    @property
    def median(self) -> int | None:
        """Their median duration in minutes; None while there is none."""
        known = sorted(self.minutes)
        return (known[(len(known) - 1) // 2] + known[len(known) // 2]) // 2 if known else None


@dataclass(frozen=True, slots=True)
class Template:
    """A template as it stands. `values` and `marks` are by a field's key; a field without a mark has its default.

    `version` grows with what a change would take over, `entry` with everything that is written of it. `by` and `at`
    say who wrote this version and when, `source` from which change. `users` requested a change from it lately.
    """

    service: str
    name: str
    version: int
    values: Mapping[str, str] = field(hash=False)
    by: Person
    at: datetime
    marks: Mapping[str, Mark] = field(default_factory=dict, hash=False)
    source: str = ""
    retired: bool = False
    approval: PreApproval | None = None
    suspension: Suspension | None = None
    users: tuple[Person, ...] = ()
    fares: Fares = Fares()
    entry: int = 0

    def mark(self, key: str) -> Mark:
        """The mark of the field."""
        return self.marks.get(key, Mark.DEFAULT)

    @property
    def locked(self) -> tuple[str, ...]:
        """The keys of the locked fields, in the order of the form."""
        return tuple(each.key for each in TEMPLATED if self.mark(each.key) is Mark.LOCKED)

    @property
    def fingerprint(self) -> str:
        """The same for the same locked values only: a pre-approval is bound to it (docs/process.md, P106)."""
        return fingerprint_of([self.service, *([key, self.values.get(key, "")] for key in self.locked)])

    @property
    def starting_values(self) -> dict[str, str]:
        """What a change begins with; what each has to answer itself is left open."""
        return {key: value for key, value in self.values.items() if self.mark(key) is not Mark.REQUIRED}

    def breaches(self, plan: Plan) -> tuple[str, ...]:
        """The keys of the locked fields that the plan has otherwise."""
        return tuple(key for key in self.locked if value_of(plan, key) != self.values.get(key, ""))

    def missing(self, plan: Plan) -> dict[str, str]:
        """A sentence for each field that has to be answered for each change, and was not."""
        wanted = [each for each in TEMPLATED if self.mark(each.key) is Mark.REQUIRED]
        return {
            each.key: Message("The template “{name}” asks for this in each change.", name=self.name)
            for each in wanted
            if is_blank(value_of(plan, each.key))
        }

    def imposed(self, plan: Plan) -> Plan:
        """The plan with the locked values; window and tasks, which are read from them, stay and are compared."""
        kept = [key for key in self.locked if BY_KEY[key].entry not in (Entry.WINDOW, Entry.TASKS)]
        given = {key: _parsed(BY_KEY[key], self.values.get(key, "")) for key in kept}
        return replace(plan, **given)  # type: ignore[arg-type]


def _parsed(field: PlanField, value: str) -> str | tuple[str, ...]:
    match field.entry:
        case Entry.TESTS:
            return tuple(value.split("\n")) if value else ()
        case Entry.ADDRESSES:
            return tuple(value.split(", ")) if value else ()
        case _:
            return value


def value_of(plan: Plan, key: str) -> str:
    """The field of the plan as a template has it: a window as its minutes, tests and tasks one a line."""
    match BY_KEY[key].entry:
        case Entry.WINDOW:
            return str(plan.window.minutes)
        case Entry.TESTS:
            return "\n".join(plan.tests)
        case Entry.ADDRESSES:
            return ", ".join(plan.notify)
        case Entry.TASKS:
            return "\n".join(each.typed for each in plan.tasks)
        case _:
            return str(getattr(plan, key))


def values_of(plan: Plan) -> dict[str, str]:
    """What a template takes over from the plan."""
    return {each.key: value_of(plan, each.key) for each in TEMPLATED}


def rewritten(
    template: Template, values: Mapping[str, str], marks: Mapping[str, Mark], by: Person, at: datetime
) -> Template:
    """The next version. Its pre-approval ends where what is locked is another; then `approval` only says what was."""
    kept = {key: mark for key, mark in marks.items() if mark is not Mark.DEFAULT}
    return replace(template, version=template.version + 1, values=dict(values), marks=kept, by=by, at=at)


def preapproved(
    template: Template, by: Person, deputy_for: Person | None, now: datetime, until: date | None
) -> Template:
    """The template with a pre-approval of what it locks now, which lifts a suspension. Raises CommandRejected."""
    name = template.name
    if template.retired:
        raise CommandRejected("The template “{name}” is retired: nothing is requested from it any more.", name=name)
    if lacking := [Message(BY_KEY[key].label) for key in NEEDED if key not in template.locked]:
        raise CommandRejected(
            "Only what is locked can be pre-approved, and “{name}” does not lock all that is needed: {fields}. Lock "
            "it first: `/change template edit {name} lock {keys}`.",
            name=name,
            fields=tuple(lacking),
            keys=", ".join(key for key in NEEDED if key not in template.locked),
        )
    if by == template.by:
        raise CommandRejected(
            "You wrote version {version} of “{name}”, so somebody else who decides has to pre-approve it.",
            version=template.version,
            name=name,
        )
    found, suspended = template.approval, template.suspension is not None
    if found is not None and not suspended and (found.fingerprint, found.until) == (template.fingerprint, until):
        raise CommandRejected("“{name}” is pre-approved already.", name=name)
    approval = PreApproval(template.fingerprint, template.locked, by, now, until, deputy_for)
    return replace(template, approval=approval, suspension=None)


def noted(template: Template, change: Change, entries: Sequence[e.Entry]) -> Template:
    """The template after that happened to a change from it: who uses it, how that went, and what suspends it."""
    follows = not template.breaches(change.plan)
    for entry in entries:
        match entry.event:
            case e.Submitted():
                others = [each for each in template.users if each != change.requester]
                template = replace(template, users=(*others, change.requester)[-MOST_USERS:])
            case e.Completed() if follows:
                template = replace(template, fares=_counted(template.fares, change))
            case _:
                pass
        why = setback(entry.event) if follows else None
        if why is not None and template.approval is not None and template.suspension is None:
            template = replace(template, suspension=Suspension(change.id, why, entry.at))
    return template


def setback(event: e.Event) -> Message | None:
    """What suspends a pre-approval (docs/process.md, P109): the end of a sentence that begins with the change's id."""
    match event:
        case e.Extended():
            return Message("was extended")
        case e.IncidentDeclared():
            return Message("became an incident")
        case e.TestAccepted():
            return Message("was to end although a test did not pass")
        case e.Completed(outcome=outcome) if outcome is not Outcome.SUCCESSFUL:
            return Message("did not end as planned")
        case _:
            return None


def _counted(fares: Fares, change: Change) -> Fares:
    began, ended = change.started_at, change.ended_at
    took = (minutes_between(began, ended) or 0,) if began is not None and ended is not None else ()
    return Fares(
        fares.runs + 1,
        fares.successful + (change.outcome is Outcome.SUCCESSFUL and not change.accepted),
        fares.extended + bool(change.extensions),
        fares.incidents + (change.incident_at is not None),
        (*fares.minutes, *took)[-MOST_DURATIONS:],
    )
