"""Lets whoever looks at pages, asks as a program or searches use few connections at once: the chat keeps its own."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.ports import ReadOnlyUnitFactory, UnitOfWork
from changes.errors import Outage, TooSlow

AT_ONCE = 5
"""Of the fifteen or twenty connections that there are. Whoever looks must not begin another look meanwhile."""


class FewLooks:
    """Units of work that only read, so many at once; the others wait, of the time that they have."""

    def __init__(self, looks: ReadOnlyUnitFactory, at_once: int = AT_ONCE) -> None:
        self._looks, self._places = looks, asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def __call__(self, seconds: float) -> AsyncIterator[UnitOfWork]:
        """As ReadOnlyUnitFactory has it."""
        until = time.monotonic() + seconds
        try:
            async with asyncio.timeout(seconds):
                await self._places.acquire()
        except TimeoutError:
            raise TooSlow("too many look at once", Outage.BUSY) from None
        try:
            async with self._looks(max(0.0, until - time.monotonic())) as unit:
                yield unit
        finally:
            self._places.release()
