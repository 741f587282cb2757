"""Makes the changes and effects that the storage tests are about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from application.ports import UnitOfWork
from changes.effects import Effect, Reply, UpsertStatusCard
from changes.events import Cancelled, Completed, Drafted, Entry, Event, Extended, GoGiven, Submitted
from changes.lifecycle import evolve, fold
from changes.model import Change, Outcome, Person, Plan, Window
from changes.planning.steps import Step, StepKind

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
RITA = Person("rita", "Rita Requester")
ANNE = Person("anne", "Anne Approver")
_keys = count(1)


def plan(service: str = "learn", day: int = 40, title: str = "Update the database") -> Plan:
    """A plan whose two-hour window begins `day` days after NOW."""
    start = NOW + timedelta(days=day)
    window = Window(start, start + timedelta(hours=2))
    return Plan(service, title, "Everything", window, ("Log in",), RITA, risks="None known", rollback="None known")


def entries(*events: Event, first: int = 1) -> list[Entry]:
    """The events as lines of the audit trail, one a minute."""
    return [Entry(n, NOW + timedelta(minutes=n), RITA, "chat", event) for n, event in enumerate(events, start=first)]


async def saved(
    unit: UnitOfWork,
    *events: Event,
    about: Plan | None = None,
    steps: tuple[Step, ...] = (),
    effects: tuple[Effect, ...] = (),
) -> Change:
    """A new change to which `events` happened after its draft."""
    new_id = await unit.changes.new_id(2026)
    trail = entries(Drafted(new_id, about or plan()), *events)
    change = fold(trail)
    await unit.changes.save(change, 0, trail, steps, effects, NOW)
    return change


async def appended(unit: UnitOfWork, change: Change, version: int, *events: Event) -> Change:
    """The change after `events`, saved over `version`."""
    trail = entries(*events, first=version + 1)
    for entry in trail:
        change = evolve(change, entry)
    await unit.changes.save(change, version, trail, (), (), NOW)
    return change


def submitted() -> Submitted:
    return Submitted(short_notice=False)


def scheduled() -> tuple[Event, ...]:
    return (submitted(), GoGiven("f", "", None))


def completed() -> Completed:
    return Completed(Outcome.SUCCESSFUL)


def extended(minutes: int) -> Extended:
    return Extended(minutes, "slow disk", NOW)


def cancelled() -> Cancelled:
    return Cancelled("not needed")


def step(key: str, minutes: int = 0, kind: StepKind = StepKind.GO) -> Step:
    """A step that is due `minutes` after NOW."""
    return Step(key, kind, NOW + timedelta(minutes=minutes))


def parcel(change: str, key: str = "") -> UpsertStatusCard:
    """An effect in the lane of the change."""
    return UpsertStatusCard(key or f"key-{next(_keys)}", change)


def reply(conversation: str, text: str) -> Reply:
    """An effect in the lane of the conversation."""
    return Reply(f"key-{next(_keys)}", "", {"id": conversation}, {"type": "message", "text": text})


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def renamed(change: Change, title: str) -> Change:
    return replace(change, plan=replace(change.plan, title=title))
