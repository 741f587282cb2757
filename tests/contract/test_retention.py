"""What is past its time is deleted, some at a time."""

from datetime import timedelta

from sqlalchemy import func, insert, select

from application.ports import UnitOfWork
from storage import Store
from storage.retention import AT_ONCE
from storage.tables import deliveries
from tests.contract import subjects as s

MANY = 2 * AT_ONCE + 100


async def test_what_is_old_goes_some_at_a_time_and_what_is_young_stays(store: Store, unit: UnitOfWork) -> None:
    old, young = s.NOW - timedelta(days=8), s.NOW - timedelta(days=6)
    rows = [{"key": f"{number}", "answer": "{}", "at": old if number < MANY else young} for number in range(MANY + 50)]
    async with store.engine.begin() as connection:
        await connection.execute(insert(deliveries), rows)
    left = []
    for _ in range(3):
        left.append(await unit.retention.purge_expired(s.NOW))
        async with store.engine.connect() as connection:
            left.append(await connection.scalar(select(func.count()).select_from(deliveries)))
    assert left == [True, MANY + 50 - AT_ONCE, True, 150, False, 50]
