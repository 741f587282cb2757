"""However much there is to look through or to draw: nobody else waits, and the event loop stands still for no moment.

From outside, in production mode; the store is filled by hand, since nobody types hundreds of changes.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.commands.search import TOO_SLOW
from changes.reporting.search import LONGEST_FOLDED
from tests.integration.attack.test_sizes import CHANGE, Attacked, attacked

STILL_S = 0.05
"""No single callback of the loop takes longer, in its own processor time."""
SOON_S = 1.0
"""Within so long somebody else is answered, on a machine that is busy."""
CHANGES = 800
COUNTED = "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?)"


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Attacked]:
    async with attacked(tmp_path, CHANGE_PUBLIC_URL="https://change.example.ch") as built:
        yield built


class Longest:
    """The longest that the loop stood still, in seconds of its own processor time."""

    seconds = 0.0

    async def watch(self) -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.001)
            self.seconds = max(self.seconds, time.thread_time() - before)


@asynccontextmanager
async def watched() -> AsyncIterator[Longest]:
    longest = Longest()
    watcher = asyncio.create_task(longest.watch())
    try:
        yield longest
    finally:
        watcher.cancel()
        with suppress(asyncio.CancelledError):
            await watcher


def filled(folder: Path, number: int, words: str = "") -> None:
    """So many copies of the change, with its longest text as long as it may be; or with these words to be searched."""
    with closing(sqlite3.connect(folder / "changes.db")) as database:
        names = [row[1] for row in database.execute("PRAGMA table_info(changes)")]
        copied = {"id": "'CHG-2031-' || (1000 + n)", "state": "'scheduled'"}
        if words:
            copied["words"] = f"'{words}'"
        else:
            copied["document"] = (
                'replace(replace(document, \'"id":"' + CHANGE + "\"', '\"id\":\"CHG-2031-' || (1000 + n) || '\"'),"
                ' \'"state":"precheck_pending"\', \'"state":"scheduled"\')'
            )
        values = ", ".join(copied.get(name, f'"{name}"') for name in names)
        columns = ", ".join(f'"{name}"' for name in names)
        copies = f"INSERT INTO changes ({columns}) SELECT {values} FROM changes, counted WHERE id = ?"  # noqa: S608
        database.execute(f"{COUNTED} {copies}", (number, CHANGE))
        database.commit()


async def feed_of(bot: Attacked) -> str:
    [answer] = await bot.typed("/change feed")
    [address] = [word for word in str(answer["text"]).split() if "/calendar/" in word]
    return address.removeprefix("https://change.example.ch")


async def test_the_feed_of_800_changes_is_drawn_once_for_all_who_ask_and_holds_up_nobody(
    bot: Attacked, tmp_path: Path
) -> None:
    path = await feed_of(bot)
    filled(tmp_path, CHANGES)
    client = bot.house.client
    async with watched() as longest:
        answers = await asyncio.gather(*(client.get(path) for _ in range(5)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1  # one drawing, its stamps included
        assert answers[0].content.count(b"BEGIN:VEVENT") > CHANGES
        again = await client.get(path, headers={"If-None-Match": answers[0].headers["ETag"]})
    assert again.status_code == 304
    assert longest.seconds < STILL_S
    before = time.thread_time()
    assert (await client.get(path)).content == answers[0].content
    assert time.thread_time() - before < STILL_S


async def test_a_change_of_the_changes_is_a_new_feed(bot: Attacked) -> None:
    path = await feed_of(bot)
    first = await bot.house.client.get(path)
    await bot.typed(f"/change cancel {CHANGE} not now")
    second = await bot.house.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert b"STATUS:CANCELLED" in second.content


async def test_what_counts_and_shows_800_changes_holds_up_nobody(bot: Attacked, tmp_path: Path) -> None:
    filled(tmp_path, CHANGES)
    window = datetime.now(UTC) + timedelta(days=28)  # noqa: TID251  # production lives by real time
    async with watched() as longest:
        for line in (f"stats {window.year}", f"calendar {window:%Y-%m-%d}", "list all"):
            assert await bot.typed(f"/change {line}")
    assert longest.seconds < STILL_S


async def test_a_document_of_8000_events_holds_up_nobody(bot: Attacked, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "changes.db")) as database:
        copies = "INSERT INTO events SELECT change, 1000 + n, at, by_id, by_name, via, type, body FROM events, counted"
        last = "WHERE seq = (SELECT max(seq) FROM events)"
        database.execute(f"{COUNTED} {copies} {last}", (8000,))  # all of it is ours
        database.commit()
    async with watched() as longest:
        [answer] = await bot.typed(f"/change export {CHANGE}")
        pages = [part.partition(")")[0] for part in answer["text"].split("(https://change.example.ch")[1:]]
        for page in pages:
            assert (await bot.house.client.get(page)).status_code == 200
    assert len(pages) == 2
    assert longest.seconds < STILL_S


async def test_a_search_that_takes_too_long_is_stopped_with_a_sentence_and_nobody_else_waits_for_it(
    bot: Attacked, tmp_path: Path
) -> None:
    filled(tmp_path, 6000, "a" * LONGEST_FOLDED)
    words = " ".join("a" * (28 + number) + "b" for number in range(12))
    async with watched() as longest:
        searches = [asyncio.create_task(bot.typed(f"/change list all {words}")) for _ in range(3)]
        for _ in range(2):
            await asyncio.sleep(0.2)
            began = time.monotonic()
            assert await bot.typed("/change help")
            assert time.monotonic() - began < SOON_S
            assert (await bot.house.client.get("/readyz")).status_code == 200
        assert not any(search.done() for search in searches)
        answers = [answer for search in searches for answer in await search]
    assert [answer["text"] for answer in answers] == [TOO_SLOW] * 3
    assert longest.seconds < STILL_S
    # What is narrower is found.
    [found] = await bot.typed(f"/change list all {CHANGE}")
    assert CHANGE in str(found)
