"""What may happen to a change, and what comes of it: `decide` a command, `evolve` by an event, `effects` that follow.

`handle` does all three.

One module for each phase of the process has all three side by side; `registry` says which phase is asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from changes import commands as c
from changes import events as e
from changes.effects import Effect, UpsertStatusCard
from changes.errors import NotFound
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import DecisionContext
from changes.lifecycle.live_card import is_shown_otherwise
from changes.lifecycle.other_tools import effects_for_tools
from changes.lifecycle.registry import APPLICATIONS, DECISIONS, REACTIONS, STEP_REACTIONS
from changes.lifecycle.request import request
from changes.model import Change, instant
from changes.planning.occupancy import Booking
from changes.planning.steps import Step
from changes.planning.timeline import pending
from changes.policy import Service
from changes.reporting.metrics import ChangeMetrics
from changes.templates import Template


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything that one command made of a change, to be stored together."""

    change: Change
    entries: tuple[e.Entry, ...]
    steps: tuple[Step, ...]
    effects: tuple[Effect, ...]


def handle(
    before: Change | None,
    version: int,
    command: c.Command,
    now: datetime,
    via: str,
    service: Service,
    bookings: tuple[Booking, ...] = (),
    new_id: str = "",
    template: Template | None = None,
    runs: tuple[ChangeMetrics, ...] = (),
) -> Decision:
    """What follows from `command` for the change with that many entries. Raises CommandRejected as `decide` does."""
    entries: list[e.Entry] = []
    wanted: list[Effect] = []
    change, is_stale = before, False
    known = (new_id, template, runs)
    for number, event in enumerate(decide(before, command, now, service, bookings, *known), start=1):
        entries.append(entry := e.Entry(version + number, now, command.by, via, event))
        after = evolve(change, entry)
        wanted += effects(entry, change, after, service, bookings)
        is_stale = is_stale or is_shown_otherwise(change, entry, after)
        change = after
    if change is None:
        raise ValueError("a change begins with an event")
    # A draft whose overlap was let stand has its live card in the channel too.
    if is_stale and not change.is_private:
        wanted.insert(0, UpsertStatusCard(f"{change.id}:{entries[0].seq}:status", change.id))
    return Decision(change, tuple(entries), tuple(pending(change, service)), tuple(wanted))


def decide(
    change: Change | None,
    command: c.Command,
    now: datetime,
    service: Service,
    bookings: Iterable[Booking] = (),
    new_id: str = "",
    template: Template | None = None,
    runs: tuple[ChangeMetrics, ...] = (),
) -> tuple[e.Event, ...]:
    """The events that follow from `command` at `now`; at least one. Raises CommandRejected, and then nothing happens.

    `bookings` are the other changes of the same service and server; `new_id` is the id a draft gets, `template` the one
    that the change came from, as it is now, and `runs` are the last changes of the service, for its risk.
    """
    context = DecisionContext(instant(now), service, tuple(bookings), template, runs)
    if change is None:
        if isinstance(command, c.Draft) and new_id:
            return request.decide_first_draft(command, new_id)
        raise NotFound("There is no such change. `/change list` shows those there are.")
    return DECISIONS[type(command)](change, command, context)


def fold(entries: Iterable[e.Entry]) -> Change:
    """The change that the entries made. Raises ValueError when there are none or the first is not a draft."""
    change: Change | None = None
    for entry in entries:
        change = evolve(change, entry)
    if change is None:
        raise ValueError("a change begins with an event")
    return change


def evolve(change: Change | None, entry: e.Entry) -> Change:
    """The change after `entry`, which is never rejected; `revision` grows with the plan and the state."""
    event = entry.event
    if change is None:
        if not isinstance(event, e.Drafted):
            raise ValueError(f"a change begins with its draft, not with {type(event).__name__}")
        return request.apply_first_draft(entry, event)
    apply = APPLICATIONS.get(type(event))
    after = apply(change, entry) if apply else change
    if after.state is not change.state:
        after = after.with_(state_since=entry.at)
    if (after.plan, after.state) != (change.plan, change.state):
        return after.with_(revision=change.revision + 1)
    return after


def effects(
    entry: e.Entry, before: Change | None, change: Change, service: Service, bookings: Iterable[Booking] = ()
) -> tuple[Effect, ...]:
    """What has to happen because of `entry`, which made `change` out of `before`, beside the other changes."""
    builder, event = EffectBuilder(entry, before, change, service, tuple(bookings)), entry.event
    react = STEP_REACTIONS.get(event.kind) if isinstance(event, e.StepFired) else REACTIONS.get(type(event))
    if react:
        react(builder, event)
    return (*builder.list, *effects_for_tools(entry, before, change, service))
