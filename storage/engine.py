"""The engine for a database URL, set up so that a read that is followed by a write never fails on the way."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from storage.errors import CannotOpen

BUSY_SECONDS = 15
"""How long SQLite waits for another process before it says that it is busy."""
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
CONNECT_SECONDS, ANSWER_SECONDS, POOL_SECONDS = 3, 10, 5
"""How long PostgreSQL may take: nobody in Teams waits longer."""
READ_ONLY = "read_only"
"""The execution option of a connection that will only look."""


def make_engine(url: str, *, patient: bool = False) -> AsyncEngine:
    """An engine that has not connected yet; a `patient` one waits for long statements, as only maintenance has them.

    Raises CannotOpen for a URL that names no database we can use.
    """
    address = _address(url)
    if address.get_backend_name() == "postgresql":
        return create_async_engine(
            address,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=10,
            pool_timeout=POOL_SECONDS,
            connect_args={"timeout": CONNECT_SECONDS, "command_timeout": None if patient else ANSWER_SECONDS},
        )
    _prepare_folder(address)
    engine = create_async_engine(address, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise CannotOpen(
            "The database URL cannot be read: write sqlite+aiosqlite:///var/changes.db or postgresql+asyncpg://…"
        ) from None
    kind = address.drivername.partition("+")[0]
    if kind not in _DRIVERS:
        raise CannotOpen(f"{kind} cannot keep the changes: use sqlite+aiosqlite:///… or postgresql+asyncpg://…")
    if kind == "sqlite" and address.database in (None, "", ":memory:"):
        raise CannotOpen("The database URL names no file: write for example sqlite+aiosqlite:///var/changes.db.")
    return address.set(drivername=_DRIVERS[kind])


def _prepare_folder(address: URL) -> None:
    folder = Path(address.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotOpen(
            f"The folder {folder} for the database cannot be created ({error.strerror}): "
            "create it, or choose another place in the database URL."
        ) from error


def _set_up_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins no transaction behind our back
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    looks_only = connection.get_execution_options().get(READ_ONLY, False)
    # Taking the right to write at once: a transaction that wants it only later may be told that it comes too late.
    connection.exec_driver_sql("BEGIN" if looks_only else "BEGIN IMMEDIATE")
