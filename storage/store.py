"""The open database: gives out units of work, tells whether it is alive, and is closed at the end."""

import asyncio
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from changes.ports import UnitOfWork
from storage.engine import BUSY_SECONDS, READ_ONLY, make_engine
from storage.errors import TROUBLE, translated
from storage.migrations import upgrade
from storage.refold import refold
from storage.tables import settings
from storage.turnstile import OneByOne, Open, Turnstile
from storage.unit import SqlUnit

_PATIENCE = 2 * BUSY_SECONDS
_ALIVE_SECONDS = 2


async def open_store(url: str) -> "Store":
    """The database at `url`, brought up to date. Raises CannotOpen, whose message says what to do."""
    maintained = make_engine(url, patient=True)
    try:
        await upgrade(maintained)
        await refold(maintained)
    finally:
        await maintained.dispose()
    return Store(make_engine(url))


class Store:
    """Everything that is kept."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._turnstile: Turnstile = OneByOne(_PATIENCE) if engine.dialect.name == "sqlite" else Open()

    def units(self) -> UnitOfWork:
        """A new unit of work, not begun yet."""
        return SqlUnit(self.engine, self._turnstile)

    async def alive(self) -> bool:
        """Whether the database answers within two seconds."""
        try:
            async with asyncio.timeout(_ALIVE_SECONDS), self.engine.connect() as connection:
                looking = await connection.execution_options(**{READ_ONLY: True})
                await looking.execute(select(settings.c.name).limit(1))
        except (SQLAlchemyError, OSError, TimeoutError):
            return False
        return True

    async def now(self) -> datetime | None:
        """The database's own time, where it has a clock that all replicas share; raises Unavailable."""
        if self.engine.dialect.name != "postgresql":
            return None
        try:
            async with self.engine.connect() as connection:
                moment: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
        except TROUBLE as error:
            translated(error)
        return moment

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()
