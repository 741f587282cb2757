"""The snapshot of the day, and the preflights before it."""

from application.change_context import ChangeContext
from cards.snapshot.snapshot_fallback import LOOK_FIRST
from cards.thread_messages.words import Say, plain, reasoned, with_reason
from changes.effects import PostThreadMessage
from changes.labels import duration_label, minutes_from
from changes.model import SnapshotStatus
from changes.notification.thread_messages import ThreadMessage
from changes.planning.deadlines import earliest_start, snapshot_begins_by, snapshot_due
from language import _


def _finished(effect: PostThreadMessage, view: ChangeContext) -> str:
    started, finished = view.change.snapshot.started_at, view.change.snapshot.finished_at
    name, start = effect.detail, view.change.plan.window.start
    then = _("The work can start from {time} on.", time=view.time(max(start, finished or start)))
    if not started or not finished or started == finished:
        return _("the snapshot {name} is finished. {then}", name=name, then=then)
    took = duration_label(minutes_from(started, finished))
    return _("the snapshot {name} is finished after {took}. {then}", name=name, took=took, then=then)


def _no_snapshot(view: ChangeContext) -> str:
    if view.change.snapshot.cause in LOOK_FIRST:
        return _(
            "nobody knows whether there is a snapshot, and the start stays locked. Check first, then report it on the "
            "snapshot card."
        )
    return _("there is no snapshot, and the start stays locked. The options are on the snapshot card.")


def _waiting(effect: PostThreadMessage, view: ChangeContext) -> str:
    begin_by = snapshot_begins_by(view.change, view.service)
    name = view.service.vps.name
    if view.now > begin_by:
        return _(
            "nobody has begun the data snapshot of {name} yet. The start will be late: begun now it lets the work "
            "start {earliest}. The snapshot card says how.",
            name=name,
            earliest=view.when(earliest_start(view.change, view.service, view.now)),
        )
    return _(
        "nobody has begun the data snapshot of {name} yet. It has to begin by {begin_by}: the snapshot card says how.",
        name=name,
        begin_by=view.when(begin_by),
    )


def _snapshot_nudge(effect: PostThreadMessage, view: ChangeContext) -> str:
    match view.change.snapshot.status:
        case SnapshotStatus.FAILED:
            return _(
                "the snapshot of {id} has failed and nobody has decided yet: the options are on the snapshot card.",
                id=view.change.id,
            )
        case SnapshotStatus.HELD:
            return _held(effect, view)
        case _:
            return _waiting(effect, view)


def _held(effect: PostThreadMessage, view: ChangeContext) -> str:
    return _(
        "the snapshot of {id} waits for {other}, which needs {server} first. It begins by itself when that has ended; "
        "{deciders} can let it begin now, or waive it.",
        id=view.change.id,
        other=view.change.snapshot.detail or effect.detail,
        server=view.service.vps.name,
        deciders=view.deciders,
    )


def _planned(effect: PostThreadMessage, view: ChangeContext) -> str:
    return _(
        "The snapshot of {id} begins at {when}, earlier than usual, because {other} uses {server} later. Restoring it "
        "would undo the work of {other} too.",
        id=view.change.id,
        when=view.when(snapshot_due(view.change, view.service)),
        other=effect.detail or _("another change"),
        server=view.service.vps.name,
    )


LINES: dict[ThreadMessage, Say] = {
    ThreadMessage.PREFLIGHT_WEEK_FAILED: reasoned(
        "to be fixed before GO: the snapshot of {name} for {id} would not work as things are:"
    ),
    ThreadMessage.PREFLIGHT_FAILED: reasoned(
        "to be fixed before the snapshot: that of {name} would not work as things are:"
    ),
    ThreadMessage.SNAPSHOT_LATE: plain("the snapshot takes longer than expected. Nothing has failed so far."),
    ThreadMessage.SNAPSHOT_WAITING: _waiting,
    ThreadMessage.SNAPSHOT_PLANNED: _planned,
    ThreadMessage.SNAPSHOT_AS_USUAL: lambda e, v: _(
        "The snapshot of {id} begins at its usual time again: {when}.",
        id=v.change.id,
        when=v.when(snapshot_due(v.change, v.service)),
    ),
    ThreadMessage.SNAPSHOT_HELD: _held,
    ThreadMessage.SNAPSHOT_NUDGE: _snapshot_nudge,
    ThreadMessage.SNAPSHOT_TOO_LATE: plain(
        "it is too late for a snapshot of {id}: begun now it would end after the window. Postpone the change, or let "
        "{deciders} waive the snapshot, on the snapshot card."
    ),
    ThreadMessage.SNAPSHOT_BESIDE: reasoned("{by} lets the snapshot of {id} begin beside another change's work."),
    ThreadMessage.SNAPSHOT_BUSY: plain("the snapshot waits until another operation of ours on {name} has ended."),
    ThreadMessage.SNAPSHOT_BLIND: lambda e, v: _(
        "{detail} Look at {own_console} and say on the snapshot card how the snapshot stands.",
        detail=e.detail,
        own_console=v.service.vps.provider.own_console,
    ),
    ThreadMessage.SNAPSHOT_FINISHED: _finished,
    ThreadMessage.SNAPSHOT_FAILED: lambda e, v: with_reason(_no_snapshot(v), e),
    ThreadMessage.SNAPSHOT_WAIVED: reasoned("{by} lets {id} start without a snapshot."),
}
