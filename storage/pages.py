"""A page of what is searched for, and how many there are: neither takes longer when there is more."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from application.ports import MOST_COUNTED, Page
from changes.model import Change
from changes.reporting.search import Search
from storage import codec, word_index
from storage.columns import among
from storage.searching import LOOKED_AT, counting, finding, looking, shape_of, values_of
from storage.tables import changes
from storage.transaction import Transaction

_READ = sa.select(changes.c.id, changes.c.document).where(among(changes.c.id, "ids"))


async def page_of(transaction: Transaction, search: Search, length: int) -> Page:
    """The search's page, of so many changes."""
    values = values_of(search, length)

    async def find() -> Page:
        # One page further than the one that is asked for: whether there is one is always known.
        most = max(MOST_COUNTED, (search.page + 1) * length)
        if search.words:
            return await _page_with_words(transaction, search, length, most)
        query = finding(shape_of(search, is_paged=True), "document")
        documents = (await transaction.execute(query, values)).scalars().all()
        count = await count_of(transaction, search, most)
        return Page(tuple(map(codec.decode_change, documents)), count, count == most)

    return await transaction.cached(("page", shape_of(search), *values.items()), find)


async def count_of(transaction: Transaction, search: Search, most: int) -> int:
    """How many match, counted up to `most`."""
    found = await transaction.execute(counting(shape_of(search, is_paged=True)), values_of(search, most=most))
    return min(most, int(found.scalar_one()))


async def _page_with_words(transaction: Transaction, search: Search, length: int, most: int) -> Page:
    shape, upto = shape_of(search, is_paged=True), search.page * length
    ids = await _ids(transaction, looking(shape), values_of(search, most=LOOKED_AT))
    is_least = await count_of(transaction, replace(search, words=()), LOOKED_AT) == LOOKED_AT
    if is_least and len(ids) <= upto:
        # There are more than were looked at, and too few of those have the words.
        values = values_of(search, most=most)
        if letters := word_index.letters_of(search.words):
            shape = replace(shape, index="postgresql" if transaction.is_postgresql else "sqlite")
            values |= {word_index.ASKED: word_index.asked(letters, is_postgresql=transaction.is_postgresql)}
        ids = await _ids(transaction, finding(shape, "id"), values)
        is_least = len(ids) == most
    return Page(await _changes(transaction, ids[upto - length : upto]), len(ids), is_least)


async def _ids(transaction: Transaction, query: sa.Select[tuple[str]], values: dict[str, Any]) -> list[str]:
    return list((await transaction.execute(query, values)).scalars())


async def _changes(transaction: Transaction, ids: list[str]) -> tuple[Change, ...]:
    """The changes with these ids, in that order."""
    if not ids:
        return ()
    rows = await transaction.execute(_READ, {"ids": ids})
    found = {row.id: codec.decode_change(row.document) for row in rows}
    return tuple(found[each] for each in ids)
