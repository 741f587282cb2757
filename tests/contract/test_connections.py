"""A connection that broke while nobody used it is not used, and what ends locks nothing but its own lane."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from changes.effects import Reply
from changes.errors import DatabaseUnavailable, Outage
from storage import Store
from storage.errors import raise_translated
from storage.on_the_server import AT_HAND, IDLE_SECONDS
from tests.contract import subjects as s

_OTHERS = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_LANES = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")


async def at_once(store: Store, number: int) -> None:
    async def one() -> None:
        async with store.units() as unit:
            await unit.settings.get("anything")
            await asyncio.sleep(0.02)

    await asyncio.gather(*(one() for _ in range(number)))


async def test_what_was_cut_meanwhile_fails_nobody(store: Store) -> None:
    await at_once(store, AT_HAND + 2)
    async with store.engine.connect() as connection:
        if store.engine.dialect.name == "postgresql":
            await connection.execute(_OTHERS)
    await asyncio.sleep(IDLE_SECONDS + 0.1)  # whoever is earlier begins anew
    await at_once(store, AT_HAND + 2)


async def test_what_is_at_hand_leaves_connections_for_others(store: Store) -> None:
    await at_once(store, 15)
    await at_once(store, 15)
    async with asyncio.timeout(5):
        taken = [await store.engine.connect() for _ in range(20 - AT_HAND)] if is_postgresql(store) else []
    for each in taken:
        await each.close()


def is_postgresql(store: Store) -> bool:
    return store.engine.dialect.name == "postgresql"


async def test_an_end_locks_its_own_lane_alone(store: Store) -> None:
    if not is_postgresql(store):
        return
    replies = [Reply(f"r{n}", "", {"id": f"19:{n}", "serviceUrl": "https://x"}, {"text": "x"}) for n in range(200)]
    async with store.units() as unit:
        await unit.outbox.add(replies, s.NOW)
    async with store.units() as unit:
        claimed = await unit.outbox.claim(s.NOW, "me", 60, 10)
    for ended in ([claimed[0].id], [each.id for each in claimed[1:]]):
        async with store.units() as unit:
            await unit.outbox.done(ended, s.NOW)
            async with store.engine.connect() as connection:
                assert (await connection.execute(_LANES)).scalar_one() <= len(ended)


def test_a_server_that_ends_in_the_middle_of_an_answer_is_away() -> None:
    error = DBAPIError("SELECT 1", None, asyncpg.InternalClientError("cannot switch to state 12"))
    with pytest.raises(DatabaseUnavailable) as raised:
        raise_translated(error)
    assert raised.value.outage is Outage.AWAY
