"""The two jobs of the scheduler: they wake the worker in time, outlive a database that is away, and stop at once."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from application.ports import UnitOfWork
from application.retry_log import RetryLog
from changes.effects import Effect
from scheduler.heartbeat import Heartbeat
from scheduler.worker import Worker
from scheduler.worker_loop import SWEEP, WAKE, WorkerLoop
from tests.integration.scheduler.conftest import START, World
from tests.support.autocommit import autocommit

PATIENCE = 5


class RunningClock:
    """Goes on by itself from the moment it is set to."""

    def __init__(self) -> None:
        self.set(START - timedelta(days=33))

    def set(self, moment: datetime) -> None:
        self._set_at, self._moment = asyncio.get_running_loop().time(), moment

    def now(self) -> datetime:
        return self._moment + timedelta(seconds=asyncio.get_running_loop().time() - self._set_at)


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110  # nobody is told when something is written
            await asyncio.sleep(0.02)


@pytest.fixture
async def clock() -> RunningClock:
    return RunningClock()


@pytest.fixture
async def running(world: World, clock: RunningClock) -> AsyncIterator[WorkerLoop]:
    worker = Worker(
        world.store.units, world.catalogue, clock, world.carry, {"fake": world.provider}, "this worker", RetryLog()
    )
    jobs = WorkerLoop(worker, clock)
    yield jobs
    await jobs.stop()


async def test_fifty_changes_need_two_jobs(world: World, running: WorkerLoop) -> None:
    for number in range(50):
        await world.submitted(START + timedelta(days=number))
    await running.start()
    await until(lambda: running._scheduler.get_job(WAKE))
    assert {job.id for job in running._scheduler.get_jobs()} == {WAKE, SWEEP}


async def test_a_step_fires_in_its_moment_though_nobody_kicks(
    world: World, running: WorkerLoop, clock: RunningClock
) -> None:
    change = await world.submitted()
    due = await autocommit(world.store).due_items.next_due()
    assert due
    clock.set(due - timedelta(seconds=1))
    await running.start()

    async def fired() -> bool:
        return bool((await world.look_at(change)).fired_steps)

    await asyncio.sleep(0.5)
    assert not await fired()
    async with asyncio.timeout(PATIENCE):
        while not await fired():  # noqa: ASYNC110  # the store tells nobody
            await asyncio.sleep(0.02)
    assert due <= clock.now() < due + timedelta(seconds=2)


async def test_a_kick_is_noticed_at_once(world: World, running: WorkerLoop) -> None:
    await running.start()
    await asyncio.sleep(0.1)
    change = await world.submitted()
    running.wake_worker()
    await until(lambda: carried(world, change.id))


def carried(world: World, change_id: str) -> bool:
    return any(effect.change == change_id for effect in world.carried)


async def test_stopping_takes_no_time_and_can_be_done_twice(running: WorkerLoop) -> None:
    await running.start()
    assert running.running
    async with asyncio.timeout(1):
        await running.stop()
        await running.stop()
    assert not running.running


async def test_a_worker_that_hangs_is_not_at_work_until_it_gets_on(world: World, clock: RunningClock) -> None:
    gets_on = asyncio.Event()

    async def hang(effect: Effect) -> None:
        await gets_on.wait()
        await world.carry(effect)

    worker = Worker(
        world.store.units, world.catalogue, clock, hang, {}, "this worker", RetryLog(), heartbeat=Heartbeat(0.3)
    )
    jobs = WorkerLoop(worker, clock, sweep_seconds=0.1)
    await world.submitted()
    await jobs.start()
    assert jobs.running
    await until(lambda: not jobs.running)
    gets_on.set()
    await until(lambda: jobs.running)
    await asyncio.sleep(0.5)
    assert jobs.running, "it has nothing to do, and looks whether there is something"
    await jobs.stop()


@pytest.mark.parametrize(
    "error", [OSError("the disk is away"), OperationalError("SELECT", {}, ConnectionError()), RuntimeError("a defect")]
)
async def test_the_worker_outlives_a_database_that_is_away(
    world: World, clock: RunningClock, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    away = [error, error]

    def units(patience: float | None = None) -> UnitOfWork:
        if away:
            raise away.pop()
        return world.store.units(patience)

    jobs = WorkerLoop(Worker(units, world.catalogue, clock, world.carry, {}, "this worker", RetryLog()), clock)
    change = await world.submitted()
    with caplog.at_level(logging.ERROR):
        await jobs.start()
        await until(lambda: len(away) == 1)
    assert "the worker stumbled" in caplog.text
    assert jobs.running
    jobs.wake_worker()
    await until(lambda: not away)
    jobs.wake_worker()
    await until(lambda: carried(world, change.id))
    await jobs.stop()
