"""A worker in a process of its own that goes on until it is killed, with others like it on one PostgreSQL."""

import asyncio
import contextlib
import multiprocessing
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from application.ports.provider import OperationStatus, PreflightReport
from application.retry_log import RetryLog
from changes.effects import Effect
from changes.errors import DatabaseUnavailable
from changes.policy import Catalogue
from changes.snapshots import OperationState, Server
from scheduler.worker import Worker
from storage import open_store
from tests.integration.kills.mortal import ClockFile
from tests.integration.scheduler.conftest import LEARN

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([f"{__package__}.life"])
PAUSE = 0.02


def catalogue(count: int) -> Catalogue:
    """So many services, each with a server of its own."""
    services = (replace(LEARN, key=f"s{n}", vps=replace(LEARN.vps, name=f"server-{n}")) for n in range(count))
    return Catalogue({service.key: service for service in services})


@dataclass(frozen=True, slots=True)
class Places:
    """Where a life finds everything: the database, the clock, and what the world outside was asked for."""

    url: str
    clock: Path
    delivered: Path
    provider: Path
    services: int


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that remembers every call in a file, and whose snapshots are done when they are looked at."""

    path: Path

    def _ask(self, what: str) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{what}\n")

    def _asked(self) -> Iterator[str]:
        if self.path.exists():
            yield from self.path.read_text(encoding="utf-8").splitlines()

    async def preflight(self, vps: Server) -> PreflightReport:
        return PreflightReport(("All is well.",))

    async def create_snapshot(self, vps: Server, name: str) -> OperationStatus:
        self._ask(name)
        return OperationStatus(OperationState.RUNNING, name)

    async def find_snapshot(self, vps: Server, name: str) -> OperationStatus | None:
        return OperationStatus(OperationState.RUNNING, name) if name in self._asked() else None

    async def get_status(self, vps: Server, handle: str) -> OperationStatus:
        return OperationStatus(OperationState.SUCCEEDED, handle, 100)

    async def restore(self, vps: Server, name: str) -> OperationStatus:
        return await self.create_snapshot(vps, f"restore of {name}")

    async def find_restore(self, vps: Server, name: str, since: object) -> OperationStatus | None:
        return await self.find_snapshot(vps, f"restore of {name}")


def owner(pid: int | None) -> str:
    """What the worker of that process calls itself."""
    return f"life {pid}"


def live(places: Places) -> None:
    """Go on until killed."""
    asyncio.run(_be(places))


async def _be(places: Places) -> None:
    store = await open_store(places.url, RetryLog())

    async def carry(effect: Effect) -> None:
        with places.delivered.open("a", encoding="utf-8") as file:
            file.write(f"{effect.key}\t{os.getpid()}\n")

    backends = {"fake": Provider(places.provider)}
    worker = Worker(
        store.units,
        catalogue(places.services),
        ClockFile(places.clock),
        carry,
        backends,
        owner(os.getpid()),
        RetryLog(),
    )
    while True:
        with contextlib.suppress(DatabaseUnavailable):
            await worker.run_due()
        await asyncio.sleep(PAUSE)
