"""The counts that triggers keep are those of the changes, whoever writes them, in whatever order and however many."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from application.ports import UnitOfWork
from application.replanning import remeasure
from application.retry_log import RetryLog
from changes.model import Change, Outcome, State, Window
from changes.policy import Catalogue, Service
from changes.reporting.metrics import measure
from changes.reporting.periods import Period
from changes.reporting.statistics import Counts, by_quarter, by_service, summarise
from storage import Store, open_store
from storage.backup import backup, restore
from storage.query_cache import begin_generation
from storage.tables import change_count_deltas, change_counts, changes, events, tasks
from tests.contract import subjects as s
from tests.contract.conftest import Open
from tests.support.core import LEARN
from tests.support.counted import counted

SEA = replace(LEARN, key="sea", name="Sea", zone=ZoneInfo("Pacific/Honolulu"))
SERVICES = {"learn": LEARN, "sea": SEA}
PERIODS = (Period(2026), Period(2027), Period(2026, 4), Period(2027, 1), Period(2026, month=12), Period(2027, month=1))
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


async def every_change(unit: UnitOfWork) -> tuple[Change, ...]:
    return await unit.changes.find()


def said(counts: Counts) -> tuple[object, ...]:
    """All that is shown of the counts, and what it is made of."""
    return summarise(counts), by_service(counts), by_quarter(counts), dict(counts.leads), dict(counts.overruns)


async def wrong(unit: UnitOfWork, services: dict[str, Service]) -> dict[str, object]:
    """Where what is kept is not what counting every change gives."""
    known = [measure(each, services[each.plan.service]) for each in await every_change(unit)]
    found: dict[str, object] = {}
    for period in PERIODS:
        for keys in (["learn"], ["learn", "sea"]):
            of_them = [each for each in known if each.service in keys]
            within = [each for each in of_them if _lies_in(each.planned, services[each.service], period)]
            kept, made = said(await unit.statistics.count(keys, period)), said(counted(within, services))
            if kept != made:
                found[f"{period} {keys}"] = (kept, made)
    return found


def _lies_in(window: Window, service: Service, period: Period) -> bool:
    since, until = period.bounds(service.zone)
    return since <= window.start < until


@dataclass(frozen=True, slots=True)
class Write:
    """A change as it is written: `which` of those that are there, a new one where there are fewer."""

    which: int
    service: str
    state: State
    start: datetime
    overrun: int
    lead_days: int | None
    outcome: Outcome | None
    short_notice: bool

    def made(self, change: Change | None, number: int) -> Change:
        window = Window(self.start, self.start + timedelta(hours=2))
        plan = replace(s.plan(self.service), window=window)
        change = change or Change(f"CHG-2026-{number:04}", s.RITA, plan, State.DRAFT, s.NOW, tests=(None,))
        return change.with_(
            plan=plan,
            state=self.state,
            requested_at=None if self.lead_days is None else self.start - timedelta(days=self.lead_days),
            started_at=self.start,
            ended_at=window.end + timedelta(minutes=self.overrun),
            outcome=self.outcome,
            short_notice=self.short_notice,
        )


WRITES = st.builds(
    Write,
    st.integers(0, 5),
    st.sampled_from(sorted(SERVICES)),
    st.sampled_from([State.DRAFT, State.GO_PENDING, State.SCHEDULED, State.COMPLETED, State.CANCELLED]),
    st.integers(-100, 100).map(lambda hours: NEW_YEAR + timedelta(hours=hours)),
    st.integers(-2, 2),
    st.none() | st.integers(0, 3),
    st.none() | st.sampled_from(Outcome),
    st.booleans(),
)
BATCHES = st.lists(st.tuples(st.lists(WRITES, min_size=1, max_size=4), st.sampled_from("ccccrtd")), max_size=8)
"""Some are written together: committed, or rolled back. Or everything is tidied first, or a change deleted."""


async def written(unit: UnitOfWork, writes: Iterable[Write]) -> None:
    for each in writes:
        there = await every_change(unit)
        old = there[each.which] if each.which < len(there) else None
        new = each.made(old, len(there) + 1)
        stored = await unit.changes.load(new.id)
        version = stored.version if stored else 0
        await unit.changes.save(
            new, version, s.entries(s.cancelled(), first=version + 1), (), (), s.NOW, SERVICES[each.service]
        )


async def emptied(store: Store, *, all_of_them: bool) -> None:
    """Delete one of the changes, or all of them: not what the bot does, but triggers know of it."""
    async with store.engine.begin() as connection:
        last = (await connection.execute(select(func.max(changes.c.id)))).scalar()
        for column in (events.c.change, tasks.c.change, changes.c.id):
            await connection.execute(delete(column.table).where(column >= ("" if all_of_them else last or "")))
        await connection.run_sync(begin_generation)


async def walked(store: Store, batches: list[tuple[list[Write], str]]) -> None:
    await emptied(store, all_of_them=True)
    for writes, end in batches:
        if end == "t":
            await tidied(store)
        if end == "d":
            await emptied(store, all_of_them=False)
        with suppress(LookupError):
            async with store.units() as unit:
                await written(unit, writes)
                assert await wrong(unit, SERVICES) == {}
                if end == "r":
                    raise LookupError
        async with store.units() as unit:
            assert await wrong(unit, SERVICES) == {}


async def tidied(store: Store) -> None:
    is_left = True
    while is_left:
        async with store.units() as unit:
            is_left = await unit.retention.purge_expired(s.NOW)


def test_whatever_is_written_the_counts_are_those_of_the_changes(url: str) -> None:
    with asyncio.Runner() as runner:
        store = runner.run(open_store(url, RetryLog()))

        @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(BATCHES)
        def holds(batches: list[tuple[list[Write], str]]) -> None:
            runner.run(walked(store, batches))

        try:
            holds()
        finally:
            runner.run(store.close())


def some(number: int, day: int = 0, state: State = State.GO_PENDING) -> Write:
    return Write(number, "learn", state, NEW_YEAR + timedelta(days=day), 1, 2, None, short_notice=False)


async def put(store: Store, write: Write, name: int) -> None:
    """Write the change of that number, on whatever it is now."""
    async with store.units() as unit:
        stored = await unit.changes.load(f"CHG-2026-{name:04}")
        change, version = (stored.change, stored.version) if stored else (None, 0)
        trail = s.entries(s.cancelled(), first=version + 1)
        await unit.changes.save(write.made(change, name), version, trail, (), (), s.NOW, LEARN)


WRITERS, TIMES = 4, 15


async def test_writers_beside_each_other_lose_nothing_while_counts_are_added_up(another: Open) -> None:
    stores = [await another() for _ in range(WRITERS + 1)]
    for number in range(WRITERS):
        await put(stores[0], some(number), number + 1)
    are_done, seen = asyncio.Event(), []

    async def write(store: Store, number: int) -> None:
        for at in range(TIMES):
            state = (State.SCHEDULED, State.COMPLETED, State.GO_PENDING)[at % 3]
            await put(store, some(number, day=at * 7 % 90, state=state), number)

    async def add_up(store: Store) -> None:
        while not are_done.is_set():
            await tidied(store)
            async with store.units() as unit:
                seen.append(summarise(await unit.statistics.count(["learn"], Period(2027))).handed_in)
            await asyncio.sleep(0)

    adding = [asyncio.create_task(add_up(each)) for each in (stores[-1], await another())]
    await asyncio.gather(*(write(store, number) for number, store in enumerate(stores[:-1], start=1)))
    are_done.set()
    await asyncio.gather(*adding)
    assert set(seen) == {WRITERS}, "whoever looks meanwhile sees each change once"
    async with stores[0].units() as unit:
        assert len(await every_change(unit)) == WRITERS
        assert await wrong(unit, SERVICES) == {}


async def test_tidying_leaves_one_number_for_each_value_of_what_many_have_written(store: Store) -> None:
    for at in range(6):
        await put(store, some(1, day=at % 2), 1)
    await tidied(store)
    async with store.engine.connect() as connection:
        rows = (await connection.execute(select(change_counts))).mappings().all()
        assert (await connection.execute(select(change_count_deltas))).all() == []
    now = {(row["counted"], row["value"]): row["number"] for row in rows if row["number"]}
    assert now == {
        ("changes", "go_pending///"): 1,
        ("lead_days", "2"): 1,
        ("lead_days/year", "2"): 1,
    }


async def test_other_clocks_move_changes_to_other_quarters(store: Store) -> None:
    await put(store, replace(some(1), start=NEW_YEAR + timedelta(hours=3)), 1)
    async with store.units() as unit:
        assert await wrong(unit, SERVICES) == {}
    moved = {**SERVICES, "learn": replace(LEARN, zone=SEA.zone)}
    assert await remeasure(store.units, Catalogue(moved)) == 1
    async with store.units() as unit:
        assert await wrong(unit, moved) == {}
        assert summarise(await unit.statistics.count(["learn"], Period(2026, 4))).handed_in == 1


@pytest.fixture
async def restored(store: Store, url: str, fresh: str, tmp_path: Path) -> AsyncIterator[Store]:
    for number in (1, 2):
        await put(store, some(number, day=number * 40), number)
    await backup(url, tmp_path / "all.gz", s.NOW)
    await restore(fresh, tmp_path / "all.gz")
    opened = await open_store(fresh, RetryLog())
    yield opened
    await opened.close()


async def test_a_restored_backup_counts_each_change_once(restored: Store) -> None:
    async with restored.units() as unit:
        assert len(await every_change(unit)) == 2
        assert await wrong(unit, SERVICES) == {}
        assert summarise(await unit.statistics.count(["learn"], Period(2027))).handed_in == 2
