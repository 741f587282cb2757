"""Long operations at the provider: recorded before the call, followed every minute, never repeated blindly.

A record without a handle says how the asking stands: UNKNOWN while an answer is awaited (or was lost), QUEUED once it
is certain that the provider accepted nothing.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from changes import commands as c
from changes.effects import BeginRestore, BeginSnapshot, CardKind, Preflight, ShowCard
from changes.errors import Concurrent
from changes.model import CLOCK
from changes.policy import Catalogue, Service
from changes.ports import Clock, Later, Never, Operation, UnitOfWork, Units
from changes.snapshots import (
    OperationState,
    ProviderError,
    ProviderRefused,
    ProviderUncertain,
    ProviderUnreachable,
    Sighting,
    SnapshotBackend,
)
from scheduler.insist import insist
from scheduler.reports import Reports, ending, progress_card, wants

log = logging.getLogger(__name__)
LOOK_EVERY = timedelta(minutes=1)
LATE_AFTER = timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(minutes=15)
AWAY = "Infomaniak could not be asked for {name}. {reason} Retry when it can be reached again."
LOST = (
    "The answer was lost when the bot asked Infomaniak for {name}, and Infomaniak does not show it. Look at the "
    "dashboard, and retry only when it is not there."
)
NOT_WANTED = "It was not asked for: the change went another way before."


class Operations:
    """Begins, follows and ends snapshots and restores. A service without a backend has a person do it."""

    def __init__(
        self, units: Units, catalogue: Catalogue, clock: Clock, backends: Mapping[str, SnapshotBackend]
    ) -> None:
        self._units, self._catalogue, self._clock, self._backends = units, catalogue, clock, backends
        self._reports = Reports(catalogue, clock)

    async def begin(self, effect: BeginSnapshot | BeginRestore) -> None:
        """Ask the provider, once, if the change still wants it. Raises Later while it cannot be reached."""
        service = await self._service(effect.change)
        backend = self._backends.get(service.vps.backend)
        kind = "snapshot" if isinstance(effect, BeginSnapshot) else "restore"
        async with self._units() as unit:
            known = await unit.operations.get(effect.key)
            if known is not None and (known.handle or known.state.over):
                return
            asked = known or Operation(effect.key, effect.change, kind, effect.name, self._clock.now())
            again = known is not None and known.state is OperationState.UNKNOWN
            stored = await unit.changes.load(effect.change)
            if not again and not (stored and wants(stored.change, effect)):
                await unit.operations.put(replace(asked, state=OperationState.FAILED, detail=NOT_WANTED))
                log.info("%s: %s is not wanted any more", effect.change, effect.name)
                return
            await unit.operations.put(replace(asked, state=OperationState.UNKNOWN if backend else asked.state))
        if backend is None:
            await self._by_hand(effect)
            return
        try:
            handle = await (self._adopted if again else self._asked)(backend, service, effect)
        except ProviderUnreachable as away:
            if self._clock.now() - asked.asked_at < GIVE_UP_AFTER:
                raise Later(str(away), away.retry_after) from away
            await self.give_up(effect, str(away))
            return
        except ProviderError as refused:
            await self._end(effect.key, OperationState.FAILED, str(refused))
            return
        now = self._clock.now()
        accepted = replace(asked, handle=handle, state=OperationState.RUNNING, percent=0, looked_at=now)

        async def write(unit: UnitOfWork) -> None:
            await unit.operations.put(accepted if again else replace(accepted, asked_at=now))
            if kind == "snapshot":
                await self._reports.about(unit, accepted, c.NoteSnapshotStarted(CLOCK))

        await insist(self._units, write)

    async def give_up(self, effect: BeginSnapshot | BeginRestore, reason: str) -> None:
        """It will not be asked for again: people have to know while there is still time to do something about it."""
        async with self._units() as unit:
            asked = await unit.operations.get(effect.key)
        if asked is None or asked.handle or asked.state.over:
            return
        sentence = LOST if asked.state is OperationState.UNKNOWN else AWAY
        await self._end(asked.key, OperationState.FAILED, sentence.format(name=asked.name, reason=reason))

    async def preflight(self, effect: Preflight) -> None:
        """Look whether a snapshot would be possible, and say what would be in the way."""
        service = await self._service(effect.change)
        backend = self._backends.get(service.vps.backend)
        if backend is None:
            return
        try:
            problems = await backend.preflight(service.vps)
        except ProviderError as error:
            problems = (str(error),)
        await insist(
            self._units, lambda unit: self._reports.tell(unit, effect.change, c.NotePreflight(CLOCK, problems))
        )

    async def follow(self) -> bool:
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
            except Concurrent:
                continue
            except Exception:
                log.exception("following %s failed; it is looked at again in a minute", operation.name)
                async with self._units() as unit:
                    await unit.operations.put(replace(operation, looked_at=now))
        return bool(due)

    async def moments(self) -> list[datetime]:
        """When running operations are expected to be half done, done, and late."""
        async with self._units() as unit:
            running = await unit.operations.running()
        found: list[datetime] = []
        for operation in running:
            expected = self._expected(operation, await self._service(operation.change))
            found += [operation.asked_at + expected / 2, operation.asked_at + expected]
            found.append(operation.asked_at + expected + LATE_AFTER)
        return found

    async def _asked(self, backend: SnapshotBackend, service: Service, effect: BeginSnapshot | BeginRestore) -> str:
        """The handle of what the provider accepted. When it certainly accepted nothing, that is noted first."""
        try:
            if isinstance(effect, BeginSnapshot):
                return await backend.begin(service.vps, effect.name)
            return await backend.restore(service.vps, effect.name)
        except ProviderUnreachable:
            async with self._units() as unit:
                operation = await unit.operations.get(effect.key)
                if operation is not None:
                    await unit.operations.put(replace(operation, state=OperationState.QUEUED))
            raise
        except ProviderUncertain:
            return await self._adopted(backend, service, effect)

    async def _adopted(self, backend: SnapshotBackend, service: Service, effect: BeginSnapshot | BeginRestore) -> str:
        """The handle of what was asked for before, or a refusal that asks a person to look."""
        found = await backend.find(service.vps, effect.name) if isinstance(effect, BeginSnapshot) else None
        if found is None:
            raise ProviderRefused(LOST.format(name=effect.name))
        return found.handle

    async def _look(self, operation: Operation) -> None:
        service = await self._service(operation.change)
        backend = self._backends.get(service.vps.backend)
        now = self._clock.now()
        seen = Sighting(OperationState.UNKNOWN, operation.handle)
        try:
            if backend is not None:  # it may have been taken out of the settings meanwhile
                seen = await backend.look(service.vps, operation.handle)
        except ProviderError as error:
            log.warning("looking at %s failed: %s", operation.name, error)
            seen = Sighting(OperationState.UNKNOWN, operation.handle, detail=str(error))
        if seen.state.over:
            await self._end(operation.key, seen.state, seen.detail)
            return
        await self._progress(operation, seen, service, now)

    async def _progress(self, operation: Operation, seen: Sighting, service: Service, now: datetime) -> None:
        expected = self._expected(operation, service)
        elapsed = now - operation.asked_at
        percent = seen.percent if seen.percent is not None else min(99, int(100 * elapsed / expected))

        async def write(unit: UnitOfWork) -> None:
            known = await unit.operations.get(operation.key)
            if known is None or known.state.over:
                return
            reached = [
                name
                for name, is_reached in (("half", percent >= 50), ("late", elapsed >= expected + LATE_AFTER))
                if is_reached and name not in known.milestones
            ]
            looked = replace(
                known,
                state=seen.state if seen.state is not OperationState.UNKNOWN else known.state,
                percent=percent,
                estimated=seen.percent is None,
                looked_at=now,
                milestones=(*known.milestones, *reached),
                detail=seen.detail,
            )
            await unit.operations.put(looked)
            if looked.kind == "snapshot":
                for name in reached:
                    await self._reports.about(unit, looked, c.NoteSnapshotMilestone(CLOCK, name))
                stored = await unit.changes.load(looked.change)
                if stored is not None and stored.change.snapshot.name == looked.name:
                    await unit.outbox.add([progress_card(stored.change, looked, now)], now)

        await insist(self._units, write)

    async def _end(self, key: str, state: OperationState, detail: str) -> None:
        async def write(unit: UnitOfWork) -> None:
            operation = await unit.operations.get(key)
            if operation is None:
                raise Never(f"{key} is not recorded")
            if operation.state.over:
                return
            done = state is OperationState.SUCCEEDED
            percent = 100 if done else operation.percent
            await unit.operations.put(
                replace(operation, state=state, percent=percent, looked_at=self._clock.now(), detail=detail)
            )
            await self._reports.about(unit, operation, ending(operation, done, detail))

        await insist(self._units, write)

    async def _by_hand(self, effect: BeginSnapshot | BeginRestore) -> None:
        """Nobody to ask: the card in the thread guides a person, whose presses report it."""
        if not isinstance(effect, BeginSnapshot):
            return
        async with self._units() as unit:
            stored = await unit.changes.load(effect.change)
            if stored is None:
                return
            mention = (stored.change.plan.implementer,)
            message = f"snapshot:{stored.change.snapshot.attempt}"
            card = ShowCard(f"{effect.key}:by-hand", effect.change, CardKind.PROGRESS, message, mention)
            await unit.outbox.add([card], self._clock.now())

    async def _service(self, change_id: str) -> Service:
        async with self._units() as unit:
            stored = await unit.changes.load(change_id)
        if stored is None:
            raise Never(f"{change_id} does not exist")
        return self._catalogue.service(stored.change.plan.service)

    @staticmethod
    def _expected(operation: Operation, service: Service) -> timedelta:
        vps = service.vps
        return timedelta(minutes=vps.snapshot_minutes if operation.kind == "snapshot" else vps.restore_minutes)
