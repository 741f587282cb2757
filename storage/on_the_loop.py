"""SQLite on the event loop: a statement takes microseconds, and the hop to a thread and back many times that.

What may take long is not done here: another process that holds the database is waited for by the loop
(`Transaction.begin`), long looks have a connection in a thread (`ReadOnlyTransaction`), the disk is waited for in a
thread (`Checkpoints`), and each transaction lets others run before it begins.
"""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, Executable
from sqlalchemy.engine import Connection, CursorResult, Dialect

from storage.checkpoints import Checkpoints
from storage.kept import MOST_KEPT, Kept, writes_kept

BUSY_PAUSE_S = 0.02
"""Seconds until a database that another process holds is asked for again."""
_KEPT, _VERSION = "kept", "kept_version"


class LoopEngine:
    """Gives out connections with the methods of SQLAlchemy's AsyncConnection that a Transaction uses."""

    def __init__(self, engine: Engine, checkpoints: Checkpoints) -> None:
        self.sync_engine, self._checkpoints = engine, checkpoints

    @property
    def dialect(self) -> Dialect:
        """The dialect of the synchronous engine."""
        return self.sync_engine.dialect

    def connect(self) -> "LoopConnection":
        """A connection that is not opened yet."""
        return LoopConnection(self.sync_engine, self._checkpoints)

    async def dispose(self) -> None:
        """Close every connection."""
        await self._checkpoints.end()
        self.sync_engine.dispose()


class LoopConnection:
    """One connection; its statements are done when their call returns."""

    def __init__(self, engine: Engine, checkpoints: Checkpoints) -> None:
        self._engine, self._checkpoints = engine, checkpoints
        self.sync_connection: Connection | None = None
        self._read: list[CursorResult[Any]] = []
        self._wrote = self._changed = False
        self._kept: Kept | None = None

    async def start(self) -> None:
        """Open it. Others run first: a burst of transactions never keeps the loop to itself."""
        await asyncio.sleep(0)
        self.sync_connection = self._engine.connect()

    async def begin(self) -> None:
        """Begin a transaction, or raise at once when another process holds the database."""
        self._open.begin()

    async def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Run the statement, once for each of the parameters."""
        if not statement.is_select:
            self._wrote = True
            if writes_kept(statement):
                self._changed = True
                self._forget()
        result = self._open.execute(statement, parameters)
        if result.returns_rows:
            self._read.append(result)
        return result

    def kept(self) -> Kept:
        """What was found before in tables that nobody has written since.

        It stays with the connection, which knows what it writes itself, and is told by SQLite that others wrote.
        """
        if self._kept is None:
            info = self._open.info
            driver: Any = self._open.connection.driver_connection  # it takes a tenth of the time a statement takes
            try:
                version = driver.execute("PRAGMA data_version").fetchone()[0]
            except sqlite3.Error:
                return {}  # the statement that has to find it instead says what is wrong
            if info.get(_VERSION) != version or len(info[_KEPT]) >= MOST_KEPT:
                info[_VERSION], info[_KEPT] = version, {}
            self._kept = info[_KEPT]
        return self._kept

    def _forget(self) -> None:
        self._open.info.pop(_VERSION, None)
        self._kept = None

    async def commit(self) -> None:
        """Commit the transaction."""
        self._open.commit()
        if self._wrote:
            self._checkpoints.committed()

    async def close(self) -> None:
        """Give the connection back; what was not committed is rolled back."""
        # One whose rows were not read to the end, as one of them raised, would go on reading what was true then: until
        # it is forgotten, SQLite's log could not be shortened, and nobody could write once another process had.
        while self._read:
            self._read.pop().close()
        if self._changed:
            self._forget()  # what was found among changes that were then rolled back is not true
        self._open.close()

    async def invalidate(self) -> None:
        """Never use this connection again."""
        self._open.invalidate()

    @property
    def _open(self) -> Connection:
        if self.sync_connection is None:
            raise RuntimeError("the connection was not started")
        return self.sync_connection
