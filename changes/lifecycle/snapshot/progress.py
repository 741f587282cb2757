"""The data snapshot once it was requested: milestones, finished, failed, and a person's word for it.

docs/process.md, P58, P79, P89.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from changes import commands as c
from changes import events as e
from changes.errors import ValidationFailed, WrongState, invalid
from changes.labels import duration_label, minutes_from
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import DecisionContext, in_state, required_text
from changes.model import SYSTEM, Change, SnapshotStatus, State
from changes.notification import CardKind, ThreadMessage
from changes.permissions import Permission, authorize
from changes.planning.occupancy import Booking, blocking_change, incident_on_server
from changes.policy import Service
from changes.text import Message

TAKING = {SnapshotStatus.REQUESTED, SnapshotStatus.RUNNING}
BY_HAND = TAKING | {SnapshotStatus.FAILED, SnapshotStatus.HELD}
"""Until when a person may report it: after a failure, or while it is held, it can be taken by hand."""
MILESTONES = {
    "half": Message("at 50 %"),
    "late": "late",
    "waiting": Message("not begun yet"),
    "busy": Message("waiting for another operation"),
    "blind": Message("out of sight"),
}
"""What the worker sees of an operation; only a snapshot waits for a person to begin it."""
CARD_ONLY = "half"
"""The milestone that its card shows and no line says."""
MILESTONE_MESSAGES = {name: ThreadMessage(f"snapshot_{name}") for name in MILESTONES if name != CARD_ONLY}
EARLY = 0.4
"""A snapshot that a person reports finished before this part of its usual time is asked back."""


def authorize_report(
    change: Change, command: c.Command, context: DecisionContext, permission: Permission = Permission.REPORT_SNAPSHOT
) -> None:
    """Raise unless the person or the worker may say something of the snapshot that is being taken."""
    authorize(command.by, permission, change, context.service)
    in_state(change, {State.SNAPSHOTTING}, Message("no snapshot is being taken"))


def ensure_nothing_ahead(change: Change, command: c.Command, context: DecisionContext) -> None:
    """Raise when a person takes or finds a snapshot that waits or failed while another change needs the server."""
    status = change.snapshot.status
    if status is SnapshotStatus.HELD:
        other = blocking_change(change, context.service, context.bookings, context.now)
        ensure_server_free(change, other, "", command, context)
    elif status is SnapshotStatus.FAILED:
        ensure_server_free(change, incident_on_server(context.bookings), "", command, context)


def ensure_server_free(
    change: Change, other: Booking | None, reason: str, command: c.Command, context: DecisionContext
) -> None:
    """Raise unless the server is free, or the approver lets the snapshot begin all the same, with a reason."""
    if other is None:
        return
    if command.by == SYSTEM or not reason.strip():
        raise WrongState(
            "{other} ({title}) needs {server} first: the snapshot of {id} begins by itself when that has ended. The "
            "approver or a deputy can let it begin now, with a reason: `/change retry {id} REASON`.",
            other=other.change,
            title=other.title,
            server=context.service.vps.name,
            id=change.id,
        )
    authorize(command.by, Permission.EXCEPTION, change, context.service)
    required_text(reason, "reason", Message("Say why it may begin now."))


def decide_milestone(change: Change, command: c.NoteSnapshotMilestone, context: DecisionContext) -> tuple[e.Event, ...]:
    """Record once what the worker sees of the snapshot, or that it does not begin."""
    authorize_report(change, command, context)
    milestone = command.milestone
    # Whoever began it meanwhile does not read that it waits to be begun.
    fits = {SnapshotStatus.REQUESTED} if milestone in ("waiting", "busy") else TAKING
    if change.snapshot.status not in fits or milestone not in MILESTONES:
        raise snapshot_mismatch(change)
    authorize(command.by, Permission.TICK, change, context.service)
    if milestone in change.snapshot.milestones:
        raise WrongState(
            "It was said already that the snapshot of {id} is {milestone}.",
            id=change.id,
            milestone=MILESTONES[milestone],
        )
    return (e.SnapshotMilestone(milestone, command.detail),)


def decide_finished(change: Change, command: c.NoteSnapshotFinished, context: DecisionContext) -> tuple[e.Event, ...]:
    """Record that the snapshot is there; a person's word is asked back when it can hardly be so."""
    authorize_report(change, command, context)
    by_hand, status = command.by != SYSTEM, change.snapshot.status
    if status not in (BY_HAND if by_hand else TAKING):
        raise snapshot_mismatch(change)
    if by_hand:
        ensure_nothing_ahead(change, command, context)
    name = required_text(command.name, "snapshot_name", Message("Give the name of the snapshot."), 100)
    if by_hand and not command.of_data:
        raise invalid(
            "result",
            "Only a snapshot of the data can be restored: the system's fails at {provider}. Take one of the data.",
            provider=context.service.vps.provider.label,
        )
    if by_hand and not command.checked and implausible(change, context.now, context.service):
        raise ValidationFailed({"result": _ask_back(change, context.now, context.service)})
    return (e.SnapshotFinished(name),)


def decide_failed(change: Change, command: c.NoteSnapshotFailed, context: DecisionContext) -> tuple[e.Event, ...]:
    """Record that the snapshot failed, and why."""
    authorize_report(change, command, context)
    if change.snapshot.status not in TAKING:
        raise snapshot_mismatch(change)
    reason = required_text(command.reason, "reason", Message("Say what went wrong."))
    return (e.SnapshotFailed(reason, command.cause),)


def implausible(change: Change, now: datetime, service: Service) -> bool:
    """Whether a person who says now that it is finished should look again: it was quick, or not seen to begin here."""
    begun = _begun(change, service)
    return begun is None or now - begun < timedelta(minutes=service.vps.snapshot_minutes) * EARLY


def _begun(change: Change, service: Service) -> datetime | None:
    return change.snapshot.started_at or (change.snapshot.since if service.vps.is_manual else None)


def _ask_back(change: Change, now: datetime, service: Service) -> str:
    begun = _begun(change, service)
    if begun is None:
        return Message(
            "It was not seen to begin here. Look at {console}: if the snapshot is of the data and complete, choose "
            "that you checked it.",
            console=service.vps.provider.console,
        )
    return Message(
        "That was only {took}, and it usually takes {usual}. Look at {console} again: if the snapshot is really "
        "complete, choose that you checked it.",
        console=service.vps.provider.console,
        took=duration_label(max(0, minutes_from(begun, now))),
        usual=duration_label(service.vps.snapshot_minutes),
    )


def snapshot_mismatch(change: Change) -> WrongState:
    """The rejection of a report that contradicts where the snapshot stands."""
    status = change.snapshot.status
    return WrongState("The snapshot of {id} is {status}: that does not fit.", id=change.id, status=_STATUS[status])


_STATUS = {
    SnapshotStatus.NONE: Message("not due yet"),
    SnapshotStatus.HELD: Message("held back"),
    SnapshotStatus.REQUESTED: Message("requested"),
    SnapshotStatus.RUNNING: Message("running"),
    SnapshotStatus.FINISHED: Message("finished"),
    SnapshotStatus.FAILED: Message("not there, because it failed"),
    SnapshotStatus.WAIVED: Message("waived"),
}


def apply(change: Change, entry: e.Entry) -> Change:
    """The change with what became of its snapshot."""
    event, at, snapshot = entry.event, entry.at, change.snapshot
    match event:
        case e.SnapshotMilestone(milestone=milestone):
            return change.with_(snapshot=replace(snapshot, milestones=(*snapshot.milestones, milestone)))
        case e.SnapshotFinished(name=name):
            started = snapshot.started_at or at
            finished = replace(snapshot, status=SnapshotStatus.FINISHED, name=name, started_at=started, finished_at=at)
            finished = replace(finished, detail="", cause=None, since=at)
            return change.with_(state=State.READY, snapshot=finished)
        case e.SnapshotFailed(reason=reason, cause=cause):
            failed = replace(snapshot, status=SnapshotStatus.FAILED, detail=reason, cause=cause, since=at)
            return change.with_(snapshot=failed)
        case _:
            return change


def react(effects: EffectBuilder, event: e.Event) -> None:
    """Keep the snapshot's card true, and tell whoever has to know."""
    match event:
        case e.SnapshotMilestone(milestone=milestone, detail=detail):
            if milestone in MILESTONE_MESSAGES:
                effects.post_message(MILESTONE_MESSAGES[milestone], detail, effects.implementer)
            show_snapshot(effects)
        case e.SnapshotFinished(name=name):
            show_snapshot(effects)
            effects.post_message(ThreadMessage.SNAPSHOT_FINISHED, name, effects.implementer)
            effects.edit_cards(CardKind.DAY)
        case e.SnapshotFailed(reason=reason):
            show_snapshot(effects)
            effects.edit_cards(CardKind.DAY)
            effects.post_message(
                ThreadMessage.SNAPSHOT_FAILED, reason, effects.implementer, *effects.approver_or_deputies()
            )
        case _:
            return


def show_snapshot(effects: EffectBuilder) -> None:
    """Edit the snapshot's card; post it where people need it."""
    # A snapshot that was refused has no card yet, and needs one for the ways on.
    # So has one that waits for another operation: it can still be waived or postponed.
    snapshot = effects.change.snapshot
    wanted = snapshot.status in (SnapshotStatus.RUNNING, SnapshotStatus.FAILED) or "busy" in snapshot.milestones
    effects.card(CardKind.PROGRESS, only_edit=not wanted)
