"""A due step of the timeline: what it brings about, and when it is skipped because it is no longer useful.

What follows outside from a step stands with its phase; `registry.STEP_REACTIONS` names it.
"""

from datetime import UTC, datetime, timedelta

from changes import commands as c
from changes import events as e
from changes.errors import StepObsolete, WrongState
from changes.labels import moment_label
from changes.lifecycle.decisions.standard import go_events, precheck_events
from changes.lifecycle.guards import DecisionContext
from changes.lifecycle.snapshot.snapshot import snapshot_request
from changes.model import Change, Nudge, SnapshotStatus, State
from changes.permissions import Permission, authorize
from changes.planning.occupancy import blocking_change, restoring
from changes.planning.reminders import is_nudge, nudge_number
from changes.planning.timeline import MOMENTS, Step, StepKind, days_until, pending
from changes.policy import Service
from changes.text import Message

LATE = timedelta(hours=1)
"""The delay from which on a fired step is recorded as late."""
ASKING = frozenset(
    {
        *(StepKind.PREPARE, StepKind.PRECHECK, StepKind.PREFLIGHT_WEEK, StepKind.CORRECTIONS),
        *(StepKind.GO, StepKind.PRECHECK_NUDGE, StepKind.GO_NUDGE),
    }
)
"""Steps that are skipped when the change is postponed at the same moment."""
BEFORE_START = frozenset(
    {
        StepKind.SNAPSHOT_NUDGE,
        StepKind.SNAPSHOT_TOO_LATE,
        StepKind.START,
        StepKind.NOT_STARTED,
        StepKind.NOT_STARTED_APPROVER,
    }
)
"""Steps that are skipped when the window is over."""


def decide_fire_step(change: Change, command: c.FireStep, context: DecisionContext) -> tuple[e.Event, ...]:
    """Fire or skip a pending step that is due. Raises StepObsolete for any other, WrongState before its time."""
    authorize(command.by, Permission.TICK, change, context.service)
    waiting = pending(change, context.service)
    step = next((step for step in waiting if step.key == command.key), None)
    if step is None:
        raise StepObsolete("The step {key} of {id} is done or void.", key=command.key, id=change.id)
    if step.due > context.now:
        due = moment_label(step.due, context.service.zone)
        raise WrongState("The step {key} of {id} is not due before {due}.", key=command.key, id=change.id, due=due)
    reason = _useless(change, step, context.now, context.service, waiting)
    if step.kind is StepKind.RESTORE_NUDGE and restoring(context.bookings) is not None:
        reason = Message("Another restore runs on the server: it can be confirmed after that.")
    if reason:
        return (e.StepSkipped(step.key, step.kind, step.due, reason),)
    fired = e.StepFired(step.key, step.kind, step.due, late=context.now - step.due > LATE)
    return fired, *_consequences(change, step, context)


def _consequences(change: Change, step: Step, context: DecisionContext) -> tuple[e.Event, ...]:
    match step.kind:
        case StepKind.PRECHECK:
            return precheck_events(change, context)
        case StepKind.GO:
            return go_events(change, context)
        case StepKind.SILENCE:
            return (e.Postponed(_unanswered(change, moment_label(step.due, context.service.zone)), silent=True),)
        case StepKind.ABANDONED:
            # Those who were told of the window must not go on believing in it.
            return (e.Postponed(Message("It was not started within its window."), silent=True),)
        case StepKind.GIVE_UP:
            return (
                e.Cancelled(Message("It had no new date for {days} days.", days=context.service.policy.give_up_days)),
            )
        case StepKind.SNAPSHOT if change.snapshot.status is SnapshotStatus.WAIVED:
            return (e.ReadyToStart(),)
        case StepKind.SNAPSHOT:
            other = blocking_change(change, context.service, context.bookings, context.now)
            return (e.SnapshotHeld(other.change),) if other else (snapshot_request(change),)
        case _:
            return ()


def _unanswered(change: Change, limit: str) -> Message:
    if change.state is State.CORRECTIONS_REQUESTED:
        return Message("The corrections were not made by {limit}, so nobody could give GO.", limit=limit)
    return Message("Nobody gave GO by {limit}, and silence is never GO.", limit=limit)


def _out_of_sight_until(change: Change) -> datetime:
    """The end of the latest incident, before which the window's own deadlines were void."""
    if change.incident_at is None:
        return datetime.min.replace(tzinfo=UTC)
    return change.restore.finished_at or change.incident_at if change.restore else change.incident_at


def _useless(change: Change, step: Step, now: datetime, service: Service, waiting: tuple[Step, ...]) -> str:
    """The reason to skip a step that was overtaken; empty when it is to be fired."""
    start = change.plan.window.start
    precheck = MOMENTS[StepKind.PRECHECK](change, service) or now
    overtaken = {
        other.kind for other in waiting if other.due <= now and other.key != step.key and other.due >= step.due
    }
    match step.kind:
        case StepKind.PREPARE if days_until(precheck, now, service) < 1:
            return Message("The pre-check itself is due.")
        case kind if kind in ASKING and StepKind.SILENCE in overtaken:
            return Message("The change is being postponed: nobody gave GO in time.")
        case StepKind.REMINDER if now >= start:
            return Message("The window has begun.")
        # Put back before its end the window has its cutoff yet, at once where that moment has passed.
        case StepKind.CUTOFF | StepKind.CUTOFF_SILENCE | StepKind.OVERRUN if change.ends_at <= _out_of_sight_until(
            change
        ):
            return Message("Everyone knows of the incident.")
        case StepKind.CUTOFF_SILENCE if change.incident_at is not None and change.cutoff_asked_at is None:
            return Message("Everyone knows of the incident.")
        case StepKind.CUTOFF_SILENCE if change.cutoff_answered:
            return Message("The cutoff was answered.")
        case StepKind.CUTOFF if StepKind.OVERRUN in overtaken:
            return Message("The window is over, and that has been reported.")
        case StepKind.CUTOFF_SILENCE if now >= change.ends_at:  # asked so late that the end itself comes first
            return Message("The window is over, and that has been reported.")
        case StepKind.NEW_DATE_NUDGE if StepKind.GIVE_UP in overtaken:
            return Message("It is cancelled, and that has been reported.")
        case StepKind.REVIEW_NUDGE if now - step.due > LATE:
            return Message("Its moment has passed; the next one comes.")
        case StepKind.SNAPSHOT_NUDGE if StepKind.SNAPSHOT_TOO_LATE in overtaken:
            return Message("It is too late for the snapshot, and that has been reported.")
        case kind if kind in BEFORE_START and StepKind.ABANDONED in overtaken:
            return Message("The window is over, and that has been reported.")
        case StepKind.NOT_STARTED if StepKind.NOT_STARTED_APPROVER in overtaken:
            return Message("A later reminder of the same start is due.")
        case StepKind.REVIEW if change.review:
            return Message("The review is written.")
        case _:
            return ""


def apply(change: Change, entry: e.Entry) -> Change:
    """The change after a step was fired or skipped."""
    match entry.event:
        case e.StepFired() | e.StepSkipped():
            return _stepped(change, entry.event, entry.at)
        case _:
            return change


def _stepped(change: Change, event: e.StepFired | e.StepSkipped, at: datetime) -> Change:
    key, fired = event.key, isinstance(event, e.StepFired)
    if is_nudge(key):
        nudge = Nudge(key.rpartition(".")[0], nudge_number(key), at)
        others = tuple(each for each in change.nudges if each.kind != nudge.kind)
        change = change.with_(nudges=(*others, nudge))
    else:
        change = change.with_(fired_steps=(*change.fired_steps, key))
    if fired and event.kind is StepKind.CUTOFF:
        return change.with_(cutoff_asked_at=at, cutoff_answered=False)
    if fired and event.kind is StepKind.INCIDENT_HOLDING:
        return change.with_(informed_at=at)
    return change
