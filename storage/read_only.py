"""A transaction that only reads and takes no longer than it may: who writes does not wait for it, on neither engine."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from sqlalchemy import Executable, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from changes.errors import Outage, TooSlow
from storage.health import Health
from storage.query_cache import SharedCache
from storage.transaction import Answer, Transaction
from storage.write_lock import NoLock

STOPPED = "a look at it took longer than it may, and was stopped"
STOP_AGAIN_S = 0.05
"""Seconds until what has not stopped is told again."""
LEAST_MS = 1
"""PostgreSQL takes 0 for no limit."""

_WRITES_NOTHING = "a unit of work that only looks writes nothing"


class ReadOnlyTransaction(Transaction):
    """Reads what was committed when it began. Raises TooSlow when its time is over."""

    def __init__(self, engine: AsyncEngine, health: Health, seconds: float, shared: SharedCache | None = None) -> None:
        """`engine` begins transactions that only read; `seconds` are for everything, from the beginning on."""
        super().__init__(engine, NoLock(), health, seconds, shared)
        self._seconds, self._is_over = seconds, False
        self._timer: asyncio.TimerHandle | None = None
        self._stopping: asyncio.Future[None] | None = None

    async def begin(self) -> None:
        """Begin, and let the time run."""
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._stop)
        try:
            await super().begin()
            if self.is_postgresql:
                limit = max(LEAST_MS, int(self._seconds * 1000))
                await super().execute(select(func.set_config("statement_timeout", str(limit), True)))
        except BaseException:
            self._timer.cancel()
            if self._connection is not None:
                await super().end(commit=False)
            raise

    async def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> Answer:
        """Run a statement that reads. Raises TooSlow, DatabaseUnavailable, or RuntimeError for one that writes."""
        if not statement.is_select:
            raise RuntimeError(_WRITES_NOTHING)
        if self._is_over:
            raise TooSlow(STOPPED, Outage.BUSY)
        return await super().execute(statement, parameters)

    def mark_dirty(self) -> None:
        """Raise RuntimeError: nothing is written."""
        raise RuntimeError(_WRITES_NOTHING)

    async def end(self, *, commit: bool) -> None:
        """Let go of the moment that was read."""
        if self._timer is not None:
            self._timer.cancel()
        await super().end(commit=commit)

    def _stop(self) -> None:
        self._is_over = True
        if self._connection is None or self.is_postgresql:
            return  # PostgreSQL stops by itself
        # Of no effect where nothing runs: the next statement is not begun. One that is just beginning is stopped then.
        self._timer = asyncio.get_running_loop().call_later(STOP_AGAIN_S, self._stop)
        driver = self._connection.sync_connection
        if driver is not None and (raw := driver.connection.driver_connection) is not None:
            self._stopping = asyncio.ensure_future(raw.interrupt())

    def _raise(self, error: Exception) -> NoReturn:
        """Raise TooSlow for a statement that was stopped, which is no fault of the database."""
        if _was_stopped(error):
            raise TooSlow(STOPPED, Outage.BUSY) from error
        super()._raise(error)


def _was_stopped(error: Exception) -> bool:
    cause = getattr(error, "orig", None)
    return getattr(cause, "sqlstate", None) == "57014" or getattr(cause, "sqlite_errorname", None) == "SQLITE_INTERRUPT"
