"""Reports an operation's progress to its change, unless that no longer waits for it."""

import logging
from datetime import datetime

from application.change_service import execute
from application.ports import Clock, Operation, UnitOfWork
from changes import commands as c
from changes.effects import BeginRestore, BeginSnapshot, Effect, UpsertCard
from changes.errors import CommandRejected, ConcurrencyConflict, NotConfigured
from changes.model import SYSTEM, Change, SnapshotStatus, State
from changes.notification import CardKind, message_of
from changes.policy import Catalogue
from changes.snapshots import FailureReason, OperationState
from changes.text import Message

log = logging.getLogger(__name__)
LONGEST_REASON = 500
"""Maximum length of a failure's reason, in characters; of a longer one the English text is kept, cut off."""


class OperationReporter:
    """Passes on what became of operations, within the caller's unit of work."""

    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue, self._clock = catalogue, clock

    async def about(self, unit: UnitOfWork, operation: Operation, command: c.Command) -> None:
        """Report on the operation, unless the change has another snapshot by now: a new date, a new round."""
        stored = await unit.changes.load(operation.change)
        if operation.cause is FailureReason.OVERTAKEN:
            return
        if operation.kind == "snapshot" and stored is not None and stored.change.snapshot.name != operation.name:
            log.info("%s: %s is not its snapshot any more", operation.change, operation.name)
            return
        await self.tell(unit, operation.change, command)

    async def tell(self, unit: UnitOfWork, change_id: str, command: c.Command) -> None:
        """Report to the change. One that went another way meanwhile does not care, and says so in the log.

        Raises NotConfigured while its service is not in the settings: then nothing may be written down as told.
        """
        try:
            await execute(unit, self._catalogue, change_id, command, self._clock.now(), "timeline")
        except (ConcurrencyConflict, NotConfigured):
            raise
        except CommandRejected as refusal:
            log.info("%s: %s", change_id, refusal.sentence)


def wants(change: Change, effect: BeginSnapshot | BeginRestore, asked: Operation) -> bool:
    """Whether the change still waits for it. A snapshot that begins during the work would be worth nothing.

    A restore that was confirmed anew has an operation of its own: the one before is not asked for any more.
    """
    if isinstance(effect, BeginRestore):
        confirmed = change.restore.started_at if change.restore else None
        return change.state is State.RESTORING and (confirmed is None or asked.asked_at >= confirmed)
    snapshot = change.snapshot
    waits = change.state is State.SNAPSHOTTING and snapshot.status is SnapshotStatus.REQUESTED
    return waits and snapshot.name == effect.name


def awaits(change: Change, operation: Operation) -> bool:
    """Whether the change still waits for how the operation ends: nobody waived, reported or postponed it meanwhile."""
    if operation.kind == "restore":
        return change.state is State.RESTORING
    snapshot = change.snapshot
    taking = snapshot.status in (SnapshotStatus.REQUESTED, SnapshotStatus.RUNNING)
    return change.state is State.SNAPSHOTTING and taking and snapshot.name == operation.name


def ending(operation: Operation) -> c.Command:
    """The command that tells the change how the operation ended."""
    done, cause = operation.state is OperationState.SUCCEEDED, operation.cause or FailureReason.FAILED
    reason = operation.detail or Message("The provider reported a failure without a reason.")
    reason = reason if len(reason) <= LONGEST_REASON else reason[:LONGEST_REASON]
    if operation.kind == "snapshot":
        return c.NoteSnapshotFinished(SYSTEM, operation.name) if done else c.NoteSnapshotFailed(SYSTEM, reason, cause)
    return c.NoteRestoreDone(SYSTEM) if done else c.NoteRestoreFailed(SYSTEM, reason, cause)


def live_card(change: Change, operation: Operation, now: datetime) -> Effect:
    """The card that shows how far it is, brought up to date: at most once a minute, because that is its key."""
    card = CardKind.PROGRESS if operation.kind == "snapshot" else CardKind.INCIDENT
    key = f"{change.id}:{card}:{operation.name}:{now:%Y%m%dT%H%M}"
    only_edit = operation.kind == "restore"
    return UpsertCard(key, change.id, card, message_of(card, change), only_edit=only_edit, passing=True)
