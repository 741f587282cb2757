"""Who only looks waits for nobody, holds up nobody, writes nothing, and is stopped when it takes too long."""

import asyncio

import pytest
from sqlalchemy import func, literal, select

from application.ports import UnitOfWork
from changes.errors import TooSlow
from changes.reporting.search import Search
from storage import Store
from storage.unit_of_work import SqlUnit
from tests.contract import subjects as s


async def test_who_looks_does_not_wait_for_who_writes_and_sees_what_was_committed(store: Store) -> None:
    async with store.units() as unit:
        change = await s.saved(unit)
    async with store.units() as writing:
        await s.saved(writing)
        async with store.read_only_units(2) as looking:
            assert await looking.changes.find() == (change,)
            assert await looking.changes.versions(Search()) == ((change.id, 1),)
    async with store.read_only_units(2) as looking, store.units() as writing:  # and the other way round
        await looking.changes.count(Search())
        await writing.settings.put("a", "b")


async def test_who_looks_writes_nothing(store: Store, unit: UnitOfWork) -> None:
    async with store.read_only_units(2) as looking:
        with pytest.raises(RuntimeError):
            await looking.settings.put("a", "b")
    assert await unit.settings.get("a") is None


async def test_what_takes_too_long_is_stopped_and_the_database_is_well(store: Store) -> None:
    numbers = select(literal(1).label("n")).cte(recursive=True)
    endless = select(func.count()).select_from(numbers.union_all(select(numbers.c.n + 1)))
    unit = store.read_only_units(0.2)
    assert isinstance(unit, SqlUnit)
    with pytest.raises(TooSlow):
        async with asyncio.timeout(5), unit:
            await unit._transaction.execute(endless)
    async with store.read_only_units(0.01) as slow:
        await asyncio.sleep(0.05)
        with pytest.raises(TooSlow):
            await slow.changes.find()
    assert await store.outage() is None
    async with store.read_only_units(2) as looking:
        assert await looking.changes.find() == ()
