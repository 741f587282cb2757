"""What a test's bot was when it stood at a stage of its change: the next test's begins there without the walk.

A bot keeps everything in its files, so a bot that is started with the files of another is where the other was.
"""

import copy
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from application.retry_log import RetryLog
from local.simulator import Simulator
from storage import open_store
from storage.private_files import create_private, make_private_folder
from tests.support.teams import Call, Message, Teams

Key = tuple[str, str, tuple[tuple[str, str], ...]]
DATABASE = "changes.db"
STAGES: dict[Key, "Stage"] = {}
"""Every stage to which a bot has walked in this process."""
_RESTLESS = ("settings", "leases", "sqlite_", "change_words")
"""Tables that change although nobody does anything, and the index of words, which says what the changes say."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A bot that stands at a stage: when, its files with their times, and what its Teams and its provider saw."""

    at: datetime
    files: Mapping[str, tuple[bytes, int]]
    calls: list[Call]
    messages: dict[str, Message]
    asked: list[tuple[str, str]]

    @classmethod
    def of(cls, folder: Path, at: datetime, teams: Teams, provider: Simulator | None) -> "Stage":
        """The bot in that folder, which has carried out everything that was due."""
        names = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(DATABASE)]
        files = {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in names}
        calls, messages = copy.deepcopy((teams.calls, teams.messages))
        asked = list(provider.calls) if provider else []
        return cls(at, files | {DATABASE: (_database(folder / DATABASE), 0)}, calls, messages, asked)

    def put(self, folder: Path, teams: Teams) -> None:
        """Let a bot that does not run stand there: its files are these, and its Teams has seen the walk."""
        for path in folder.glob(f"{DATABASE}-*"):
            path.unlink()
        for name, (content, changed) in self.files.items():
            path = folder / name
            _written(path, content)
            os.utime(path, ns=(changed, changed))
        with closing(sqlite3.connect(folder / DATABASE)) as database, database:
            # Whoever was ended has taken along that it worked, and by this copy nobody was ever away.
            database.execute("DELETE FROM settings WHERE name LIKE 'worker:%' OR name = 'workers.last'")
            for table in ("bindings", "chats", "messages"):
                database.execute(f"UPDATE {table} SET service_url = ?", (teams.service_url,))  # noqa: S608
        teams.calls[:], messages = copy.deepcopy((self.calls, self.messages))
        teams.messages.clear()
        teams.messages.update(messages)


def key(stage: str, given: Mapping[str, str], locales: Mapping[str, str]) -> Key | None:
    """What tells the stage apart from that of a bot with other settings, or of people whose Teams has another language.

    None where the settings have more than services.
    """
    services = given.get("CHANGE_SERVICES", "")
    if given.keys() - {"CHANGE_SERVICES"}:
        return None
    return stage, Path(services).read_text(encoding="utf-8") if services else "", tuple(sorted(locales.items()))


def traces(folder: Path) -> list[str]:
    """What the database in that folder says, but for what changes by itself."""
    path = folder / DATABASE
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as database:
        return [line for line in database.iterdump() if not any(f'INTO "{each}' in line for each in _RESTLESS)]


def _database(path: Path) -> bytes:
    with closing(sqlite3.connect(path)) as database, closing(sqlite3.connect(":memory:")) as copied:
        database.backup(copied)
        return copied.serialize()


_EMPTY: list[bytes] = []
"""SQLite's file with every table and nothing in it, once a test of this process has made one."""


async def with_tables(url: str) -> None:
    """Put the tables where there is no file yet: making them is tested by itself, and takes a tenth of a second."""
    kind, _, path = url.partition(":///")
    if not kind.startswith("sqlite") or os.path.exists(path):  # noqa: ASYNC240, PTH110
        return
    if _EMPTY:
        _written(Path(path), _EMPTY[0])
    else:
        await (await open_store(url, RetryLog())).close()
        _EMPTY.append(Path(path).read_bytes())  # noqa: ASYNC240


def _written(file: Path, content: bytes) -> None:
    """Write it for this user only, as the bot would."""
    make_private_folder(file.parent)
    create_private(file)
    file.write_bytes(content)
