"""Serialises this process's units of work, because SQLite allows one writer at a time.

SQLite's own waiting is a poll that neither keeps an order nor is fair. Waiting here keeps the order of arrival and
costs nothing; what is left to SQLite's waiting is another process.
"""

import asyncio

from changes.errors import DatabaseUnavailable, Outage


class NoLock:
    """No lock in the process, for PostgreSQL, which locks rows itself."""

    async def enter(self, seconds: float) -> None:
        """Acquire the lock. Raises DatabaseUnavailable after `seconds`."""

    def leave(self) -> None:
        """Release the lock."""


class SerializedWrites:
    """One transaction at a time, in the order of arrival."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._inside: asyncio.Task[object] | None = None

    async def enter(self, seconds: float) -> None:
        """Acquire the lock.

        Raises DatabaseUnavailable after `seconds`, RuntimeError when one would wait for oneself.
        """
        if self._inside is not None and self._inside is asyncio.current_task():
            raise RuntimeError("a unit of work inside another one would wait for itself")
        if self._waiting or self._lock.locked():
            await self._wait(seconds)
        else:
            await self._lock.acquire()  # at once
        self._inside = asyncio.current_task()

    async def _wait(self, seconds: float) -> None:
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds):
                await self._lock.acquire()
        except TimeoutError as error:
            raise DatabaseUnavailable("other transactions of this process did not end in time", Outage.BUSY) from error
        finally:
            self._waiting -= 1

    def leave(self) -> None:
        """Release the lock."""
        self._inside = None
        self._lock.release()


WriteLock = NoLock | SerializedWrites
