"""The engine for a database URL, set up so that a read that is followed by a write never fails on the way."""

import contextlib
import sqlite3
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from database_address import database_address
from storage.checkpoints import OWN_PAGES, Checkpoints
from storage.database_file import DatabaseFile
from storage.errors import CannotOpen
from storage.on_the_loop import LoopEngine
from storage.on_the_server import IDLE_SECONDS
from storage.private_files import create_private, make_private_folder

BUSY_SECONDS = 15
"""How long maintenance and the worker wait for another process that holds SQLite."""
BUSY_POLL_SECONDS = 0.25
"""How long SQLite itself waits each time; whoever waits longer asks again, until their own patience ends."""
LOCK_SECONDS = 2
"""How long PostgreSQL waits for a row that somebody else holds: whoever pressed is told within four seconds."""
CONNECT_SECONDS, ANSWER_SECONDS, POOL_SECONDS = 3, 10, 5
"""How long PostgreSQL may take: nobody in Teams waits longer."""
_USED = "used"
READ_ONLY = "read_only"
"""The execution option of a connection that will only look."""


def make_engine(url: str, *, patient: bool = False, file: DatabaseFile | None = None) -> AsyncEngine:
    """An engine that has not connected yet; a `patient` one waits for long statements, as only maintenance has them.

    With `file` every transaction raises DatabaseUnavailable once SQLite's file is another one. Raises CannotOpen for
    a URL that names no database we can use.
    """
    address = _address(url)
    if address.get_backend_name() == "postgresql":
        engine = create_async_engine(
            address,
            pool_size=20,
            max_overflow=0,
            pool_timeout=POOL_SECONDS,
            connect_args={
                "timeout": CONNECT_SECONDS,
                "command_timeout": None if patient else ANSWER_SECONDS,
                "server_settings": {} if patient else {"lock_timeout": f"{LOCK_SECONDS}s"},
            },
        )
        _watch_postgresql(engine.sync_engine)
        return engine
    _prepare_folder(address)
    seconds = BUSY_SECONDS if patient else BUSY_POLL_SECONDS
    engine = create_async_engine(address, connect_args={"timeout": seconds})
    _watch_sqlite(engine.sync_engine, file)
    return engine


def make_memory_engine(content: bytes | None = None) -> LoopEngine:
    """SQLite without a file, empty or with that content: one connection, with which everything ends."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        if content is not None:
            connection.deserialize(content)
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)
    event.listen(engine, "connect", _set_up_sqlite)
    return LoopEngine(engine)


def refuse_missing(url: str) -> None:
    """Raise CannotOpen where the database is a file of SQLite that is not there.

    Whoever only looks at it or copies it makes none: it would be empty, and belong to whoever looked.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        raise CannotOpen(f"There is no database at {address.database} yet: start the bot once, it makes its tables.")


def make_loop_engine(address: URL, file: DatabaseFile) -> LoopEngine:
    """SQLite's engine for everything that is quick, as every transaction of the bot is."""
    engine = create_engine(address.set(drivername="sqlite"), connect_args={"timeout": 0})
    _watch_sqlite(engine, file, begins=False)
    event.listen(engine, "connect", _leave_the_log)
    return LoopEngine(engine, Checkpoints(Path(address.database or ""), file), file)


def _watch_postgresql(engine: Engine) -> None:
    """Ask a connection that was idle whether it is still there: asking each time costs a tenth of a turn.

    One that breaks in between fails as one does in the middle of a transaction: whoever uses it begins anew.
    """

    def taken(connection: Any, record: ConnectionPoolEntry, _fairy: object) -> None:
        used = record.info.get(_USED)
        if used is not None and monotonic() - used > IDLE_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise InvalidatePoolError("the server has closed it") from error

    def given_back(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info[_USED] = monotonic()

    event.listen(engine, "checkout", taken)
    event.listen(engine, "checkin", given_back)


def _watch_sqlite(engine: Engine, file: DatabaseFile | None, *, begins: bool = True) -> None:
    """`begins`: SQLAlchemy itself begins its transactions, as it does not on the loop."""
    event.listen(engine, "connect", _set_up_sqlite)
    if file is not None:
        # Before a connection is made, since SQLite would create a file that is gone; and before each use of an old one.
        event.listen(engine, "do_connect", lambda *_: file.check())
        if begins:
            event.listen(engine, "begin", lambda _: file.check())
    event.listen(engine, "do_connect", lambda *_: create_file(Path(engine.url.database or "")))
    if begins:
        event.listen(engine, "begin", _begin_sqlite)


def _address(url: str) -> URL:
    try:
        return database_address(url)
    except ValueError as error:
        raise CannotOpen(f"The database URL cannot be used: {error}") from None


def _prepare_folder(address: URL) -> None:
    folder = Path(address.database or "").parent
    try:
        make_private_folder(folder)
    except OSError as error:
        raise CannotOpen(
            f"The folder {folder} for the database cannot be created ({error.strerror}): "
            "create it, or choose another place in the database URL."
        ) from error


def create_file(path: Path) -> None:
    """Create SQLite's file if it is missing, for its owner only: the files beside it get the mode that it has."""
    with contextlib.suppress(OSError):  # SQLite stumbles over the same, and its error is translated
        create_private(path)


def _set_up_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins no transaction behind our back
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _leave_the_log(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.execute(f"PRAGMA wal_autocheckpoint = {OWN_PAGES}").close()


def _begin_sqlite(connection: Connection) -> None:
    looks_only = connection.get_execution_options().get(READ_ONLY, False)
    # Taking the right to write at once: a transaction that wants it only later may be told that it comes too late.
    connection.exec_driver_sql("BEGIN" if looks_only else "BEGIN IMMEDIATE")
