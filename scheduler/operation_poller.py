"""Following what runs at the provider, every minute: how far it is, that it is late, and how it ended."""

from dataclasses import replace
from datetime import datetime, timedelta

from application.ports import Operation, UnitOfWork
from application.ports.provider import OperationStatus, ProviderError
from application.retry import commit_with_retry
from application.retry_log import INFOMANIAK, OURSELVES, SETTINGS, RetryLog
from changes import commands as c
from changes.errors import ConcurrencyConflict, DatabaseUnavailable, NotConfigured
from changes.model import SYSTEM
from changes.policy import Service
from changes.snapshots import FailureReason, OperationState
from changes.text import Message, template
from scheduler.operation_log import BUSY, LATE_AFTER, OperationLog, by_hand, expected
from scheduler.operation_reporter import awaits, live_card

LOOK_EVERY = timedelta(minutes=1)
BLIND_AFTER = timedelta(minutes=10)
"""How long an operation may be invisible before people are asked to look themselves."""
NEVER_DONE = template(
    "{provider} accepted {name} and shows nothing of it {minutes} minutes later. Look at {console}: if it is "
    "there, say so here; if not, try again."
)
BLIND = template("The bot cannot see how it stands: {reason}")


class OperationPoller:
    """Looks at running operations. Late is an alarm and not a failure; only what the provider shows is an end."""

    def __init__(self, books: OperationLog, retries: RetryLog) -> None:
        self._retries = retries
        self._log, self._units, self._clock = books, books.units, books.clock

    async def run(self) -> bool:
        """Look at every running operation whose last look is a minute old; whether there was one."""
        now = self._clock.now()
        async with self._units() as unit:
            running = await unit.operations.running()
        due = [
            each for each in running if each.handle and (each.looked_at is None or now - each.looked_at >= LOOK_EVERY)
        ]
        for operation in due:
            try:
                await self._look(operation)
            except ConcurrencyConflict:
                continue
            except NotConfigured as gone:
                self._failed(SETTINGS, operation, gone.sentence)
                await self._looked(operation, now)
            except DatabaseUnavailable:
                raise
            except Exception as error:  # noqa: BLE001  # it is told
                # One server's answer must not keep the others from being followed.
                self._failed(OURSELVES, operation, f"{type(error).__name__}: {error}", error=error)
                await self._looked(operation, now)
            else:
                for place in (SETTINGS, OURSELVES):
                    self._retries.worked(place, operation.key)
        return bool(due)

    def _failed(
        self, place: str, operation: Operation, reason: str, status: int | None = None, error: Exception | None = None
    ) -> None:
        self._retries.failed(
            place,
            f"{operation.name} is not seen: {reason}",
            item=operation.key,
            change=operation.change,
            status=status,
            again_s=LOOK_EVERY.total_seconds(),
            error=error,
        )

    async def _looked(self, operation: Operation, now: datetime) -> None:
        async with self._units() as unit:
            await unit.operations.put(replace(operation, looked_at=now))

    async def moments(self) -> list[datetime]:
        """When running operations are expected to be half done, done, and late."""
        async with self._units() as unit:
            running = await unit.operations.running()
            found = [moment for each in running for moment in await self._free_again(unit, each)]
        for operation in running:
            if operation.state is OperationState.QUEUED:
                continue  # a person has to begin it, and the timeline reminds them; or it waits for another one
            try:
                span = expected(operation, await self._log.service(operation.change))
            except NotConfigured:
                continue
            found += [operation.asked_at + span / 2, operation.asked_at + span, operation.asked_at + span + LATE_AFTER]
        return found

    async def _free_again(self, unit: UnitOfWork, waiting: Operation) -> list[datetime]:
        """When the operations that this one waits for should have ended, so that it is requested again."""
        if waiting.handle or BUSY not in waiting.milestones:
            return []
        try:
            service = await self._log.service_in(unit, waiting.change)
        except NotConfigured:
            return []
        return [
            each.asked_at + expected(each, await self._log.service_in(unit, each.change)) + LOOK_EVERY
            for each in await self._log.in_its_way(unit, waiting, service)
        ]

    async def _look(self, operation: Operation) -> None:
        async with self._units() as unit:
            stored = await unit.changes.load(operation.change)
        if stored is None or not awaits(stored.change, operation):
            await self._log.end(operation.key, OperationState.FAILED, "", FailureReason.OVERTAKEN)
            return
        service = await self._log.service(operation.change)
        seen, away = await self._seen(operation, service)
        if seen.state.over:
            cause = FailureReason.FAILED if seen.state is OperationState.FAILED else None
            await self._log.end(operation.key, seen.state, seen.detail, cause)
            return
        now = self._clock.now()
        unseen_since = (operation.unseen_since or now) if away or not seen.listed else None
        long_unseen = unseen_since is not None and now - unseen_since >= BLIND_AFTER
        if not seen.listed and long_unseen:
            minutes = int((now - operation.asked_at).total_seconds() // 60)
            provider = service.vps.provider
            detail = Message(
                NEVER_DONE, provider=provider.label, name=operation.name, minutes=minutes, console=provider.console
            )
            await self._log.end(operation.key, OperationState.FAILED, detail, FailureReason.NEVER_DONE)
            return
        blind = Message(BLIND, reason=away) if away and long_unseen else ""
        await self._progress(replace(operation, unseen_since=unseen_since), seen, service, blind)

    async def _seen(self, operation: Operation, service: Service) -> tuple[OperationStatus, str]:
        """The provider's status, and the reason when nothing can be seen."""
        backend = self._log.backend(service, operation)
        unknown = OperationStatus(OperationState.UNKNOWN, operation.handle)
        if backend is None:  # it was taken out of the settings meanwhile
            return unknown, Message(
                "its backend is not configured any more. An administrator has to look at services.toml."
            )
        try:
            seen = await backend.get_status(service.vps, operation.handle)
        except ProviderError as error:
            self._failed(INFOMANIAK, operation, error.sentence, error.status)
            return unknown, error.sentence
        self._retries.worked(INFOMANIAK, operation.key)
        return seen, ""

    async def _progress(self, operation: Operation, seen: OperationStatus, service: Service, blind: str) -> None:
        now, span = self._clock.now(), expected(operation, service)

        async def write(unit: UnitOfWork) -> None:
            known = await unit.operations.get(operation.key)
            if known is None or known.state.over:
                return
            waits = known.state is OperationState.QUEUED
            elapsed = now - known.asked_at
            percent = seen.percent if seen.percent is not None else min(99, int(100 * elapsed / span))
            reached = {
                "half": not waits and percent >= 50,
                "late": not waits and elapsed >= span + LATE_AFTER,
                "blind": bool(blind),
            }
            fresh = tuple(name for name, is_reached in reached.items() if is_reached and name not in known.milestones)
            looked = replace(
                known,
                state=known.state if seen.state is OperationState.UNKNOWN else seen.state,
                percent=0 if waits else percent,
                estimated=seen.percent is None,
                looked_at=now,
                unseen_since=operation.unseen_since,
                milestones=(*known.milestones, *fresh),
                detail=blind or seen.detail,
            )
            await unit.operations.put(looked)
            for name in fresh:
                detail = blind if name == "blind" else ""
                note = c.NoteSnapshotMilestone if looked.kind == "snapshot" else c.NoteRestoreMilestone
                await self._log.reports.about(unit, looked, note(SYSTEM, name, detail))
            # A card on which somebody may be writing how it ended is not redrawn under their hands.
            # And what brings a line to the thread redraws its card itself.
            if not fresh and not by_hand(looked, service):
                stored = await unit.changes.load(looked.change)
                if stored is not None and awaits(stored.change, looked):
                    await unit.outbox.add([live_card(stored.change, looked, now)], now)

        await commit_with_retry(self._units, write)
