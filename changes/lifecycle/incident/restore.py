"""The restore of the data snapshot: asked for by one person, confirmed by another (docs/process.md, P13)."""

from dataclasses import replace
from datetime import datetime

from changes import commands as c
from changes import events as e
from changes.effects import BeginRestore
from changes.errors import WrongState, invalid
from changes.lifecycle.effect_builder import EffectBuilder, tell_restore_is_off
from changes.lifecycle.guards import DecisionContext, in_state, required_text
from changes.lifecycle.implementation.testing import void_tests
from changes.lifecycle.snapshot.progress import CARD_ONLY, MILESTONES
from changes.model import SYSTEM, Change, Person, Restore, SnapshotStatus, State
from changes.notification import CardKind, News, NoticeKind, ThreadMessage
from changes.permissions import Permission, authorize
from changes.planning.occupancy import Booking, restoring, touched_by_restore
from changes.planning.steps import StepKind
from changes.snapshots import FailureReason
from changes.text import Message, stripped

_MILESTONES = MILESTONES.keys() - {"waiting"}
MILESTONE_MESSAGES = {name: ThreadMessage(f"restore_{name}") for name in _MILESTONES - {CARD_ONLY}}


def decide_ask(change: Change, command: c.AskRestore, context: DecisionContext) -> tuple[e.Event, ...]:
    """Ask for the restore in an incident; somebody else has to be able to confirm it."""
    authorize(command.by, Permission.RUN, change, context.service)
    in_state(change, {State.INCIDENT}, Message("declare an incident first, so that everyone is told before a restore"))
    if change.snapshot.status is not SnapshotStatus.FINISHED:
        raise WrongState("{id} has no snapshot to restore: use the NAS backups.", id=change.id)
    if change.restore is not None and change.restore.open:
        raise WrongState("The restore of {id} was already requested and is awaiting confirmation.", id=change.id)
    if not context.service.deciding((command.by,)):
        raise WrongState(
            "A second person must confirm the restore of {id}, and only you may for {service}. "
            "Let the implementer request it, and confirm it yourself; or an admin names a deputy "
            "in services.toml.",
            id=change.id,
            service=context.service.name,
        )
    return (e.RestoreAsked(_touched(change, context.bookings)),)


def decide_confirm(change: Change, command: c.ConfirmRestore, context: DecisionContext) -> tuple[e.Event, ...]:
    """Confirm the restore by typing the name of the server, whose data it overwrites."""
    typed = command.vps_name
    authorize(command.by, Permission.CONFIRM_RESTORE, change, context.service)
    in_state(change, {State.INCIDENT}, Message("there is no restore to confirm"))
    if change.restore is None or not change.restore.open:
        raise WrongState("Nobody asked for a restore of {id}.", id=change.id)
    if stripped(typed) != stripped(context.service.vps.name):
        raise invalid(
            "vps_name",
            "Type the name of the server, {name}, exactly: its data will be overwritten.",
            name=context.service.vps.name,
        )
    other = restoring(context.bookings)
    if other is not None:
        raise WrongState(
            "{other} ({title}) is being restored on {server} right now: confirm this one when that has ended.",
            other=other.change,
            title=other.title,
            server=context.service.vps.name,
        )
    return (e.RestoreConfirmed(change.snapshot.name, _touched(change, context.bookings)),)


def _touched(change: Change, bookings: tuple[Booking, ...]) -> tuple[str, ...]:
    return tuple(each.change for each in touched_by_restore(change, bookings))


def decide_withdraw(change: Change, command: c.WithdrawRestore, context: DecisionContext) -> tuple[e.Event, ...]:
    """Take back a restore that waits for its confirmation."""
    authorize(command.by, Permission.RUN, change, context.service)
    if change.restore is None or not change.restore.waits:
        raise WrongState("No restore of {id} waits for its confirmation.", id=change.id)
    return (e.RestoreWithdrawn(),)


def decide_milestone(change: Change, command: c.NoteRestoreMilestone, context: DecisionContext) -> tuple[e.Event, ...]:
    """Record once what the worker sees of the restore."""
    _authorize_report(change, command, context)
    _is_running(change)
    milestone = command.milestone
    if milestone not in _MILESTONES:
        raise WrongState("{id}: that is not about a restore.", id=change.id)
    authorize(command.by, Permission.TICK, change, context.service)
    if change.restore is not None and milestone in change.restore.milestones:
        raise WrongState(
            "It was said already that the restore of {id} is {milestone}.",
            id=change.id,
            milestone=MILESTONES[milestone],
        )
    return (e.RestoreMilestone(milestone, command.detail),)


def decide_done(change: Change, command: c.NoteRestoreDone, context: DecisionContext) -> tuple[e.Event, ...]:
    """Record that the data is back: of a running restore, or of one a person sees there."""
    _authorize_report(change, command, context)
    if not _found_done(change, change.restore, command):
        _is_running(change)
    return (e.RestoreFinished(),)


def decide_failed(change: Change, command: c.NoteRestoreFailed, context: DecisionContext) -> tuple[e.Event, ...]:
    """Record that the restore failed; the incident process takes over where the disk may be anything now."""
    _authorize_report(change, command, context)
    _is_running(change)
    reason = required_text(command.reason, "reason", Message("Say what went wrong."))
    failed = e.RestoreFailed(reason, command.cause)
    # After other causes nothing was overwritten, or somebody has to look first.
    return (failed, e.HandedOver(reason)) if command.cause.overwrote else (failed,)


def _authorize_report(change: Change, command: c.Command, context: DecisionContext) -> None:
    authorize(command.by, Permission.REPORT_SNAPSHOT, change, context.service)


def _is_running(change: Change) -> None:
    in_state(change, {State.RESTORING}, Message("no restore is running"))


def _found_done(change: Change, restore: Restore | None, command: c.Command) -> bool:
    """The bot lost sight of it or was refused, and a person sees at the provider that the data is back."""
    return change.state is State.INCIDENT and command.by != SYSTEM and restore is not None and bool(restore.failed)


def apply(change: Change, entry: e.Entry) -> Change:
    """The change with what became of its restore."""
    event, at = entry.event, entry.at
    match event:
        case e.RestoreAsked():
            return change.with_(restore=Restore(entry.by, at), spoke_at=at)
        case e.RestoreConfirmed():
            asked = change.restore or Restore(entry.by, at)
            confirmed = Restore(asked.asked_by, asked.asked_at, confirmed_by=entry.by, started_at=at)
            return change.with_(state=State.RESTORING, restore=confirmed, spoke_at=at, informed_at=at)
        case e.RestoreWithdrawn():
            return change.with_(restore=None, spoke_at=at)
        case e.RestoreMilestone(milestone=milestone):
            told = change.restore and replace(change.restore, milestones=(*change.restore.milestones, milestone))
            return change.with_(restore=told)
        case e.RestoreFinished():
            restored = change.with_(state=State.IN_PROGRESS, restored=True, restore=_restore(change, at, "", None))
            return void_tests(restored).with_(issue_over=True, cutoff_asked_at=None, cutoff_answered=False)
        case e.RestoreFailed(reason=reason, cause=cause):
            failed = change.with_(state=State.INCIDENT, restore=_restore(change, at, reason, cause))
            failed = failed.with_(spoke_at=at)
            if not cause.overwrote:  # affected people hear that it does not take place; else the hand-over tells them
                failed = failed.with_(informed_at=at)
            return failed if cause.left_alone else void_tests(failed)
        case _:
            return change


def _restore(change: Change, at: datetime, failed: str, cause: FailureReason | None) -> Restore | None:
    return replace(change.restore, finished_at=at, failed=failed, cause=cause) if change.restore else None


def react(effects: EffectBuilder, event: e.Event) -> None:
    """Ask who confirms it, tell whom it touches, and ask the provider for it."""
    change = effects.change
    match event:
        case e.RestoreAsked(touches=touches):
            effects.card(CardKind.INCIDENT)
            _tell_touched(effects, ThreadMessage.RESTORE_TOUCHES, touches)
            effects.post_message(ThreadMessage.RESTORE_ASKED, "", *effects.service.deciding((effects.entry.by,)))
        case e.RestoreWithdrawn():
            effects.card(CardKind.INCIDENT)
            asked = effects.service.deciding((effects.entry.by,))
            effects.post_message(ThreadMessage.RESTORE_WITHDRAWN, "", effects.implementer, *asked)
            tell_restore_is_off(effects)
        case e.RestoreConfirmed(name=name, touches=touches):
            effects.card(CardKind.INCIDENT)
            _tell_touched(effects, ThreadMessage.RESTORE_OVERWRITES, touches)
            # In case it does not help: the link and the record stand ready in the thread (docs/process.md, P70).
            effects.card(CardKind.HANDOVER)
            # Whoever is affected knows before the data is overwritten (docs/process.md, P69).
            effects.notice(NoticeKind.INCIDENT_UPDATE, news=News.RESTORING)
            effects.add(BeginRestore(effects.key("restore"), change.id, name))
        case e.RestoreMilestone(milestone=milestone, detail=detail):
            if milestone in MILESTONE_MESSAGES:
                effects.post_message(MILESTONE_MESSAGES[milestone], detail, effects.implementer)
            effects.edit_cards(CardKind.INCIDENT)
        case e.RestoreFinished():
            effects.edit_cards(CardKind.INCIDENT, CardKind.HANDOVER)
            effects.card(CardKind.DAY)
            effects.post_message(ThreadMessage.RESTORE_FINISHED, "", effects.implementer)
        case e.RestoreFailed(reason=reason, cause=cause):
            _failed(effects, reason, cause)
        case e.StepFired(kind=StepKind.RESTORE_NUDGE):
            effects.post_message(ThreadMessage.RESTORE_NUDGE, "", *_confirming(effects, effects.nudge_number))
        case _:
            return


def _failed(effects: EffectBuilder, reason: str, cause: FailureReason) -> None:
    deciders = effects.deciders()
    effects.card(CardKind.INCIDENT)
    effects.edit_cards(CardKind.HANDOVER)
    line = ThreadMessage.RESTORE_FAILED if cause.overwrote else ThreadMessage.RESTORE_REFUSED
    # Where the incident process takes over with the same word, those who take over read it here.
    told = effects.incident_recipients() if cause.overwrote else (*deciders, effects.implementer)
    effects.post_message(line, reason, *told)
    announced = effects.before is not None and effects.before.state is State.RESTORING
    if not cause.overwrote and announced:
        # It was announced, and does not take place: in our words, never in the provider's.
        news = News.NOT_RESTORED if cause.left_alone else News.RESTORE_UNKNOWN
        effects.notice(NoticeKind.INCIDENT_UPDATE, news=news)


def _tell_touched(effects: EffectBuilder, line: ThreadMessage, touches: tuple[str, ...]) -> None:
    """Whoever worked on the server since the snapshot hears in their own change's thread that it is overwritten."""
    for other in effects.bookings:
        if other.change in touches:
            effects.post_message_to(other, line)


def _confirming(effects: EffectBuilder, number: int) -> tuple[Person, ...]:
    """Who can confirm the restore: first whoever is in charge, from the second time on everybody who may."""
    restore = effects.change.restore
    may = effects.service.deciding((restore.asked_by,) if restore else ())
    first = tuple(each for each in effects.approver_or_deputies() if each in may)
    return first if first and number == 1 else may
