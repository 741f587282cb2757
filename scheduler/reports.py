"""What an operation at the provider says to its change, and whether the change still cares."""

import logging
from datetime import datetime

from changes import commands as c
from changes.effects import BeginRestore, BeginSnapshot, CardKind, Effect, ShowCard
from changes.errors import Concurrent, Refusal
from changes.model import CLOCK, Change, SnapshotStatus, State
from changes.policy import Catalogue
from changes.ports import Clock, Operation, UnitOfWork
from changes.service import carry_out

log = logging.getLogger(__name__)


class Reports:
    """Passes on what became of operations, within the caller's unit of work."""

    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue, self._clock = catalogue, clock

    async def about(self, unit: UnitOfWork, operation: Operation, command: c.Command) -> None:
        """Report on the operation, unless the change has another snapshot by now: a new date, a new round."""
        stored = await unit.changes.load(operation.change)
        if operation.kind == "snapshot" and stored is not None and stored.change.snapshot.name != operation.name:
            log.info("%s: %s is not its snapshot any more", operation.change, operation.name)
            return
        await self.tell(unit, operation.change, command)

    async def tell(self, unit: UnitOfWork, change_id: str, command: c.Command) -> None:
        """Report to the change. One that went another way meanwhile does not care, and says so in the log."""
        try:
            await carry_out(unit, self._catalogue, change_id, command, self._clock.now(), "timeline")
        except Concurrent:
            raise
        except Refusal as refusal:
            log.info("%s: %s", change_id, refusal.sentence)


def wants(change: Change, effect: BeginSnapshot | BeginRestore) -> bool:
    """Whether the change still waits for it. A snapshot that begins during the work would be worth nothing."""
    if isinstance(effect, BeginRestore):
        return change.state is State.RESTORING
    snapshot = change.snapshot
    waits = change.state is State.SNAPSHOTTING and snapshot.status is SnapshotStatus.REQUESTED
    return waits and snapshot.name == effect.name


def ending(operation: Operation, done: bool, detail: str) -> c.Command:
    """The command that tells the change how the operation ended."""
    reason = detail.strip() or "The provider reported a failure without a reason."
    if operation.kind == "snapshot":
        return c.NoteSnapshotFinished(CLOCK, operation.name) if done else c.NoteSnapshotFailed(CLOCK, reason[:500])
    return c.NoteRestoreDone(CLOCK) if done else c.NoteRestoreFailed(CLOCK, reason[:500])


def progress_card(change: Change, operation: Operation, now: datetime) -> Effect:
    """The progress card, brought up to date: at most once a minute, because that is its key."""
    key = f"{change.id}:progress:{operation.name}:{now:%Y%m%dT%H%M}"
    return ShowCard(key, change.id, CardKind.PROGRESS, f"snapshot:{change.snapshot.attempt}")
