"""What the bot writes is for its own user: where nothing sets a umask for it, too."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.playground import _fresh
from storage.backup import backup, restore
from tests.support.days import moment
from tests.support.running import START, running


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {str(each.relative_to(folder)): stat.S_IMODE(each.stat().st_mode) for each in folder.rglob("*")}


@pytest.mark.usefixtures("no_umask")
async def test_nobody_else_reads_what_the_bot_writes(tmp_path: Path) -> None:
    var = tmp_path / "var"
    async with running(tmp_path, START, CHANGE_DATABASE_URL=f"sqlite+aiosqlite:///{var}/changes.db") as bot:
        await bot.scheduled()  # the announcement is mailed, the simulator keeps its servers
        await bot.advance(moment(4, 15, 22))
        await backup(bot.app.settings.database_url, var / "backup.gz", START)
        _fresh(var / "playground.log")
        written = modes(tmp_path)
    wanted = {"changes.db", "changes.db-wal", "changes.db-shm", "changes.db-worker", "mail", "simulator.json"}
    assert {str(Path("var", each)) for each in wanted} <= written.keys()
    assert {name: oct(mode) for name, mode in written.items() if mode & 0o077} == {}
    await restore(f"sqlite+aiosqlite:///{tmp_path}/again/changes.db", var / "backup.gz")
    assert {mode & 0o077 for mode in modes(tmp_path).values()} == {0}
