"""What was found is found anew once it was written, by whomever; what was rolled back never counts; else it is kept."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from application.ports import Binding, Operation, UnitOfWork, UserProfile
from changes.errors import ConcurrencyConflict
from changes.model import Change, Person, Window
from changes.reporting.periods import Period
from changes.reporting.search import Search
from changes.reporting.statistics import summarise
from storage import Store
from storage.query_cache import MOST_CACHED, NEW_GENERATION, READ_GENERATION
from tests.contract import subjects as s
from tests.contract.conftest import Open
from tests.support.asked_statements import counted as counting

NADIA = Person("n", "Nadia")
NEAR = (Window(s.NOW, s.NOW + timedelta(days=365)),)
BINDING = Binding("learn", "http://x", "19:x", is_channel=True)
OPERATION = Operation("op", "CHG-1", "snapshot", "before", s.NOW)


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that is kept: what is asked, and a write after which another answer is right."""

    ask: Callable[[UnitOfWork], Awaitable[object]]
    write: Callable[[UnitOfWork], Awaitable[object]]


async def saved(unit: UnitOfWork) -> None:
    await s.saved(unit, s.submitted())


async def handed_in(unit: UnitOfWork) -> int:
    return summarise(await unit.statistics.count(["learn"], Period(2026))).handed_in


KEPT = {
    "statistics": Asked(handed_in, saved),
    "a change": Asked(lambda unit: unit.changes.load("CHG-2026-0001"), saved),
    "its history": Asked(lambda unit: unit.changes.history("CHG-2026-0001"), saved),
    "a page": Asked(lambda unit: unit.changes.page(Search(), 5), saved),
    "a page with a word": Asked(lambda unit: unit.changes.page(Search(words=("update",)), 5), saved),
    "the first ones": Asked(lambda unit: unit.changes.find(Search(), limit=5), saved),
    "a number": Asked(lambda unit: unit.changes.count(Search()), saved),
    "windows": Asked(lambda unit: unit.changes.windows(Search(), most=5), saved),
    "durations": Asked(lambda unit: unit.changes.measured(Search(), limit=5), saved),
    "what is beside": Asked(lambda unit: unit.changes.sharing(["learn"], s.NOW, near=NEAR), saved),
    "operations": Asked(lambda unit: unit.operations.latest("CHG-1"), lambda unit: unit.operations.put(OPERATION)),
    "people": Asked(
        lambda unit: unit.people.of(["n"]), lambda unit: unit.people.upsert([UserProfile(NADIA, "29:n", "en")])
    ),
    "absences": Asked(
        lambda unit: unit.absences.of([NADIA], date.min),
        lambda unit: unit.absences.add(NADIA, date(2026, 1, 1), date(2026, 1, 2)),
    ),
    "a channel": Asked(lambda unit: unit.bindings.get("learn"), lambda unit: unit.bindings.put(BINDING)),
}
kinds = pytest.mark.parametrize("kind", KEPT.values(), ids=KEPT.keys())


async def answer(store: Store, kind: Asked) -> object:
    async with store.units() as unit:
        return await kind.ask(unit)


@kinds
async def test_it_is_asked_once_until_it_is_written(store: Store, another: Open, kind: Asked) -> None:
    before = await answer(store, kind)
    with counting(store) as counts:
        assert await answer(store, kind) == before
    asked = [statement for each in counts.transactions for statement, _ in each if "FROM settings" not in statement]
    assert asked == []
    other = await another()
    async with other.units() as unit:
        await kind.write(unit)
    assert await answer(store, kind) == await answer(other, kind) != before


@kinds
async def test_ones_own_write_is_seen_at_once(store: Store, kind: Asked) -> None:
    async with store.units() as unit:
        before = await kind.ask(unit)
        await kind.write(unit)
        after = await kind.ask(unit)
        assert after != before
    assert await answer(store, kind) == after


@kinds
async def test_what_was_found_and_rolled_back_is_forgotten(store: Store, kind: Asked) -> None:
    before = await answer(store, kind)
    with pytest.raises(LookupError):
        await _written_and_rolled_back(store, kind)
    assert await answer(store, kind) == before


async def _written_and_rolled_back(store: Store, kind: Asked) -> None:
    async with store.units() as unit:
        await kind.write(unit)
        await kind.ask(unit)
        raise LookupError


@kinds
async def test_who_began_before_a_write_keeps_nothing_old_for_those_after_it(
    store: Store, another: Open, kind: Asked
) -> None:
    """PostgreSQL alone lets two transactions run at one time."""
    other = await another()
    if store.engine.dialect.name == "sqlite":
        return
    async with store.units() as early:
        assert await early.processed_activities.begin("its generation is read", s.NOW) is None
        async with other.units() as unit:
            await kind.write(unit)
        await kind.ask(early)
    assert await answer(store, kind) == await answer(await another(), kind)


async def test_who_waited_to_book_sees_what_was_booked_meanwhile(store: Store, another: Open) -> None:
    if store.engine.dialect.name == "sqlite":
        return
    other = await another()
    async with store.units() as early:
        assert await early.changes.sharing(["learn"], s.NOW, near=NEAR) == ()
        async with other.units() as unit:
            change = await s.saved(unit, s.submitted())
        found = await early.changes.sharing(["learn"], s.NOW, booking=True, near=NEAR)
    assert [each.id for each in found] == [change.id]


async def test_many_askers_keep_no_more_than_a_few(store: Store) -> None:
    async with store.units() as unit:
        for number in range(MOST_CACHED):
            assert await unit.people.of([str(number)]) == ()
    async with store.units() as unit:
        assert await unit.people.of(["0"]) == ()
        assert await unit.people.of(["new"]) == ()
    with counting(store) as counts:
        async with store.units() as unit:
            for known in ("0", "new"):
                assert await unit.people.of([known]) == ()
        assert counts.with_("FROM people") == []
        async with store.units() as unit:
            assert await unit.people.of([str(MOST_CACHED - 1)]) == ()
        assert len(counts.with_("FROM people")) == 1, "it made room"


async def test_who_was_outrun_by_one_who_does_not_count_looks_anew(store: Store) -> None:
    """A process of an earlier version, or somebody at the database's own prompt."""
    if store.engine.dialect.name == "sqlite":
        return
    async with store.units() as unit:
        change = await s.saved(unit, s.submitted())
    async with store.units() as unit:
        await unit.changes.load(change.id)
    async with store.engine.begin() as connection:
        await connection.execute(text("UPDATE changes SET version = 1"))
    with pytest.raises(ConcurrencyConflict):
        await _cancelled(store, change)
    async with store.units() as unit:
        stored = await unit.changes.load(change.id)
    assert stored is not None
    assert stored.version == 1


async def _cancelled(store: Store, change: Change) -> None:
    async with store.units() as unit:
        stored = await unit.changes.load(change.id)
        assert stored is not None
        await s.appended(unit, stored.change, stored.version, s.cancelled())


async def test_no_generation_comes_twice(store: Store) -> None:
    """A crash may undo one that others have read already."""
    if store.engine.dialect.name == "sqlite":
        return
    seen = set()
    async with store.engine.connect() as connection:
        for _ in range(3):
            transaction = await connection.begin()
            await connection.execute(NEW_GENERATION)
            seen.add((await connection.execute(READ_GENERATION)).scalar_one())
            await transaction.rollback()
    assert len(seen) == 3
