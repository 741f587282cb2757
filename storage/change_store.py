"""Changes with their audit trail: one row a change, one row an event, both written at once."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, insert, or_, select, update

from changes.effects import Effect
from changes.events import Entry
from changes.model import BOOKED, Change, Person, State
from changes.ports import Outbox, StepStore, Stored
from changes.search import Search, words_of
from changes.timeline import Step
from storage import codec
from storage.tables import changes, counters, events, operations
from storage.transaction import Transaction

AT_ONCE = 100
"""So many documents are read before anybody else gets their turn."""


class SqlChanges:
    """The ChangeStore."""

    def __init__(self, transaction: Transaction, outbox: Outbox, steps: StepStore) -> None:
        self._transaction, self._outbox, self._steps = transaction, outbox, steps

    async def new_id(self, year: int) -> str:
        """The next free id, for example `CHG-2026-0007`."""
        first = self._transaction.insert(counters).values(year=year, last=1)
        following = first.on_conflict_do_update(index_elements=["year"], set_={"last": counters.c.last + 1})
        number = (await self._transaction.execute(following.returning(counters.c.last))).scalar_one()
        return f"CHG-{year}-{number:04}"

    async def load(self, change_id: str) -> Stored | None:
        """The change, or None."""
        query = select(changes.c.document, changes.c.version).where(changes.c.id == change_id)
        row = (await self._transaction.execute(query)).one_or_none()
        return Stored(codec.decode_change(row.document), row.version) if row else None

    async def save(
        self,
        change: Change,
        expected: int,
        entries: Sequence[Entry],
        steps: Sequence[Step],
        effects: Sequence[Effect],
        now: datetime,
    ) -> None:
        """Write everything that one command made. Raises Concurrent when another version was saved since."""
        if [entry.seq for entry in entries] != list(range(expected + 1, expected + len(entries) + 1)):
            raise ValueError("the entries of a change are numbered without a gap, from the version that was loaded")
        # First: this row's lock puts whoever else writes this change behind us.
        await self._write(change, expected, expected + len(entries))
        await self._append(change.id, entries)
        await self._steps.replace(change.id, steps)
        await self._outbox.add(effects, now)

    async def sharing(
        self, services: Sequence[str], since: datetime, excluding: str = "", *, booking: bool = False
    ) -> tuple[Change, ...]:
        """The changes that take time on the services, or did."""
        if booking and self._transaction.is_postgresql:
            # Two requests for the same hours, each blind to the other's, would both find them free.
            mark = f"bookings:{','.join(sorted(services))}"
            await self._transaction.execute(select(func.pg_advisory_xact_lock(func.hashtext(mark))))
        over = and_(changes.c.state == State.COMPLETED.value, changes.c.ends_at > since)
        query = (
            select(changes.c.document)
            .where(
                changes.c.service.in_(services),
                or_(changes.c.state.in_(_names(BOOKED)), over),
                changes.c.id != excluding,
            )
            .order_by(changes.c.starts_at, changes.c.id)
        )
        return await self._read(query)

    async def find(
        self,
        *,
        service: str = "",
        states: Collection[State] = (),
        requester: str = "",
        person: str = "",
        operation: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        words: Sequence[str] = (),
        viewer: str | None = None,
        newest_first: bool = False,
        offset: int = 0,
        limit: int | None = None,
    ) -> tuple[Change, ...]:
        """Every change that matches, or the first so many; the earliest window first unless `newest_first`."""
        matching = _matching(service, states, requester, person, since, until, words, viewer)
        if operation:
            asked = select(operations.c.id).where(operations.c.change == changes.c.id, operations.c.kind == operation)
            matching.append(asked.exists())
        order = [changes.c.starts_at, changes.c.id]
        ordered = [each.desc() for each in order] if newest_first else order
        query = select(changes.c.document).where(*matching).order_by(*ordered)
        if limit is not None:
            query = query.offset(offset).limit(limit)
        return await self._read(query)

    async def _read(self, query: Select[tuple[str]]) -> tuple[Change, ...]:
        """The changes in the documents. Other turns get theirs in between: however many it are, nobody waits long."""
        found: list[Change] = []
        for number, document in enumerate((await self._transaction.execute(query)).scalars().all(), start=1):
            found.append(codec.decode_change(document))
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        return tuple(found)

    async def count(self, search: Search) -> int:
        """How many changes match, on all pages."""
        asked = (
            search.service,
            search.states,
            search.requester,
            search.person,
            search.since,
            search.until,
            search.words,
            search.viewer,
        )
        query = select(func.count()).select_from(changes).where(*_matching(*asked))
        return int((await self._transaction.execute(query)).scalar_one())

    async def history(self, change_id: str) -> tuple[Entry, ...]:
        """The audit trail, oldest first."""
        query = select(events).where(events.c.change == change_id).order_by(events.c.seq)
        return tuple(entry_of(row) for row in await self._transaction.execute(query))

    async def _write(self, change: Change, expected: int, version: int) -> None:
        values = columns_of(change) | {"version": version, "failures": 0, "held_until": None}
        if expected == 0:
            new = self._transaction.insert(changes).values(id=change.id, **values)
            await self._transaction.must_hit(new.on_conflict_do_nothing(index_elements=["id"]))
        else:
            mine = (changes.c.id == change.id) & (changes.c.version == expected)
            await self._transaction.must_hit(update(changes).where(mine).values(values))

    async def _append(self, change_id: str, entries: Sequence[Entry]) -> None:
        rows = [
            {
                "change": change_id,
                "seq": entry.seq,
                "at": entry.at,
                "by_id": entry.by.id,
                "by_name": entry.by.name,
                "via": entry.via,
                "type": type(entry.event).__name__,
                "body": codec.encode(entry.event),
            }
            for entry in entries
        ]
        if rows:
            await self._transaction.execute(insert(events), rows)


def _matching(
    service: str,
    states: Collection[State],
    requester: str,
    person: str,
    since: datetime | None,
    until: datetime | None,
    words: Sequence[str],
    viewer: str | None,
) -> list[ColumnElement[bool]]:
    found = [changes.c.words.contains(word, autoescape=True) for word in words]
    if viewer is not None:
        found.append(or_(changes.c.handed_in, changes.c.requester == viewer))
    if service:
        found.append(changes.c.service == service)
    if states:
        found.append(changes.c.state.in_(_names(states)))
    if requester:
        found.append(changes.c.requester == requester)
    if person:
        carries_out = and_(changes.c.implementer == person, changes.c.handed_in)
        found.append(or_(changes.c.requester == person, carries_out))
    if since is not None:
        found.append(changes.c.ends_at > since)
    if until is not None:
        found.append(changes.c.starts_at < until)
    return found


def _names(states: Iterable[State]) -> list[str]:
    return sorted(state.value for state in states)


def entry_of(row: Row[Any]) -> Entry:
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
