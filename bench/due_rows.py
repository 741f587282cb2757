"""What the database of a running bot says about its steps, asked from outside."""

import asyncio
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import asyncpg

from bench.databases import Database

_LEFT = "SELECT count(*) FROM due_items WHERE due <= {now}"
_FIRED = "SELECT at, change FROM events WHERE type = 'step_fired' AND at >= {now}"


async def left(at: Database, moment: datetime) -> int:
    """How many steps that were due by then are still to be done."""
    return int((await _asked(at, _LEFT, moment))[0][0])


async def all_done(at: Database, moment: datetime, seconds: float) -> int:
    """Wait until no step that was due by then is left, for so long at the most; how many are left."""
    until = time.perf_counter() + seconds
    while (number := await left(at, moment)) and time.perf_counter() < until:  # noqa: ASYNC110  # another process knows
        await asyncio.sleep(0.2)
    return number


async def fired(at: Database, since: datetime) -> list[tuple[datetime, str]]:
    """When steps were done since then, and of which change each was."""
    return [(_moment(row[0]), str(row[1])) for row in await _asked(at, _FIRED, since)]


async def _asked(at: Database, query: str, moment: datetime) -> list[Any]:
    if at.url.startswith("sqlite"):
        text = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        return await asyncio.to_thread(_in_sqlite, f"{at.folder}/changes.db", query.format(now="?"), text)
    connection = await asyncpg.connect(at.url.replace("+asyncpg", ""))
    try:
        return list(await connection.fetch(query.format(now="$1"), moment))
    finally:
        await connection.close()


def _in_sqlite(path: str, query: str, text: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(query, (text,)).fetchall()


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value).replace(tzinfo=UTC)
