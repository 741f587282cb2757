"""Records of provider operations: whose they are, how long they should take, how they ended."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from application.ports import Clock, Operation, PermanentError, UnitOfWork, UnitOfWorkFactory
from application.ports.provider import SnapshotBackend
from application.retry import commit_with_retry
from changes.policy import Catalogue, Service
from changes.snapshots import BY_HAND, FailureReason, OperationState
from scheduler.operation_reporter import OperationReporter, ending

LATE_AFTER = timedelta(minutes=15)
BUSY = "busy"
"""The milestone that an operation waits for another one of ours."""


class OperationLog:
    """The records of operations. An end is written down and passed on to the change in one transaction, once."""

    def __init__(
        self, units: UnitOfWorkFactory, catalogue: Catalogue, clock: Clock, backends: Mapping[str, SnapshotBackend]
    ) -> None:
        self.units, self.clock = units, clock
        self.reports = OperationReporter(catalogue, clock)
        self._catalogue, self._backends = catalogue, backends

    async def service(self, change_id: str) -> Service:
        """The service of the change. Raises PermanentError when there is no such change, or NotConfigured."""
        async with self.units() as unit:
            return await self.service_in(unit, change_id)

    async def service_in(self, unit: UnitOfWork, change_id: str) -> Service:
        """The same, within a unit of work."""
        stored = await unit.changes.load(change_id)
        if stored is None:
            raise PermanentError(f"{change_id} does not exist")
        return self._catalogue.of(stored.change)

    def backend(self, service: Service, operation: Operation | None = None) -> SnapshotBackend | None:
        """Who is asked: the operation's own backend or the service's. None when it was taken out of the settings."""
        return self._backends.get((operation.backend if operation else "") or service.vps.provider.key)

    async def in_its_way(self, unit: UnitOfWork, asked: Operation, service: Service) -> tuple[Operation, ...]:
        """Our operations at the same server that may still be under way, whatever their changes wait for by now."""
        found: list[Operation] = []
        for each in await unit.operations.since(self.clock.now() - self._longest()):
            if each.key == asked.key or (each.state.over and each.cause is not FailureReason.OVERTAKEN):
                continue
            stored = await unit.changes.load(each.change)
            its = self._catalogue.services.get(stored.change.plan.service) if stored else None
            if its is not None and its.vps.server == service.vps.server and _may_run(each, its, self.clock.now()):
                found.append(each)
        return tuple(found)

    def _longest(self) -> timedelta:
        """The time after which an operation that is no longer polled cannot be under way any more, at any server."""
        servers = [each.vps for each in self._catalogue.services.values()]
        minutes = [most for vps in servers for most in (vps.snapshot_minutes, vps.restore_minutes)]
        return timedelta(minutes=max(minutes, default=0)) + LATE_AFTER

    async def end(self, key: str, state: OperationState, detail: str, cause: FailureReason | None = None) -> None:
        """Write down how the operation ended, and tell its change; nothing when it had ended already."""

        async def write(unit: UnitOfWork) -> None:
            operation = await unit.operations.get(key)
            if operation is None:
                raise PermanentError(f"{key} is not recorded")
            if operation.state.over:
                return
            done = state is OperationState.SUCCEEDED
            percent = 100 if done else operation.percent
            ended = replace(
                operation, state=state, percent=percent, looked_at=self.clock.now(), detail=detail, cause=cause
            )
            await unit.operations.put(ended)
            await self.reports.about(unit, ended, ending(ended))

        await commit_with_retry(self.units, write)


def expected(operation: Operation, service: Service) -> timedelta:
    """How long the operation should take."""
    vps = service.vps
    return timedelta(minutes=vps.snapshot_minutes if operation.kind == "snapshot" else vps.restore_minutes)


def by_hand(operation: Operation, service: Service) -> bool:
    """Whether a person carries it out."""
    if operation.backend in ("", service.vps.provider.key):
        return service.vps.is_manual
    return operation.backend == BY_HAND


def _may_run(operation: Operation, service: Service, now: datetime) -> bool:
    """Whether the provider accepted it, or is being asked for it, and nobody has seen it end.

    Nobody looked any more how those ended for which their change did not wait: they have the time they usually take.
    """
    if operation.state.over:
        over_by = operation.asked_at + expected(operation, service) + LATE_AFTER
        return bool(operation.handle) and operation.cause is FailureReason.OVERTAKEN and now < over_by
    # What waits for a person, or was certainly not accepted, is in nobody's way.
    waits = operation.state is OperationState.QUEUED and (not operation.handle or by_hand(operation, service))
    return not waits
