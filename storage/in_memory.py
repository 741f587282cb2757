"""A database that lives in this process alone: it needs no file, and whatever ends the process ends it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from application.ports import UnitOfWork, UnitOfWorkFactory
from application.retry_log import RetryLog
from storage.checkpoints import Checkpoints
from storage.database_file import DatabaseFile
from storage.health import Health
from storage.migrations import make_tables
from storage.on_the_loop import LoopEngine
from storage.transaction import Transaction
from storage.unit_of_work import SqlUnit
from storage.write_lock import SerializedWrites


@asynccontextmanager
async def open_in_memory(retries: RetryLog) -> AsyncIterator[UnitOfWorkFactory]:
    """A database with every table and nothing in them; its units of work take turns."""
    tables = await asyncio.to_thread(_tables)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as driver:
        driver.deserialize(tables)
        file = DatabaseFile(Path())
        engine = LoopEngine(_engine(driver), _NoLog(Path(), file), file)
        turnstile, health = SerializedWrites(), Health(retries)

        def units(patience: float | None = None) -> UnitOfWork:
            return SqlUnit(Transaction(engine, turnstile, health, patience))

        yield units


class _NoLog(Checkpoints):
    def committed(self) -> None:
        """Do nothing: there is no log to copy, where there is no file."""


@lru_cache(maxsize=1)
def _tables() -> bytes:
    """SQLite's file with every table: making them takes long enough to be done once, and in a thread."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as driver:
        with _engine(driver).begin() as connection:
            make_tables(connection)
        return driver.serialize()


def _engine(driver: sqlite3.Connection) -> Engine:
    return create_engine("sqlite://", creator=lambda: driver, poolclass=StaticPool)
