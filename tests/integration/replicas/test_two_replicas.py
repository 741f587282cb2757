"""Two replicas on one PostgreSQL, either of them killed every few seconds: every step once, every call once."""

import asyncio
import logging
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from application.change_service import draft, execute
from application.retry_log import RetryLog
from changes import commands as c
from changes import events as e
from changes.model import Plan, State, Window
from changes.planning.steps import StepKind
from storage import Store, open_store
from storage.tables import changes, due_items, events, operations, outbox
from tests.integration.replicas.life import PROCESSES, Places, catalogue, live, owner
from tests.integration.scheduler.conftest import ANNE, IVO, RITA, START
from tests.support.autocommit import autocommit
from tests.support.postgres import Server

log = logging.getLogger(__name__)
SEED = 20261123
STEPS_OF_ONE = 10
"""At least so many steps of one change fall due from its draft to the end of its window."""
STRIDE = timedelta(hours=6)
LEASE = timedelta(seconds=130)


@dataclass
class World:
    """Two processes, the clock they read, and who was killed while he had delivered something."""

    places: Places
    store: Store
    processes: list[BaseProcess] = field(default_factory=list)
    random: Random = field(default_factory=lambda: Random(SEED))
    kills: int = 0
    unrecorded: Counter[str] = field(default_factory=Counter)
    done: bool = False

    def begin(self) -> None:
        """Another life."""
        process = PROCESSES.Process(target=live, args=(self.places,), daemon=True)
        process.start()
        self.processes.append(process)

    async def kill(self, process: BaseProcess) -> None:
        """With -9. What it had delivered and not written down will be delivered once more, and nothing else."""
        process.kill()
        await asyncio.to_thread(process.join)
        self.processes.remove(process)
        mine = {key for key, pid in self.deliveries() if pid == str(process.pid)}
        async with self.store.engine.connect() as connection:
            query = select(outbox.c.key).where(outbox.c.owner == owner(process.pid), outbox.c.done_at.is_(None))
            held = set((await connection.execute(query)).scalars())
        self.unrecorded.update(mine & held)
        self.kills += 1

    async def kill_at_random(self) -> None:
        """Either of them, every second or so."""
        while not self.done:
            await asyncio.sleep(self.random.uniform(0.4, 1.4))
            await self.kill(self.random.choice(self.processes))
            self.begin()

    def deliveries(self) -> list[tuple[str, str]]:
        """The key of each message, and the process that delivered it, in order."""
        if not self.places.delivered.exists():
            return []
        lines = self.places.delivered.read_text(encoding="utf-8").splitlines()
        return [(key, pid) for key, _, pid in (line.partition("\t") for line in lines)]

    def now(self) -> datetime:
        return datetime.fromisoformat(self.places.clock.read_text(encoding="utf-8"))

    def it_is(self, moment: datetime) -> None:
        """At once: whoever reads the file sees the old moment or the new one."""
        fresh = self.places.clock.with_suffix(".new")
        fresh.write_text(moment.isoformat(), encoding="utf-8")
        fresh.replace(self.places.clock)

    async def until(self, moment: datetime) -> None:
        """Time goes on by strides, each when everything that was due is done: a stride would end the leases."""
        await self.settled()
        while self.now() < moment:
            self.it_is(min(moment, self.now() + STRIDE))
            await self.settled()

    async def settled(self) -> None:
        """Nothing is due any more. A lease of the dead ends by the clock, which moves only for that."""
        idle = 0
        while True:
            due, free, leased = await self.left()
            if not due and not free and not leased:
                return
            idle = 0 if due or free or await self.held_by_the_living() else idle + 1
            if idle > 3:
                self.it_is(self.now() + LEASE)
                idle = 0
            await asyncio.sleep(0.1)

    async def left(self) -> tuple[int, int, int]:
        """Steps that are due, effects that may go out now, and those somebody has claimed or that wait for others."""
        now = self.now()
        async with self.store.engine.connect() as connection:
            due = await connection.scalar(select(func.count()).select_from(due_items).where(due_items.c.due <= now))
            waits = outbox.c.done_at.is_(None) & outbox.c.dead_at.is_(None)
            total = await connection.scalar(select(func.count()).select_from(outbox).where(waits))
            over = operations.c.over.is_(False)
            running = await connection.scalar(select(func.count()).select_from(operations).where(over))
        wake = await autocommit(self.store).outbox.next_attempt()
        free = 1 if wake is not None and wake <= now else 0
        return due or 0, free, (total or 0) + (running or 0)

    async def held_by_the_living(self) -> bool:
        """Whether a process that lives has claimed something."""
        owners = [owner(process.pid) for process in self.processes if process.is_alive()]
        async with self.store.engine.connect() as connection:
            waits = outbox.c.done_at.is_(None) & outbox.c.dead_at.is_(None)
            query = select(func.count()).select_from(outbox).where(waits, outbox.c.owner.in_(owners))
            return bool(await connection.scalar(query))


async def test_two_replicas_that_are_killed_at_random_do_everything_once(
    server: Server, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    count = -(-pytestconfig.getoption("--steps") // STEPS_OF_ONE)
    places = Places(await server.emptied(), tmp_path / "now", tmp_path / "delivered", tmp_path / "provider", count)
    store = await open_store(places.url, RetryLog())
    world = World(places, store)
    world.it_is(START - timedelta(days=30))
    known = catalogue(count)
    ids = []
    for number in range(count):
        start = START + timedelta(seconds=number)
        window, risks = Window(start, start + timedelta(hours=2)), "None known"
        plan = Plan(f"s{number}", "Update", "Everything", window, ("Log in",), IVO, risks=risks, rollback=risks)
        async with store.units() as unit:
            change = await draft(unit, known, c.Draft(RITA, plan), world.now(), "chat")
            await execute(unit, known, change.id, c.Submit(RITA), world.now(), "chat")
        ids.append(change.id)

    async def everybody(command: c.Command) -> None:
        for change_id in ids:
            async with store.units() as unit:
                await execute(unit, known, change_id, command, world.now(), "card")

    world.begin()
    world.begin()
    killer = asyncio.create_task(world.kill_at_random())
    try:
        await world.until(START - timedelta(days=13))
        await everybody(c.ApprovePrecheck(ANNE))
        await world.until(START - timedelta(days=6))
        await everybody(c.GiveGo(ANNE))
        await world.until(START + timedelta(hours=6))
    finally:
        world.done = True
        await killer
        for process in list(world.processes):
            process.kill()
            await asyncio.to_thread(process.join)

    async with store.engine.connect() as connection:
        states = Counter((await connection.execute(select(changes.c.state))).scalars())
        rows = (await connection.execute(select(outbox).order_by(outbox.c.id))).all()
        left = (await connection.execute(select(due_items.c.owner, due_items.c.kind, due_items.c.due))).all()
        trail = (await connection.execute(select(events.c.change, events.c.seq).order_by(events.c.seq))).all()
    fired = Counter[tuple[str, str]]()
    for change_id in ids:
        for entry in await autocommit(store).changes.history(change_id):
            if isinstance(entry.event, e.StepFired | e.StepSkipped):
                fired[change_id, entry.event.key] += 1
    await store.close()

    assert states == {State.POSTPONED.value: count}, "nobody started, and each window went by"
    assert all(row.due > world.now() for row in left), "nothing that was due is left"
    waits = [(change_id, StepKind.NEW_DATE_NUDGE) for change_id in ids]
    assert sorted((row.owner, row.kind) for row in left) == sorted(waits), "a postponed change waits for its new date"
    assert fired.total() >= pytestconfig.getoption("--steps")
    assert set(fired.values()) == {1}
    per_change = defaultdict(list)
    for row in trail:
        per_change[row.change].append(row.seq)
    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in per_change.values())
    assert [row.key for row in rows if row.done_at is None] == []
    calls = Counter(places.provider.read_text(encoding="utf-8").splitlines())
    assert set(calls.values()) == {1}
    assert len(calls) == count

    delivered = [key for key, _ in world.deliveries()]
    doubles = Counter(delivered) - Counter(set(delivered))
    assert doubles == world.unrecorded, "twice only what a kill left between its delivery and its record"
    first = {key: place for place, key in reversed(list(enumerate(delivered)))}
    lanes = defaultdict(list)
    for row in rows:
        if row.key in first:
            lanes[row.lane].append(first[row.key])
    assert all(places == sorted(places) for places in lanes.values()), "messages in order"
    print(  # noqa: T201
        f"{fired.total()} steps of {count} changes, {world.kills} kills, {len(set(delivered))} messages, "
        f"{doubles.total()} of them twice, {len(calls)} calls to the provider"
    )
    assert world.kills >= 3
