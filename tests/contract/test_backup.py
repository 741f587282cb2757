"""A backup brings everything back, on either engine, or says why not and leaves everything as it was."""

import asyncio
import gzip
import json
import os
import re
import subprocess
import sys
from datetime import time
from pathlib import Path

import pytest

from application.ports import FEED_TOKEN, Absence, Binding, PersonalConversation, UserProfile
from application.retry_log import RetryLog
from application.signed_urls import known_secret, read, secret, signed
from changes.model import Person
from changes.recurrence.series import Series, WhenBlocked
from changes.reporting.periods import Period
from check.database import database
from storage import CannotOpen, Store, open_store
from storage.backup import BackupError, backup, restore
from storage.engine import refuse_missing
from storage.revocation import revoke
from tests.contract import subjects as s
from tests.support.autocommit import autocommit
from tests.support.templated import a_template, approved

ROOT = Path(__file__).parents[2]
NADIA = Person("00000000-0000-0000-0000-000000000020", "Nadia Favre")


async def lived_in(store: Store) -> None:
    """Something in every corner."""
    unit = autocommit(store)
    change = await s.saved(unit, *s.scheduled(), steps=(s.step("reminder"), s.step("snapshot", 5)))
    await s.appended(unit, change, 3, s.extended(30))
    await unit.outbox.add([s.entry(change.id, "one"), s.entry(change.id, "two"), s.reply("a:b", "héllo 😀")], s.NOW)
    await unit.people.upsert([UserProfile(NADIA, "29:nadia", "fr")])
    await unit.chats.put(PersonalConversation(NADIA, "http://x", "a:nadia"))
    await unit.bindings.put(Binding("learn", "http://x", "19:c", is_channel=True))
    await unit.absences.add(NADIA, s.NOW.date(), s.NOW.date())
    await unit.dialogs.save("a:nadia|29:nadia", {"answers": {"title": "é\n"}}, 0)
    await unit.processed_activities.remember("a:b in-1", {"status": 200}, s.NOW)
    await unit.settings.put("name", "value")
    await unit.templates.save(approved(a_template()))
    await unit.series.save(
        Series(
            *("CHG-2027-0001", NADIA, s.plan(), "FREQ=WEEKLY;BYDAY=TU", s.NOW.date(), time(22)),
            *(WhenBlocked.SKIP, s.NOW.date(), ("CHG-2027-0001",)),
        ),
        0,
    )
    [first, *_] = await unit.outbox.claim(s.NOW, "me", 60)
    await unit.outbox.dead_letter(first.id, "gone", s.NOW)


async def test_what_was_backed_up_comes_back_on_each_engine(store: Store, url: str, fresh: str, tmp_path: Path) -> None:
    await lived_in(store)
    file = tmp_path / "backup.gz"
    counts = await backup(url, file, s.NOW)
    assert counts["changes"] == 1
    assert file.stat().st_mode & 0o077 == 0, "nobody else reads it"
    assert await restore(fresh, file) == counts
    again = await open_store(fresh, RetryLog())
    try:
        assert await s.content(again) == await s.content(store)
        counted = [await autocommit(each).statistics.count(["learn"], Period(2026)) for each in (store, again)]
        assert counted[0] == counted[1]
        assert [each.number for each in counted[1].groups] == [1]
        async with again.units() as unit:  # numbers go on behind those that were restored
            assert await unit.absences.add(NADIA, s.NOW.date(), s.NOW.date()) == Absence(
                2, NADIA, s.NOW.date(), s.NOW.date()
            )
            await unit.outbox.add([s.entry("x", "three")], s.NOW)
    finally:
        await again.close()


async def test_a_backup_while_somebody_writes_is_one_moment(store: Store, url: str, tmp_path: Path) -> None:
    stop = asyncio.Event()

    async def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            async with store.units() as unit:
                await unit.settings.put("a", str(number))
                await unit.settings.put("b", str(number))

    writing = asyncio.create_task(write())
    for number in range(5):
        await backup(url, tmp_path / f"{number}.gz", s.NOW)
    stop.set()
    await writing
    for number in range(5):
        with gzip.open(tmp_path / f"{number}.gz", "rt") as lines:
            rows = [json.loads(line) for line in lines]
        values = {row[1]["name"]: row[1]["value"] for row in rows if isinstance(row, list) and row[0] == "settings"}
        assert values.get("a") == values.get("b")


async def test_a_file_that_is_not_whole_changes_nothing_and_a_whole_one_fits(
    store: Store, url: str, fresh: str, tmp_path: Path
) -> None:
    await lived_in(store)
    file = tmp_path / "b.gz"
    await backup(url, file, s.NOW)
    whole = gzip.decompress(file.read_bytes()).decode()
    spoilt = {
        "cut off": file.read_bytes()[:-40],
        "a row is missing": gzip.compress("\n".join([*whole.splitlines()[:2], *whole.splitlines()[3:]]).encode()),
        "altered": gzip.compress(whole.replace("Update the database", "Update nothing").encode()),
        "no backup": b"PK\x03\x04",
        "empty": b"",
        "newer": gzip.compress(whole.replace('"format": 1', '"format": 2').encode()),
    }
    for what, data in spoilt.items():
        (tmp_path / "spoilt.gz").write_bytes(data)
        with pytest.raises(BackupError, match=r"\.$"):
            await restore(fresh, tmp_path / "spoilt.gz")
        again = await open_store(fresh, RetryLog())
        assert await autocommit(again).changes.find() == (), what
        await again.close()
    counts = await restore(fresh, file)
    assert counts["changes"] == 1, "a database that was only started is empty enough"


async def test_no_database_in_use_is_overwritten_nor_a_backup_replaced(store: Store, url: str, tmp_path: Path) -> None:
    await lived_in(store)
    await backup(url, tmp_path / "b.gz", s.NOW)
    before = await s.content(store)
    with pytest.raises(BackupError, match="not empty"):
        await restore(url, tmp_path / "b.gz")
    assert await s.content(store) == before
    with pytest.raises(BackupError, match="exists already"):
        await backup(url, tmp_path / "b.gz", s.NOW)
    with pytest.raises(BackupError, match="could not be written"):
        await backup(url, tmp_path / "no" / "such" / "folder.gz", s.NOW)
    with pytest.raises(BackupError, match="no file"):
        await restore(url, tmp_path / "missing.gz")


def test_on_the_command_line_it_says_what_it_did(tmp_path: Path) -> None:
    asyncio.run(_made(f"sqlite+aiosqlite:///{tmp_path}/changes.db"))

    def tell(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "storage", "--url", f"sqlite+aiosqlite:///{tmp_path}/changes.db", *words]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    done = tell("backup", str(tmp_path / "b.gz"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 of them changes." in done.stdout
    again = tell("backup", str(tmp_path / "b.gz"))
    assert again.returncode == 1
    assert "exists already" in again.stderr


NOBODY = "00000000-0000-0000-0000-0000000000ff"


@pytest.mark.parametrize(
    "words",
    [
        ["backup", "b.gz"],
        ["forget", NOBODY],
        ["revoke"],
        ["restore", "b.gz"],
        ["forget", NOBODY, "--services", "s.toml"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("address", ["sqlite+aiosqlite:///data/changes.db", "mysql://host/name"])
def test_what_is_not_there_is_one_sentence_and_nothing_is_made(words: list[str], address: str, tmp_path: Path) -> None:
    told = tell_in(tmp_path, "--url", address, *words)
    assert (told.returncode, told.stdout) == (2, "")
    assert re.fullmatch(
        r"(There is no (database at|file) .+|The database URL .+|Nobody was forgotten: .+)\n", told.stderr
    )
    assert list(tmp_path.iterdir()) == []


def test_the_check_makes_no_database_either(tmp_path: Path) -> None:
    """`python app.py check` and these orders refuse it in the same words."""
    with pytest.raises(CannotOpen, match=r"There is no database at .*/changes\.db yet"):
        refuse_missing(f"sqlite+aiosqlite:///{tmp_path}/changes.db")
    found = asyncio.run(database(f"sqlite+aiosqlite:///{tmp_path}/data/changes.db"))
    assert found == (
        False,
        f"There is no database at {tmp_path}/data/changes.db yet: start the bot once, it makes its tables.",
    )
    assert list(tmp_path.iterdir()) == []


def test_the_database_is_the_one_that_the_bot_reads_from_its_file(tmp_path: Path) -> None:
    asyncio.run(_made(f"sqlite+aiosqlite:///{tmp_path}/changes.db"))
    (tmp_path / ".env").write_text("CHANGE_DATABASE_URL=sqlite+aiosqlite:///changes.db\n", encoding="utf-8-sig")
    assert tell_in(tmp_path, "backup", "b.gz").returncode == 0
    assert tell_in(tmp_path, "backup", "c.gz", CHANGE_DATABASE_URL="sqlite:///other.db").returncode == 2


def tell_in(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line, as it stands in that folder."""
    given = {"PATH": os.defpath, "PYTHONPATH": str(ROOT)} | environment
    command = [sys.executable, "-m", "storage", *words]
    return subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=False)


async def test_addresses_that_were_given_out_are_revoked(store: Store, url: str) -> None:
    unit = autocommit(store)
    old = await secret(unit.settings)
    await unit.settings.put(FEED_TOKEN, "feed")
    await unit.settings.put("name", "value")
    link = signed(old, {"change": "CHG-2026-0001"}, s.NOW, 7)
    assert await revoke(url) == 2
    assert read(await known_secret(unit.settings), link, s.NOW) is None
    assert read(await secret(unit.settings), link, s.NOW) is None
    assert await unit.settings.get(FEED_TOKEN) is None
    assert await unit.settings.get("name") == "value"


async def _made(url: str) -> None:
    store = await open_store(url, RetryLog())
    await lived_in(store)
    await store.close()
