"""A worker in a process of its own that goes on until it is killed, with others like it on one PostgreSQL."""

import asyncio
import contextlib
import multiprocessing
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from changes.effects import Effect
from changes.errors import Unavailable
from changes.policy import Catalogue
from changes.snapshots import Findings, OperationState, Sighting, Vps
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

    async def preflight(self, vps: Vps) -> Findings:
        return Findings(("All is well.",))

    async def begin(self, vps: Vps, name: str) -> Sighting:
        self._ask(name)
        return Sighting(OperationState.RUNNING, name)

    async def find(self, vps: Vps, name: str) -> Sighting | None:
        return Sighting(OperationState.RUNNING, name) if name in self._asked() else None

    async def look(self, vps: Vps, handle: str) -> Sighting:
        return Sighting(OperationState.SUCCEEDED, handle, 100)

    async def restore(self, vps: Vps, name: str) -> Sighting:
        return await self.begin(vps, f"restore of {name}")

    async def find_restore(self, vps: Vps, name: str, since: object) -> Sighting | None:
        return await self.find(vps, f"restore of {name}")


def owner(pid: int | None) -> str:
    """What the worker of that process calls itself."""
    return f"life {pid}"


def live(places: Places) -> None:
    """Go on until killed."""
    asyncio.run(_be(places))


async def _be(places: Places) -> None:
    store = await open_store(places.url)

    async def carry(effect: Effect) -> None:
        with places.delivered.open("a", encoding="utf-8") as file:
            file.write(f"{effect.key}\t{os.getpid()}\n")

    backends = {"fake": Provider(places.provider)}
    worker = Worker(
        store.units, catalogue(places.services), ClockFile(places.clock), carry, backends, owner(os.getpid())
    )
    while True:
        with contextlib.suppress(Unavailable):
            await worker.run_due()
        await asyncio.sleep(PAUSE)
