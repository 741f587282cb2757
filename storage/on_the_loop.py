"""SQLite on the event loop: a statement takes microseconds, and the hop to a thread and back many times that.

What may take long is not done here: another process that holds the database is waited for by the loop
(`Transaction.begin`), long looks have a connection in a thread (`ReadOnlyTransaction`), the disk is waited for in a
thread (`Checkpoints`), and each transaction lets others run before it begins.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from storage.checkpoints import Checkpoints
from storage.database_file import DatabaseFile
from storage.query_cache import MOST_CACHED, Cache, writes_cached
from storage.statements import Parameters, Rows, Statements, tell_begin

BUSY_PAUSE_S = 0.02
"""Seconds until a database that another process holds is asked for again."""
_CACHE, _VERSION = "cache", "cache_version"


class LoopEngine:
    """Gives out connections with the methods of SQLAlchemy's AsyncConnection that a Transaction uses."""

    def __init__(
        self, engine: Engine, checkpoints: Checkpoints | None = None, file: DatabaseFile | None = None
    ) -> None:
        """Without `checkpoints` and `file` it is in memory."""
        self.sync_engine, self._checkpoints, self._file = engine, checkpoints, file
        self._statements = Statements(engine.dialect)

    @property
    def dialect(self) -> Dialect:
        """The dialect of the synchronous engine."""
        return self.sync_engine.dialect

    def connect(self) -> "LoopConnection":
        """A connection that is not opened yet."""
        return LoopConnection(self.sync_engine, self._statements, self._checkpoints, self._file)

    async def dispose(self) -> None:
        """Close every connection."""
        if self._checkpoints is not None:
            await self._checkpoints.end()
        self.sync_engine.dispose()


class LoopConnection:
    """One connection; its statements are done when their call returns."""

    def __init__(
        self, engine: Engine, statements: Statements, checkpoints: Checkpoints | None, file: DatabaseFile | None
    ) -> None:
        self._engine, self._statements, self._checkpoints, self._file = engine, statements, checkpoints, file
        self._pooled: PoolProxiedConnection | None = None
        self._wrote = self._changed = self._is_open = False
        self._cache: Cache | None = None

    @property
    def sync_connection(self) -> PoolProxiedConnection | None:
        """None until it is started."""
        return self._pooled

    async def start(self) -> None:
        """Open it. Others run first: a burst of transactions never keeps the loop to itself."""
        await asyncio.sleep(0)
        try:
            self._pooled = self._engine.raw_connection()
        except sqlite3.Error as error:
            raise DBAPIError(None, None, error) from error

    async def begin(self) -> None:
        """Begin a transaction, or raise at once when another process holds the database."""
        if self._file is not None:
            self._file.check()
        tell_begin(self._engine, self)
        # Taking the right to write at once: a transaction that wants it only later may be told that it comes too late.
        self._carried_out("BEGIN IMMEDIATE", self._driver.execute)
        self._is_open = True

    async def execute(self, statement: Executable, parameters: Parameters = None) -> Rows:
        """Run the statement, once for each of the parameters. Raises DBAPIError."""
        if not statement.is_select:
            self._wrote = True
            if writes_cached(statement):
                self._changed = True
                self._forget()
        prepared, arguments = self._statements.prepared(self._engine, self, statement, parameters)
        if len(arguments) > 1:
            cursor = self._carried_out(prepared.text, self._driver.executemany, arguments)
        else:
            cursor = self._carried_out(prepared.text, self._driver.execute, arguments[0])
        # To the end: one that goes on reading what was true then keeps SQLite's log from being shortened.
        rows = self._carried_out(prepared.text, lambda _: cursor.fetchall()) if prepared.returns_rows else ()
        return Rows(prepared.columns, prepared.rows(rows), cursor.rowcount)

    def cache(self) -> Cache:
        """What was found before in tables that nobody has written since.

        It stays with the connection, which knows what it writes itself, and is told by SQLite that others wrote.
        """
        if self._cache is None:
            info = self._open.info
            try:
                version = self._driver.execute("PRAGMA data_version").fetchone()[0]
            except sqlite3.Error:
                return {}  # the statement that has to find it instead says what is wrong
            if info.get(_VERSION) != version or len(info[_CACHE]) >= MOST_CACHED:
                info[_VERSION], info[_CACHE] = version, {}
            self._cache = info[_CACHE]
        return self._cache

    def _forget(self) -> None:
        self._open.info.pop(_VERSION, None)
        self._cache = None

    async def commit(self) -> None:
        """Commit the transaction."""
        self._carried_out("COMMIT", self._driver.execute)
        self._is_open = False
        if self._wrote and self._checkpoints is not None:
            self._checkpoints.committed()

    async def close(self) -> None:
        """Give the connection back; what was not committed is rolled back."""
        if self._changed:
            self._forget()  # what was found among changes that were then rolled back is not true
        if self._is_open and self._driver.in_transaction:
            self._carried_out("ROLLBACK", self._driver.execute)
        self._is_open = False
        self._open.close()

    async def invalidate(self) -> None:
        """Never use this connection again."""
        self._open.invalidate()

    def _carried_out(self, text: str, run: Callable[..., Any], *arguments: Any) -> Any:
        """Let the driver do it. Raises DBAPIError around what it raises."""
        try:
            return run(text, *arguments)
        except sqlite3.Error as error:
            raise DBAPIError(text, None, error) from error

    @property
    def _driver(self) -> sqlite3.Connection:
        driver: Any = self._open.driver_connection
        return driver  # type: ignore[no-any-return]

    @property
    def _open(self) -> PoolProxiedConnection:
        if self._pooled is None:
            raise RuntimeError("the connection was not started")
        return self._pooled
