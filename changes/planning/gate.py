"""May this service be deployed to at a moment? What a pipeline asks before it does.

It looks at the freezes, at the windows of the service's changes and what became of them, at its incidents, and at
restores on its server; at nothing else, and always as things stand: a window that lies ahead has not been started.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from changes.labels import moment_label, window_label
from changes.model import AWAITING_APPROVAL, AWAITING_IMPLEMENTATION, IMPLEMENTING, IN_INCIDENT, Change, State, Window
from changes.planning.deadlines import snapshot_due
from changes.policy import Service
from changes.text import Message, template

AT_WORK = AWAITING_IMPLEMENTATION | IMPLEMENTING | IN_INCIDENT
"""Changes that count whenever their window is; of all others only those whose window touches the moment."""
BECAME = {
    **dict.fromkeys(AWAITING_APPROVAL, template("{id} has a window then, but no GO.")),
    State.NO_GO: template("{id} had a window then, but got NO-GO."),
    State.POSTPONED: template("{id} had a window then, but was postponed."),
    State.CANCELLED: template("{id} had a window then, but was cancelled."),
    State.COMPLETED: template("{id} had a window then, but is completed."),
}
"""What is said of those others, by their states."""


@dataclass(frozen=True, slots=True)
class GateDecision:
    """The answer, and why. `change` is the id of the one in whose window it is allowed, or empty."""

    allowed: bool
    reasons: tuple[Message, ...]
    change: str = ""


def gate(service: Service, changes: Sequence[Change], at: datetime, *, needs_window: bool = True) -> GateDecision:
    """Whether the service may be deployed to at `at`: within a started window, or anywhere without `needs_window` where
    nobody else takes the service; never in a freeze, unless the approver let that change through, nor in an incident.

    `changes` are those of the service, and of others on its server, that are AT_WORK or touch the moment.
    """
    own = [each for each in changes if each.plan.service == service.key and not each.is_private]
    within = (each for each in own if _is_inside(each, at))
    started = max(within, key=lambda each: (each.ends_at, each.id), default=None)
    is_let_through = started is not None and started.conflict_allowed is not None
    obstacles = [*(() if is_let_through else _frozen(service, at)), *_broken(changes, service)]
    if not obstacles and started is None:
        obstacles = list(_without_window(own, service, at) if needs_window else _taken(own, service, at))
        if needs_window and not obstacles:
            when = moment_label(at, service.zone)
            obstacles = [Message("{service} has no window on {when}.", service=service.name, when=when)]
    if obstacles:
        return GateDecision(False, tuple(obstacles))
    if started is not None:
        facts = {"id": started.id, "when": moment_label(started.ends_at, service.zone)}
        return GateDecision(True, (Message("{id} was started, and its window ends on {when}.", **facts),), started.id)
    return GateDecision(True, (Message("No freeze, incident or other window: no window is needed."),))


def _touches(window: Window, at: datetime) -> bool:
    return window.start <= at < window.end


def _is_inside(change: Change, at: datetime) -> bool:
    """Whether the moment lies within the window, extensions included, and after the work began, perhaps early."""
    return change.state in IMPLEMENTING and change.started_at is not None and change.started_at <= at < change.ends_at


def _frozen(service: Service, at: datetime) -> Iterator[Message]:
    for each in service.freezes:
        if _touches(each.window(service.zone), at):
            facts = {"first": each.first, "last": each.last, "name": each.name}
            yield Message("{service} is frozen from {first} to {last} ({name}).", service=service.name, **facts)


def _broken(changes: Iterable[Change], service: Service) -> Iterator[Message]:
    for each in changes:
        if each.state is State.RESTORING:
            yield Message("The server is being restored for {id}.", id=each.id)
        elif each.state is State.INCIDENT and each.plan.service == service.key:
            yield Message("{id} is an open incident: the incident process decides about deployments.", id=each.id)


def _without_window(own: Iterable[Change], service: Service, at: datetime) -> Iterator[Message]:
    """What became of the changes that touch the moment, or are at work at another."""
    for each in own:
        if each.state in IMPLEMENTING:
            yield _outside(each, service, at)
        elif _touches(each.window, at) and each.state in AWAITING_IMPLEMENTATION:
            when = window_label(each.window, service.zone)
            yield Message("{id} has its GO for {when}, but was not started.", id=each.id, when=when)
        elif _touches(each.window, at) and each.state in BECAME:
            yield Message(BECAME[each.state], id=each.id)


def _outside(change: Change, service: Service, at: datetime) -> Message:
    if at >= change.ends_at:
        facts = {"id": change.id, "when": moment_label(change.ends_at, service.zone)}
        return Message("The window of {id} ended on {when}: extend it, or complete the change.", **facts)
    began = change.started_at or change.plan.window.start
    return Message("{id} was started on {when}, and not before.", id=change.id, when=moment_label(began, service.zone))


def _taken(own: Iterable[Change], service: Service, at: datetime) -> Iterator[Message]:
    """Whose time it is, where nobody needs a window of their own."""
    for each in own:
        if each.state in IMPLEMENTING and at >= each.ends_at:
            yield _outside(each, service, at)
        elif at < each.ends_at and (
            each.state is State.SNAPSHOTTING or _snapshot_begins(each, service) <= at < each.window.start
        ):
            yield Message("The snapshot for {id} is being taken.", id=each.id)
        elif each.state in AWAITING_IMPLEMENTATION and _touches(each.window, at):
            yield Message("It is the window of {id}: {when}.", id=each.id, when=window_label(each.window, service.zone))


def _snapshot_begins(change: Change, service: Service) -> datetime:
    """When the server has to be left alone for its snapshot; the window's start where none is to come any more."""
    is_to_come = change.state is State.SCHEDULED and not change.snapshot.unlocks_start
    return snapshot_due(change, service) if is_to_come else change.plan.window.start
