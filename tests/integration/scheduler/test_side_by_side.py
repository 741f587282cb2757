"""Steps, deliveries and operations get on beside each other: nothing that takes long keeps anything else waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any

import pytest
from sqlalchemy import select, update

from application.ports import DueItem, UnitOfWork, Work, Write
from application.retry_log import RetryLog
from changes.effects import Effect, Reply, UpsertStatusCard
from changes.errors import ConcurrencyConflict
from changes.planning.timeline import pending
from scheduler.due_items import LONGEST_S, DueRunner
from scheduler.heartbeat import Heartbeat
from scheduler.outbox import AT_ONCE, BESIDE_STEPS
from scheduler.side_by_side import SideBySide
from scheduler.worker import Worker
from storage.errors import UnknownType
from storage.tables import outbox
from tests.integration.scheduler.conftest import LEARN, World
from tests.support.autocommit import autocommit

MANY = 300
PATIENCE = 20


def reply(number: int) -> Reply:
    return Reply(f"reply:{number}", "", {"id": f"a:{number}", "serviceUrl": ""}, {})


async def add(world: World, *effects: Effect) -> None:
    await autocommit(world.store).outbox.add(effects, world.clock.now())


def cards(number: int) -> list[Effect]:
    return [UpsertStatusCard(f"card {each}", f"CHG-2027-{each:04}") for each in range(number)]


async def due_at_once(world: World, number: int) -> None:
    """So many changes, a step of each of which is due now."""
    change = await world.submitted()
    await world.worker.run_due()
    history = await autocommit(world.store).changes.history(change.id)
    async with world.store.units() as unit:
        for each in range(number):
            other = replace(change, id=f"CHG-2030-{each:04}")
            await unit.changes.save(other, 0, history, pending(other, LEARN), (), world.clock.now())
    world.clock.go_to(pending(change, LEARN)[0].due)


class Hanging:
    """Carries everything out but what is called so, until that may end."""

    def __init__(self, world: World, *keys: str) -> None:
        self.carried, self.keys = list[str](), keys
        self.began, self.may_end = asyncio.Event(), asyncio.Event()
        self.worker = Worker(world.store.units, world.catalogue, world.clock, self.carry, {}, "this worker", RetryLog())

    async def carry(self, effect: Effect) -> None:
        if effect.key in self.keys:
            self.began.set()
            await self.may_end.wait()
        self.carried.append(effect.key)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Its worker is at work meanwhile, and ends then."""
        working = asyncio.create_task(self.worker.run_due())
        async with asyncio.timeout(PATIENCE):
            yield
            self.may_end.set()
            await working

    async def carries(self, number: int) -> None:
        while len(self.carried) < number:  # noqa: ASYNC110  # nobody is told of a delivery
            await asyncio.sleep(0.01)


async def test_what_is_typed_during_a_burst_of_due_steps_is_answered_before_that_ends(world: World) -> None:
    await due_at_once(world, MANY)
    hanging = Hanging(world)
    async with hanging.at_work():
        for number in range(3):
            await add(world, reply(number))
            hanging.worker.wake()
            while f"reply:{number}" not in hanging.carried:  # noqa: ASYNC110
                await asyncio.sleep(0)
        assert await autocommit(world.store).due_items.claim(world.clock.now()) is not None, "the burst is over"
    assert await autocommit(world.store).due_items.claim(world.clock.now()) is None
    assert len(set(hanging.carried)) == len(hanging.carried)


async def test_one_slow_delivery_holds_up_its_own_lane_only(world: World) -> None:
    await add(world, *cards(MANY), UpsertStatusCard("behind", "CHG-2027-0000"))
    hanging = Hanging(world, "card 0")
    async with hanging.at_work():
        await hanging.carries(MANY - 1)
        assert not {"card 0", "behind"} & {*hanging.carried}
    assert hanging.carried[-2:] == ["card 0", "behind"]


async def test_however_many_deliveries_hang_answers_go_out_and_no_more_than_a_few_are_begun(world: World) -> None:
    every = [each.key for each in cards(MANY)]
    await add(world, *cards(MANY))
    hanging = Hanging(world, *every)
    async with hanging.at_work():
        await add(world, reply(1))
        hanging.worker.wake()
        await hanging.carries(1)
        assert hanging.carried == ["reply:1"]
        assert await hanging.worker.next_wake() == world.clock.now(), "there is more than there are places for"
    assert sorted(hanging.carried) == sorted(["reply:1", *every])


async def test_notices_go_out_while_people_keep_typing(world: World) -> None:
    notices, typed = 3 * max(AT_ONCE.values()), 0
    await add(world, *cards(notices))
    left = {each.key for each in cards(notices)}

    async def carry(effect: Effect) -> None:
        nonlocal typed
        await asyncio.sleep(0.001)
        left.discard(effect.key)
        if isinstance(effect, Reply) and left:
            typed += 1
            await add(world, reply(100 + typed))
            worker.wake()

    worker = Worker(world.store.units, world.catalogue, world.clock, carry, {}, "this worker", RetryLog())
    await add(world, *(reply(number) for number in range(2 * max(AT_ONCE.values()))))
    async with asyncio.timeout(PATIENCE):
        await worker.run_due()
    assert not left


async def test_late_steps_go_before_the_cards_that_they_cause(world: World) -> None:
    await due_at_once(world, 2 * MANY)
    await add(world, *cards(MANY))
    left, flying, most = {each.key for each in cards(MANY)}, 0, 0

    async def carry(effect: Effect) -> None:
        nonlocal flying, most
        flying += 1
        due = await autocommit(world.store).due_items.next_due()
        most = max(most, flying) if due is not None and due <= world.clock.now() else most
        await asyncio.sleep(0.01)
        left.discard(effect.key)
        flying -= 1

    worker = Worker(world.store.units, world.catalogue, world.clock, carry, {}, "this worker", RetryLog())
    async with asyncio.timeout(PATIENCE):
        await worker.run_due()
    assert most <= BESIDE_STEPS
    assert not left


async def test_however_often_somebody_wakes_it_the_worker_closes_what_has_ended(world: World) -> None:
    await add(world, *(UpsertStatusCard(f"{number}", "CHG-2027-0001") for number in range(30)))
    hanging = Hanging(world)

    async def wake() -> None:
        while len(hanging.carried) < 30:
            hanging.worker.wake()
            await asyncio.sleep(0)

    async with hanging.at_work():
        await wake()
    assert hanging.carried == [f"{number}" for number in range(30)]


async def test_a_step_that_falls_due_while_a_delivery_hangs_is_carried_out(world: World) -> None:
    change = await world.submitted()
    await add(world, *cards(1))
    hanging = Hanging(world, "card 0")
    async with hanging.at_work():
        await hanging.began.wait()
        world.clock.go_to(pending(change, LEARN)[0].due)
        while not (await world.look_at(change)).fired_steps:  # noqa: ASYNC110  # the store tells nobody
            await asyncio.sleep(0.01)
        assert "card 0" not in hanging.carried


@pytest.mark.parametrize("slow", ["to begin", "to claim"])
async def test_steps_are_carried_out_however_slow_the_database_is(world: World, slow: str) -> None:
    await due_at_once(world, 3)

    class Slow:
        """A unit of work that takes longer than a transaction may wait."""

        def __init__(self, unit: UnitOfWork) -> None:
            self.unit = unit

        async def __aenter__(self) -> UnitOfWork:
            if slow == "to begin":
                await asyncio.sleep(2 * LONGEST_S)
            unit = await self.unit.__aenter__()
            claim_batch = unit.due_items.claim_batch

            async def late(now: datetime, limit: int) -> tuple[DueItem, ...]:
                items = await claim_batch(now, limit)
                await asyncio.sleep(2 * LONGEST_S)
                return items

            if slow == "to claim":
                vars(unit.due_items)["claim_batch"] = late
            return unit

        async def __aexit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> None:
            await self.unit.__aexit__(kind, error, trace)

    def units(patience: float | None = None) -> Any:
        return Slow(world.store.units(patience))

    due = DueRunner(units, world.catalogue, world.clock, Heartbeat(), RetryLog())
    async with asyncio.timeout(PATIENCE):
        await due.run()
    assert await autocommit(world.store).due_items.claim(world.clock.now()) is None


async def test_deliveries_that_end_together_are_closed_together(world: World) -> None:
    await add(world, *cards(MANY))
    begun = 0

    def units(patience: float | None = None) -> UnitOfWork:
        nonlocal begun
        begun += 1
        return world.store.units(patience)

    async def carry(effect: Effect) -> None:
        await asyncio.sleep(0.001)

    await Worker(units, world.catalogue, world.clock, carry, {}, "this worker", RetryLog()).run_due()
    assert begun < MANY / 2
    assert await autocommit(world.store).outbox.next_attempt() is None


@pytest.mark.parametrize("error", [ConcurrencyConflict("Somebody was faster."), ValueError("a defect")])
async def test_of_those_that_end_together_one_that_cannot_be_written_harms_no_other(
    world: World, error: Exception
) -> None:
    await add(world, *cards(20))
    noted = list[str]()

    async def carry(effect: Effect) -> Write:
        async def write(unit: UnitOfWork) -> None:
            if effect.key == "card 7":
                raise error
            noted.append(effect.key)

        return write

    worker = Worker(world.store.units, world.catalogue, world.clock, carry, {}, "this worker", RetryLog())
    with pytest.raises(type(error)):
        await worker.run_due()
    assert {*noted} == {each.key for each in cards(20)} - {"card 7"}
    world.clock.go_on(minutes=3)
    [left] = await autocommit(world.store).outbox.claim(world.clock.now(), "me", 60)
    assert left.effect.key == "card 7"


async def test_what_has_gone_out_is_written_down_also_when_what_waits_cannot_be_read(world: World) -> None:
    await add(world, *cards(1))

    async def carry(effect: Effect) -> None:
        await add(world, UpsertStatusCard("of a newer version", "CHG-2027-0001"))
        async with world.store.engine.begin() as connection:
            await connection.execute(
                update(outbox).where(outbox.c.key == "of a newer version").values(kind="nobody_knows_it")
            )

    worker = Worker(world.store.units, world.catalogue, world.clock, carry, {}, "this worker", RetryLog())
    with pytest.raises(UnknownType):
        await worker.run_due()
    async with world.store.engine.connect() as connection:
        ended = await connection.execute(select(outbox.c.key).where(outbox.c.done_at.is_not(None)))
        assert ended.scalars().all() == ["card 0"]


async def test_what_fails_beside_others_is_raised_when_those_have_ended() -> None:
    ended, finishes = list[str](), asyncio.Event()

    async def slow() -> None:
        await finishes.wait()
        ended.append("slow")

    async def fail() -> None:
        raise OSError("the disk is away")

    async with asyncio.timeout(PATIENCE):
        parts = SideBySide({Work.STEPS: slow, Work.DELIVERIES: fail}, finishes.set)
        parts.wake()
        with pytest.raises(OSError, match="the disk is away"):
            await parts.run()
    assert ended == ["slow"], "and it is not begun again"
