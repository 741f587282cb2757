"""However much there is to look through, to draw or to compare: nobody waits, and the loop stands still for no moment.

From outside, in production mode; the store is filled by hand, since nobody types hundreds of changes.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from application.queries.text_search import TOO_SLOW
from changes.planning.validation import LIMITS, LONGEST_TEST, MOST_TESTS
from changes.reporting.search import LONGEST_FOLDED
from tests.integration.attack.attacked import AWAKE_S, CHANGE, TODAY, Attacked, attacked, watched
from tests.support.running import FORM
from tests.support.teams import PIERRE, words
from tests.support.yardstick import slowness

pytestmark = pytest.mark.asyncio(loop_scope="module")
STILL_S = 0.05
"""No single callback of the loop takes longer, in its own processor time."""
SOON_S = 1.0
"""Within so long somebody else is answered, on a machine that is busy."""
CHANGES = 800
COUNTED = "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?)"
TO_SEARCH = 10_000
"""The number of the first change that has only words to be searched."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Attacked]:
    folder = tmp_path_factory.mktemp("still")
    async with attacked(folder, CHANGE_PUBLIC_URL="https://change.example.ch") as built:
        filled(folder, CHANGES)
        yield built


def filled(folder: Path, number: int, words: str = "", first: int = 1000) -> None:
    """So many copies of the change, with its longest text as long as it may be; or with these words to be searched."""
    with closing(sqlite3.connect(folder / "changes.db")) as database:
        names = [row[1] for row in database.execute("PRAGMA table_info(changes)")]
        copied = {"id": f"'CHG-2031-' || ({first} + n)", "state": "'scheduled'"}
        if words:
            copied["words"] = f"'{words}'"
        else:
            copied["document"] = (
                f'replace(replace(document, \'"id":"{CHANGE}"\', \'"id":"CHG-2031-\' || ({first} + n) || \'"\'),'
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


async def test_the_feed_of_800_changes_is_drawn_once_for_all_who_ask_and_holds_up_nobody(bot: Attacked) -> None:
    path = await feed_of(bot)
    client = bot.house.client
    async with watched() as longest:
        answers = await asyncio.gather(*(client.get(path) for _ in range(5)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1  # one drawing, its stamps included
        assert answers[0].content.count(b"BEGIN:VEVENT") > CHANGES
        again = await client.get(path, headers={"If-None-Match": answers[0].headers["ETag"]})
    assert again.status_code == 304
    assert longest.seconds < STILL_S * slowness()
    before = time.thread_time()
    assert (await client.get(path)).content == answers[0].content
    assert time.thread_time() - before < STILL_S * slowness()


async def test_what_counts_and_shows_800_changes_holds_up_nobody(bot: Attacked) -> None:
    window = datetime.now(UTC) + timedelta(days=28)  # noqa: TID251  # production lives by real time
    async with watched() as longest:
        for line in (f"stats {window.year}", f"calendar {window:%Y-%m-%d}", "list all"):
            assert await bot.typed(f"/change {line}")
    assert longest.seconds < STILL_S * slowness()


async def test_a_document_of_8000_events_holds_up_nobody(bot: Attacked) -> None:
    with closing(sqlite3.connect(bot.folder / "changes.db")) as database:
        copies = "INSERT INTO events SELECT change, 1000 + n, at, by_id, by_name, via, type, body FROM events, counted"
        last = "WHERE seq = (SELECT max(seq) FROM events)"
        database.execute(f"{COUNTED} {copies} {last}", (8000,))  # all of it is ours
        database.commit()
    async with watched() as longest:
        [answer] = await bot.typed(f"/change export {CHANGE}")
        pages = [part.partition(")")[0] for part in answer["text"].split("(https://change.example.ch/export")[1:]]
        for page in pages:
            assert (await bot.house.client.get(f"/export{page}")).status_code == 200
    assert len(pages) == 2
    assert longest.seconds < STILL_S * slowness()


async def test_a_search_that_takes_too_long_is_stopped_with_a_sentence_and_nobody_else_waits_for_it(
    bot: Attacked,
) -> None:
    # Every three letters that are sought are there: the index leaves out none of them.
    filled(bot.folder, 6000, "aab".ljust(LONGEST_FOLDED, "a"), TO_SEARCH)
    sought = " ".join("a" * (28 + number) + "b" for number in range(12))
    async with watched() as longest:
        searches = [asyncio.create_task(bot.typed(f"/change list all {sought}")) for _ in range(3)]
        for _ in range(2):
            await asyncio.sleep(0.2)
            began = time.monotonic()
            assert await bot.typed("/change help")
            assert time.monotonic() - began < SOON_S
            # It is a web alone, and misses its worker: the database is there.
            assert "database" not in (await bot.house.client.get("/readyz")).json()["missing"]
        assert not any(search.done() for search in searches)
        answers = [answer for search in searches for answer in await search]
    assert [answer["text"] for answer in answers] == [TOO_SLOW] * 3
    assert longest.seconds < STILL_S * slowness()
    # What is narrower is found.
    [found] = await bot.typed(f"/change list all {CHANGE}")
    assert CHANGE in str(found)


# Bots of their own come last: what is frozen for the one above thaws with them.


async def test_a_change_of_the_changes_is_a_new_feed(tmp_path: Path) -> None:
    async with attacked(tmp_path, CHANGE_PUBLIC_URL="https://change.example.ch") as bot:
        path = await feed_of(bot)
        first = await bot.house.client.get(path)
        await bot.typed(f"/change cancel {CHANGE} not now")
        second = await bot.house.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert b"STATUS:CANCELLED" in second.content


# ── The biggest plan that can be handed in, of one-letter words ────────────────────────────────────────────────────


def letters(length: int, *, in_turn: bool) -> str:
    """So many characters: words of the letters a and b, in turn or the ones before the others. The same words."""
    half = (length + 1) // 4
    drawn = ["a", "b"] * half if in_turn else ["a"] * half + ["b"] * half
    return " ".join(drawn).ljust(length, "b")


def biggest(*, in_turn: bool) -> dict[str, str]:
    """Everything that a form takes, each field exactly as long as it may be."""
    fields = ("title", "what", "why", "risks", "rollback", "affected", "reason")
    tests = "\n".join(letters(LONGEST_TEST, in_turn=in_turn) for _ in range(MOST_TESTS))
    return {name: letters(LIMITS[name], in_turn=in_turn) for name in fields} | {"tests": tests}


@asynccontextmanager
async def awake(bot: Attacked) -> AsyncIterator[None]:
    """Meanwhile the loop never stands still for long, and `/healthz` is answered."""
    bot.asleep.clear()
    async with watched() as longest:
        await asyncio.gather(bot.awake(), asyncio.sleep(0.01))
        yield
        await asyncio.gather(bot.awake(), asyncio.sleep(0.01))
    assert longest.seconds < AWAKE_S * slowness()
    assert max(bot.asleep) < AWAKE_S * slowness(), bot.asleep


def pressed_on(bot: Attacked) -> dict[str, object]:
    """The change as its newest card has it."""
    with closing(sqlite3.connect(bot.folder / "changes.db")) as database:
        [(revision,)] = database.execute("select revision from changes where id = ?", (CHANGE,))
    return {"change": CHANGE, "revision": revision}


async def edited(bot: Attacked, plan: dict[str, str]) -> None:
    """Nadia saves the form, for a date at which the pre-check is asked for at once, and hands it in."""
    form = FORM | plan | {"date": (TODAY + timedelta(days=9)).isoformat(), "kind": "normal"}
    await bot.pressed("change.edit", form | pressed_on(bot))
    await bot.pressed("change.submit", pressed_on(bot))
    await bot.house.app.worker.run_due()


async def test_nobody_waits_while_the_biggest_plan_is_compared_with_the_one_before(tmp_path: Path) -> None:
    before, after = biggest(in_turn=True), biggest(in_turn=False)
    async with attacked(tmp_path) as bot:
        await edited(bot, before)
        await bot.pressed("precheck.correct", pressed_on(bot) | {"comment": "Say it in words."}, PIERRE)
        async with awake(bot):
            await edited(bot, after)
        async with awake(bot):
            answer, _ = await bot.pressed("card.refresh", pressed_on(bot) | {"message": "precheck:3"}, PIERRE)
    card = " | ".join(words(answer["value"]))
    assert after["what"] in card
    assert "Request changes" in str(answer["value"])
    assert "Changed since the pre-check of" in card
