"""Changes with their audit trail: one row a change, one row an event, both written at once."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from application.ports import DueItems, Outbox, VersionedChange, of_change
from changes.effects import Effect
from changes.events import Entry
from changes.model import BOOKED, LONGEST_WITH_EXTENSIONS, Change, Person, State, change_id_of
from changes.planning.timeline import Step
from changes.reporting.search import EVERYTHING, Search, words_of
from storage import codec
from storage.stored_names import stored_name
from storage.tables import changes, counters, events, operations
from storage.transaction import Transaction

AT_ONCE = 100
"""How many documents are decoded before other tasks get their turn."""
_RARE = ("restore",)
"""Operations that few changes ask for: the changes are found by them, and not the other way round."""
Columns = sa.ColumnCollection[str, Any]


def _sharing() -> sa.Select[tuple[str]]:
    # Each by the index: one `or` would make SQLite read all that the services ever had.
    columns = (changes.c.document, changes.c.starts_at, changes.c.id)
    on_them = (
        changes.c.service.in_(sa.bindparam("services", expanding=True)),
        changes.c.id != sa.bindparam("excluding"),
    )
    booked = sa.select(*columns).where(*on_them, changes.c.state.in_(_names(BOOKED)))
    since = (changes.c.ends_at > sa.bindparam("since"), changes.c.starts_at > sa.bindparam("earliest"))
    ended = sa.select(*columns).where(*on_them, changes.c.state == State.COMPLETED.value, *since)
    found = sa.union_all(booked, ended).subquery()
    return sa.select(found.c.document).order_by(found.c.starts_at, found.c.id)


def _names(states: Iterable[State]) -> list[str]:
    return sorted(state.value for state in states)


_LOAD = sa.select(changes.c.document, changes.c.version).where(changes.c.id == sa.bindparam("change"))
_SHARING = _sharing()
_HISTORY = sa.select(events).where(events.c.change == sa.bindparam("change")).order_by(events.c.seq)


class SqlChanges:
    """ChangeStore in the database."""

    def __init__(self, transaction: Transaction, outbox: Outbox, due_items: DueItems) -> None:
        self._transaction, self._outbox, self._due_items = transaction, outbox, due_items

    async def new_id(self, year: int) -> str:
        first = self._transaction.insert(counters).values(year=year, last=1)
        following = first.on_conflict_do_update(index_elements=["year"], set_={"last": counters.c.last + 1})
        number = (await self._transaction.execute(following.returning(counters.c.last))).scalar_one()
        return change_id_of(year, number)

    async def load(self, change_id: str) -> VersionedChange | None:
        row = (await self._transaction.execute(_LOAD, {"change": change_id})).one_or_none()
        return VersionedChange(codec.decode_change(row.document), row.version) if row else None

    async def numbered(self, number: int) -> tuple[Change, ...]:
        # Each year that has any is a row, so these are ids: nothing is searched, however many changes there are.
        years = (await self._transaction.execute(sa.select(counters.c.year))).scalars()
        ids = [change_id_of(year, number) for year in years]
        query = sa.select(changes.c.document).where(changes.c.id.in_(ids)).order_by(changes.c.id.desc())
        return await self._read(query)

    async def save(
        self,
        change: Change,
        expected: int,
        entries: Sequence[Entry],
        steps: Sequence[Step],
        effects: Sequence[Effect],
        now: datetime,
    ) -> None:
        if [entry.seq for entry in entries] != list(range(expected + 1, expected + len(entries) + 1)):
            raise ValueError("the entries of a change are numbered without a gap, from the version that was loaded")
        # First: this row's lock puts whoever else writes this change behind us.
        await self._write(change, expected, expected + len(entries))
        await self._append(change.id, entries)
        await self._due_items.replace(of_change(change.id), steps)
        await self._outbox.add(effects, now)

    async def sharing(
        self, services: Sequence[str], since: datetime, excluding: str = "", *, booking: bool = False
    ) -> tuple[Change, ...]:
        if booking and self._transaction.is_postgresql:
            # Two requests for the same hours, each blind to the other's, would both find them free.
            mark = f"bookings:{','.join(sorted(services))}"
            await self._transaction.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(mark))))
        earliest = since - LONGEST_WITH_EXTENSIONS
        asked = {"services": list(services), "excluding": excluding, "since": since, "earliest": earliest}
        return await self._read(_SHARING, asked)

    async def find(self, search: Search = EVERYTHING, *, limit: int | None = None) -> tuple[Change, ...]:
        found = _source(search)
        order = [found.starts_at, found.id]
        ordered = [each.desc() for each in order] if search.newest_first else order
        query = sa.select(found.document).where(*_matching(search, found)).order_by(*ordered)
        if limit is not None:
            query = query.offset((search.page - 1) * limit).limit(limit)
        return await self._read(query)

    async def _read(self, query: sa.Select[tuple[str]], asked: dict[str, Any] | None = None) -> tuple[Change, ...]:
        """The changes in the documents. Other turns get theirs in between: however many it are, nobody waits long."""
        found: list[Change] = []
        documents = (await self._transaction.execute(query, asked)).scalars().all()
        for number, document in enumerate(documents, start=1):
            found.append(codec.decode_change(document))
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        return tuple(found)

    async def count(self, search: Search) -> int:
        found = _source(search)
        query = sa.select(sa.func.count(found.id)).where(*_matching(search, found))
        return int((await self._transaction.execute(query)).scalar_one())

    async def versions(self, search: Search) -> tuple[tuple[str, int], ...]:
        found = _source(search)
        query = sa.select(found.id, found.version).where(*_matching(search, found)).order_by(found.starts_at, found.id)
        return tuple((row.id, row.version) for row in await self._transaction.execute(query))

    async def history(self, change_id: str) -> tuple[Entry, ...]:
        found: list[Entry] = []
        rows = (await self._transaction.execute(_HISTORY, {"change": change_id})).all()
        for number, row in enumerate(rows, start=1):
            found.append(entry_of(row))
            if number % AT_ONCE == 0:  # however long it is, other turns get theirs in between
                await asyncio.sleep(0)
        return tuple(found)

    async def _write(self, change: Change, expected: int, version: int) -> None:
        values = columns_of(change) | {"version": version}
        if expected == 0:
            new = self._transaction.insert(changes).values(id=change.id, **values)
            await self._transaction.execute_one(new.on_conflict_do_nothing(index_elements=["id"]))
        else:
            mine = (changes.c.id == change.id) & (changes.c.version == expected)
            await self._transaction.execute_one(sa.update(changes).where(mine).values(values))

    async def _append(self, change_id: str, entries: Sequence[Entry]) -> None:
        rows = [
            {
                "change": change_id,
                "seq": entry.seq,
                "at": entry.at,
                "by_id": entry.by.id,
                "by_name": entry.by.name,
                "via": entry.via,
                "type": stored_name(entry.event),
                "body": codec.encode(entry.event),
            }
            for entry in entries
        ]
        if rows:
            await self._transaction.execute(sa.insert(events), rows)


def _source(search: Search) -> Columns:
    """The columns of what is searched: all changes, or those of which there are few because of what was asked for."""
    if search.operation not in _RARE:
        return changes.c
    asked = sa.select(operations.c.change).where(operations.c.kind == search.operation)
    if search.since is not None:
        asked = asked.where(operations.c.asked_at > search.since - 2 * LONGEST_WITH_EXTENSIONS)
    # Materialised: whatever the engine believes, there are fewer of these than changes of one service and state.
    few = sa.select(changes).where(changes.c.id.in_(asked)).cte("few").prefix_with("MATERIALIZED")
    return few.c


def _matching(search: Search, of: Columns) -> list[sa.ColumnElement[bool]]:
    found = [of.words.contains(word, autoescape=True) for word in search.words]
    if search.viewer is not None:
        found.append(sa.or_(of.handed_in, of.requester == search.viewer))
    if search.service:
        found.append(of.service == search.service)
    # Between the service and the start the state stands in the index: with any state it is used too.
    if states := search.states or (State if search.since or search.until else ()):
        found.append(of.state.in_(_names(states)))
    if search.requester:
        found.append(of.requester == search.requester)
    if search.person:
        carries_out = sa.and_(of.implementer == search.person, of.handed_in)
        found.append(sa.or_(of.requester == search.person, carries_out))
    if search.operation and search.operation not in _RARE:
        asked = sa.select(operations.c.id).where(operations.c.change == of.id, operations.c.kind == search.operation)
        found.append(asked.exists())
    if search.since is not None:
        # The indexes know when windows start: without a first day everything that is over would be looked at.
        found += [of.ends_at > search.since, of.starts_at > search.since - LONGEST_WITH_EXTENSIONS]
    if search.until is not None:
        found.append(of.starts_at < search.until)
    return found


def entry_of(row: sa.Row[Any]) -> Entry:
    """A row of the audit trail."""
    return Entry(row.seq, row.at, Person(row.by_id, row.by_name), row.via, codec.decode_event(row.type, row.body))


def columns_of(change: Change) -> dict[str, object]:
    """The change as it is stored, and by what it is found."""
    return {
        "service": change.plan.service,
        "state": change.state.value,
        "starts_at": change.plan.window.start,
        "ends_at": change.ends_at,
        "requester": change.requester.id,
        "title": change.plan.title,
        "words": words_of(change),
        "implementer": change.plan.implementer.id,
        "handed_in": not change.is_private,
        "revision": change.revision,
        "document": codec.encode(change),
    }
