"""What has happened outside is written down, however often somebody else is faster: it cannot be undone."""

from collections.abc import Awaitable, Callable

from changes.errors import Concurrent
from changes.ports import UnitOfWork, Units

MOST_TRIES = 10


async def insist(units: Units, write: Callable[[UnitOfWork], Awaitable[None]]) -> None:
    """Run `write` in a transaction, anew each time it lost. Raises Concurrent when it lost ten times in a row."""
    for left in reversed(range(MOST_TRIES)):
        try:
            async with units() as unit:
                await write(unit)
        except Concurrent:
            if not left:
                raise
        else:
            return
