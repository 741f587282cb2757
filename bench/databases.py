"""Databases with changes in them: each is filled once a run, and every measurement has a copy of its own."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import asyncpg

from bench.copies import Copy
from bench.multiply import multiply
from bench.postgres import postgres
from bench.seed import seed
from bench.templates import SERVICES, services_toml

Copies = Callable[[], Iterable[Copy]]


@dataclass(frozen=True, slots=True)
class Database:
    """A database, and the folder of the process that uses it."""

    url: str
    folder: Path


@dataclass(slots=True)
class Databases:
    """All of one run. `teams_url` is where the conversations in them are."""

    folder: Path
    teams_url: str
    stack: AsyncExitStack
    _server: str = ""
    _filled: dict[tuple[str, str], str] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=count)

    @asynccontextmanager
    async def copy(
        self, engine: str, name: str, copies: Copies, times: int = 1, services: Sequence[str] = SERVICES
    ) -> AsyncIterator[Database]:
        """A copy of the database of that name on that engine.

        When there is none, it is filled with the copies, and with those so many times for other people.
        """
        number = next(self._numbers)
        folder = self.folder / f"copy{number}"
        folder.mkdir()
        (folder / "services.toml").write_text(services_toml(services), encoding="utf-8")
        filled = self._filled.get((engine, name)) or await self._fill(engine, name, copies, times, services)
        if engine == "sqlite":
            await asyncio.to_thread(shutil.copy, filled, folder / "changes.db")
            yield Database(f"sqlite+aiosqlite:///{folder}/changes.db", folder)
            await asyncio.to_thread(shutil.rmtree, folder)
            return
        await self._execute(f'CREATE DATABASE "copy{number}" TEMPLATE "{filled}"')
        try:
            yield Database(self._address(f"copy{number}"), folder)
        finally:
            await self._execute(f'DROP DATABASE "copy{number}" WITH (FORCE)')

    @asynccontextmanager
    async def empty(self) -> AsyncIterator[str]:
        """The address of a database on PostgreSQL in which there is nothing."""
        name = f"empty{next(self._numbers)}"
        await self._start()
        await self._execute(f'CREATE DATABASE "{name}"')
        try:
            yield self._address(name)
        finally:
            await self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _start(self) -> None:
        if not self._server:
            self._server = await self.stack.enter_async_context(postgres())

    async def _fill(self, engine: str, name: str, copies: Copies, times: int, services: Sequence[str]) -> str:
        if engine == "sqlite":
            filled = str(self.folder / f"{name}.db")
            url = f"sqlite+aiosqlite:///{filled}"
        else:
            filled = f"filled-{name}"
            await self._start()
            await self._execute(f'CREATE DATABASE "{filled}"')
            url = self._address(filled)
        await seed(url, copies(), self.teams_url, services)
        if times > 1:
            await multiply(url, times)
        # What is still in SQLite's log comes into the file when the last connection is closed.
        self._filled[engine, name] = filled
        return filled

    def _address(self, name: str) -> str:
        return self._server.replace("/postgres?", f"/{name}?")

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self._server.replace("+asyncpg", ""))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
