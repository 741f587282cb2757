"""The data snapshot until it begins: preflight, planned time, waiver, request, and waiting for another change.

docs/process.md, P35, P52, P57. What comes of it once it was requested is in `progress`.
"""

from dataclasses import replace

from changes import commands as c
from changes import events as e
from changes.effects import BeginSnapshot, FollowByHand
from changes.errors import TooLate, WrongState
from changes.labels import moment_label
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import DecisionContext, in_state, required_text
from changes.lifecycle.snapshot import progress
from changes.model import (
    AWAITING_APPROVAL,
    AWAITING_IMPLEMENTATION,
    SYSTEM,
    Change,
    Preflight,
    Snapshot,
    SnapshotStatus,
    State,
)
from changes.notification import CardKind, ThreadMessage
from changes.permissions import Permission, authorize
from changes.planning.occupancy import blocking_change
from changes.planning.steps import StepKind
from changes.text import Message, joined

NOT_BEGUN = (SnapshotStatus.NONE, SnapshotStatus.HELD, SnapshotStatus.FAILED)
"""A preflight is of use as long as the snapshot has not begun."""


def decide_preflight(change: Change, command: c.NotePreflight, context: DecisionContext) -> tuple[e.Event, ...]:
    """Record what the preflight of the snapshot backend found."""
    authorize(command.by, Permission.TICK, change, context.service)
    in_state(
        change,
        AWAITING_APPROVAL | AWAITING_IMPLEMENTATION,
        Message("the look at the snapshot backend no longer matters"),
    )
    return (e.PreflightDone(command.problems, command.good),)


def decide_plan_snapshot(change: Change, command: c.PlanSnapshot, context: DecisionContext) -> tuple[e.Event, ...]:
    """Begin the snapshot at another time than usual, because another change needs the server then."""
    authorize(command.by, Permission.TICK, change, context.service)
    in_state(change, {State.SCHEDULED}, Message("its snapshot is not planned any more"))
    if command.at == change.snapshot_at:
        raise WrongState("The snapshot of {id} is planned so already.", id=change.id)
    return (e.SnapshotPlanned(command.at, command.other),)


def decide_waive(change: Change, command: c.WaiveSnapshot, context: DecisionContext) -> tuple[e.Event, ...]:
    """Waive the snapshot from GO until the start, whether it is due, running or failed (docs/process.md, P8)."""
    authorize(command.by, Permission.DECIDE, change, context.service)
    in_state(change, {State.SCHEDULED, State.SNAPSHOTTING}, Message("the snapshot is waived between GO and the start"))
    if change.snapshot.status is SnapshotStatus.WAIVED:
        raise WrongState("The snapshot of {id} is waived already.", id=change.id)
    reason = required_text(command.reason, "reason", Message("Say why it may start without a snapshot."))
    return (e.SnapshotWaived(reason, context.service.deputy_for(command.by)),)


def decide_started(change: Change, command: c.NoteSnapshotStarted, context: DecisionContext) -> tuple[e.Event, ...]:
    """Record that the snapshot has begun; a person may take it after a failure or while it waits."""
    progress.authorize_report(change, command, context)
    _in_window(change, command, context)
    by_hand = command.by != SYSTEM
    expected = progress.BY_HAND if by_hand else progress.TAKING
    if change.snapshot.status not in expected - {SnapshotStatus.RUNNING}:
        raise progress.snapshot_mismatch(change)
    progress.ensure_nothing_ahead(change, command, context)
    return (e.SnapshotStarted(by_hand),)


def decide_retry(change: Change, command: c.RetrySnapshot, context: DecisionContext) -> tuple[e.Event, ...]:
    """Request the snapshot again: by a person after a failure, by itself once the server is free."""
    by_hand = command.by != SYSTEM
    progress.authorize_report(change, command, context, Permission.RUN if by_hand else Permission.REPORT_SNAPSHOT)
    _in_window(change, command, context)
    # After a failure a person has to look first; what was only held begins by itself.
    again = (SnapshotStatus.FAILED, SnapshotStatus.HELD) if by_hand else (SnapshotStatus.HELD,)
    if change.snapshot.status not in again:
        raise progress.snapshot_mismatch(change)
    other = blocking_change(change, context.service, context.bookings, context.now)
    progress.ensure_server_free(change, other, command.reason, command, context)
    return (snapshot_request(change, command.reason.strip() if other else ""),)


def _in_window(change: Change, command: c.Command, context: DecisionContext) -> None:
    """Raise TooLate when a person begins a snapshot after the window."""
    if command.by != SYSTEM and context.now >= change.ends_at:
        raise TooLate(
            "The window of {id} ended at {end}: no snapshot is needed any more. Move it to a new date.",
            id=change.id,
            end=moment_label(change.ends_at, context.service.zone),
        )


def snapshot_request(change: Change, reason: str = "") -> e.SnapshotRequested:
    """The next attempt at the change's snapshot, under a name of its own."""
    attempt = change.snapshot.attempt + 1
    round_mark = f"-r{change.round}" if change.round > 1 else ""
    retry_mark = f"-{attempt}" if attempt > 1 else ""
    return e.SnapshotRequested(f"{change.id}{round_mark}{retry_mark}", attempt, reason)


def apply(change: Change, entry: e.Entry) -> Change:
    """The change with what is known of its snapshot before it runs."""
    event, at, snapshot = entry.event, entry.at, change.snapshot
    match event:
        case e.PreflightDone(problems=problems, good=good):
            return change.with_(preflight=Preflight(at, problems, good))
        case e.SnapshotPlanned(at=planned):
            return change.with_(snapshot_at=planned)
        case e.SnapshotHeld(other=other):
            held = Snapshot(SnapshotStatus.HELD, attempt=snapshot.attempt, detail=other, since=at)
            return change.with_(state=State.SNAPSHOTTING, snapshot=held)
        case e.ReadyToStart():
            return change.with_(state=State.READY)
        case e.SnapshotRequested(name=name, attempt=attempt):
            requested = Snapshot(SnapshotStatus.REQUESTED, name, attempt, since=at, requested_at=at)
            return change.with_(state=State.SNAPSHOTTING, snapshot=requested)
        case e.SnapshotStarted(by_hand=by_hand):
            running = SnapshotStatus.RUNNING
            asked = snapshot.requested_at
            begun = Snapshot(running, snapshot.name, snapshot.attempt, started_at=at, by_hand=by_hand, since=at)
            return change.with_(snapshot=replace(begun, requested_at=asked))
        case e.SnapshotWaived(reason=reason):
            waived = replace(snapshot, status=SnapshotStatus.WAIVED, detail=reason, waived_by=entry.by, since=at)
            # Waived before it is due the change stays scheduled: its plan can still be edited.
            state = State.READY if change.state is State.SNAPSHOTTING else change.state
            return change.with_(state=state, snapshot=waived)
        case _:
            return change


def react(effects: EffectBuilder, event: e.Event) -> None:
    """Show the snapshot's card, ask the provider for it, and tell whoever it waits for."""
    change = effects.change
    match event:
        case e.PreflightDone(problems=problems):
            _preflight(effects, problems)
        case e.SnapshotPlanned(at=at, other=other):
            effects.post_message(
                ThreadMessage.SNAPSHOT_PLANNED if at is not None else ThreadMessage.SNAPSHOT_AS_USUAL,
                other,
                effects.implementer,
            )
        case e.SnapshotHeld(other=other):
            effects.card(CardKind.PROGRESS)
            effects.post_message(
                ThreadMessage.SNAPSHOT_HELD, other, effects.implementer, *effects.approver_or_deputies()
            )
        case e.ReadyToStart():
            effects.edit_cards(CardKind.DAY)
        case e.SnapshotRequested(name=name, reason=reason):
            _request(effects, name, reason)
        case e.SnapshotStarted(by_hand=by_hand):
            progress.show_snapshot(effects)
            effects.edit_cards(CardKind.DAY)
            if by_hand:
                effects.add(FollowByHand(effects.key("follow"), change.id, change.snapshot.name))
        case e.SnapshotWaived(reason=reason):
            progress.show_snapshot(effects)
            effects.post_message(ThreadMessage.SNAPSHOT_WAIVED, reason, effects.implementer)
            effects.edit_cards(CardKind.DAY)
        case e.StepFired():
            _react_to_step(effects, event)
        case _:
            return


def _request(effects: EffectBuilder, name: str, reason: str) -> None:
    """Ask the provider for the snapshot; an attempt before it has no way on any more."""
    change = effects.change
    if effects.before is not None and effects.before.snapshot.status is not SnapshotStatus.NONE:
        # The card of the attempt before, or of the waiting, has no way on any more.
        effects.edit_cards(CardKind.PROGRESS, of=effects.before)
        effects.edit_cards(CardKind.DAY)
    if reason:
        effects.post_message(ThreadMessage.SNAPSHOT_BESIDE, reason, effects.implementer)
        beside = blocking_change(change, effects.service, effects.bookings, effects.entry.at)
        if beside is not None:
            effects.post_message_to(beside, ThreadMessage.NEIGHBOUR_SNAPSHOT)
    effects.add(BeginSnapshot(effects.key("begin"), change.id, name))


def _preflight(effects: EffectBuilder, problems: tuple[str, ...]) -> None:
    """Before GO it stands on the GO card; whoever can mend it is told what is wrong."""
    if effects.change.snapshot.status not in NOT_BEGUN:  # by now the snapshot speaks for itself, or none is needed
        return
    if effects.change.state in AWAITING_APPROVAL:
        effects.edit_cards(CardKind.GO)
        if problems:
            effects.post_message(
                ThreadMessage.PREFLIGHT_WEEK_FAILED, joined(*problems), effects.implementer, effects.requester
            )
    elif problems:
        effects.post_message(ThreadMessage.PREFLIGHT_FAILED, joined(*problems), effects.implementer)


def _react_to_step(effects: EffectBuilder, event: e.StepFired) -> None:
    """Preflight a week before, and remind of a snapshot to begin by hand until it is too late for it."""
    in_charge = effects.approver_or_deputies()
    match event.kind:
        case StepKind.PREFLIGHT_WEEK:
            effects.preflight()
            effects.warn_if_nobody_decides()
        case StepKind.SNAPSHOT_NUDGE:
            effects.edit_cards(CardKind.PROGRESS)
            effects.post_message(
                ThreadMessage.SNAPSHOT_NUDGE, "", effects.implementer, *(in_charge if effects.nudge_number > 1 else ())
            )
        case StepKind.SNAPSHOT_TOO_LATE:
            effects.edit_cards(CardKind.PROGRESS, CardKind.DAY)
            effects.post_message(ThreadMessage.SNAPSHOT_TOO_LATE, "", effects.implementer, *in_charge)
        case _:
            return
