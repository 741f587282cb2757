"""A database is brought up to date when it is opened, or the reason why not is said in one sentence."""

import asyncio
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from application.ports import UnitOfWork
from application.retry_log import RetryLog
from changes.errors import DatabaseUnavailable, Outage
from storage import CannotOpen, Store, open_store
from storage.migrations import configuration, newest
from storage.store import PROBE_EVERY_SECONDS
from storage.tables import metadata
from storage.word_index import is_part
from tests.contract.conftest import Open, Postgres
from tests.support.autocommit import autocommit

ROOT = Path(__file__).parents[2]


async def test_the_migrations_make_exactly_the_tables_that_are_used(store: Store) -> None:
    def difference(connection: Connection) -> list[object]:
        # What the index of words is kept in is the engines' own.
        def is_ours(name: str | None, kind: str, _parents: object) -> bool:
            return kind != "table" or not is_part(name or "")

        options = {"compare_type": True, "target_metadata": metadata, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, metadata))

    async with store.engine.connect() as connection:
        assert await connection.run_sync(difference) == []


def test_the_migrations_are_one_line_without_a_fork() -> None:
    scripts = ScriptDirectory.from_config(configuration())
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    assert scripts.get_current_head() == newest()


async def test_opening_again_keeps_what_is_there(unit: UnitOfWork, another: Open) -> None:
    await unit.settings.put("a", "b")
    assert await autocommit(await another()).settings.get("a") == "b"


async def test_processes_that_start_at_the_same_moment_do_not_disturb_each_other(fresh: str) -> None:
    program = (
        "import asyncio, sys\n"
        "from application.retry_log import RetryLog\n"
        "from storage import open_store\n"
        "async def main():\n"
        "    sys.stdin.readline()\n"
        "    store = await open_store(sys.argv[1], RetryLog())\n"
        "    async with store.units() as unit:\n"
        "        print(await unit.changes.new_id(2026))\n"
        "    await store.close()\n"
        "asyncio.run(main())\n"
    )
    starting = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            program,
            fresh,
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(3)
    ]
    said = await asyncio.gather(*[each.communicate(b"go\n") for each in starting])
    assert sorted(out.decode().strip() for out, _ in said) == [f"CHG-2026-000{n}" for n in (1, 2, 3)]


async def test_an_open_store_can_be_used_as_long_as_its_tables_are_there(store: Store) -> None:
    assert await store.outage() is None
    async with store.units():
        asked = asyncio.create_task(store.outage())
        await asyncio.sleep(PROBE_EVERY_SECONDS)
    assert await asked is None  # also while somebody writes
    async with store.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE settings RENAME TO gone"))
    await asyncio.sleep(PROBE_EVERY_SECONDS)
    assert await store.outage() is Outage.AWAY
    async with store.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE gone RENAME TO settings"))
    await asyncio.sleep(PROBE_EVERY_SECONDS)
    assert await store.outage() is None


async def test_a_unit_inside_another_is_a_mistake_that_is_told_at_once(on_file: Store) -> None:
    with pytest.raises(RuntimeError, match="inside another"):
        async with on_file.units(), on_file.units():
            pass
    assert await autocommit(on_file).changes.find() == ()


async def test_a_folder_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotOpen, match=r"folder .*/file/var for the database cannot be created .*: create it, or"):
        await open_store(f"sqlite+aiosqlite:///{tmp_path}/file/var/changes.db", RetryLog())


async def test_a_file_that_is_no_database_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "changes.db").write_text("a shopping list, " * 100)
    with pytest.raises(CannotOpen, match="file is not a database"):
        await open_store(f"sqlite+aiosqlite:///{tmp_path}/changes.db", RetryLog())
    assert (tmp_path / "changes.db").read_text().startswith("a shopping list")


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    await (await open_store(f"sqlite+aiosqlite:///{tmp_path}/changes.db", RetryLog())).close()
    with sqlite3.connect(tmp_path / "changes.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(CannotOpen, match="newer version"):
        await open_store(f"sqlite+aiosqlite:///{tmp_path}/changes.db", RetryLog())


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "cannot be read"),
        ("mysql://localhost/changes", "mysql cannot keep the changes"),
        ("sqlite+aiosqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite+aiosqlite:///file:x?mode=memory&uri=true", "options that cannot be meant"),
        ("sqlite+aiosqlite:///file:x?mode=memory&cache=shared&uri=true", "options that cannot be meant"),
        ("sqlite+aiosqlite:///file:x", "options that cannot be meant"),
        ("sqlite+aiosqlite:///x.db?mode=ro", "options that cannot be meant"),
        ("postgresql://bot:secret@127.0.0.1:1/changes", r"cannot be opened \(.*check that it is there"),
    ],
)
async def test_a_database_that_cannot_be_used_is_told_without_its_password(url: str, sentence: str) -> None:
    with pytest.raises(CannotOpen, match=sentence) as refusal:
        await open_store(url, RetryLog())
    assert "secret" not in str(refusal.value)


async def test_a_postgresql_database_that_does_not_exist_is_told_in_a_sentence(postgres: Postgres) -> None:
    with pytest.raises(CannotOpen, match="does not exist"):
        await open_store(postgres.url("nowhere"), RetryLog())


async def test_a_database_that_vanished_is_an_error_each_time_and_never_a_wait(tmp_path: Path) -> None:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/var/changes.db", RetryLog())
    await store.close()
    shutil.rmtree(tmp_path / "var")
    async with asyncio.timeout(5):
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable) as gone:
                async with store.units():
                    pass
            assert gone.value.outage is Outage.REPLACED
    assert await store.outage() is Outage.REPLACED
    await store.close()
