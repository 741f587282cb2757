"""The window when all goes well: reminder, start, end (docs/process.md, P56, P59, P60, P73)."""

from datetime import datetime, timedelta

from changes import commands as c
from changes import events as e
from changes.errors import TooLate, ValidationFailed, WrongState
from changes.labels import moment_label
from changes.lifecycle.effect_builder import EffectBuilder, tell_restore_is_off
from changes.lifecycle.guards import DecisionContext, in_state, optional_text
from changes.lifecycle.implementation.testing import ensure_not_restoring, tests_gate
from changes.lifecycle.plan_tasks import numbered, tasks_gate
from changes.model import IMPLEMENTING, Change, Outcome, State
from changes.notification import CardKind, News, NoticeKind, ThreadMessage
from changes.permissions import Permission, authorize, is_allowed
from changes.planning.occupancy import incident_on_server
from changes.planning.steps import StepKind
from changes.planning.tasks.moments import blocking, start_held_by
from changes.text import Message, template


def decide_start(change: Change, command: c.Start, context: DecisionContext) -> tuple[e.Event, ...]:
    """Start from S on, with a finished snapshot or a waiver; else only with the approver's or a deputy's reason."""
    by = command.by
    authorize(by, Permission.RUN, change, context.service)
    if change.state is State.SNAPSHOTTING:
        raise WrongState(
            "{id} is locked until its snapshot is finished, or {approver} waives it.",
            id=change.id,
            approver=context.service.approver.name or Message("the approver"),
        )
    if not (change.state is State.SCHEDULED and change.snapshot.unlocks_start):
        in_state(change, {State.READY}, Message("it cannot be started"))
    if context.now >= change.ends_at:
        raise TooLate(
            "The window of {id} ended at {end}: move it to a new date.",
            id=change.id,
            end=moment_label(change.ends_at, context.service.zone),
        )
    tasks_gate(change, start_held_by(change), template("{id} cannot start before these tasks are done: {tasks}."))
    early = context.now < change.plan.window.start
    other = incident_on_server(context.bookings)
    if not early and other is None:
        return (e.Started(),)
    if early or other is None:
        why = Message(
            "The window of {id} begins at {start}. Before that only the approver or a deputy can start it, with a "
            "reason that affected people read: `/change start {id} REASON`.",
            id=change.id,
            start=moment_label(change.plan.window.start, context.service.zone),
        )
    else:
        why = Message(
            "{other} ({title}) is an incident on {server}: nothing else starts there. Only the approver or a deputy "
            "can let {id} start all the same, with a reason: `/change start {id} REASON`.",
            other=other.change,
            title=other.title,
            server=context.service.vps.name,
            id=change.id,
        )
    if not is_allowed(by, Permission.EXCEPTION, change, context.service):
        raise WrongState("{why}", why=why, id=change.id)
    reason = optional_text(command.reason, "reason", 300)
    if not reason:
        raise ValidationFailed({"reason": why})
    return (e.Started(reason, early),)


def decide_complete(change: Change, command: c.Complete, context: DecisionContext) -> tuple[e.Event, ...]:
    """Complete a change whose tests all passed or are accepted."""
    authorize(command.by, Permission.RUN, change, context.service)
    in_state(change, IMPLEMENTING - {State.TROUBLE}, Message("it cannot be completed"))
    ensure_not_restoring(context)
    tests_gate(change)
    tasks_gate(change, blocking(change), template("{id} cannot be completed before these tasks are done: {tasks}."))
    # What was put back is as it was before: the change itself did not take place.
    return (e.Completed(Outcome.ROLLED_BACK if change.restored else Outcome.SUCCESSFUL),)


def apply(change: Change, entry: e.Entry) -> Change:
    """The change at work, or done."""
    event, at = entry.event, entry.at
    match event:
        case e.Started(reason=reason, early=early):
            return change.with_(state=State.IN_PROGRESS, started_at=at, early_reason=reason if early else "")
        case e.Completed(outcome=outcome):
            asked_for = None if change.restore is not None and change.restore.waits else change.restore
            return change.with_(state=State.COMPLETED, outcome=outcome, ended_at=at, restore=asked_for)
        case _:
            return change


def react(effects: EffectBuilder, event: e.Event) -> None:
    """Remind people of the window, tell its start and end, and whom it has kept waiting."""
    match event:
        case e.Started(reason=reason, early=early):
            _started(effects, reason, early=early)
        case e.Completed():
            _completed(effects)
        case e.StepFired():
            _react_to_step(effects, event)
        case _:
            return


def _started(effects: EffectBuilder, reason: str, *, early: bool) -> None:
    effects.card(CardKind.DAY)
    effects.edit_cards(CardKind.PROGRESS)
    if early:
        effects.post_message(ThreadMessage.STARTED_EARLY, reason, effects.implementer)
    elif reason:
        effects.post_message(ThreadMessage.STARTED_BESIDE, reason, effects.implementer)
    # Whoever is at work there occupies the server until they end, whatever their window said.
    near = [each for each in effects.bookings if each.is_busy]
    effects.tell_neighbours(near, ThreadMessage.NEIGHBOUR_STARTED)
    effects.notice(NoticeKind.START, reason if early else "", news=News.EARLY if early else News.SAID)


def _completed(effects: EffectBuilder) -> None:
    change = effects.change
    effects.edit_cards(CardKind.DAY, CardKind.CUTOFF, CardKind.INCIDENT, CardKind.HANDOVER)
    tell_restore_is_off(effects)
    for each in effects.bookings:
        if each.state is State.READY and each.occupied is not None and each.window.start <= effects.entry.at:
            effects.post_message_to(each, ThreadMessage.SERVER_FREE)
    effects.notice(NoticeKind.END if change.incident_at is None else NoticeKind.INCIDENT_END)
    left = numbered(change, change.open_tasks)
    effects.post_message(ThreadMessage.COMPLETED, left, change.requester, *effects.approver_or_deputies())


def _react_to_step(effects: EffectBuilder, event: e.StepFired) -> None:
    change, in_charge = effects.change, effects.approver_or_deputies()
    is_locked = change.state is not State.READY or incident_on_server(effects.bookings) is not None
    is_locked = is_locked or bool(start_held_by(change))
    match event.kind:
        case StepKind.REMINDER:
            if _announced_before(change, event.due):
                effects.notice(NoticeKind.REMINDER)
            effects.preflight()
        case StepKind.START if is_locked:
            effects.card(CardKind.DAY)
            if effects.entry.at < _reminded_of_start(effects):  # else the reminder is due now, and says the same
                effects.post_message(ThreadMessage.START_LOCKED, "", effects.implementer, *in_charge)
        case StepKind.START:
            effects.card(CardKind.DAY, (effects.implementer,))
        case StepKind.NOT_STARTED:
            effects.post_message(ThreadMessage.NOT_STARTED, "", effects.implementer)
        case StepKind.NOT_STARTED_APPROVER:
            effects.post_message(ThreadMessage.NOT_STARTED, "", effects.implementer, *in_charge, *effects.deputies())
        case _:
            return


def _announced_before(change: Change, due: datetime) -> bool:
    """Whether the announcement is old enough for a reminder to tell anything new."""
    return change.announced is not None and change.announced_at is not None and change.announced_at < due


def _reminded_of_start(effects: EffectBuilder) -> datetime:
    minutes = min(effects.service.policy.not_started_minutes, effects.service.policy.not_started_approver_minutes)
    return effects.change.plan.window.start + timedelta(minutes=minutes)
