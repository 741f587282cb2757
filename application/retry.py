"""Commits a write about something that has happened outside, retrying conflicts and database outages."""

import asyncio

from application.ports import UnitOfWorkFactory, Write
from changes.errors import ConcurrencyConflict, DatabaseUnavailable

MOST_TRIES = 10
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds between two tries. It never gives up: an unrecorded message would be sent twice."""


async def commit_with_retry(units: UnitOfWorkFactory, write: Write) -> None:
    """Run `write` in a transaction, anew each time it lost or the database was away; `write` may have been committed.

    Raises ConcurrencyConflict when it lost ten times in a row.
    """
    lost, pause = 0, FIRST_PAUSE
    while True:
        try:
            async with units() as unit:
                await write(unit)
        except ConcurrencyConflict:
            lost += 1
            if lost == MOST_TRIES:
                raise
        except DatabaseUnavailable:
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            return
