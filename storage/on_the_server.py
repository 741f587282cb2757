"""PostgreSQL's statements as asyncpg carries them out: SQLAlchemy writes the text of each once.

Between the two lies SQLAlchemy's cursor, which takes longer than both for the small statements that a turn has. It
still opens, tries and keeps the connections; what a statement means for its rows and parameters is as it says.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import Executable
from sqlalchemy.engine import Dialect, Engine, IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

if TYPE_CHECKING:
    from asyncpg import Connection

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
Process = Callable[[Any], Any]
_COUNT = re.compile(r"(\d+)$")
"""What a server says of a statement ends with the number of its rows."""


class ServerResult(IteratorResult[Any]):
    """The rows of a statement, or the number of rows that it has written."""

    def __init__(self, columns: SimpleResultMetaData, rows: Iterable[Sequence[Any]], count: int) -> None:
        super().__init__(columns, iter(rows))
        self.rowcount = count


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement's text, where its parameters stand in it, and what is made of its rows."""

    text: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]
    processes: Mapping[str, Process]
    columns: SimpleResultMetaData
    of_columns: tuple[tuple[int, Process], ...]
    returns_rows: bool

    def arguments(self, given: Mapping[str, Any]) -> list[Any]:
        """The values in their order. Raises KeyError where one is missing."""
        found = []
        for name in self.names:
            value = given[name] if name in given else self.constants[name]
            found.append(self.processes[name](value) if name in self.processes else value)
        return found

    def rows(self, records: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        """The records as the types of the columns have them."""
        return map(self._row, records) if self.of_columns else map(tuple, records)

    def _row(self, record: Sequence[Any]) -> list[Any]:
        row = list(record)
        for place, process in self.of_columns:
            row[place] = process(row[place])
        return row


class Statements:
    """The statements of one engine, each prepared when it is first carried out."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: WeakKeyDictionary[Executable, dict[tuple[str, ...], Prepared]] = WeakKeyDictionary()

    def prepared(self, statement: Executable, given: Mapping[str, Any]) -> Prepared:
        """The statement with parameters of these names. Raises RuntimeError for one whose text they would change."""
        known, names = self._known.setdefault(statement, {}), tuple(given)
        if names not in known:
            known[names] = self._prepare(statement, given)
        return known[names]

    def _prepare(self, statement: Any, given: Mapping[str, Any]) -> Prepared:
        compiled = statement.compile(dialect=self._dialect, column_keys=list(given) or None)
        if not isinstance(compiled, SQLCompiler) or compiled.insert_prefetch or compiled.update_prefetch:
            raise RuntimeError(f"a value of its own is filled in by SQLAlchemy: {statement}")
        expanded = compiled.construct_expanded_state(dict(given))
        if any(name in given for name in expanded.parameter_expansion):
            raise RuntimeError(f"it has another text for each number of values, which `among` has not: {statement}")
        processes = {
            name: process
            for name, parameter in compiled.binds.items()
            if (process := self._implementation(parameter.type).bind_processor(self._dialect)) is not None
        }
        columns = list(statement.exported_columns)
        of_columns = [
            (place, process)
            for place, column in enumerate(columns)
            if (process := self._implementation(column.type).result_processor(self._dialect, None)) is not None
        ]
        return Prepared(
            expanded.statement,
            tuple(expanded.positiontup or ()),
            {name: value for name, value in expanded.parameters.items() if name not in given},
            processes,
            SimpleResultMetaData([column.key for column in columns]),
            tuple(of_columns),
            returns_rows=bool(columns),
        )

    def _implementation(self, of: TypeEngine[Any]) -> TypeEngine[Any]:
        return of.dialect_impl(self._dialect)


class ServerEngine:
    """Gives out connections of SQLAlchemy's engine for what is asked in every turn."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._statements = engine, Statements(engine.dialect)

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
        return ServerConnection(self._engine, self._statements)

    async def dispose(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


class ServerConnection:
    """One connection, with the methods of SQLAlchemy's AsyncConnection that a Transaction uses."""

    def __init__(self, engine: AsyncEngine, statements: Statements) -> None:
        self._engine, self._statements = engine.sync_engine, statements
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
        await self._carried_out("BEGIN", self._asked.execute)
        self._is_open = True

    async def execute(self, statement: Executable, parameters: Parameters = None) -> ServerResult:
        """Run the statement, once for each of the parameters. Raises DBAPIError."""
        given = [parameters or {}] if parameters is None or isinstance(parameters, Mapping) else parameters
        prepared = self._statements.prepared(statement, given[0])
        arguments = [prepared.arguments(each) for each in given]
        for listener in self._engine.dispatch.before_cursor_execute:
            told = tuple(arguments[0]) if len(arguments) == 1 else [tuple(each) for each in arguments]
            listener(self, None, prepared.text, told, None, len(arguments) > 1)
        if len(arguments) > 1:
            await self._carried_out(prepared.text, self._asked.executemany, arguments)
            return ServerResult(prepared.columns, (), -1)
        if prepared.returns_rows:
            records = await self._carried_out(prepared.text, self._asked.fetch, *arguments[0])
            return ServerResult(prepared.columns, prepared.rows(records), len(records))
        status = await self._carried_out(prepared.text, self._asked.execute, *arguments[0])
        count = _COUNT.search(status)
        return ServerResult(prepared.columns, (), int(count[1]) if count else -1)

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
