"""A server that comes free lets the snapshot that waited for it begin, in the transaction in which it came free."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from application.change_service import draft, execute
from application.ports import UnitOfWork
from application.retry import commit_with_retry
from changes import commands as c
from changes.effects import BeginSnapshot
from changes.errors import ConcurrencyConflict
from changes.model import SYSTEM, Change, ChangeType, Person, Plan, SnapshotStatus, State, Window
from changes.planning.timeline import pending
from changes.policy import Catalogue, Service
from changes.snapshots import Server
from infomaniak.vps_api.entry import VPS_API
from storage import Store
from tests.contract.conftest import Open
from tests.support.autocommit import autocommit

RITA, IVO, ANNE = (Person(name.lower(), name) for name in ("Rita", "Ivo", "Anne"))
LEARN = Service(
    "learn", "ISC Learn Platform", ZoneInfo("Europe/Zurich"), ANNE, (), Server("Hannibal", VPS_API.provider)
)
FORUM = replace(LEARN, key="forum", name="Forum")
CATALOGUE = Catalogue({"learn": LEARN, "forum": FORUM})
START = datetime(2027, 4, 14, 18, tzinfo=UTC)  # a Wednesday, 20:00 in Zurich


async def tell(store: Store, change: str, command: c.Command, now: datetime) -> Change:
    done: list[Change] = []

    async def write(unit: UnitOfWork) -> None:
        done.append(await execute(unit, CATALOGUE, change, command, now, "chat"))

    await commit_with_retry(store.units, write)
    return done[-1]


async def fall_due(store: Store, change: str, until: datetime) -> Change:
    """Everything of the change that falls due until then happens in its time."""
    while True:
        stored = await autocommit(store).changes.load(change)
        assert stored is not None
        service = CATALOGUE.service(stored.change.plan.service)
        due = next((step for step in pending(stored.change, service) if step.due <= until), None)
        if due is None:
            return stored.change
        await tell(store, change, c.FireStep(SYSTEM, due.key), max(due.due, stored.change.created_at))


async def with_go(store: Store, service: str, start: datetime, go_at: datetime, minutes: int = 120) -> str:
    """An emergency that is requested and has its GO then."""
    window = Window(start, start + timedelta(minutes=minutes))
    plan = Plan(
        service,
        f"Patch of {service}",
        "All of it",
        window,
        ("Log in",),
        IVO,
        risks="None known.",
        rollback="Restore the snapshot.",
        kind=ChangeType.EMERGENCY,
        reason="A hole is being used.",
    )
    async with store.units() as unit:
        change = await draft(unit, CATALOGUE, c.Draft(RITA, plan), go_at, "chat")
    await tell(store, change.id, c.Submit(RITA), go_at)
    await fall_due(store, change.id, go_at)
    await tell(store, change.id, c.GiveGo(ANNE), go_at)
    return change.id


async def at_work(store: Store) -> str:
    """A change of the learning platform at work since 20:00; its window ends at 22:00."""
    first = await with_go(store, "learn", START, START - timedelta(hours=8))
    due = START - timedelta(minutes=165)
    await fall_due(store, first, due)
    await tell(store, first, c.NoteSnapshotStarted(SYSTEM), due)
    await tell(store, first, c.NoteSnapshotFinished(SYSTEM, first), START - timedelta(minutes=15))
    await fall_due(store, first, START)
    await tell(store, first, c.Start(IVO), START)
    return first


async def held(store: Store, first: str, go_at: datetime = START + timedelta(minutes=10), minutes: int = 300) -> str:
    """A change of the forum, on the same server, whose snapshot is due and waits for the first one."""
    second = await with_go(store, "forum", START + timedelta(minutes=180), go_at, minutes)
    change = await fall_due(store, second, START + timedelta(minutes=15))
    assert (change.snapshot.status, change.snapshot.detail) == (SnapshotStatus.HELD, first)
    return second


async def look(store: Store, change: str) -> Change:
    stored = await autocommit(store).changes.load(change)
    assert stored is not None
    return stored.change


async def begun(store: Store) -> list[str]:
    """The changes whose snapshots the provider is to be asked for, once for each time, by their ids."""
    found: list[str] = []
    async with store.units() as unit:
        while entries := await unit.outbox.claim(START + timedelta(days=2), "test", 3600, 100):
            found += [entry.effect.change for entry in entries if isinstance(entry.effect, BeginSnapshot)]
            for entry in entries:
                await unit.outbox.done([entry.id], START + timedelta(days=2))
    return sorted(found)


async def test_a_transaction_that_is_not_committed_lets_nothing_begin(store: Store) -> None:
    first = await at_work(store)
    second = await held(store, first)
    await tell(store, first, c.RecordTest(IVO, 0, passed=True), START + timedelta(minutes=40))

    async def die_before_the_commit() -> None:
        async with store.units() as unit:
            await execute(unit, CATALOGUE, first, c.Complete(IVO), START + timedelta(minutes=40), "chat")
            raise RuntimeError("the process ends here")

    with pytest.raises(RuntimeError):
        await die_before_the_commit()
    assert (await look(store, first)).state is State.IN_PROGRESS
    assert (await look(store, second)).snapshot.status is SnapshotStatus.HELD
    assert await begun(store) == [first]


async def test_what_waits_for_too_long_does_not_begin_any_more(store: Store) -> None:
    first = await at_work(store)
    second = await held(store, first, minutes=90)  # from 23:00 to 00:30: too late from 22:00 on
    await tell(store, first, c.RecordTest(IVO, 0, passed=True), START + timedelta(minutes=121))
    await tell(store, first, c.Complete(IVO), START + timedelta(minutes=121))
    assert (await look(store, second)).snapshot.status is SnapshotStatus.HELD
    change = await fall_due(store, second, START + timedelta(minutes=121))
    assert any("snapshot_too_late" in key for key in change.fired_steps)
    assert await begun(store) == [first]


async def test_of_two_that_wait_the_one_whose_window_comes_first_begins_and_the_other_waits(store: Store) -> None:
    first = await at_work(store)
    later = await with_go(store, "forum", START + timedelta(minutes=200), START + timedelta(minutes=10), 300)
    sooner = await with_go(store, "forum", START + timedelta(minutes=150), START + timedelta(minutes=12), 49)
    for each in (later, sooner):
        await fall_due(store, each, START + timedelta(minutes=35))
        assert (await look(store, each)).snapshot.status is SnapshotStatus.HELD
    await tell(store, first, c.RecordTest(IVO, 0, passed=True), START + timedelta(minutes=40))
    await tell(store, first, c.Complete(IVO), START + timedelta(minutes=40))
    assert (await look(store, sooner)).snapshot.status is SnapshotStatus.REQUESTED
    assert (await look(store, later)).snapshot.status is SnapshotStatus.HELD
    await tell(store, sooner, c.Cancel(RITA, "It was solved otherwise."), START + timedelta(minutes=60))
    assert (await look(store, later)).snapshot.status is SnapshotStatus.REQUESTED
    assert await begun(store) == sorted([first, sooner, later])


async def test_freeing_the_server_and_holding_the_snapshot_at_once_loses_none(store: Store, another: Open) -> None:
    """Either the step sees that the server is free, or the end sees that the snapshot waits."""
    first = await at_work(store)
    await tell(store, first, c.RecordTest(IVO, 0, passed=True), START + timedelta(minutes=10))
    second = await with_go(store, "forum", START + timedelta(minutes=180), START + timedelta(minutes=10), 300)
    other, now = await another(), START + timedelta(minutes=15)
    change = await look(store, second)
    step = next(each for each in pending(change, FORUM) if "/snapshot/" in each.key)

    async def fire() -> None:
        await tell(other, second, c.FireStep(SYSTEM, step.key), now)

    await asyncio.gather(tell(store, first, c.Complete(IVO), now), fire())
    assert (await look(store, first)).state is State.COMPLETED
    assert (await look(store, second)).snapshot.status is SnapshotStatus.REQUESTED
    assert await begun(store) == [first, second]


async def test_a_change_that_another_process_writes_meanwhile_is_not_overwritten(store: Store, another: Open) -> None:
    first = await at_work(store)
    second = await held(store, first)
    await tell(store, first, c.RecordTest(IVO, 0, passed=True), START + timedelta(minutes=40))
    other, now = await another(), START + timedelta(minutes=40)

    async def waive() -> None:
        await tell(other, second, c.WaiveSnapshot(ANNE, "Nothing is written."), now)

    results = await asyncio.gather(tell(store, first, c.Complete(IVO), now), waive(), return_exceptions=True)
    assert not [each for each in results if isinstance(each, ConcurrencyConflict)]
    after = await look(store, second)
    assert (await look(store, first)).state is State.COMPLETED
    assert (after.state, after.snapshot.status) == (State.READY, SnapshotStatus.WAIVED)


async def test_a_snapshot_is_planned_earlier_once_and_only_while_that_is_still_to_come(store: Store) -> None:
    early = START - timedelta(days=1)
    second = await with_go(store, "forum", START + timedelta(minutes=180), early, 120)
    first = await with_go(store, "learn", START, early + timedelta(minutes=5))
    planned = START - timedelta(minutes=165 + 150 + 15)
    assert (await look(store, second)).snapshot_at == planned
    await tell(store, first, c.WaiveSnapshot(ANNE, "Only a setting."), early + timedelta(minutes=9))
    replanned = START - timedelta(minutes=165)
    assert (await look(store, second)).snapshot_at == replanned
    # Its step is overdue: what happens to the other now moves it no more.
    await tell(store, first, c.Cancel(RITA, "Solved."), replanned + timedelta(minutes=1))
    assert (await look(store, second)).snapshot_at == replanned
    assert (await fall_due(store, second, replanned)).snapshot.status is SnapshotStatus.REQUESTED
