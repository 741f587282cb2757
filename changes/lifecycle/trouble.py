"""The day when it does not go well: trouble, extension, incident, restore (PROCESS.md, If there is an issue)."""

from datetime import datetime, timedelta

from changes import commands as c
from changes.errors import Incomplete, NotAllowed, WrongState
from changes.events import (
    Completed,
    Event,
    Extended,
    IncidentDeclared,
    RestoreAsked,
    RestoreConfirmed,
    RestoreFailed,
    RestoreFinished,
    TroubleReported,
    TroubleSolved,
)
from changes.lifecycle.guards import in_state, said
from changes.model import AT_WORK, Change, Outcome, SnapshotStatus, State
from changes.policy import Service
from changes.roles import Act, require

LONGEST_EXTENSION = 12 * 60


def decide(change: Change, command: c.Command, now: datetime, service: Service) -> tuple[Event, ...]:
    """Judge a command about trouble."""
    require(command.by, Act.RUN, change, service)
    match command:
        case c.ReportTrouble(reason=reason):
            in_state(change, {State.IN_PROGRESS, State.EXTENDED}, "trouble is reported while the work goes on")
            return (TroubleReported(said(reason, "reason", "Say what does not work.")),)
        case c.SolveTrouble():
            in_state(change, AT_WORK, "there is no trouble to solve")
            return (TroubleSolved(),)
        case c.Extend(minutes=minutes, reason=reason):
            return _extend(change, command, minutes, reason, now, service)
        case c.DeclareIncident(reason=reason):
            in_state(change, AT_WORK, "an incident is declared while the work goes on")
            reason = said(reason, "reason", "Say what is broken and what people notice.")
            return *_trouble_first(change, reason), IncidentDeclared(reason)
        case c.CloseIncident():
            in_state(change, {State.INCIDENT}, "there is no incident to close")
            return (Completed(command.outcome if command.outcome is not Outcome.SUCCESSFUL else Outcome.FIXED),)
        case _:
            raise WrongState("{id}: that does not fit here.", id=change.id)


def decide_restore(change: Change, command: c.Command, service: Service) -> tuple[Event, ...]:
    """Judge a command about a restore: asked for by one person, confirmed by another (PROCESS.md, Roles)."""
    match command:
        case c.AskRestore():
            require(command.by, Act.RUN, change, service)
            in_state(change, {State.INCIDENT}, "declare an incident first, so that everyone is told before a restore")
            if change.snapshot.status is not SnapshotStatus.FINISHED:
                raise WrongState("{id} has no snapshot to restore: use the NAS backups.", id=change.id)
            if change.restore is not None and change.restore.finished_at is None:
                raise WrongState(
                    "The restore of {id} was asked for already and waits for its confirmation.", id=change.id
                )
            return (RestoreAsked(),)
        case c.ConfirmRestore(vps_name=typed):
            return _confirm(change, command, typed, service)
        case c.NoteRestoreDone():
            require(command.by, Act.REPORT_SNAPSHOT, change, service)
            in_state(change, {State.RESTORING}, "no restore is running")
            return (RestoreFinished(),)
        case c.NoteRestoreFailed(reason=reason):
            require(command.by, Act.REPORT_SNAPSHOT, change, service)
            in_state(change, {State.RESTORING}, "no restore is running")
            return (RestoreFailed(said(reason, "reason", "Say what went wrong.")),)
        case _:
            raise WrongState("{id}: that is not about a restore.", id=change.id)


def _confirm(change: Change, command: c.Command, typed: str, service: Service) -> tuple[Event, ...]:
    in_state(change, {State.INCIDENT}, "there is no restore to confirm")
    if change.restore is None or change.restore.failed or change.restore.finished_at:
        raise WrongState("Nobody asked for a restore of {id}.", id=change.id)
    if command.by == change.restore.asked_by or not service.decides(command.by):
        require(command.by, Act.CONFIRM_RESTORE, change, service)
        raise NotAllowed("A restore needs two people: somebody else has to confirm it.")
    if typed.strip() != service.vps.name:
        raise Incomplete(
            {"vps_name": f"Type the name of the server, {service.vps.name}, exactly: its data will be overwritten."}
        )
    return (RestoreConfirmed(change.snapshot.name),)


def _extend(
    change: Change, command: c.Command, minutes: int, reason: str, now: datetime, service: Service
) -> tuple[Event, ...]:
    in_state(change, AT_WORK, "only a change that is in progress can be extended")
    if not 1 <= minutes <= LONGEST_EXTENSION:
        raise Incomplete({"extra_minutes": f"Give the extra time in minutes, from 1 to {LONGEST_EXTENSION}."})
    reason = said(reason, "reason", "Say why more time is needed: everyone affected reads it.")
    if change.extended_minutes + minutes > service.policy.acceptable_overrun_minutes:
        require(command.by, Act.EXTEND_FAR, change, service)
    ends_at = change.ends_at + timedelta(minutes=minutes)
    if ends_at <= now:
        raise Incomplete({"extra_minutes": "Even with that the window would be over already: take more minutes."})
    return *_trouble_first(change, reason), Extended(minutes, reason, ends_at)


def _trouble_first(change: Change, reason: str) -> tuple[Event, ...]:
    """Extension and incident come out of trouble (PROCESS.md, States), reported or not."""
    return () if change.state is State.TROUBLE else (TroubleReported(reason),)
