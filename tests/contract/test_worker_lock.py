"""A worker that died is known to be dead, at once; one that lives is never taken for dead."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from application.ports import WorkerLock
from application.retry_log import RetryLog
from changes.effects import Reply
from scheduler.leases import Leases
from storage import Store, open_store
from storage.worker_lock import new_owner_name
from tests.contract.conftest import Open
from tests.support.autocommit import autocommit

ROOT = Path(__file__).parents[2]
NOW = datetime(2027, 4, 15, 20, tzinfo=UTC)
AT_ONCE = timedelta()
"""The tests' server was only just started."""
OLD = "a-machine:1"
"""As an earlier version called itself, which held no lock."""
CHILD = """
import asyncio, sys
from datetime import datetime
from application.retry_log import RetryLog
from storage import open_store
async def main():
    store = await open_store(sys.argv[1], RetryLog())
    lock = store.worker_lock()
    assert await lock.acquire()
    async with store.units() as unit:
        assert len(await unit.outbox.claim(datetime.fromisoformat(sys.argv[2]), lock.owner, 120)) == 1
    print(lock.owner, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


@contextlib.asynccontextmanager
async def child(store: Store) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A worker in a process of its own that has leased an effect; its name."""
    await autocommit(store).outbox.add([Reply("a:reply", "", {"id": "a", "serviceUrl": "b"}, {})], NOW)
    url = store.engine.url.render_as_string(hide_password=False)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, url, NOW.isoformat(), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout
        yield process, (await process.stdout.readline()).decode().strip()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def free_again(store: Store) -> int:
    return len(await autocommit(store).outbox.claim(NOW, "somebody", 120))


async def test_what_a_killed_worker_had_leased_is_free_for_the_next_one_at_once(store: Store) -> None:
    lock = store.worker_lock(AT_ONCE)
    leases = Leases(store.units, lock)
    async with child(store) as (process, owner):
        # Nothing is free while it lives, whoever asks and however often.
        held = await lock.acquire()
        assert held == (store.engine.dialect.name == "postgresql"), "one worker at a time on SQLite"
        assert not await leases.free()
        assert await free_again(store) == 0
        os.kill(process.pid, signal.SIGSTOP)
        assert not await leases.free(), "it is slow, and not dead"
        process.kill()
        await process.wait()
    async with asyncio.timeout(5):
        while not await lock.acquire():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        # The server hears of its client's end when it next looks at the connection.
        while not (dead := await lock.dead({owner, lock.owner})):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert dead == {owner}
        assert await leases.free()
    assert await free_again(store) == 1
    await lock.release()


async def test_of_an_owner_that_held_no_lock_nothing_is_known(store: Store) -> None:
    lock = store.worker_lock(AT_ONCE)
    assert await lock.acquire()
    assert await lock.dead({OLD, "", "web", lock.owner}) == frozenset()
    assert await lock.dead({OLD, gone := new_owner_name()}) == {gone}
    await lock.release()


async def test_whoever_ends_by_himself_lets_the_next_one_in(store: Store, another: Open) -> None:
    first, second = store.worker_lock(), (await another()).worker_lock()
    assert await first.acquire()
    assert await second.acquire() == (store.engine.dialect.name == "postgresql")
    await first.release()
    assert not first.held
    assert await second.acquire()
    await second.release()


async def test_a_living_worker_whose_session_is_cut_is_not_taken_for_dead_and_has_its_lock_again(store: Store) -> None:
    if store.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no sessions")
    mine, other = store.worker_lock(AT_ONCE), store.worker_lock()
    assert await mine.acquire()
    assert await other.acquire()
    for _ in range(3):
        looking = asyncio.create_task(mine.dead({other.owner}))
        await cut(store, other)
        assert await looking == frozenset()
    async with asyncio.timeout(5):
        while not other.held:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await mine.release()
    await other.release()


async def cut(store: Store, lock: WorkerLock) -> None:
    """An administrator ends its session."""
    query = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE :name")
    async with store.engine.begin() as connection:
        await connection.execute(query, {"name": f"%{lock.owner[-16:]}%"})
        await asyncio.sleep(0)


async def test_while_the_server_has_only_just_started_nobody_is_taken_for_dead(store: Store) -> None:
    if store.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no server")
    lock = store.worker_lock(timedelta(days=1))
    assert await lock.acquire()
    assert await lock.dead({new_owner_name()}) == frozenset()
    await lock.release()


async def test_a_worker_without_its_lock_begins_nothing(tmp_path: Path) -> None:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/changes.db", RetryLog())
    async with child(store):
        lock = store.worker_lock()
        assert not await lock.acquire()
        assert not lock.held
        assert await lock.dead({"a:1:0123456789abcdef"}) == frozenset(), "whoever has no lock knows nothing"
    await store.close()
