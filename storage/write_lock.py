"""Units of work of one process, one after the other, where the engine can write one transaction at a time only.

SQLite's own waiting is a poll that neither keeps an order nor is fair. Waiting here keeps the order of arrival and
costs nothing; what is left to SQLite's waiting is another process.
"""

import asyncio
from typing import Protocol

from changes.errors import DatabaseUnavailable, Outage


class WriteLock(Protocol):
    """Lets transactions begin."""

    async def enter(self, seconds: float) -> None:
        """Wait for one's turn, at most so long. Raises DatabaseUnavailable when it does not come."""

    def leave(self) -> None:
        """The next, please."""


class NoLock:
    """Everybody at once: PostgreSQL's own locks decide."""

    async def enter(self, seconds: float) -> None:
        """Nobody waits."""

    def leave(self) -> None:
        """Nobody waits."""


class SerializedWrites:
    """One transaction at a time, in the order of arrival."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._inside: asyncio.Task[object] | None = None

    async def enter(self, seconds: float) -> None:
        """Wait for one's turn.

        Raises DatabaseUnavailable after `seconds`, RuntimeError when one would wait for oneself.
        """
        if self._inside is not None and self._inside is asyncio.current_task():
            raise RuntimeError("a unit of work inside another one would wait for itself")
        try:
            async with asyncio.timeout(seconds):
                await self._lock.acquire()
        except TimeoutError as error:
            raise DatabaseUnavailable("other transactions of this process did not end in time", Outage.BUSY) from error
        self._inside = asyncio.current_task()

    def leave(self) -> None:
        """The next, please."""
        self._inside = None
        self._lock.release()
