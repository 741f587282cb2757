"""Whoever writes, looks or holds the database, and however often: the loop goes on, and nobody waits for a reader."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, literal, select

from application.ports import UnitOfWork
from changes.errors import DatabaseUnavailable, Outage, TooSlow
from changes.reporting.search import Search
from storage import Store
from storage.checkpoints import EVERY_COMMITS, OWN_PAGES
from storage.unit_of_work import SqlUnit
from tests.contract import subjects as s
from tests.support.autocommit import autocommit

TRANSACTIONS = 200


class Watch:
    """How often somebody else had a turn on the loop."""

    def __init__(self) -> None:
        self.turns = 0

    async def look(self) -> None:
        while True:
            await asyncio.sleep(0)
            self.turns += 1


async def test_others_have_their_turn_between_any_two_transactions_of_a_burst(store: Store) -> None:
    watch = Watch()
    watching = asyncio.create_task(watch.look())
    await asyncio.sleep(0)
    for number in range(TRANSACTIONS):
        async with store.units() as unit:
            await unit.settings.put("burst", str(number))
    watching.cancel()

    assert watch.turns >= TRANSACTIONS


async def test_a_file_another_process_holds_is_waited_for_without_a_standstill(on_file: Store, tmp_path: Path) -> None:
    watch = Watch()
    with closing(sqlite3.connect(tmp_path / "changes.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        watching = asyncio.create_task(watch.look())
        with pytest.raises(DatabaseUnavailable) as held:
            async with on_file.units(0.5):
                pass
        watching.cancel()
        assert held.value.outage is Outage.BUSY
        assert watch.turns > TRANSACTIONS, "the loop stood still while the file was waited for"
        other.execute("ROLLBACK")
    async with on_file.units(0.5) as unit:
        assert await unit.settings.get("burst") is None


async def test_the_first_connection_waits_for_a_file_another_process_has_too(on_file: Store, tmp_path: Path) -> None:
    """As whoever closes it last has it, or whoever opens it first after a crash."""
    with closing(sqlite3.connect(tmp_path / "changes.db", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        asyncio.get_running_loop().call_later(0.2, other.close)
        async with on_file.units(5) as unit:
            assert await unit.settings.get("burst") is None


async def test_rows_that_nobody_could_read_to_the_end_hold_nothing_up(on_file: Store, tmp_path: Path) -> None:
    """One of them is of a version that this program does not know, and whoever tells it keeps the error."""
    with closing(sqlite3.connect(tmp_path / "changes.db", isolation_level=None)) as other:
        row = "INSERT INTO operations (key, change, kind, asked_at, over, body) VALUES (?, '', '', ?, 0, '{}')"
        other.executemany(row, [(str(number), "2026-11-23 08:00:00") for number in range(100)])
        with pytest.raises(ValueError, match="validation error") as kept:
            async with on_file.units() as unit:
                await unit.operations.running()
        other.execute("INSERT INTO settings (name, value) VALUES ('burst', '1')")
        assert await autocommit(on_file).settings.get("burst") == "1"
        busy, *_ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert not busy
    assert kept.value is not None


async def test_what_waits_for_the_disk_is_not_done_on_the_loop(on_file: Store, tmp_path: Path) -> None:
    """The log is copied into the file beside the transactions, and never grows long."""
    database, size = tmp_path / "changes.db", 3000
    for number in range(5 * EVERY_COMMITS):
        async with on_file.units() as unit:
            await unit.settings.put(f"{number}", "x" * size)
        if number % EVERY_COMMITS == 0:
            await asyncio.sleep(0.2)  # the thread may have to wait for a processor
    with on_file.statements.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar_one() == OWN_PAGES

    assert database.stat().st_size > 2 * EVERY_COMMITS * size
    assert database.with_name("changes.db-wal").stat().st_size < OWN_PAGES * 4096 / 4
    await on_file.close()
    with closing(sqlite3.connect(database)) as other:
        assert other.execute("SELECT count(*) FROM settings WHERE value LIKE 'xx%'").fetchone() == (5 * EVERY_COMMITS,)
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_a_log_is_not_copied_into_a_file_that_was_put_in_its_place(on_file: Store, tmp_path: Path) -> None:
    database = tmp_path / "changes.db"
    for number in range(EVERY_COMMITS - 1):
        async with on_file.units() as unit:
            await unit.settings.put(f"{number}", "x")
    async with on_file.units() as unit:
        await unit.settings.put("last", "x")
        database.rename(tmp_path / "elsewhere.db")
        database.write_bytes(b"")
    await on_file.close()

    assert database.read_bytes() == b""


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
