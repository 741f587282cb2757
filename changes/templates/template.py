"""What a template is, what becomes of it, and which plans keep what it locks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from changes import events as e
from changes.errors import CommandRejected
from changes.model import Change, ChangeType, Outcome, Person, Plan, Window
from changes.model.plan import fingerprint_of
from changes.plan_fields import BY_KEY
from changes.text import Message, template

MINUTES = "minutes"
"""Of the window a template has the length."""
_KEYS = ("title", "what", "why", MINUTES, "tests", "risks", "rollback", "tasks", "affected", "notify")
TEMPLATED: Mapping[str, str] = {
    key: template("Expected downtime") if key == MINUTES else BY_KEY[key].label for key in _KEYS
}
"""What a template has, by its input in the form, with its label. Date, people, type and risk are each change's own."""
NEEDED = ("what", "tests", "rollback")
"""Nothing is pre-approved without these locked: what is done, how that is seen, and how it is undone."""
LONGEST_NAME = 60
MOST_USERS = 20


@dataclass(frozen=True, slots=True)
class PreApproval:
    """The approver agreed with what was locked then for every change to come, up to and with the day `until`."""

    fingerprint: str
    by: Person
    at: datetime
    until: date
    deputy_for: Person | None = None


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How the completed changes went that kept what is locked (docs/process.md, P110)."""

    runs: int = 0
    successful: int = 0
    extended: int = 0
    incidents: int = 0

    def with_run(self, change: Change) -> "TrackRecord":
        """The same with one more."""
        return TrackRecord(
            self.runs + 1,
            self.successful + (change.outcome is Outcome.SUCCESSFUL and not change.accepted),
            self.extended + bool(change.extensions),
            self.incidents + (change.incident_at is not None),
        )


@dataclass(frozen=True, slots=True)
class Template:
    """A template as it stands: a plan to begin with, of which the fields `locked` are kept.

    `version` grows with what a change would take over, `entry` with everything that is written of it. `by` and `at`
    say who wrote this version and when, `authors` whose words each field has. `suspended_by` is the change since which
    the pre-approval does not hold until it is given again. `users` requested a change from it lately.
    """

    name: str
    version: int
    plan: Plan
    by: Person
    at: datetime
    authors: Mapping[str, tuple[Person, ...]] = field(hash=False)
    locked: tuple[str, ...] = ()
    retired: bool = False
    approval: PreApproval | None = None
    suspended_by: str = ""
    users: tuple[Person, ...] = ()
    record: TrackRecord = TrackRecord()
    entry: int = 0

    @property
    def stamp(self) -> str:
        """What a button names that was drawn of it: the version, and since when its pre-approval is suspended."""
        return "/".join(filter(None, (f"#{self.version}", self.suspended_by)))

    @property
    def fingerprint(self) -> str:
        """The same for the same locked values only: a pre-approval is bound to it (docs/process.md, P106)."""
        return fingerprint_of([[key, _fact(self.plan, key)] for key in ("service", *self.locked)])

    def breaches(self, plan: Plan) -> tuple[str, ...]:
        """The keys of the locked fields that the plan has otherwise."""
        return tuple(key for key in ("service", *self.locked) if _fact(plan, key) != _fact(self.plan, key))

    def with_locked_fields(self, plan: Plan) -> Plan:
        """The plan with everything that is locked as it is here."""
        kept = {key: getattr(self.plan, key) for key in self.locked if key != MINUTES}
        if MINUTES in self.locked:
            start = plan.window.start
            kept["window"] = Window(start, start + timedelta(minutes=self.plan.window.minutes))
        return replace(plan, **kept)

    def written_by(self, person: Person) -> frozenset[str]:
        """The fields that have words of the person."""
        return frozenset(key for key, authors in self.authors.items() if person in authors)


def _fact(plan: Plan, key: str) -> object:
    return plan.window.minutes if key == MINUTES else plan.fact(key)


def taken_from(
    change: Change, name: str, by: Person, at: datetime, before: Template | None = None, origin: Template | None = None
) -> Template:
    """The first version of a template with the change's plan; or the next one after `before`, which locks the same.

    Words that it had before stay those of whoever wrote them first; and words of the change's own template, `origin`,
    are theirs too who wrote them there.
    """
    plan = replace(change.plan, kind=ChangeType.NORMAL, reason="", risk_answers=())
    hands = (by, change.requester, *change.editors, *change.formerly)
    authors = dict.fromkeys(TEMPLATED, tuple(dict.fromkeys(hands)))
    if origin is not None:
        theirs = ((key, each) for key, each in origin.authors.items() if _fact(origin.plan, key) == _fact(plan, key))
        authors |= {key: tuple(dict.fromkeys((*authors[key], *each))) for key, each in theirs}
    if before is None:
        return Template(name, 1, plan, by, at, authors)
    authors |= {key: each for key, each in before.authors.items() if _fact(before.plan, key) == _fact(plan, key)}
    version = before.version + 1
    return replace(before, version=version, plan=plan, by=by, at=at, authors=authors, retired=False)


def with_locks(template: Template, keys: Collection[str], by: Person, at: datetime) -> Template:
    """The next version, which locks these fields."""
    locked = tuple(key for key in TEMPLATED if key in keys)
    return replace(template, version=template.version + 1, locked=locked, by=by, at=at)


def preapproved(template: Template, by: Person, deputy_for: Person | None, now: datetime, until: date) -> Template:
    """The template with a pre-approval of what it locks now, which lifts a suspension. Raises CommandRejected."""
    name, found = template.name, template.approval
    if template.retired:
        raise CommandRejected("The template “{name}” is retired: nothing is requested from it any more.", name=name)
    if lacking := [Message(TEMPLATED[key]) for key in NEEDED if key not in template.locked]:
        raise CommandRejected(
            "Only what is locked can be pre-approved, and “{name}” does not lock all that is needed: {fields}.",
            name=name,
            fields=tuple(lacking),
        )
    if not template.written_by(by).isdisjoint(template.locked):
        raise CommandRejected(
            "What “{name}” locks was written by you, so somebody else who decides has to pre-approve it.", name=name
        )
    approval = PreApproval(template.fingerprint, by, now, until, deputy_for)
    if found is not None and not template.suspended_by and replace(found, at=now) == approval:
        raise CommandRejected("“{name}” is pre-approved already.", name=name)
    return replace(template, approval=approval, suspended_by="")


def apply_events(template: Template, change: Change, entries: Sequence[e.Entry]) -> Template:
    """The template after that happened to a change from it: who uses it, how that went, and what suspends it."""
    follows = change.standard is not None or not template.breaches(change.plan)
    for entry in entries:
        if isinstance(entry.event, e.Submitted):
            others = [each for each in template.users if each != change.requester]
            template = replace(template, users=(*others, change.requester)[-MOST_USERS:])
        if isinstance(entry.event, e.Completed) and follows:
            template = replace(template, record=template.record.with_run(change))
        if follows and is_setback(entry.event) and template.approval is not None:
            template = replace(template, suspended_by=template.suspended_by or change.id)
    return template


def is_setback(event: e.Event) -> bool:
    """Whether it suspends a pre-approval (docs/process.md, P109)."""
    if isinstance(event, e.Completed):
        return event.outcome is not Outcome.SUCCESSFUL
    return isinstance(event, e.Extended | e.IncidentDeclared | e.TestAccepted)
