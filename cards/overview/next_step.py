"""The sentences on a change's status card that say what comes next, when, and who has to do it."""

from datetime import datetime, timedelta

from application.change_context import ChangeContext
from cards.approval.grounds import nobody
from cards.elements.plan_table import named
from changes.lifecycle.plan_tasks import numbered
from changes.model import AWAITING_IMPLEMENTATION, ChangeType, SnapshotStatus, State
from changes.planning.deadlines import cutoff_times, earliest_start, snapshot_due
from changes.planning.occupancy import incident_on_server
from changes.planning.reminders import gives_up_at
from changes.planning.restore_forecast import restore_ends_at
from changes.planning.tasks.moments import start_held_by
from changes.planning.timeline import StepKind
from changes.text.messages import joined
from language import _

RESTORE_LATE = timedelta(minutes=15)
"""How long after its expected end a restore is still left to the bot, which looks every minute."""


def next_step_text(view: ChangeContext) -> str:
    """One or two sentences; empty when nothing follows any more."""
    return joined(*next_step(view))


def next_step(view: ChangeContext) -> tuple[str, ...]:
    """Who does what next, and then until when; nothing when nothing follows any more."""
    return tuple(each for each in _sentences(view) if each)


def _sentences(view: ChangeContext) -> tuple[str, ...]:
    change = view.change
    match change.state:
        case State.DRAFT:
            return (_("This is a draft: nobody has been asked yet."),)
        case State.SUBMITTED:
            return (_decision(view),)
        case State.PRECHECK_PENDING | State.PRECHECKED | State.GO_PENDING:
            return (_decision(view), _silence(view))
        case State.CORRECTIONS_REQUESTED:
            requester = view.name(change.requester)
            return (_("Now: {requester} corrects the plan (*Edit*).", requester=requester), _silence(view))
        case State.NO_GO | State.POSTPONED:
            return (
                _("Now: {requester} chooses a new date, or cancels it.", requester=view.name(change.requester)),
                _given_up(view),
            )
        case State.CANCELLED:
            return ()
        case _:
            return _of_the_day(view)


def _decision(view: ChangeContext) -> str:
    """Who is asked for what, now or later; or that nobody can decide, with the way out."""
    if view.change.standard is not None:
        return _standing(view)
    if view.nobody_decides:
        return nobody(view)
    is_emergency = view.change.plan.kind is ChangeType.EMERGENCY
    match view.change.state:
        case State.SUBMITTED:
            who, when = _asked(view, StepKind.PRECHECK), _when(view, StepKind.PRECHECK)
            if is_emergency:
                return _("Next: pre-check and GO in one by {deciders}, {when}.", deciders=who, when=when)
            return _("Next: pre-check by {deciders}, {when}.", deciders=who, when=when)
        case State.PRECHECK_PENDING if is_emergency:
            return _("Now: {deciders} decides on pre-check and GO in one.", deciders=view.deciders)
        case State.PRECHECK_PENDING:
            return _("Now: the pre-check is waiting for {names}.", names=view.approvers())
        case State.PRECHECKED:
            when = _when(view, StepKind.GO)
            return _("Next: GO / NO-GO by {deciders}, {when}.", deciders=_asked(view, StepKind.GO), when=when)
        case _:
            return _("Now: GO / NO-GO is waiting for {names}.", names=view.approvers())


def _standing(view: ChangeContext) -> str:
    """When the pre-approval of its template gives the next answer."""
    if view.change.state is State.SUBMITTED:
        return _("Next: pre-check, given by the pre-approval {when}.", when=_when(view, StepKind.PRECHECK))
    return _("Next: GO, given by the pre-approval {when}.", when=_when(view, StepKind.GO))


def _of_the_day(view: ChangeContext) -> tuple[str, ...]:
    change, implementer = view.change, view.name(view.change.plan.implementer)
    match change.state:
        case State.SCHEDULED:
            return (_before_the_day(view),)
        case State.SNAPSHOTTING:
            return (_snapshot(view), _start(view))
        case State.READY:
            return (_start(view),)
        case State.TROUBLE | State.EXTENDED if change.has_open_issue:
            return (_("Now: {implementer} is working on the issue.", implementer=implementer), _cutoff(view))
        case State.IN_PROGRESS | State.EXTENDED if change.restored:
            said = _("Now: the data is restored; {implementer} reruns the tests.", implementer=implementer)
            return said, _cutoff(view)
        case State.IN_PROGRESS | State.EXTENDED:
            return (_("Now: {implementer} is working on it.", implementer=implementer), _cutoff(view))
        case State.INCIDENT:
            return (_incident(view), _update_due(view))
        case State.RESTORING:
            return (_restoring(view), _update_due(view))
        case State.COMPLETED if not change.review:
            return (_review(view),)
        case _:
            return ()


def _snapshot(view: ChangeContext) -> str:
    """The state of the snapshot that is waited for."""
    implementer, server = view.name(view.change.plan.implementer), view.service.vps.name
    provider = view.service.vps.provider
    match view.change.snapshot.status:
        case SnapshotStatus.HELD:
            return _("Now: the snapshot is on hold until {server} is free.", server=server)
        case SnapshotStatus.FAILED:
            return _("Now: the snapshot failed. Retry it, take it manually, waive it, or postpone the change.")
        case SnapshotStatus.REQUESTED if view.service.vps.is_manual:
            return _(
                "Now: {implementer} starts the data snapshot in {console}.",
                implementer=implementer,
                console=provider.console,
            )
        case SnapshotStatus.REQUESTED:
            return _("Now: the data snapshot is being requested from {provider}.", provider=provider.label)
        case _:
            return _("Now: the data snapshot is running.")


def _incident(view: ChangeContext) -> str:
    change = view.change
    if change.restore is not None and change.restore.open:
        return _("Now: a restore was requested; a second person must confirm it on the incident card.")
    if change.handed_over_at is not None:
        return _("Now: the incident process has taken over; the hand-over card holds everything that is known.")
    return _(
        "Now: {implementer} is working on the recovery: a fix, files from a backup, or a snapshot restore.",
        implementer=view.name(change.plan.implementer),
    )


def _restoring(view: ChangeContext) -> str:
    ends = restore_ends_at(view.change, view.service)
    if ends is None:
        return _("Now: the data is being restored; then the tests are rerun.")
    if ends + RESTORE_LATE <= view.now:
        return _(
            "Now: the restore should have ended {ends}. Please check it, and report its state on the incident card.",
            ends=view.when(ends),
        )
    return _("Now: the data is being restored, until about {ends}; then the tests are rerun.", ends=view.when(ends))


def _update_due(view: ChangeContext) -> str:
    """When affected people hear of the incident again at the latest."""
    informed, every = view.change.informed_at, view.service.policy.incident_update_minutes
    if informed is None or not every:
        return ""
    due = view.when(informed + timedelta(minutes=every))
    return _("Next incident update due by {due}.", due=due)


def _review(view: ChangeContext) -> str:
    if _due(view, StepKind.REVIEW) > view.now:
        return _("Next: the review, {when}.", when=_when(view, StepKind.REVIEW))
    return _("Now: {implementer} writes the review.", implementer=view.name(view.change.plan.implementer))


def _due(view: ChangeContext, kind: StepKind) -> datetime:
    return next((step.due for step in view.steps if step.kind is kind), view.now)


def _when(view: ChangeContext, kind: StepKind) -> str:
    """When the step is due; one that was passed over comes at once."""
    due = _due(view, kind)
    return _("on {moment}", moment=view.when(due)) if due > view.now else _("immediately")


def _silence(view: ChangeContext) -> str:
    due = next((step.due for step in view.pending_steps if step.kind is StepKind.SILENCE), None)
    return _("Without GO by {due} it is postponed.", due=view.when(due)) if due else ""


def _given_up(view: ChangeContext) -> str:
    until = gives_up_at(view.change, view.service)
    return _("Without a new date it is cancelled on {day}.", day=view.day(until)) if until is not None else ""


def _before_the_day(view: ChangeContext) -> str:
    coming = {step.kind: step.due for step in view.pending_steps if step.due > view.now}
    reminder = view.when(coming[StepKind.REMINDER]) if StepKind.REMINDER in coming else ""
    reminded = _("Next: reminder to everyone on {reminder}.", reminder=reminder) if reminder else ""
    if view.change.snapshot.status is SnapshotStatus.WAIVED:
        without = _("It starts without a snapshot.")
        return joined(reminded, without) if reminded else joined(without, _start(view))
    if StepKind.SNAPSHOT not in coming:
        return reminded or _start(view)
    due = view.when(snapshot_due(view.change, view.service))
    if reminder:
        begins = _(
            "Next: reminder to everyone on {reminder}, then the data snapshot starts on {snapshot}.",
            reminder=reminder,
            snapshot=due,
        )
    else:
        begins = _("Next: the data snapshot starts on {snapshot}.", snapshot=due)
    return joined(begins, _earlier(view))


def _earlier(view: ChangeContext) -> str:
    if view.change.snapshot_at is None:
        return ""
    return _("That is earlier than usual because another change uses {server} later.", server=view.service.vps.name)


def _start(view: ChangeContext) -> str:
    change, implementer = view.change, view.name(view.change.plan.implementer)
    start, other = change.plan.window.start, incident_on_server(view.neighbours)
    if other is not None and change.state in AWAITING_IMPLEMENTATION:
        return _(
            "{other} is an incident on {server}: nothing else starts there until it is resolved.",
            other=named([other]),
            server=view.service.vps.name,
        )
    if change.state is State.SNAPSHOTTING:
        snapshot, start = change.snapshot.status, earliest_start(change, view.service, view.now)
        if snapshot is not SnapshotStatus.RUNNING or not view.now < start < change.ends_at:
            return ""  # it is locked, and nobody knows until when
    if held := start_held_by(change):
        return _("These tasks hold the start: {tasks}.", tasks=numbered(change, held))
    if start > view.now:
        return _("Next: {implementer} starts the work on {start}.", implementer=implementer, start=view.when(start))
    if not change.snapshot.unlocks_start:
        return ""
    return _("Now: {implementer} starts the work, or postpones it.", implementer=implementer)


def _cutoff(view: ChangeContext) -> str:
    change = view.change
    if change.ends_at <= view.now and change.has_open_issue:
        return _("The window is over: mark the issue solved, extend, or declare an incident.")
    if change.ends_at <= view.now:
        return _("The window is over: complete, extend, or declare an incident.")
    asked, _again = cutoff_times(change, view.service)
    if change.cutoff_asked_at is not None and change.cutoff_answered:
        return _("The window ends {ends_at}.", ends_at=view.when(change.ends_at))
    if asked <= view.now:
        return _("Cutoff reached: decision needed. The window ends {ends_at}.", ends_at=view.when(change.ends_at))
    return _("Cutoff: {asked}.", asked=view.when(asked))


def _asked(view: ChangeContext, kind: StepKind) -> str:
    """The deciders who are on duty when the step falls due."""
    return view.approvers(max(_due(view, kind), view.now))
