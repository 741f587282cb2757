"""PostgreSQL's statements as asyncpg carries them out; SQLAlchemy opens, tries and keeps the connections."""

import re
from collections.abc import Callable
from copy import copy
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import Executable
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.statements import Parameters, Rows, Statements, tell_begin

if TYPE_CHECKING:
    from asyncpg import Connection

AT_HAND = 16
"""How many connections stay out of the pool at most. It has twenty: the others of this process need some, too.

Those are what only reads, and probes: they take theirs from the pool, and wait for none that lies here."""
IDLE_SECONDS = 1.0
"""After so long a connection to PostgreSQL may have been cut, by a restart of the server or by something between."""
BEGIN = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 10000"
"""Nobody waits longer, in ms, for what a process holds that was stopped or lost in the middle of a transaction."""
NOT_SYNCHRONOUS = "; SET LOCAL synchronous_commit = off"
_COUNT = re.compile(r"(\d+)$")
"""What the server says of a statement ends with the number of its rows."""


class ServerEngine:
    """Gives out connections of SQLAlchemy's engine for what is asked in every turn.

    A few that were just used stay at hand: its pool takes as long for one as a statement does.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._begin, self._begins_late = engine, BEGIN, False
        self.statements = Statements(engine.dialect)
        self._at_hand: list[tuple[float, AsyncConnection, Connection[Any]]] = []

    def repeatable(self) -> "ServerEngine":
        """One with the same connections; a crash of the server may undo what it committed in the last second."""
        beside = copy(self)
        beside._begin = BEGIN + NOT_SYNCHRONOUS  # noqa: SLF001  # it is one of us
        return beside

    def lazy(self) -> "ServerEngine":
        """One with the same connections, whose transactions begin with the first statement that writes or locks.

        What was read before it is not held: an erasure waits for nobody who has only looked.
        """
        beside = copy(self)
        beside._begins_late = True  # noqa: SLF001  # it is one of us
        return beside

    @property
    def sync_engine(self) -> Engine:
        """Who is told of each statement."""
        return self._engine.sync_engine

    @property
    def dialect(self) -> Dialect:
        """How PostgreSQL is spoken to."""
        return self._engine.dialect

    def connect(self) -> "ServerConnection":
        """A connection that is not opened yet."""
        return ServerConnection(self, self._begin, begins_late=self._begins_late)

    async def take(self) -> "tuple[AsyncConnection, Connection[Any]]":
        """One that was just used, or one of the pool, which tries those that were not."""
        while self._at_hand:
            used, pooled, driver = self._at_hand.pop()
            if not driver.is_closed() and (monotonic() - used <= IDLE_SECONDS or await _answers(driver)):
                return pooled, driver
            await pooled.invalidate()  # the pool would take it for one that was just used
            await pooled.close()
        pooled = self._engine.connect()
        await pooled.start()
        return pooled, await driver_of(pooled)

    async def put_back(self, pooled: AsyncConnection, driver: "Connection[Any]") -> None:
        """It is not used any more; it is outside any transaction."""
        if len(self._at_hand) < AT_HAND and not driver.is_closed():
            self._at_hand.append((monotonic(), pooled, driver))
        else:
            await give_back(pooled, driver)

    async def dispose(self) -> None:
        """Let the pool have what is at hand, before it is closed itself."""
        while self._at_hand:
            _, pooled, driver = self._at_hand.pop()
            await give_back(pooled, driver)


async def driver_of(pooled: AsyncConnection) -> "Connection[Any]":
    """Who carries the statements of the connection out."""
    driver: Any = (await pooled.get_raw_connection()).driver_connection
    return driver


async def _answers(driver: "Connection[Any]") -> bool:
    """Whether the connection is still there, as SQLAlchemy asks it."""
    broken: tuple[type[Exception], ...] = (*_errors(), OSError)
    try:
        await driver.fetchrow(";")
    except broken:
        return False
    return True


@cache
def _errors() -> tuple[type[Exception], ...]:
    """What the driver raises. Where SQLite is used nobody needs to load it."""
    from asyncpg import InterfaceError, InternalClientError, PostgresError  # noqa: PLC0415

    return PostgresError, InterfaceError, InternalClientError


async def give_back(pooled: AsyncConnection, driver: "Connection[Any]") -> None:
    """Let the pool have it; one that has broken is not used again."""
    if driver.is_closed():
        await pooled.invalidate()
    await pooled.close()


class ServerConnection:
    """One connection, with the methods of SQLAlchemy's AsyncConnection that a Transaction uses."""

    def __init__(self, engine: ServerEngine, begin: str, *, begins_late: bool) -> None:
        self._engine, self._begin, self._begins_late = engine, begin, begins_late
        self._pooled: AsyncConnection | None = None
        self._driver: Connection[Any] | None = None
        self._is_open = False

    @property
    def sync_connection(self) -> Any:
        """None until it is started."""
        return self._driver

    async def start(self) -> None:
        """Open it."""
        self._pooled, self._driver = await self._engine.take()

    async def begin(self) -> None:
        """Begin a transaction; where it may begin late, with the first statement that writes or locks."""
        tell_begin(self._engine.sync_engine, self)
        if not self._begins_late:
            await self._begun()

    async def _begun(self) -> None:
        self._is_open = True  # whoever is cancelled meanwhile has perhaps begun one
        await self._carried_out(self._begin, self._asked.execute)

    async def execute(self, statement: Executable, parameters: Parameters = None) -> Rows:
        """Run the statement, once for each of the parameters. Raises DBAPIError."""
        prepared, arguments = self._engine.statements.prepared(self._engine.sync_engine, self, statement, parameters)
        if prepared.needs_transaction and not self._is_open:
            await self._begun()
        if len(arguments) > 1:
            await self._carried_out(prepared.text, self._asked.executemany, arguments)
            return Rows(prepared.columns, (), -1)
        if prepared.returns_rows:
            records = await self._carried_out(prepared.text, self._asked.fetch, *arguments[0])
            return Rows(prepared.columns, prepared.rows(records), len(records))
        status = await self._carried_out(prepared.text, self._asked.execute, *arguments[0])
        count = _COUNT.search(status)
        return Rows(prepared.columns, (), int(count[1]) if count else -1)

    async def commit(self) -> None:
        """Commit the transaction."""
        if self._is_open:
            await self._carried_out("COMMIT", self._asked.execute)
        self._is_open = False

    async def close(self) -> None:
        """Give the connection back; what was not committed is rolled back."""
        if self._is_open and not self._asked.is_closed():
            await self._carried_out("ROLLBACK", self._asked.execute)
        self._is_open = False
        if self._pooled is not None:
            await self._engine.put_back(self._pooled, self._asked)

    async def invalidate(self) -> None:
        """Never use this connection again."""
        if self._pooled is not None:
            await self._pooled.invalidate()
            await self._pooled.close()

    async def _carried_out(self, text: str, run: Callable[..., Any], *arguments: Any) -> Any:
        """Let the driver do it. Raises DBAPIError around what it raises."""
        try:
            return await run(text, *arguments)
        except _errors() as error:
            raise DBAPIError(text, None, error) from error

    @property
    def _asked(self) -> "Connection[Any]":
        if self._driver is None:
            raise RuntimeError("the connection was not started")
        return self._driver
