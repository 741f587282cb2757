"""One database transaction, whose lost races and wrong values are raised in the words of the core."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from sqlalchemy import Executable, Table
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from application.ports import Work
from changes.errors import ConcurrencyConflict, DatabaseUnavailable, Outage
from storage.engine import BUSY_SECONDS
from storage.errors import DRIVER_ERRORS, conflict, raise_translated
from storage.health import Health
from storage.on_the_loop import BUSY_PAUSE_S, LoopConnection, LoopEngine
from storage.on_the_server import ServerConnection, ServerEngine
from storage.query_cache import NEW_GENERATION, READ_GENERATION, Cache, SharedCache, writes_cached
from storage.statements import Rows
from storage.upserts import addition, upserting
from storage.write_lock import WriteLock

Found = TypeVar("Found")
Engines = AsyncEngine | LoopEngine | ServerEngine
Answer = CursorResult[Any] | Rows
Connections = AsyncConnection | LoopConnection | ServerConnection


class Transaction:
    """Begins, runs statements, and ends. Once it lost a race or its database it cannot be committed any more."""

    def __init__(
        self,
        engine: Engines,
        turnstile: WriteLock,
        health: Health,
        patience: float | None = None,
        shared: SharedCache | None = None,
    ) -> None:
        """It begins within `patience` seconds, or not at all. What is found on PostgreSQL is kept in `shared`."""
        self._engine, self._turnstile, self._health = engine, turnstile, health
        self._patience = BUSY_SECONDS if patience is None else patience
        self._connection: Connections | None = None
        self._lost = self._wrote = self._wrote_cached = self._is_dirty = False
        self._shared = shared
        self._cache: Cache | None = None
        self._away: DatabaseUnavailable | None = None
        self._writers: tuple[Callable[[], Awaitable[None]], ...] = ()
        self.work: set[Work] = set()
        """What was written that a worker has to look for."""
        self.is_postgresql = engine.dialect.name == "postgresql"

    async def begin(self) -> None:
        """Take a connection and begin; raises DatabaseUnavailable when the database is away, or busy for too long."""
        self._health.check()
        until = asyncio.get_running_loop().time() + self._patience
        await self._turnstile.enter(self._patience)
        connection = self._engine.connect()
        try:
            await self._begun(connection, until)
        except BaseException as error:
            await self._leave(connection if connection.sync_connection is not None else None)
            if isinstance(error, (DatabaseUnavailable, *DRIVER_ERRORS)):
                self._raise(error)
            raise
        self._connection = connection

    async def _begun(self, connection: Connections, until: float) -> None:
        """Begin, however often another process holds the database, as long as there is time."""
        while True:
            try:
                if connection.sync_connection is None:
                    await connection.start()  # which reads the file already
                await connection.begin()
            except DRIVER_ERRORS as error:
                try:
                    raise_translated(error)
                except DatabaseUnavailable as away:
                    if away.outage is not Outage.BUSY or asyncio.get_running_loop().time() >= until:
                        raise
                await asyncio.sleep(BUSY_PAUSE_S)
            else:
                return

    async def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> Answer:
        """Run the statement, once for each of the parameters. Raises ConcurrencyConflict or DatabaseUnavailable.

        A statement of a hot path is built once, with `bindparam`: building one takes longer than running it.
        """
        connection = self._begun_connection()
        if self._is_dirty:
            await self._flush()
        try:
            result: Answer = await connection.execute(statement, parameters)
            if not statement.is_select:
                self._wrote = True
                self._wrote_cached = self._wrote_cached or writes_cached(statement)
        except DRIVER_ERRORS as error:
            self._raise(error)
        return result

    def write_behind(self, *writers: Callable[[], Awaitable[None]]) -> None:
        """What is pending is written by these, in this order, before the next statement or the commit."""
        self._writers = writers

    def mark_dirty(self) -> None:
        """Something is still to be written. What is written together takes a statement a table, however much it is."""
        self._begun_connection()
        self._is_dirty = True

    async def cached(
        self, asked: Hashable, find: Callable[[], Awaitable[Found]], *, finds_generation: bool = False
    ) -> Found:
        """What `find` finds in tables that are seldom written (CACHED_TABLES) alone; `asked` says what that is.

        It is found once for as long as none of them is written. What waited for a lock has to look by itself. With
        `finds_generation` its statement reads the generation, too, before it finds anything.
        """
        if self._is_dirty:
            await self._flush()
        if not (finds_generation or self._knows_generation):
            self.generation_is((await self.execute(READ_GENERATION)).scalar_one_or_none())
        if self._knows_generation and asked in self._found_before:
            known: Found = self._found_before[asked]
            return known
        found = await find()
        self._found_before[asked] = found
        return found

    @property
    def _knows_generation(self) -> bool:
        return self._cache is not None or self._shared is None

    @property
    def _found_before(self) -> Cache:
        if isinstance(self._connection, LoopConnection):
            return self._connection.cache()
        return {} if self._cache is None or self._wrote_cached else self._cache

    def generation_is(self, generation: str | None) -> None:
        """What was read of it together with something else: what is found from now on is at least as new."""
        if self._shared is not None:
            self._cache = self._shared.of(generation)

    async def execute_one(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> None:
        """Run the statement; raises ConcurrencyConflict when it found no row to write, because somebody was faster."""
        if (await self.execute(statement, parameters)).rowcount != 1:
            raise self.conflict()

    async def add(self, table: Table, keys: tuple[str, ...], values: Mapping[str, Any]) -> None:
        """Insert a row with new keys; raises ConcurrencyConflict when one with these keys is there already."""
        await self.execute_one(addition(table, self.is_postgresql, keys), values)

    def conflict(self) -> ConcurrencyConflict:
        """Mark the transaction as conflicted, so that it is rolled back, and return the error to raise."""
        self._lost = True
        if self._shared is not None:
            self._shared.forget()
        return conflict()

    async def upsert(self, table: Table, keys: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
        """Insert the row, or change the one with these keys where it has other values; whether anything was written."""
        statement = upserting(table, self.is_postgresql, tuple(keys), tuple(values))
        return (await self.execute(statement, {**keys, **values})).rowcount > 0

    async def end(self, *, commit: bool) -> None:
        """Commit or roll back, and give the connection back; raises ConcurrencyConflict when a race was lost."""
        connection = self._connection
        if connection is None:
            raise RuntimeError("the unit of work was not begun, or has ended already")
        try:
            if commit and self._is_dirty and not (self._lost or self._away):
                await self._flush()
            if commit and self._lost:
                raise conflict()
            if commit and self._away is not None:
                raise DatabaseUnavailable(str(self._away), self._away.outage)
            if commit:
                if self._wrote_cached and self.is_postgresql:
                    await connection.execute(NEW_GENERATION)
                await connection.commit()
                if self._wrote:
                    self._health.worked()
        except DRIVER_ERRORS as error:
            self._raise(error)
        finally:
            self._connection = None
            await self._leave(connection)

    async def _flush(self) -> None:
        """Write what is pending; where that fails nothing of this transaction may be committed."""
        self._is_dirty = False
        try:
            for write in self._writers:
                await write()
        except BaseException:
            self._lost = True
            raise

    def _begun_connection(self) -> Connections:
        if self._connection is None:
            raise RuntimeError("a unit of work is used inside its own `async with` block only")
        return self._connection

    def _raise(self, error: Exception) -> NoReturn:
        """Raise what the error means to the core, and remember it: nothing of this transaction may be committed."""
        try:
            if isinstance(error, DRIVER_ERRORS):
                raise_translated(error)
            raise error
        except ConcurrencyConflict:
            self._lost = True
            raise
        except DatabaseUnavailable as away:
            self._away = away
            self._health.failed(away)
            raise

    async def _leave(self, connection: Connections | None) -> None:
        try:
            # What was not committed is rolled back; where that has to be waited for, whoever is cancelled waits too.
            if isinstance(connection, LoopConnection):
                await _closed(connection)
            elif connection is not None:
                await asyncio.shield(_closed(connection))
        finally:
            self._turnstile.leave()


class SqlStore:
    """The base of every store: one port over SQL, within one unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction


async def _closed(connection: Connections) -> None:
    try:
        await connection.close()
    except (SQLAlchemyError, OSError):
        await connection.invalidate()  # whatever is at its other end, nobody uses it any more
