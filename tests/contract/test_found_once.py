"""What was counted is counted anew once a change was written, by whomever; and what was rolled back never counts."""

import pytest

from application.queries.counts import counts_of
from changes.reporting.periods import Period
from changes.reporting.statistics import summarise
from storage import Store
from tests.contract import subjects as s
from tests.contract.conftest import Open
from tests.support.core import LEARN


async def counted(store: Store) -> int:
    async with store.units() as unit:
        return summarise(await counts_of(unit, [LEARN], Period(2026))).handed_in


async def test_what_is_written_is_counted_with_the_rest(store: Store) -> None:
    for number in range(3):
        assert await counted(store) == number
        assert await counted(store) == number
        async with store.units() as unit:
            await s.saved(unit, s.submitted())
            assert summarise(await counts_of(unit, [LEARN], Period(2026))).handed_in == number + 1


async def test_what_another_process_writes_is_counted_too(store: Store, another: Open) -> None:
    assert await counted(store) == 0
    other = await another()
    async with other.units() as unit:
        await s.saved(unit, s.submitted())
    assert await counted(store) == 1


async def saved_and_rolled_back(store: Store) -> None:
    async with store.units() as unit:
        await s.saved(unit, s.submitted())
        assert summarise(await counts_of(unit, [LEARN], Period(2026))).handed_in == 1
        raise LookupError


async def test_what_was_counted_before_it_was_rolled_back_is_forgotten(store: Store) -> None:
    assert await counted(store) == 0
    with pytest.raises(LookupError):
        await saved_and_rolled_back(store)
    assert await counted(store) == 0
