"""What has happened outside is written down, whoever is faster and however long the database is away."""

import asyncio
from collections.abc import Awaitable, Callable

from changes.errors import Concurrent, Unavailable
from changes.ports import UnitOfWork, Units

MOST_TRIES = 10
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds between two looks whether the database is back. Nobody gives up: a message that went out would go twice."""


async def insist(units: Units, write: Callable[[UnitOfWork], Awaitable[None]]) -> None:
    """Run `write` in a transaction, anew each time it lost or the database was away; `write` may have been committed.

    Raises Concurrent when it lost ten times in a row.
    """
    lost, pause = 0, FIRST_PAUSE
    while True:
        try:
            async with units() as unit:
                await write(unit)
        except Concurrent:
            lost += 1
            if lost == MOST_TRIES:
                raise
        except Unavailable:
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            return
