"""The whole way of a change through the store: what is stored is, at every moment, what the core says it is."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from application.change_service import draft, execute
from application.ports import UnitOfWork, VersionedChange
from changes import commands as c
from changes.lifecycle import fold
from changes.model import SYSTEM, SnapshotStatus, State
from changes.planning.timeline import pending
from changes.policy import Catalogue, Service
from changes.snapshots import Server
from infomaniak.vps_api.entry import VPS_API
from storage import Store
from tests.contract import subjects as s
from tests.support.autocommit import autocommit

LEARN = Service("learn", "ISC Learn", ZoneInfo("Europe/Zurich"), s.ANNE, (), Server("Hannibal", VPS_API.provider))
CATALOGUE = Catalogue({"learn": LEARN})


class Walk:
    """One change, its people and the present moment."""

    def __init__(self, store: Store) -> None:
        self.store, self.now, self.id = store, s.NOW, ""

    async def begin(self) -> None:
        async with self.store.units() as unit:
            change = await draft(unit, CATALOGUE, c.Draft(s.RITA, s.plan()), self.now, "chat")
        self.id = change.id
        await self.check()

    async def do(self, command: c.Command) -> None:
        async with self.store.units() as unit:
            await execute(unit, CATALOGUE, self.id, command, self.now, "card")
        await self.check()

    async def until(self, state: State) -> None:
        """Let every step fall due, one after the other, until the change has come to `state`."""
        while (await self.stored()).change.state is not state:
            async with self.store.units() as unit:
                due = await unit.due_items.next_due()
                assert due is not None, f"nothing would ever make it {state}"
                self.now = max(self.now, due)
                step = await unit.due_items.claim(self.now)
                assert step is not None
                await execute(unit, CATALOGUE, step.owner.id, c.FireStep(SYSTEM, step.key), self.now, "timeline")
            await self.check()

    async def stored(self) -> VersionedChange:
        stored = await autocommit(self.store).changes.load(self.id)
        assert stored is not None
        return stored

    async def check(self) -> None:
        stored = await self.stored()
        async with self.store.units() as unit:
            trail = await unit.changes.history(self.id)
            due = await unit.due_items.next_due()
        assert stored == VersionedChange(fold(trail), len(trail))
        assert due == min((step.due for step in pending(stored.change, LEARN)), default=None)


async def test_what_is_stored_is_the_fold_of_the_history_all_the_way(store: Store) -> None:
    walk = Walk(store)
    await walk.begin()
    await walk.do(c.Submit(s.RITA))
    await walk.until(State.PRECHECK_PENDING)
    await walk.do(c.ApprovePrecheck(s.ANNE))
    await walk.until(State.GO_PENDING)
    await walk.do(c.GiveGo(s.ANNE, "good luck"))
    await walk.until(State.SNAPSHOTTING)
    await walk.do(c.NoteSnapshotStarted(SYSTEM))
    walk.now += timedelta(hours=2, minutes=30)
    name = (await walk.stored()).change.snapshot.name
    await walk.do(c.NoteSnapshotFinished(SYSTEM, name))
    walk.now = (await walk.stored()).change.plan.window.start
    await walk.do(c.Start(s.RITA))
    await walk.do(c.ReportTrouble(s.RITA, "slow"))
    await walk.do(c.Extend(s.RITA, 30, "nearly there"))
    await walk.do(c.RecordTest(s.RITA, 0, passed=True))
    await walk.do(c.Complete(s.RITA))
    await walk.do(c.SaveReview(s.RITA, "fine"))
    change = (await walk.stored()).change
    assert change.state is State.COMPLETED
    assert change.snapshot.status is SnapshotStatus.FINISHED
    assert change.extended_minutes == 30


async def test_the_effects_of_a_change_go_out_in_the_order_in_which_they_were_decided(
    store: Store, unit: UnitOfWork
) -> None:
    walk = Walk(store)
    await walk.begin()
    await walk.do(c.Submit(s.RITA))
    await walk.until(State.PRECHECK_PENDING)
    await walk.do(c.RequestCorrections(s.ANNE, "which disk?"))
    keys: list[str] = []
    while parcels := await unit.outbox.claim(walk.now, "me", 60):
        for parcel in parcels:
            keys.append(parcel.effect.key)
            await unit.outbox.done(parcel.id, walk.now)
    numbers = [int(key.split(":")[1]) for key in keys]
    assert numbers == sorted(numbers)
    assert len(set(keys)) == len(keys) >= 4
