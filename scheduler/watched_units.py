"""Units of work that tell, once they are committed, what they have left to be done."""

from collections.abc import AsyncIterator, Callable
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager

from application.ports import UnitOfWork, UnitOfWorkFactory, Work


def watched(units: UnitOfWorkFactory, committed: Callable[[AbstractSet[Work]], None]) -> UnitOfWorkFactory:
    """The same units of work; `committed` is called with the work that one of them has caused, if any."""

    @asynccontextmanager
    async def unit_of_work(patience: float | None = None) -> AsyncIterator[UnitOfWork]:
        async with units(patience) as unit:
            yield unit
        if unit.work:
            committed(unit.work)

    return unit_of_work
