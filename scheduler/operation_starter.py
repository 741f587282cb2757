"""Starts provider operations at most once: record, call, adopt after a crash.

A record without a handle says how the asking stands: UNKNOWN while an answer is awaited (or was lost), QUEUED once it
is certain that the provider accepted nothing.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from application.ports import Operation, RetryableError, UnitOfWork
from application.ports.provider import (
    OperationStatus,
    PreflightReport,
    ProviderError,
    ProviderUncertain,
    ProviderUnreachable,
    SnapshotBackend,
)
from application.retry import commit_with_retry
from application.retry_log import INFOMANIAK, RetryLog
from changes import commands as c
from changes.effects import BeginRestore, BeginSnapshot, Preflight
from changes.model import SYSTEM, Change
from changes.planning.deadlines import snapshot_too_late
from changes.policy import Service
from changes.snapshots import FailureReason, OperationState
from changes.text import Message, template
from scheduler.manual_operation import guide
from scheduler.operation_log import BUSY, OperationLog, expected
from scheduler.operation_reporter import wants

log = logging.getLogger(__name__)
GIVE_UP_AFTER = timedelta(minutes=15)
"""How long a provider that is away is asked again."""
SHORTEST_PAUSE, LONGEST_PAUSE = 10.0, 150.0
"""Seconds between two calls to it, unless it asks for more; few enough calls that none is given up before its time."""
LOOK_FOR = timedelta(minutes=5)
"""How long the listing may take to show what was perhaps accepted."""
LOOK_AGAIN = 60.0
"""Seconds between two looks for it."""
ASK_AGAIN = 60.0
"""Seconds until a provider that is busy with our own operation is asked again."""
SKEW = timedelta(minutes=2)
"""The provider's clock may be behind ours by so much."""
AWAY = template("{provider} could not be asked for {name}. {reason} Try again when it can be reached.")
LOST = template(
    "The answer was lost when the bot asked {provider} for {name}, and {provider} does not show it. Look at {console}, "
    "and try again only when it is not there."
)
NOT_CONFIGURED = template(
    "The backend {backend} is not configured any more: an administrator has to look at services.toml."
)
BEHIND_OURS = template("{name} waits for another operation of ours: {reason}")
NOT_SHOWN_YET = template("{name} was perhaps accepted; the listing does not show it yet.")
NOT_WANTED = template("It was not asked for: the change went another way before.")
Asked = BeginSnapshot | BeginRestore


class OperationStarter:
    """Begins snapshots and restores, and looks beforehand whether they would be possible."""

    def __init__(self, books: OperationLog, retries: RetryLog) -> None:
        self._retries = retries
        self._log, self._units, self._clock = books, books.units, books.clock

    async def begin(self, effect: Asked) -> None:
        """Ask the provider, once, if the change still wants it. Raises RetryableError while that has to wait."""
        service = await self._log.service(effect.change)
        backend = self._log.backend(service)
        asked = await self._recorded(effect)
        if asked is None:
            return
        again = asked.state is OperationState.UNKNOWN
        if backend is None:
            detail = Message(NOT_CONFIGURED, backend=service.vps.provider.key)
            await self._log.end(effect.key, OperationState.FAILED, detail, FailureReason.INVALID)
            return
        try:
            seen = await (self._adopted if again else self._asked)(backend, service, asked)
        except ProviderUnreachable as away:
            elapsed = self._clock.now() - asked.asked_at
            if elapsed < GIVE_UP_AFTER:
                again_s = away.seconds if again else _pause(elapsed, away.seconds)
                raise RetryableError(away.sentence, again_s, status=away.status) from away
            await self.give_up(effect, away.sentence)
            return
        except ProviderError as refused:
            if refused.cause is FailureReason.BUSY and not again:
                await self._wait_for_ours(effect, asked, service, refused.sentence)
            await self._log.end(effect.key, OperationState.FAILED, refused.sentence, refused.cause)
            return
        if seen is None:
            if self._clock.now() - asked.asked_at < LOOK_FOR:
                raise RetryableError(Message(NOT_SHOWN_YET, name=effect.name), LOOK_AGAIN)
            await self._log.end(effect.key, OperationState.FAILED, _filled(LOST, effect, service), FailureReason.LOST)
            return
        await self._accepted(asked, seen, adopted=again)

    async def _wait_for_ours(self, effect: Asked, asked: Operation, service: Service, reason: str) -> None:
        """Raise RetryableError while an operation of ours may be what the provider is busy with; said once in the
        thread.

        A snapshot waits until it would end after the window, a restore as long as it takes itself. The provider said
        no: nothing was accepted, and asking again repeats nothing.
        """

        waits = False

        async def write(unit: UnitOfWork) -> None:
            nonlocal waits
            waits = False
            stored, known = await unit.changes.load(effect.change), await unit.operations.get(effect.key)
            now = self._clock.now()
            if stored is None or known is None or known.state.over:
                return
            is_too_late = now >= _wait_deadline(stored.change, known, service)
            if is_too_late or not await self._log.in_its_way(unit, known, service):
                return
            waits, is_new = True, BUSY not in known.milestones
            # It is asked for anew: from now on its time, and the patience with a provider that is away, count.
            milestones = (*known.milestones, BUSY) if is_new else known.milestones
            queued = replace(known, state=OperationState.QUEUED, asked_at=now, milestones=milestones)
            await unit.operations.put(queued)
            if is_new:
                note = c.NoteSnapshotMilestone if known.kind == "snapshot" else c.NoteRestoreMilestone
                await self._log.reports.about(unit, queued, note(SYSTEM, BUSY))

        await commit_with_retry(self._units, write)
        if waits:
            raise RetryableError(Message(BEHIND_OURS, name=asked.name, reason=reason), ASK_AGAIN)

    async def give_up(self, effect: Asked, reason: str) -> None:
        """Record that the call was given up, while people still have time to do something about it."""
        async with self._units() as unit:
            asked = await unit.operations.get(effect.key)
            if asked is None or asked.handle or asked.state.over:
                return
            service = await self._log.service_in(unit, effect.change)
        lost = asked.state is OperationState.UNKNOWN
        log.warning("%s: %s was not begun: %s", effect.change, effect.name, reason)
        self._retries.given_up(INFOMANIAK, effect.key)
        sentence, cause = (LOST, FailureReason.LOST) if lost else (AWAY, FailureReason.AWAY)
        await self._log.end(asked.key, OperationState.FAILED, _filled(sentence, effect, service, reason), cause)

    async def preflight(self, effect: Preflight) -> None:
        """Look whether a snapshot would be possible, and say what is in order and what would be in the way."""
        service = await self._log.service(effect.change)
        backend = self._log.backend(service)
        try:
            if backend is None:
                found = PreflightReport(problems=(Message(NOT_CONFIGURED, backend=service.vps.provider.key),))
            else:
                found = await backend.preflight(service.vps)
        except ProviderError as error:
            found = PreflightReport(problems=(error.sentence,))
        note = c.NotePreflight(SYSTEM, found.problems, found.good)
        await commit_with_retry(self._units, lambda unit: self._log.reports.tell(unit, effect.change, note))

    async def _recorded(self, effect: Asked) -> Operation | None:
        """What was recorded before this, or is recorded now, before anybody is asked; None when nothing is to be done.

        Its state says whether the provider was perhaps asked already: the stored one is UNKNOWN from now on.
        """
        kind = "snapshot" if isinstance(effect, BeginSnapshot) else "restore"
        async with self._units() as unit:
            known = await unit.operations.get(effect.key)
            if known is not None and (known.handle or known.state.over):
                return None
            asked = known or Operation(effect.key, effect.change, kind, effect.name, self._clock.now())
            stored = await unit.changes.load(effect.change)
            wanted = stored is not None and wants(stored.change, effect, asked)
            if asked.state is not OperationState.UNKNOWN and not wanted:
                overtaken = replace(
                    asked, state=OperationState.FAILED, detail=Message(NOT_WANTED), cause=FailureReason.OVERTAKEN
                )
                await unit.operations.put(overtaken)
                log.info("%s: %s is not wanted any more", effect.change, effect.name)
                return None
            await unit.operations.put(replace(asked, state=OperationState.UNKNOWN))
        return asked

    async def _asked(self, backend: SnapshotBackend, service: Service, asked: Operation) -> OperationStatus | None:
        """What the provider accepted. When it certainly accepted nothing, that is noted first."""
        try:
            if asked.kind == "snapshot":
                return await backend.create_snapshot(service.vps, asked.name)
            return await backend.restore(service.vps, asked.name)
        except ProviderUnreachable:
            async with self._units() as unit:
                operation = await unit.operations.get(asked.key)
                if operation is not None:
                    await unit.operations.put(replace(operation, state=OperationState.QUEUED))
            raise
        except ProviderUncertain:
            return await self._adopted(backend, service, asked)

    async def _adopted(self, backend: SnapshotBackend, service: Service, asked: Operation) -> OperationStatus | None:
        if asked.kind == "snapshot":
            return await backend.find_snapshot(service.vps, asked.name)
        return await backend.find_restore(service.vps, asked.name, asked.asked_at - SKEW)

    async def _accepted(self, asked: Operation, seen: OperationStatus, *, adopted: bool) -> None:
        now = self._clock.now()
        waits = seen.state is OperationState.QUEUED
        state = OperationState.QUEUED if waits else OperationState.RUNNING
        accepted = replace(asked, handle=seen.handle, state=state, percent=0, looked_at=now)
        if not adopted:
            accepted = replace(accepted, asked_at=now)

        async def write(unit: UnitOfWork) -> None:
            await unit.operations.put(accepted)
            if waits:
                await guide(unit, accepted, now)
            elif accepted.kind == "snapshot":
                await self._log.reports.about(unit, accepted, c.NoteSnapshotStarted(SYSTEM))

        await commit_with_retry(self._units, write)


def _filled(sentence: str, effect: Asked, service: Service, reason: str = "") -> Message:
    provider = service.vps.provider
    return Message(sentence, provider=provider.label, name=effect.name, console=provider.console, reason=reason)


def _wait_deadline(change: Change, asked: Operation, service: Service) -> datetime:
    """The time until which it makes sense to wait for another operation."""
    if asked.kind == "snapshot":
        return snapshot_too_late(change, service)
    confirmed = change.restore.started_at if change.restore else None
    return (confirmed or asked.asked_at) + expected(asked, service)


def _pause(elapsed: timedelta, wished: float | None) -> float:
    """Seconds until a provider that is away is asked again; `wished` is what it asks for."""
    return max(wished or 0.0, SHORTEST_PAUSE, min(elapsed.total_seconds(), LONGEST_PAUSE))
