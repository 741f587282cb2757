"""The open database: gives out units of work, tells whether it can be used, and is closed at the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from application.ports import UnitOfWork, UnitOfWorkFactory, WorkerLock
from application.retry_log import DATABASE, RetryLog
from changes.errors import DatabaseUnavailable, Outage
from storage.database_file import DatabaseFile
from storage.engine import READ_ONLY, make_engine, make_loop_engine, make_memory_engine
from storage.errors import DRIVER_ERRORS, cannot_open, raise_translated
from storage.health import Health
from storage.migrations import make_tables, upgrade
from storage.on_the_loop import LoopEngine
from storage.on_the_server import ServerEngine
from storage.query_cache import SharedCache
from storage.read_only import ReadOnlyTransaction
from storage.rebuild_projection import rebuild_projections
from storage.tables import settings
from storage.transaction import Transaction
from storage.unit_of_work import SqlUnit
from storage.worker_lock import SETTLED, FileLock, SessionLock
from storage.write_lock import NoLock, SerializedWrites, WriteLock

PROBE_SECONDS = 2.0
"""Seconds within which a database that is ready reads and writes."""
PROBE_EVERY_SECONDS = 1.0
"""Minimum time between two probes: each writes, and strangers may ask."""
PROBED = "database.probed"
"""The setting that is written; it says how often, modulo a number."""
_PADDING = "x" * 8192
"""Two pages of SQLite: what people write needs new pages, which the row itself does not."""
_ROUND = 1000


async def open_store(url: str, retries: RetryLog) -> "Store":
    """The database at `url`, brought up to date; `retries` hears of outages. Raises CannotOpen: what to do."""
    maintained = make_engine(url, patient=True)
    try:
        await upgrade(maintained)
        await rebuild_projections(maintained)
    except DRIVER_ERRORS as error:
        raise cannot_open(maintained.url, error) from error
    finally:
        await maintained.dispose()
    if maintained.dialect.name != "sqlite":
        engine = make_engine(url)
        return Store(engine, retries, ServerEngine(engine))
    file = DatabaseFile(Path(maintained.url.database or ""))
    return Store(make_engine(url, file=file), retries, make_loop_engine(maintained.url, file))


@asynccontextmanager
async def open_in_memory(retries: RetryLog) -> AsyncIterator[UnitOfWorkFactory]:
    """A database with every table and nothing in them, which is in no file: whatever ends the process ends it."""
    engine = make_memory_engine(await asyncio.to_thread(_empty))
    turnstile, health = SerializedWrites(), Health(retries)
    try:
        yield lambda patience=None: SqlUnit(Transaction(engine, turnstile, health, patience))
    finally:
        await engine.dispose()


@cache
def _empty() -> bytes:
    """SQLite's file with every table: making them takes so long that it is done once, and in a thread."""
    with make_memory_engine().sync_engine.begin() as connection:
        make_tables(connection)
        driver: Any = connection.connection.driver_connection
        return bytes(driver.serialize())


class Store:
    """The open database."""

    def __init__(
        self,
        engine: AsyncEngine,
        retries: RetryLog,
        quick: LoopEngine | ServerEngine | None = None,
    ) -> None:
        """Units of work use the `quick` engine where there is one, and what only looks uses `engine`."""
        self.engine = engine
        self._engine = quick or engine
        self._repeatable = quick.repeatable() if isinstance(quick, ServerEngine) else self._engine
        self._lazy = quick.lazy() if isinstance(quick, ServerEngine) else self._engine
        self._turnstile: WriteLock = SerializedWrites() if engine.dialect.name == "sqlite" else NoLock()
        self._health = Health(retries)
        self._cache = SharedCache() if engine.dialect.name == "postgresql" else None
        options = {READ_ONLY: True} | ({"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {})
        self._reading = engine.execution_options(**options)
        self._probe: asyncio.Task[Outage | None] | None = None
        self._probed_at = float("-inf")

    @property
    def statements(self) -> Engine:
        """The engine that runs the statements of units of work, for whoever listens to it."""
        return self._engine.sync_engine

    def units(self, patience: float | None = None) -> UnitOfWork:
        """A new unit of work, not begun yet, that begins within `patience` seconds."""
        return SqlUnit(Transaction(self._engine, self._turnstile, self._health, patience, self._cache))

    def repeatable_units(self, patience: float | None = None) -> UnitOfWork:
        """The same for what is done once more when a crash of PostgreSQL's server undoes it: no disk is waited for.

        SQLite waits for none anyway.
        """
        return SqlUnit(Transaction(self._repeatable, self._turnstile, self._health, patience, self._cache))

    def lazy_units(self, patience: float | None = None) -> UnitOfWork:
        """The same, but on PostgreSQL the transaction begins with the first statement that writes or locks.

        For whoever writes back nothing that was read.
        """
        return SqlUnit(Transaction(self._lazy, self._turnstile, self._health, patience, self._cache))

    def read_only_units(self, seconds: float) -> UnitOfWork:
        """A unit of work that only reads, within `seconds`, or raises TooSlow: whoever writes does not wait for it."""
        return SqlUnit(ReadOnlyTransaction(self._reading, self._health, seconds, self._cache))

    def worker_lock(self, settled: timedelta = SETTLED) -> WorkerLock:
        """The lock of a worker of this database, not taken yet; `settled` as SessionLock has it."""
        if self.engine.dialect.name == "sqlite":
            return FileLock(Path(self.engine.url.database or ""))
        return SessionLock(self.engine, self._health.retries, settled)

    async def outage(self) -> Outage | None:
        """Why the database cannot be used, None when it reads and writes in two seconds; askers share one probe."""
        now = asyncio.get_running_loop().time()
        if self._probe is None or (self._probe.done() and now - self._probed_at >= PROBE_EVERY_SECONDS):
            self._probe, self._probed_at = asyncio.create_task(self._probed()), now
        # A server that says nothing more is not waited for any longer, nor is the end of the probe that met it.
        done, _ = await asyncio.wait([self._probe], timeout=PROBE_SECONDS)
        return self._probe.result() if done else Outage.AWAY

    async def look_again(self) -> None:
        """Where the database could not be used, look whether it can be again: perhaps nobody else would for long."""
        if self._health.outage is not None:
            await self.outage()

    async def _probed(self) -> Outage | None:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self._read_and_write()
        except DatabaseUnavailable as away:
            return away.outage
        except (SQLAlchemyError, TimeoutError) as error:
            self._health.retries.failed(DATABASE, f"it cannot be probed ({error})", item=PROBED, status=Outage.AWAY)
            return Outage.AWAY
        self._health.retries.worked(DATABASE, PROBED)
        return self._health.outage

    async def _read_and_write(self) -> None:
        """Take a turn as every other transaction, and write one small row for good: only a commit shows a full disk."""
        transaction = Transaction(self._engine, self._turnstile, self._health, PROBE_SECONDS / 2)
        await transaction.begin()
        committed = False
        try:
            value = (await transaction.execute(select(settings.c.value).where(settings.c.name == PROBED))).scalar()
            written = int(value or 0) + 1
            for each in (_PADDING, str(written % _ROUND)):
                await transaction.upsert(settings, {"name": PROBED}, {"value": each})
            committed = True
        finally:
            await transaction.end(commit=committed)

    async def now(self) -> datetime | None:
        """The database's own time, where it has a clock that all replicas share; raises DatabaseUnavailable."""
        if self.engine.dialect.name != "postgresql":
            return None
        try:
            async with self.engine.connect() as connection:
                moment: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
        except DRIVER_ERRORS as error:
            raise_translated(error)
        return moment

    async def close(self) -> None:
        """Give every connection back."""
        if self._probe is not None:
            self._probe.cancel()
            await asyncio.wait([self._probe])
        for each in (self._engine, self.engine):
            await each.dispose()
