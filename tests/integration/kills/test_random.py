"""Random kills -9 across a whole bad day: nothing is lost, and nothing is asked of the provider twice."""

import logging
import time
from collections import Counter
from datetime import datetime, timedelta
from random import Random

import pytest

from changes import commands as c
from changes import events as e
from changes.model import Change, Outcome, SnapshotStatus, State
from changes.snapshots import Cause
from storage import open_store
from tests.integration.kills.conftest import SNAPSHOT, Day
from tests.integration.scheduler.conftest import ANNE, IVO, START

log = logging.getLogger(__name__)
SEED = 20270403
SPARED = 0.12
"""The share of lives that nobody kills: otherwise a slow machine gets nowhere."""


class Chaos:
    """A day on which no life lasts. People act as soon as the change lets them."""

    def __init__(self, day: Day) -> None:
        self.day, self.random, self.kills = day, Random(SEED), 0
        self.longest = 0.0

    async def measured(self) -> "Chaos":
        """A life is killed within once and a half the time that it takes on this machine, now."""
        began = time.perf_counter()
        for _ in range(3):
            await self.day.live()
        self.longest = 1.5 * (time.perf_counter() - began) / 3
        return self

    async def until(self, moment: datetime) -> None:
        """Time goes on to the moment, in uneven steps, and on each the worker is killed as often as it lives."""
        while self.day.clock.now() < moment:
            left = moment - self.day.clock.now()
            self.day.it_is(self.day.clock.now() + min(left, timedelta(minutes=self.random.choice([1, 2, 3, 5]))))
            await self.lives()

    async def lives(self) -> None:
        """A few lives, most of them short."""
        for _ in range(self.random.choice([1, 1, 2])):
            if self.random.random() < SPARED:
                await self.day.live()
            elif not await self.day.live_and_be_killed(self.random, self.longest):
                self.kills += 1

    async def reached(self, done: State | SnapshotStatus, retry: c.Command | None = None) -> Change:
        """Wait until the change has got there. A person who is asked whether the call was lost looks, and answers."""
        change = await self.day.look()
        for _ in range(60):
            change = await self.day.look()
            if done in (change.state, change.snapshot.status):
                return change
            lost = change.snapshot.cause if change.state is State.SNAPSHOTTING else None
            if change.snapshot.status is SnapshotStatus.FAILED and retry is not None:
                assert lost is Cause.LOST, change.snapshot.detail
                assert self.day.provider.snapshots == ()
                await self.day.tell(retry)
            if change.state is State.INCIDENT and change.restore is not None and change.restore.failed:
                assert change.restore.cause is Cause.LOST, change.restore.failed
                assert self.day.provider.snapshots[0].restores == ()
                await self.day.tell(c.AskRestore(IVO), c.ConfirmRestore(ANNE, "Hannibal"))
            await self.until(self.day.clock.now() + timedelta(minutes=5))
        raise AssertionError(f"the change never became {done}: {change}")


async def test_random_kills_across_a_bad_day_lose_nothing_and_double_nothing(
    day: Day, pytestconfig: pytest.Config
) -> None:
    kills = pytestconfig.getoption("--kills")
    chaos = await Chaos(day).measured()
    day.it_is(START - timedelta(days=1))
    await chaos.lives()
    day.it_is(SNAPSHOT)
    await chaos.reached(State.READY, c.RetrySnapshot(IVO))
    day.it_is(max(START, day.clock.now()))
    await chaos.lives()
    await day.tell(c.Start(IVO), c.RecordTest(IVO, 0, passed=False), c.ReportTrouble(IVO, "Nobody can log in."))
    await chaos.until(day.clock.now() + timedelta(minutes=95))
    await day.tell(c.Extend(IVO, 60, "The log-in is repaired."))
    await chaos.until(day.clock.now() + timedelta(minutes=20))
    await day.tell(c.DeclareIncident(IVO, "Still."), c.AskRestore(IVO), c.ConfirmRestore(ANNE, "Hannibal"))
    await chaos.reached(State.IN_PROGRESS)
    await day.tell(c.RecordTest(IVO, 0, passed=True), c.Complete(IVO))
    while chaos.kills < kills:
        await chaos.until(day.clock.now() + timedelta(minutes=10))
    for _ in range(3):  # what was claimed by the dead is free again after two minutes
        day.wait(3)
        await day.live()

    change = await day.look()
    assert (change.state, change.outcome) == (State.COMPLETED, Outcome.ROLLED_BACK)
    assert [each.name for each in day.provider.snapshots] == [change.snapshot.name]
    assert len(day.provider.snapshots[0].restores) == 1
    assert (day.provider.count("create"), day.provider.count("restore")) == (1, 1)
    await nothing_is_left(day, chaos)


async def nothing_is_left(day: Day, chaos: Chaos) -> None:
    """Every step fired once, every message went out, and a second time at most where a life ended in between."""
    store = await open_store(day.places.url)
    async with store.units() as unit:
        history = await unit.changes.history(day.change)
        waiting = await unit.outbox.claim(day.clock.now(), "the end", 60, 50)
        dead = await unit.outbox.dead()
    await store.close()
    fired = Counter(entry.event.key for entry in history if isinstance(entry.event, e.StepFired | e.StepSkipped))
    assert set(fired.values()) == {1}
    assert waiting == ()
    assert dead == ()
    assert [entry.seq for entry in history] == list(range(1, len(history) + 1))
    delivered = Counter(day.delivered)
    doubles = sum(times - 1 for times in delivered.values())
    assert doubles <= chaos.kills // 8, "only a kill between a delivery and its record may double a message"
    for event in (e.SnapshotFinished, e.Started, e.Extended, e.IncidentDeclared, e.RestoreFinished, e.Completed):
        assert sum(isinstance(entry.event, event) for entry in history) == 1
    log.info("%s kills, %s messages, %s of them a second time", chaos.kills, len(delivered), doubles)
