"""The same contract over both engines: a SQLite file, and a real PostgreSQL that a package brings along."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from application.ports import UnitOfWork
from application.retry_log import RetryLog
from storage import Store, open_store
from storage.tables import metadata
from tests.support.autocommit import autocommit
from tests.support.postgres import Server

_numbers = itertools.count(1)


@dataclass(slots=True)
class Postgres:
    """A running server."""

    socket: str
    ready: bool = False

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres:@/{database}?host={self.socket}"

    async def empty(self) -> str:
        """The URL of a new database without a table."""
        name = f"empty_{next(_numbers)}"
        await self._tell("postgres", f"CREATE DATABASE {name}")
        return self.url(name)

    async def cleared(self) -> str:
        """The URL of the one database that has every table and nothing in them: each test finds it as new."""
        if not self.ready:
            # The data lives as long as the test: nothing has to survive a power cut.
            fast = [f"ALTER SYSTEM SET {name} = off" for name in ("fsync", "synchronous_commit", "full_page_writes")]
            await self._tell("postgres", *fast, "SELECT pg_reload_conf()", "CREATE DATABASE changes")
            await (await open_store(self.url("changes"), RetryLog())).close()
            self.ready = True
        await self._tell("changes", f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY")
        return self.url("changes")

    async def _tell(self, database: str, *statements: str) -> None:
        engine = create_async_engine(self.url(database), isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))
        await engine.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of this test run only; the tests are skipped, saying why, where none can run."""
    server = Server()
    yield Postgres(server.socket)
    server.end()


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of this test only."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/changes.db"
    postgres: Postgres = request.getfixturevalue("postgres")
    return await postgres.cleared()


Open = Callable[[], Awaitable[Store]]


@pytest.fixture
async def another(url: str) -> AsyncIterator[Open]:
    """Opens the same database once more, as another process would."""
    opened: list[Store] = []

    async def open_another() -> Store:
        opened.append(await open_store(url, RetryLog()))
        return opened[-1]

    yield open_another
    for store in opened:
        await store.close()


@pytest.fixture
async def store(another: Open) -> Store:
    """An empty store, on each of the engines."""
    return await another()


@pytest.fixture
def unit(store: Store) -> UnitOfWork:
    """The store, asked one thing at a time."""
    return autocommit(store)


@pytest.fixture(params=["sqlite", "postgresql"])
async def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without a table, that of SQLite in a folder that is not there yet."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/fresh/changes.db"
    postgres: Postgres = request.getfixturevalue("postgres")
    return await postgres.empty()


@pytest.fixture
async def on_file(tmp_path: Path) -> AsyncIterator[Store]:
    """A store in the file `changes.db`, where only SQLite is asked."""
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/changes.db", RetryLog())
    yield store
    await store.close()
