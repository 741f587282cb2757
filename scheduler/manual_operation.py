"""Operations that a person carries out: guided by a card, and timed from when that person began."""

from dataclasses import replace
from datetime import datetime

from application.ports import Operation, UnitOfWork
from application.retry import commit_with_retry
from changes.effects import FollowByHand, UpsertCard
from changes.model import SnapshotStatus
from changes.notification import CardKind, message_of
from changes.snapshots import BY_HAND, OperationState
from scheduler.operation_log import OperationLog


async def follow(books: OperationLog, effect: FollowByHand) -> None:
    """A person has begun the snapshot: from now on its time is kept."""

    async def write(unit: UnitOfWork) -> None:
        stored = await unit.changes.load(effect.change)
        snapshot = stored.change.snapshot if stored else None
        if snapshot is None or snapshot.name != effect.name or snapshot.status is not SnapshotStatus.RUNNING:
            return
        now = books.clock.now()
        known = (await unit.operations.latest(effect.change)).get("snapshot")
        waits = known is not None and known.name == effect.name and not known.state.over
        asked = known if known and waits else Operation(effect.key, effect.change, "snapshot", effect.name, now)
        begun = snapshot.started_at or now
        running = replace(asked, asked_at=begun, handle=f"by-hand:{effect.name}", backend=BY_HAND)
        await unit.operations.put(
            replace(running, state=OperationState.RUNNING, percent=0, looked_at=now, milestones=())
        )

    await commit_with_retry(books.units, write)


async def guide(unit: UnitOfWork, operation: Operation, now: datetime) -> None:
    """A person has to do it: the card in the thread says how, and its buttons report it."""
    stored = await unit.changes.load(operation.change)
    if stored is None or stored.change.snapshot.name != operation.name:
        return
    change = stored.change
    message = message_of(CardKind.PROGRESS, change)
    key = f"{operation.key}:by-hand"
    card = UpsertCard(key, change.id, CardKind.PROGRESS, message, (change.plan.implementer,))
    await unit.outbox.add([card], now)
