"""A change on its day, with a provider that survives, and a worker that does not."""

import asyncio
import contextlib
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from application.change_service import execute
from application.ports import Operation
from application.retry_log import RetryLog
from changes import commands as c
from changes.model import Change
from local import simulator
from local.simulator import Simulator
from storage import open_store
from tests.integration.kills.mortal import CATALOGUE, Places, live_once, stored, unit_of
from tests.integration.scheduler.conftest import START, Clock, World

SNAPSHOT = START - timedelta(minutes=165)


@dataclass
class Day:
    """One change, its people and its mortal worker."""

    places: Places
    provider: Simulator
    clock: Clock
    change: str
    past: list[Simulator] = field(default_factory=list)
    unrecorded: Counter[str] = field(default_factory=Counter)
    """The messages that were delivered in a life that was killed before it could record that."""

    def it_is(self, moment: datetime) -> None:
        self.clock.go_to(moment)
        self.places.clock.write_text(moment.isoformat(), encoding="utf-8")

    def wait(self, minutes: float) -> None:
        self.it_is(self.clock.now() + timedelta(minutes=minutes))

    async def tell(self, *commands: c.Command) -> None:
        """People act; they are not killed."""
        for command in commands:
            async with unit_of(self.places.url) as unit:
                await execute(unit, CATALOGUE, self.change, command, self.clock.now(), "card")

    async def look(self) -> Change:
        return await stored(self.places.url, self.change)

    async def operation(self, kind: str) -> Operation | None:
        """What is recorded of the last one of its kind."""
        async with unit_of(self.places.url) as unit:
            return (await unit.operations.latest(self.change)).get(kind)

    @property
    def delivered(self) -> list[str]:
        """The key of every message, as often as it was delivered."""
        path = self.places.delivered
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    @property
    def waiting(self) -> set[str]:
        """The keys of what is not yet recorded as carried out."""
        with contextlib.closing(sqlite3.connect(self.places.database)) as connection:
            return {key for (key,) in connection.execute("SELECT key FROM outbox WHERE done_at IS NULL")}

    async def live(self, die_at: int | None = None) -> bool:
        """Whether a life reached its end."""
        return await self._lived(live_once(self.places, die_at))

    async def _lived(self, life: Awaitable[bool]) -> bool:
        before = len(self.delivered)
        reached_its_end = await life
        if not reached_its_end:
            self.unrecorded.update(self.waiting.intersection(self.delivered[before:]))
        return reached_its_end

    def nothing_is_left(self) -> None:
        """Every message went out, and once more for each kill between its delivery and its record, never otherwise."""
        assert self.waiting == set()
        assert Counter(self.delivered) - Counter(set(self.delivered)) == self.unrecorded

    def keep(self) -> None:
        """Remember how everything stands now."""
        for name in ("changes.db", "simulator.json"):
            path = self.places.database.with_name(name)
            if path.exists():
                shutil.copy(path, path.with_suffix(".kept"))

    async def as_kept(self) -> None:
        """Everything stands as it was kept, the provider's memory too."""
        self.past.append(self.provider)  # stopping waits for the connections of the dead; that is done once, at the end
        for name in ("changes.db", "simulator.json"):
            path = self.places.database.with_name(name)
            path.unlink(missing_ok=True)
            if path.with_suffix(".kept").exists():
                shutil.copy(path.with_suffix(".kept"), path)
        for name in ("changes.db-wal", "changes.db-shm"):
            self.places.database.with_name(name).unlink(missing_ok=True)
        self.places.delivered.unlink(missing_ok=True)
        self.unrecorded.clear()
        self.provider = await simulator.start(self.clock.now, self.places.database.with_name("simulator.json"))
        self.places = replace(self.places, provider=self.provider.url)


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[Day]:
    """It is five days before the day, and the change has its GO."""
    database = tmp_path / "changes.db"
    url = f"sqlite+aiosqlite:///{database}"

    world = World(url, await open_store(url, RetryLog()), catalogue=CATALOGUE)
    change = await world.scheduled()
    await world.store.close()
    clock = Clock()
    provider = await simulator.start(clock.now, tmp_path / "simulator.json")
    made = Day(Places(database, provider.url, tmp_path / "now", tmp_path / "delivered"), provider, clock, change.id)
    made.it_is(START - timedelta(days=5))
    yield made
    await asyncio.gather(*(each.stop() for each in [made.provider, *made.past]))
