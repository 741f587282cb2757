"""Changes of one server make room for each other's snapshots (docs/process.md, P52)."""

from collections.abc import Iterable
from datetime import datetime

from changes import commands as c
from changes.model import SYSTEM, Change, SnapshotStatus, State
from changes.planning.deadlines import snapshot_due, snapshot_too_late
from changes.planning.occupancy import Booking, blocking_change, planned_snapshot
from changes.policy import Service


def may_make_room(change: Change) -> bool:
    """Whether `make_room` can have anything to say about the change, whatever the others are."""
    status = change.snapshot.status
    is_planned = change.state is State.SCHEDULED and status is SnapshotStatus.NONE
    return is_planned or (change.state is State.SNAPSHOTTING and status is SnapshotStatus.HELD)


def make_room(
    change: Change, service: Service, bookings: Iterable[Booking], now: datetime
) -> c.PlanSnapshot | c.RetrySnapshot | None:
    """The command by which the change's snapshot gets another time, or begins once the server is free; or None."""
    snapshot = change.snapshot
    if change.state is State.SCHEDULED and snapshot.status is SnapshotStatus.NONE:
        if snapshot_due(change, service) <= now:
            return None  # its step is about to be carried out, however late
        at, other = planned_snapshot(change, service, bookings, now)
        return c.PlanSnapshot(SYSTEM, at, other) if at != change.snapshot_at else None
    if change.state is State.SNAPSHOTTING and snapshot.status is SnapshotStatus.HELD:
        is_free = blocking_change(change, service, bookings, now) is None
        return c.RetrySnapshot(SYSTEM) if is_free and now < snapshot_too_late(change, service) else None
    return None
