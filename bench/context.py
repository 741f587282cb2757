"""What every measurement is given."""

import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import seed
from bench.copies import Copy
from bench.databases import Database, Databases
from bench.teams import Teams, teams
from bench.templates import DUE_SERVICES, Template, templates

ROUNDS = 5
"""How often each thing is measured; the median counts."""
MOST_COPIED = 10_000
"""Changes of a database that are made one by one; of more, the others are the same ones of other people."""


@dataclass(frozen=True, slots=True)
class Context:
    """Teams, the databases and the changes to be copied. `now` is when the run began: what is stored lies around it."""

    teams: Teams
    databases: Databases
    templates: Mapping[str, Template]
    now: datetime
    full: bool = False

    def stored(self, engine: str, number: int) -> AbstractAsyncContextManager[Database]:
        """A database with so many changes, beside those that wait for GO."""

        def copies() -> Iterator[Copy]:
            yield from self.presses()
            yield from seed.stored(self.templates, min(number, MOST_COPIED), self.now)

        return self.databases.copy(engine, f"stored-{number}", copies, max(1, number // MOST_COPIED))

    def presses(self) -> list[Copy]:
        """The changes that wait for GO."""
        return seed.to_press(self.templates, self.now)

    def due(self, engine: str, number: int, begin: datetime, over: timedelta) -> AbstractAsyncContextManager[Database]:
        """A database with so many changes, of which one step each falls due from `begin` on."""

        def copies() -> Iterator[Copy]:
            return seed.due_from(self.templates, number, begin, over)

        name = f"due-{number}-{over.total_seconds():.0f}-{begin.timestamp():.0f}"
        return self.databases.copy(engine, name, copies, services=DUE_SERVICES)


@asynccontextmanager
async def context(*, full: bool) -> AsyncIterator[Context]:
    """Everything that a run needs; it is taken away afterwards."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True)))
        channel = await stack.enter_async_context(teams())
        databases = Databases(folder, channel.url, stack)
        yield Context(channel, databases, await templates(), datetime.now(UTC), full)
