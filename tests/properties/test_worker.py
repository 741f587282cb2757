"""The worker walked at random: lost races, a provider and a Teams that fail, restarts. What is stored stays true."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from application.ports import PermanentError, RetryableError, VersionedChange, of_change
from application.ports.provider import OperationStatus, ProviderRefused, ProviderUncertain, ProviderUnreachable
from changes import commands as c
from changes import events as e
from changes.effects import Effect
from changes.errors import CommandRejected
from changes.lifecycle import fold
from changes.model import Change, State
from changes.planning.timeline import pending
from changes.snapshots import OperationState, Server
from storage import Store
from tests.fakes.memory import Memory
from tests.integration.scheduler.conftest import ANNE, IVO, LEARN, RITA, START, Provider, World
from tests.support.examples import examples

THE_DAY = {State.SNAPSHOTTING, State.READY, State.IN_PROGRESS, State.INCIDENT, State.RESTORING}


class Moody(Provider):
    """A provider that refuses, is away, or accepts and loses its answer; and ends its snapshots in its own time."""

    def __init__(self, random: Random) -> None:
        super().__init__()
        self.random, self.accepted = random, Counter[str]()

    async def create_snapshot(self, vps: Server, name: str) -> OperationStatus:
        match self.random.randrange(6):
            case 0:
                raise ProviderUnreachable("Infomaniak does not answer.", self.random.choice([None, 30, 600]))
            case 1:
                raise ProviderRefused("The snapshot quota is used up.")
            case mood:
                self.accepted[name] += 1
                self.show(name, OperationState.RUNNING)
                if mood == 2:
                    raise ProviderUncertain("No answer came.")
        return self.listed[name]

    async def restore(self, vps: Server, name: str) -> OperationStatus:
        handle = f"restore of {name}"
        self.accepted[handle] += 1
        self.show(handle, OperationState.RUNNING)
        return self.listed[handle]

    async def get_status(self, vps: Server, handle: str) -> OperationStatus:
        if self.random.random() < 0.05:
            self.show(handle, self.random.choice([OperationState.SUCCEEDED] * 3 + [OperationState.FAILED]), detail=" ")
        elif self.random.random() < 0.1:
            raise ProviderUnreachable("Infomaniak does not answer.")
        return self.listed[handle]


class Walk:
    """A world, the accidents that happen in it, and what must hold after each."""

    def __init__(self, seed: int) -> None:
        self.random, self.memory = Random(seed), Memory()
        self.provider = Moody(self.random)
        self.world = World("", cast("Store", self.memory), provider=self.provider)
        self.carried = Counter[str]()
        self.world.carry = self.carry  # type: ignore[method-assign]
        self.world.worker = self.world.new_worker()

    async def carry(self, effect: Effect) -> None:
        accident = self.random.random()
        if accident < 0.05:
            raise RetryableError("Teams is busy.", self.random.choice([None, 5]))
        if accident < 0.06:
            raise PermanentError("The bot was removed.")
        if accident < 0.07:
            raise RuntimeError("a defect")
        self.carried[effect.key] += 1

    async def rival(self) -> None:
        """Somebody saves a change just before somebody else does."""
        rows = self.memory.changes.rows
        change_id = self.random.choice(list(rows))
        rows[change_id] = replace(rows[change_id])

    async def go(self, steps: int) -> None:
        for number in range(3):
            await self.world.submitted(START + timedelta(days=number))
        for _ in range(steps):
            await self.something()
            await self.check()

    async def something(self) -> None:
        random, world = self.random, self.world
        if random.random() < 0.2:
            self.memory.rivals += [self.rival] * random.randrange(1, 4)
        if random.random() < 0.05:
            world.worker = world.new_worker()
        if random.random() < 0.5:
            await self.someone()
        else:
            await self.wait()
        await world.worker.run_due()

    async def wait(self) -> None:
        moment = await self.world.worker.next_moment()
        if self.today():
            self.world.clock.go_on(minutes=self.random.choice([1, 2, 10]))
        elif moment is not None and self.random.random() < 0.7:
            self.world.clock.go_to(max(moment, self.world.clock.now()))
        else:
            self.world.clock.go_on(minutes=self.random.choice([1, 240, 1440]))

    def today(self) -> list[Change]:
        """The changes whose day it is."""
        return [row.change for row in self.memory.changes.rows.values() if row.change.state in THE_DAY]

    async def someone(self) -> None:
        change = self.random.choice(self.today() or [row.change for row in self.memory.changes.rows.values()])
        choices: dict[State, list[c.Command]] = {
            State.PRECHECK_PENDING: [c.ApprovePrecheck(ANNE)],
            State.GO_PENDING: [c.GiveGo(ANNE)],
            State.SNAPSHOTTING: [
                *[c.RetrySnapshot(IVO)] * 8,
                *(c.WaiveSnapshot(ANNE, "NAS."), c.Postpone(IVO, "Later.")),
            ],
            State.READY: [c.Start(IVO)],
            State.IN_PROGRESS: [c.RecordTest(IVO, 0, passed=True), c.Complete(IVO), c.DeclareIncident(IVO, "Down.")],
            State.INCIDENT: [*[c.AskRestore(IVO), c.ConfirmRestore(ANNE, "Hannibal")] * 3, c.CloseIncident(IVO)],
            State.RESTORING: [c.Complete(IVO)],
            State.POSTPONED: [self.moved(change)],
        }
        with suppress(CommandRejected):
            await self.world.tell(change, self.random.choice(choices.get(change.state, [c.Start(IVO)])))

    def moved(self, change: Change) -> c.Command:
        by = timedelta(days=30)
        window = replace(change.plan.window, start=change.plan.window.start + by, end=change.plan.window.end + by)
        return c.Move(RITA, window)

    async def check(self) -> None:
        assert not [key for key, times in self.carried.items() if times > 1], "an effect was carried out twice"
        wanted = Counter[str]()
        for row in self.memory.changes.rows.values():
            for entry in row.trail:
                if isinstance(entry.event, e.SnapshotRequested):
                    wanted[entry.event.name] += 1
                elif isinstance(entry.event, e.RestoreConfirmed):
                    wanted[f"restore of {entry.event.name}"] += 1
        assert self.provider.accepted <= wanted, "the provider was asked once more than people asked"
        now = self.world.clock.now()
        for change_id in list(self.memory.changes.rows):
            async with self.world.store.units() as unit:
                stored, trail = await unit.changes.load(change_id), await unit.changes.history(change_id)
            assert stored == VersionedChange(fold(trail), len(trail))
            waiting = self.memory.due_items.rows[of_change(change_id)].steps
            assert waiting == pending(stored.change, LEARN)
            assert not [step for step in waiting if step.due <= now], "a step that is due was left"


@settings(max_examples=examples(25))
@given(st.integers(0, 2**32))
async def test_whatever_fails_what_is_stored_is_true_and_nothing_is_done_twice(seed: int) -> None:
    await Walk(seed).go(120)


async def test_the_walks_come_through_every_part_of_the_day() -> None:
    reached: set[State] = set()
    wanted = THE_DAY | {State.COMPLETED, State.POSTPONED}
    for seed in range(20):
        if reached >= wanted:
            break
        walk = Walk(seed)
        await walk.go(200)
        for change_id in walk.memory.changes.rows:
            trail = walk.memory.changes.rows[change_id].trail
            reached |= {fold(trail[:count]).state for count in range(1, len(trail) + 1)}
    assert reached >= wanted
