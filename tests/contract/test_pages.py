"""Pages of very many changes: every page is reached, and words are found wherever they stand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import insert, update

from application.ports import MOST_COUNTED, Page, UnitOfWork
from changes.events import Drafted
from changes.lifecycle import fold
from changes.model import Change, State, change_id_of
from changes.reporting.search import LONGEST_WORD, MOST_WORDS, Search, folded
from storage import Store
from storage.change_store import columns_of
from storage.searching import LOOKED_AT
from storage.tables import changes
from tests.contract import subjects as s
from tests.support.query_plans import plan_of, scans

LENGTH = 10
NUMBER = LOOKED_AT + 25
OPEN = (State.SUBMITTED, State.GO_PENDING, State.SCHEDULED)


def titled(number: int, title: str) -> Change:
    """A change of that title, each a minute after the one before."""
    trail = s.entries(Drafted(change_id_of(2026, number), s.plan()), s.submitted())
    change = s.renamed(fold(trail), title)
    window = change.plan.window
    later = timedelta(minutes=number)
    return replace(change, plan=replace(change.plan, window=type(window)(window.start + later, window.end + later)))


async def stored(store: Store, titles: Sequence[str]) -> None:
    rows = [
        {"id": change_id_of(2026, at), "version": 2, **columns_of(titled(at, title))} for at, title in enumerate(titles)
    ]
    async with store.engine.begin() as connection:
        await connection.execute(insert(changes), rows)


async def page(store: Store, search: Search) -> Page:
    async with store.units() as unit:
        return await unit.changes.page(search, LENGTH)


def titles(found: Page) -> list[str]:
    return [each.plan.title for each in found.changes]


@pytest.mark.parametrize("words", [(), ("update",)])
async def test_every_page_is_reached_and_none_is_promised_that_is_empty(store: Store, words: Sequence[str]) -> None:
    await stored(store, [f"Update {at}" for at in range(NUMBER)])
    number, seen = 1, []
    while True:
        found = await page(store, Search(words=words, page=number))
        seen += titles(found)
        assert len(found.changes) == min(LENGTH, NUMBER - (number - 1) * LENGTH)
        assert found.count <= NUMBER
        assert found.is_least or found.count == NUMBER
        if found.count <= number * LENGTH:
            break
        number += 1
    assert seen == [f"Update {at}" for at in range(NUMBER)]
    assert (await page(store, Search(words=words))).count >= MOST_COUNTED
    beyond = await page(store, Search(words=words, page=500))
    assert beyond == Page((), NUMBER)


async def test_a_word_is_found_wherever_it_stands_and_in_order(store: Store) -> None:
    written = [f"Update {at}" for at in range(NUMBER)]
    written[-1], written[-2], written[3] = "Forums of Zürich", "forumsuche", "Antiforum"
    await stored(store, written)
    assert titles(await page(store, Search(words=("forum",)))) == ["Antiforum", "forumsuche", "Forums of Zürich"]
    newest = await page(store, Search(words=("forum",), newest_first=True))
    assert newest == replace(newest, count=3, is_least=False)
    assert titles(newest) == ["Forums of Zürich", "forumsuche", "Antiforum"]
    assert titles(await page(store, Search(words=("forum", "zurich")))) == ["Forums of Zürich"]
    assert titles(await page(store, Search(words=("zu", "or"), states=OPEN))) == ["Forums of Zürich"]
    assert titles(await page(store, Search(words=("forum",), states=OPEN, person="rita"))) == titles(newest)[::-1]
    assert titles(await page(store, Search(words=(f"chg-2026-{NUMBER - 2}",)))) == ["forumsuche"]
    for absent in ("aardvark", "orumf", "zü"):
        assert await page(store, Search(words=(absent,))) == Page((), 0)
    assert await page(store, Search(words=("forum",), service="mail")) == Page((), 0)


async def test_an_id_is_found_within_whatever_stands_around_it(store: Store) -> None:
    await stored(store, [*(f"Update {at}" for at in range(NUMBER)), "Mail (CHG-2026-0150) once more"])
    for typed in ("(chg-2026-0150)", "(chg-2026-0150", "chg-2026-0150)"):
        assert titles(await page(store, Search(words=(typed,)))) == ["Mail (CHG-2026-0150) once more"], typed


async def test_what_is_written_anew_is_found_by_what_it_says_now(store: Store) -> None:
    await stored(store, [f"Update {at}" for at in range(NUMBER)])
    last = changes.c.id == change_id_of(2026, NUMBER - 1)
    async with store.engine.begin() as connection:
        await connection.execute(update(changes).where(last).values(words="before this it was a forum"))
        await connection.execute(update(changes).where(last).values(words="now it is a wiki"))
    assert (await page(store, Search(words=("forum",)))).count == 0
    assert (await page(store, Search(words=("wiki",)))).count == 1


async def test_whatever_is_typed_is_looked_for_as_it_is(store: Store) -> None:
    odd = ['say "so"', "it's 100%_sure", "a\\b*c", "NEAR(x y)", "naïve 🦜🦜🦜🦜", "{a,b}", "x:y -z", "\x00nul\x00"]
    long = ["".join(chr(0x4E00 + 50 * at + each) for each in range(LONGEST_WORD)) for at in range(MOST_WORDS)]
    await stored(store, [*(f"Update {at}" for at in range(NUMBER)), *odd, " ".join(long)])
    for text in odd:
        words = tuple(folded(text).split())
        found = titles(await page(store, Search(words=words)))
        assert text.replace("\x00", "") in [each.replace("\x00", "") for each in found], text
    assert len(titles(await page(store, Search(words=tuple(long))))) == 1
    assert titles(await page(store, Search(words=(*long, "*")))) == []


async def _paged(search: Search, unit: UnitOfWork) -> None:
    await unit.changes.page(search, LENGTH)


async def test_no_page_goes_through_all_changes(store: Store) -> None:
    await stored(store, [f"Update {at}" for at in range(NUMBER)])
    for search in (Search(), Search(words=("aardvark",)), Search(words=("aardvark",), person="rita", states=OPEN)):
        plan = await plan_of(store, partial(_paged, search))
        assert scans(plan) == []
        assert any("change_words" in step for step in plan) == bool(search.words)
