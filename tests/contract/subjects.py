"""Makes the changes and effects that the storage tests are about."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from sqlalchemy import select

from application.ports import UnitOfWork
from changes.effects import Effect, Reply, UpsertStatusCard
from changes.events import Cancelled, Completed, Drafted, Entry, Event, Extended, GoGiven, Submitted
from changes.lifecycle import evolve, fold
from changes.model import Change, Outcome, Person, Plan, Window
from changes.planning.steps import Step, StepKind
from changes.policy import Service
from changes.text.messages import Message
from storage import Store
from storage.tables import metadata

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
    service: Service | None = None,
) -> Change:
    """A new change to which `events` happened after its draft."""
    new_id = await unit.changes.new_id(2026)
    trail = entries(Drafted(new_id, about or plan()), *events)
    change = fold(trail)
    await unit.changes.save(change, 0, trail, steps, effects, NOW, service)
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


def entry(change: str, key: str = "") -> UpsertStatusCard:
    """An effect in the lane of the change."""
    return UpsertStatusCard(key or f"key-{next(_keys)}", change)


def reply(conversation: str, text: str) -> Reply:
    """An effect in the lane of the conversation."""
    return Reply(f"key-{next(_keys)}", "", {"id": conversation}, {"type": "message", "text": text})


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def renamed(change: Change, title: str) -> Change:
    return replace(change, plan=replace(change.plan, title=title))


def parts(text: object) -> object:
    """What the text is made of, with the types of its facts."""
    if isinstance(text, Message):
        return text.template, {name: parts(fact) for name, fact in text.facts.items()}
    return type(text), text


def value_of(hint: Any, person: Person, words: str, more: Sequence[str] = ()) -> Any:
    """A value of the annotation in which the person stands wherever one can, `more` in the lists of texts too."""
    known: dict[Any, object] = {Person: person, Window: plan().window, str: words, bool: True, int: 0, float: 1.0}
    known |= {date: NOW.date(), datetime: NOW, time: NOW.time()}
    if hint in known:
        return known[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return value_of(next(each for each in args if each is not type(None)), person, words, more)
    if origin is tuple and args[-1] is not ...:
        return tuple(value_of(each, person, words, more) for each in args)
    if origin is tuple:
        return (value_of(args[0], person, words, more), *(more if args[0] is str else ()))
    if origin in (dict, Mapping) and args == (str, str):
        return {words: words}
    if hint in (object, Any) or origin in (dict, Mapping):
        return {words: words, "person": {"id": person.id, "name": person.name}} if origin else words
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return hint(**{each.name: value_of(hints[each.name], person, words, more) for each in fields(hint)})
    return next(iter(hint))


async def content(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, as the program reads it, but for what was just sent, and what is counted of it."""
    async with store.engine.connect() as connection:
        return {
            table.name: [
                dict(row) for row in (await connection.execute(select(table).order_by(*table.primary_key))).mappings()
            ]
            for table in metadata.sorted_tables
            if table.name not in {"sendings", "change_counts", "change_count_deltas"}
        }
