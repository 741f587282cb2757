"""PostgreSQL's statements as asyncpg carries them out; SQLAlchemy opens, tries and keeps the connections."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import Executable
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.statements import Parameters, Rows, Statements, several, tell

if TYPE_CHECKING:
    from asyncpg import Connection

BEGIN, BEGIN_QUICKLY = "BEGIN", "BEGIN; SET LOCAL synchronous_commit = off"
_COUNT = re.compile(r"(\d+)$")
"""What the server says of a statement ends with the number of its rows."""


class ServerEngine:
    """Gives out connections of SQLAlchemy's engine for what is asked in every turn."""

    def __init__(self, engine: AsyncEngine, *, waits_for_disk: bool = True) -> None:
        """Without `waits_for_disk` a crash of the server may undo what was committed in the last second."""
        self._engine, self._statements, self._waits_for_disk = engine, Statements(engine.dialect), waits_for_disk

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
        return ServerConnection(self._engine, self._statements, BEGIN if self._waits_for_disk else BEGIN_QUICKLY)

    async def dispose(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


class ServerConnection:
    """One connection, with the methods of SQLAlchemy's AsyncConnection that a Transaction uses."""

    def __init__(self, engine: AsyncEngine, statements: Statements, begin: str) -> None:
        self._engine, self._statements, self._begin = engine.sync_engine, statements, begin
        self._pooled: AsyncConnection = engine.connect()
        self._driver: Connection[Any] | None = None
        self._is_open = False

    @property
    def sync_connection(self) -> Any:
        """None until it is started."""
        return self._driver

    async def start(self) -> None:
        """Take it from the pool."""
        await self._pooled.start()
        self._driver = (await self._pooled.get_raw_connection()).driver_connection

    async def begin(self) -> None:
        """Begin a transaction."""
        for listener in self._engine.dispatch.begin:
            listener(self)
        await self._carried_out(self._begin, self._asked.execute)
        self._is_open = True

    async def execute(self, statement: Executable, parameters: Parameters = None) -> Rows:
        """Run the statement, once for each of the parameters. Raises DBAPIError."""
        given = several(parameters)
        prepared = self._statements.prepared(statement, given[0])
        arguments = [prepared.arguments(each) for each in given]
        tell(self._engine, self, prepared.text, arguments)
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
        await self._carried_out("COMMIT", self._asked.execute)
        self._is_open = False

    async def close(self) -> None:
        """Give the connection back; what was not committed is rolled back."""
        if self._driver is not None and self._driver.is_closed():
            await self.invalidate()
        elif self._is_open:
            await self._carried_out("ROLLBACK", self._asked.execute)
            self._is_open = False
        await self._pooled.close()

    async def invalidate(self) -> None:
        """Never use this connection again."""
        await self._pooled.invalidate()

    async def _carried_out(self, text: str, run: Callable[..., Any], *arguments: Any) -> Any:
        """Let the driver do it. Raises DBAPIError around what it raises."""
        from asyncpg import InterfaceError, PostgresError  # noqa: PLC0415  # where SQLite is used nobody needs it

        try:
            return await run(text, *arguments)
        except (PostgresError, InterfaceError) as error:
            raise DBAPIError(text, None, error) from error

    @property
    def _asked(self) -> "Connection[Any]":
        if self._driver is None:
            raise RuntimeError("the connection was not started")
        return self._driver
