"""Somebody else is faster, again and again: nothing is lost, and nothing is asked for twice."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

import pytest

from application.ports import UnitOfWork, UnitOfWorkFactory
from application.ports.provider import OperationStatus, ProviderRefused, ProviderUnreachable, SnapshotBackend
from application.retry_log import RetryLog
from changes import commands as c
from changes.effects import Effect, PostThreadMessage, UpsertStatusCard
from changes.errors import ConcurrencyConflict
from changes.model import Change, ChangeType, State, Window
from changes.notification.thread_messages import ThreadMessage
from changes.snapshots import OperationState, Server
from scheduler.worker import Worker
from storage import Store
from tests.fakes.memory import Memory, MemoryUnit, Rival
from tests.fakes.outbox import MemoryOutbox
from tests.integration.scheduler.conftest import ANNE, IVO, RITA, START, World


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def world(memory: Memory) -> World:
    return World("", cast("Store", memory))  # all a worker asks of a store is `units`


@pytest.fixture
async def change(world: World) -> Change:
    """A change whose snapshot is due now."""
    return await world.snapshot_due()


def touch(memory: Memory, change: Change) -> Rival:
    """Somebody who saves the change at the worst moment, without making it another one."""

    async def act() -> None:
        row = memory.changes.rows[change.id]
        memory.changes.rows[change.id] = replace(row)

    return act


def lines(world: World) -> list[ThreadMessage]:
    return [effect.line for effect in world.carried if isinstance(effect, PostThreadMessage)]


async def minutes(world: World, count: int) -> None:
    for _ in range(count):
        world.clock.go_on(minutes=1)
        await world.worker.run_due()


async def test_a_refusal_is_told_though_somebody_was_faster(world: World, memory: Memory, change: Change) -> None:
    async def refuse(vps: Server, name: str) -> OperationStatus:
        world.provider.asked.append(name)
        memory.rivals.append(touch(memory, change))
        raise ProviderRefused("The snapshot quota is used up.")

    world.provider.create_snapshot = refuse  # type: ignore[method-assign]
    await world.worker.run_due()
    await minutes(world, 3)
    assert (await world.look_at(change)).snapshot.detail == "The snapshot quota is used up."
    assert world.provider.asked == [change.id]


@pytest.mark.parametrize("end", [OperationState.SUCCEEDED, OperationState.FAILED])
async def test_a_snapshots_end_is_told_once(world: World, memory: Memory, change: Change, end: OperationState) -> None:
    await world.worker.run_due()
    world.provider.show(change.id, end, detail="The disk is full.")
    memory.rivals += [touch(memory, change)] * 2
    await minutes(world, 2)
    wanted = ThreadMessage.SNAPSHOT_FINISHED if end is OperationState.SUCCEEDED else ThreadMessage.SNAPSHOT_FAILED
    assert lines(world) == [wanted]


async def test_a_milestone_is_said_once_by_two_workers(world: World, memory: Memory, change: Change) -> None:
    await world.worker.run_due()
    other = world.new_worker()
    look = world.provider.get_status
    together = asyncio.Barrier(2)

    async def at_once(vps: object, handle: str) -> object:
        await together.wait()
        return await look(vps, handle)  # type: ignore[arg-type]

    world.provider.get_status = at_once  # type: ignore[method-assign, assignment]
    world.clock.go_on(minutes=170)
    async with asyncio.timeout(5):
        await asyncio.gather(world.worker.run_due(), other.run_due())
    assert lines(world).count(ThreadMessage.SNAPSHOT_LATE) == 1


async def test_what_was_carried_out_is_not_carried_out_again_because_noting_it_came_second(world: World) -> None:
    change = await world.submitted()
    stumbles: list[Exception] = [
        ConcurrencyConflict("Somebody else was faster."),
        ConcurrencyConflict("Somebody else was faster."),
    ]
    worker = Worker(
        stumbling(world, stumbles), world.catalogue, world.clock, world.carry, {}, "this worker", RetryLog()
    )
    await worker.run_due()
    world.clock.go_on(minutes=10)
    await worker.run_due()
    assert not stumbles
    assert [type(effect) for effect in world.carried if effect.change == change.id] == [UpsertStatusCard]


async def test_when_the_database_fails_no_effect_goes_on_behind_the_workers_back(world: World) -> None:
    change = await world.submitted()
    other = await world.submitted(START + timedelta(days=2))
    carried: list[str] = []

    async def carry(effect: Effect) -> None:
        if effect.change == other.id:
            await asyncio.sleep(0.05)
        carried.append(effect.change)

    # Once beside the next claim, and once by itself.
    stumbles: list[Exception] = [OSError("the disk is full"), OSError("the disk is full")]
    worker = Worker(stumbling(world, stumbles), world.catalogue, world.clock, carry, {}, "this worker", RetryLog())
    with pytest.raises(OSError, match="the disk is full"):
        await worker.run_due()
    assert carried == [change.id, other.id]


def stumbling(world: World, stumbles: list[Exception]) -> UnitOfWorkFactory:
    """Units of work that raise the next of `stumbles` where an effect is noted as carried out."""

    class Outbox(MemoryOutbox):
        async def done(self, entries: Collection[int], now: datetime, followed: Collection[int] = ()) -> None:
            if stumbles:
                raise stumbles.pop(0)
            await super().done(entries, now)

    class Unit(MemoryUnit):
        outbox_of = Outbox

    memory = world.store
    assert isinstance(memory, Memory)
    return lambda patience=None: cast("UnitOfWork", Unit(memory))


async def test_a_snapshot_that_nobody_wants_any_more_is_not_begun(world: World, change: Change) -> None:
    world.provider.answers.append(ProviderUnreachable("Infomaniak is busy.", 60))
    await world.worker.run_due()
    await world.tell(change, c.Postpone(IVO, "Infomaniak is down."))
    await minutes(world, 20)
    assert world.provider.asked == [change.id]  # the one that was not accepted
    assert (await world.look_at(change)).state is State.POSTPONED
    async with world.store.units() as unit:
        assert await unit.operations.running() == ()


async def test_the_end_of_an_earlier_rounds_snapshot_says_nothing_of_this_one(world: World, change: Change) -> None:
    await world.worker.run_due()
    await world.tell(change, c.Postpone(IVO, "The vendor is late."))
    window = Window(START + timedelta(hours=4), START + timedelta(hours=6))
    urgent = replace(change.plan, window=window, kind=ChangeType.EMERGENCY, reason="A hole is exploited.")
    await world.tell(change, c.Edit(RITA, urgent))
    await world.tell(change, c.GiveGo(ANNE))
    world.clock.go_to(START + timedelta(hours=4) - timedelta(minutes=165))
    world.provider.show(f"{change.id}-r2", OperationState.RUNNING)
    await world.worker.run_due()
    world.provider.show(change.id, OperationState.SUCCEEDED)
    await minutes(world, 2)
    after = await world.look_at(change)
    assert (after.state, after.snapshot.name) == (State.SNAPSHOTTING, f"{change.id}-r2")
    world.provider.show(f"{change.id}-r2", OperationState.SUCCEEDED)
    await minutes(world, 2)
    assert (await world.look_at(change)).state is State.READY


class Endless(BaseException):
    """The worker asks for the same backend again and again."""


class NoBackends(dict[str, SnapshotBackend]):
    """Backends that were taken out of the settings."""

    asked = 0

    def get(self, key: str, default: object = None) -> None:  # type: ignore[override]
        self.asked += 1
        if self.asked > 10:
            raise Endless


async def test_an_operation_whose_backend_is_gone_does_not_keep_the_worker_busy(world: World, change: Change) -> None:
    await world.worker.run_due()
    worker = Worker(
        world.store.units, world.catalogue, world.clock, world.carry, NoBackends(), "this worker", RetryLog()
    )
    world.clock.go_on(minutes=1)
    await worker.run_due()
    assert await worker.next_wake() == world.clock.now() + timedelta(minutes=1)
    assert (await world.operation(change)).estimated
