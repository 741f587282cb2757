"""A worker in a process of its own that is killed by itself at its n-th boundary.

A life is one look at what is due, at the time that the clock's file shows; the next life is a restart.
"""

import asyncio
import multiprocessing
import os
import signal
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from httpx import AsyncHTTPTransport
from sqlalchemy import event

from application.ports import UnitOfWork
from application.retry_log import RetryLog
from changes.effects import Effect
from changes.model import Change
from changes.policy import Catalogue, Service
from changes.snapshots import Server
from infomaniak.vps_api.backend import VpsApi
from infomaniak.vps_api.client import open_client
from infomaniak.vps_api.configuration import VpsApiSettings
from infomaniak.vps_api.entry import VPS_API
from scheduler.worker import Worker
from storage import Store, open_store
from tests.integration.scheduler.conftest import ANNE, DORA, ZURICH

LEARN = Service("learn", "ISC Learn Platform", ZURICH, ANNE, (DORA,), Server("Hannibal", VPS_API.provider))
CATALOGUE = Catalogue({"learn": LEARN})
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([f"{__package__}.warm"])
UNUSED = ssl.create_default_context()
"""The provider is on loopback without TLS; reading all the certificates takes longer than most lives."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a life finds everything: its database, the provider, the clock, and where it writes what it delivered."""

    database: Path
    provider: str
    clock: Path
    delivered: Path

    @property
    def url(self) -> str:
        """The database as SQLAlchemy wants it."""
        return f"sqlite+aiosqlite:///{self.database}"


@dataclass(frozen=True, slots=True)
class ClockFile:
    """The time that stands in a file."""

    path: Path

    def now(self) -> datetime:
        """The present moment."""
        return datetime.fromisoformat(self.path.read_text(encoding="utf-8"))


@dataclass(slots=True)
class Death:
    """Comes at the boundary that was chosen, or not at all.

    A boundary lies before and after each commit that writes, each call to the provider and each delivery. A kill at
    the end of a transaction that only looked leaves everything as the boundary before it did.
    """

    at: int | None
    met: int = 0

    def pass_by(self) -> None:
        """A boundary: nothing of the process is left behind it when it was the chosen one."""
        self.met += 1
        if self.met == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    async def pass_by_http(self, _: object) -> None:
        """The same, as httpx calls it."""
        self.pass_by()


class Writes:
    """Whether the transaction that is open writes; there is one at a time in SQLite."""

    def __init__(self, store: Store) -> None:
        self.seen = False
        event.listen(store.statements, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        self.seen = self.seen or not statement.startswith(("SELECT", "BEGIN"))


def live(places: Places, die_at: int | None) -> None:
    """One life: everything that is due now, then the end. Its exit status is 0 only if it was not killed."""
    asyncio.run(be(places, Death(die_at)))
    os._exit(0)  # what Python would tidy up now takes longer than the life


async def be(places: Places, death: Death) -> None:
    store = await open_store(places.url, RetryLog())
    writes = Writes(store)
    async with open_client(places.provider, "any", transport=AsyncHTTPTransport(verify=UNUSED)) as client:
        client.event_hooks = {"request": [death.pass_by_http], "response": [death.pass_by_http]}

        @asynccontextmanager
        async def mortal() -> AsyncIterator[UnitOfWork]:
            async with store.units() as unit:
                writes.seen = False
                yield unit
                wrote = writes.seen
                if wrote:
                    death.pass_by()
            if wrote:
                death.pass_by()

        def units(patience: float | None = None) -> UnitOfWork:
            return cast("UnitOfWork", mortal())  # all that is done with it is to enter it

        async def carry(effect: Effect) -> None:
            with places.delivered.open("a", encoding="utf-8") as file:
                file.write(f"{effect.key}\n")
            death.pass_by()

        backends = {"vps_api": VpsApi(client, VpsApiSettings("1234"))}
        worker = Worker(units, CATALOGUE, ClockFile(places.clock), carry, backends, f"life {os.getpid()}", RetryLog())
        await worker.run_due()
    await store.close()


@asynccontextmanager
async def unit_of(url: str) -> AsyncIterator[UnitOfWork]:
    """A look at a database that nobody has open now, and what is done to it there."""
    store = await open_store(url, RetryLog())
    try:
        async with store.units() as unit:
            yield unit
    finally:
        await store.close()


async def stored(url: str, change: str) -> Change:
    """The change as it lies there."""
    async with unit_of(url) as unit:
        found = await unit.changes.load(change)
    assert found
    return found.change


async def live_once(places: Places, die_at: int | None = None) -> bool:
    """Whether a life reached its end."""
    process = PROCESSES.Process(target=live, args=(places, die_at))
    process.start()
    await asyncio.to_thread(process.join)
    assert process.exitcode in (0, -signal.SIGKILL), f"the worker ended with {process.exitcode}"
    return process.exitcode == 0
