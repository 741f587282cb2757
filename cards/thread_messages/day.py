"""The work in its window: start, tests, issue, cutoff, end and review."""

from datetime import timedelta

from application.change_context import ChangeContext
from cards.thread_messages.words import Say, by, plain, reasoned, with_reason
from changes.effects import PostThreadMessage
from changes.labels import duration_label, minutes_from
from changes.lifecycle.plan_tasks import numbered
from changes.model import Outcome, SnapshotStatus, State
from changes.notification.thread_messages import ThreadMessage
from changes.planning.deadlines import snapshot_too_late
from changes.planning.occupancy import incident_on_server
from changes.planning.tasks.moments import start_held_by
from changes.text.messages import joined
from language import N_, _


def _completed(effect: PostThreadMessage, view: ChangeContext) -> str:
    if view.change.outcome is Outcome.ROLLED_BACK:  # the change itself did not take place: nobody reads that it is done
        return _(
            "{id} has ended: the data is as it was before the change. The review follows on the next working day.",
            id=view.change.id,
        )
    done = _("{id} is completed. The review follows on the next working day.", id=view.change.id)
    return joined(done, _("Tasks still open: {tasks}.", tasks=effect.detail) if effect.detail else "")


def _locked(effect: PostThreadMessage, view: ChangeContext) -> str:
    match view.change.snapshot.status:
        case SnapshotStatus.FAILED:
            said = N_("it is time for {id}, and its snapshot failed: the start is locked.")
        case SnapshotStatus.HELD:
            said = N_("it is time for {id}, and its snapshot waits for {other}: the start is locked.")
        case _:
            said = N_("it is time for {id}, and its snapshot is not finished: the start is locked.")
    locked = _(said, id=view.change.id, other=view.change.snapshot.detail)
    return joined(locked, _ways_to_unlock(view))


def _ways_to_unlock(view: ChangeContext) -> str:
    """What can be done about it: waiting only where the snapshot ends before the window does, and so on."""
    snapshot, ends_at, end = view.change.snapshot, view.change.ends_at, view.now
    if snapshot.started_at is not None and snapshot.status is SnapshotStatus.RUNNING:
        end = snapshot.started_at + timedelta(minutes=view.service.vps.snapshot_minutes)
        said = N_(
            "It ends at about {end} only, after the window: postpone the change, or let {deciders} waive the snapshot, "
            "on its cards."
        )
        if end < ends_at:
            end = max(end, view.now)
            said = N_(
                "It ends at about {end}. Wait for it, postpone the change, or let {deciders} waive the snapshot, on "
                "its cards."
            )
    elif view.now >= snapshot_too_late(view.change, view.service):
        said = N_("Postpone it, or let {deciders} waive the snapshot, on its cards.")
    elif snapshot.status is SnapshotStatus.FAILED:
        said = N_("Try again, postpone it, or let {deciders} waive the snapshot, on its cards.")
    else:
        said = N_("Wait, postpone it, or let {deciders} waive the snapshot, on its cards.")
    return _(said, end=view.when(end), deciders=view.deciders)


def _start_locked(effect: PostThreadMessage, view: ChangeContext) -> str:
    other = incident_on_server(view.neighbours)
    held = start_held_by(view.change)
    if held and view.change.state is State.READY and other is None:
        return _(
            "it is time for {id}, and these tasks are not done: {tasks}. Tick them off on the card.",
            id=view.change.id,
            tasks=numbered(view.change, held),
        )
    if view.change.state is not State.READY or other is None:
        return _locked(effect, view)
    return _(
        "it is time for {id}, and {other} ({title}) is an incident on {server}: nothing else starts there. Wait until "
        "that has ended, postpone it, or let {deciders} start it with a reason: `/change start {id} REASON`.",
        id=view.change.id,
        other=other.change,
        title=other.title,
        server=view.service.vps.name,
        deciders=view.deciders,
    )


def _not_started(effect: PostThreadMessage, view: ChangeContext) -> str:
    is_locked = incident_on_server(view.neighbours) is not None or start_held_by(view.change)
    if view.change.state is not State.READY or is_locked:
        return _start_locked(effect, view)
    return _("{id} should have started by now. Press *Start*, or postpone it.", id=view.change.id)


def _accepted(effect: PostThreadMessage, view: ChangeContext) -> str:
    """Which test, by the reason that was given for it."""
    change = view.change
    number = next((each.index for each in reversed(change.accepted) if each.reason == effect.detail), None)
    if number is None:
        return with_reason(
            _("{by} accepts a test of {id} that did not pass.", by=by(effect, view), id=change.id), effect
        )
    said = _(
        "{by} accepted test {number} of {id} as is ({test}).",
        by=by(effect, view),
        number=number + 1,
        id=change.id,
        test=change.plan.tests[number],
    )
    return with_reason(said, effect)


def _since(view: ChangeContext) -> str:
    return duration_label(max(0, minutes_from(view.change.ends_at, view.now)))


LINES: dict[ThreadMessage, Say] = {
    ThreadMessage.SERVER_FREE: plain("{other} has ended, and {server} is free: {id} can start."),
    ThreadMessage.START_LOCKED: _start_locked,
    ThreadMessage.STARTED_EARLY: reasoned("{by} started {id} before its window."),
    ThreadMessage.STARTED_BESIDE: reasoned("{by} let {id} start beside an incident on the same server."),
    ThreadMessage.NOT_STARTED: _not_started,
    ThreadMessage.TEST_ACCEPTED: _accepted,
    ThreadMessage.EXTENDED_INTO: plain("{by} extended {other}: it needs {server} longer now, into the time of {id}."),
    ThreadMessage.NEIGHBOUR_STARTED: plain("{other} has started on {server} while {id} is at work there."),
    ThreadMessage.REVIEW_NUDGE: plain("the review of {id} is not written yet: please write it on the review card."),
    ThreadMessage.TROUBLE: reasoned("{by} reported an issue with {id}."),
    ThreadMessage.EXTENDED: reasoned("{by} extended {id}: it ends {ends_at} now."),
    ThreadMessage.CUTOFF_SILENCE: plain(
        "the window of {id} ends {ends_at}. Solved, extension or incident? Please decide on the cutoff card."
    ),
    ThreadMessage.OVERRUN: plain(
        "the window of {id} is over and it is still in progress. Everyone affected was asked for "
        "patience; please decide now."
    ),
    ThreadMessage.OVERRUN_NAG: lambda e, v: _(
        "{id} is still open, {since} after its end. Complete it, extend it, or declare an incident.",
        id=v.change.id,
        since=_since(v),
    ),
    ThreadMessage.COMPLETED: _completed,
    ThreadMessage.TASKS_DUE: plain(
        "due for {id}: {other}. Tick it off on the card, or with `/change task {id} done N`."
    ),
}
