"""Changes with their audit trail: one row a change, one row an event, both written at once."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Any

import sqlalchemy as sa

from application.ports import MOST_COUNTED, DueItems, Outbox, Page, VersionedChange, of_change
from changes.effects import Effect
from changes.events import Entry
from changes.model import OPEN, Change, Person, State, Window, change_id_of
from changes.planning.timeline import Step
from changes.policy import Service
from changes.reporting.metrics import ChangeMetrics
from changes.reporting.search import EVERYTHING, Search, words_of
from storage import codec
from storage.change_writer import SAVE, ChangeWriter
from storage.columns import among
from storage.measures import MEASURES, measures_of, metrics_of
from storage.neighbours import SHARING, sharing_values
from storage.pages import count_of, page_of
from storage.query_cache import READ_GENERATION
from storage.searching import Phase, finding, shape_of, values_of
from storage.stored_names import stored_name
from storage.tables import changes, counters, events
from storage.tasks import SqlTasks
from storage.transaction import Transaction
from storage.upserts import insert_in

AT_ONCE = 100
"""How many documents are decoded before other tasks get their turn."""


_LOAD = sa.select(changes.c.document, changes.c.version, READ_GENERATION.scalar_subquery().label("generation")).where(
    changes.c.id == sa.bindparam("change")
)
"""It reads the generation, too, as most units of work that are no turn begin with it."""
_AFTER = (
    sa.select(changes.c.id)
    .where(changes.c.id > sa.bindparam("last"))
    .order_by(changes.c.id)
    .limit(sa.bindparam("most"))
)
_NUMBERED = sa.select(changes.c.document).where(among(changes.c.id, "ids")).order_by(changes.c.id.desc())
_YEARS = sa.select(counters.c.year)
_TOGETHER = sa.select(changes.c.document, changes.c.version).where(among(changes.c.id, "ids"))
_LOCK_BOOKINGS = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(sa.bindparam("mark", type_=sa.Text()))))
_OPEN_BY_STATE = (
    sa.select(changes.c.state, sa.func.count().label("number"))
    .where(changes.c.state.in_(sorted(each.value for each in OPEN)))
    .group_by(changes.c.state)
)
_HISTORY = (
    sa.select(events)
    .where(events.c.change == sa.bindparam("change"), events.c.seq > sa.bindparam("after"))
    .order_by(events.c.seq)
    .limit(sa.bindparam("most"))
)


class SqlChanges:
    """ChangeStore in the database."""

    def __init__(
        self, transaction: Transaction, writer: ChangeWriter, outbox: Outbox, due_items: DueItems, tasks: SqlTasks
    ) -> None:
        self._transaction, self._writer = transaction, writer
        self._outbox, self._due_items, self._tasks = outbox, due_items, tasks
        self._known: dict[str, VersionedChange] = {}

    async def new_id(self, year: int) -> str:
        query = _new_id(self._transaction.is_postgresql)
        number = (await self._transaction.execute(query, {"year": year, "last": 1})).scalar_one()
        return change_id_of(year, number)

    async def load(self, change_id: str) -> VersionedChange | None:
        if change_id in self._known:
            return self._known[change_id]

        async def find() -> VersionedChange | None:
            row = (await self._transaction.execute(_LOAD, {"change": change_id})).one_or_none()
            if row is None:
                return None
            self._transaction.generation_is(row.generation)
            return VersionedChange(codec.decode_change(row.document), row.version)

        return await self._transaction.cached(("change", change_id), find, finds_generation=True)

    async def load_together(self, change_ids: Collection[str]) -> tuple[Change, ...]:
        for row in await self._transaction.execute(_TOGETHER, {"ids": list(change_ids)}):
            change = codec.decode_change(row.document)
            self._known[change.id] = VersionedChange(change, row.version)
        return tuple(self._known[each].change for each in change_ids if each in self._known)

    async def numbered(self, number: int) -> tuple[Change, ...]:
        # Each year that has any is a row, so these are ids: nothing is searched, however many changes there are.
        years = (await self._transaction.execute(_YEARS)).scalars()
        ids = [change_id_of(year, number) for year in years]
        return await self._read(_NUMBERED, {"ids": ids})

    async def save(
        self,
        change: Change,
        expected: int,
        entries: Sequence[Entry],
        steps: Sequence[Step],
        effects: Sequence[Effect],
        now: datetime,
        service: Service | None = None,
    ) -> None:
        if [entry.seq for entry in entries] != list(range(expected + 1, expected + len(entries) + 1)):
            raise ValueError("the entries of a change are numbered without a gap, from the version that was loaded")
        version = expected + len(entries)
        values = columns_of(change, service.zone if service else UTC) | {"version": version}
        await self._writer.save(change.id, values, expected, [_row_of(change.id, each) for each in entries])
        self._known[change.id] = VersionedChange(change, version)
        self._tasks.replace(change, service)
        await self._due_items.replace(of_change(change.id), steps)
        await self._outbox.add(effects, now)

    async def bring_up_to_date(self, stored: VersionedChange, service: Service) -> None:
        its = {"its": stored.change.id, "expected": stored.version}
        await self._transaction.execute_one(SAVE, measures_of(stored.change, service.zone) | its)
        self._tasks.replace(stored.change, service)

    async def ids_after(self, change_id: str, limit: int) -> tuple[str, ...]:
        found = await self._transaction.execute(_AFTER, {"last": change_id, "most": limit})
        return tuple(found.scalars())

    async def sharing(
        self,
        services: Sequence[str],
        since: datetime,
        excluding: str = "",
        *,
        booking: bool = False,
        near: Sequence[Window] = (),
    ) -> tuple[Change, ...]:
        if booking and self._transaction.is_postgresql:
            # Two requests for the same hours, each blind to the other's, would both find them free.
            mark = f"bookings:{','.join(sorted(services))}"
            await self._transaction.execute(_LOCK_BOOKINGS, {"mark": mark})
        query, values = SHARING[len(near)], sharing_values(services, since, excluding, near)
        if booking or not near:  # others may have booked since, for whom it waited
            return await self._read(query, values)
        asked = ("sharing", tuple(services), since, excluding, tuple(near))
        return await self._transaction.cached(asked, lambda: self._read(query, values))

    async def find(self, search: Search = EVERYTHING, *, limit: int | None = None) -> tuple[Change, ...]:
        shape, values = shape_of(search, is_paged=limit is not None), values_of(search, limit)
        query = finding(shape, "document")
        if limit is None:  # however many it are: they are not to stay in memory
            return await self._read(query, values)
        return await self._transaction.cached(("find", shape, *values.items()), lambda: self._read(query, values))

    async def _read(self, query: sa.Select[tuple[str]], asked: dict[str, Any] | None = None) -> tuple[Change, ...]:
        """The changes in the documents. Other turns get theirs in between: however many it are, nobody waits long."""
        found: list[Change] = []
        documents = (await self._transaction.execute(query, asked)).scalars().all()
        for number, document in enumerate(documents, start=1):
            found.append(codec.decode_change(document))
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        return tuple(found)

    async def page(self, search: Search, length: int) -> Page:
        return await page_of(self._transaction, search, length)

    async def count(self, search: Search, most: int = MOST_COUNTED) -> int:
        asked = ("number", shape_of(search), most, *values_of(search).items())
        return await self._transaction.cached(asked, lambda: count_of(self._transaction, search, most))

    async def open_by_state(self) -> Mapping[State, int]:
        return {State(row.state): row.number for row in await self._transaction.execute(_OPEN_BY_STATE)}

    async def versions(self, search: Search) -> tuple[tuple[str, int], ...]:
        query = finding(shape_of(search), "id", "version")
        rows = await self._transaction.execute(query, values_of(search))
        return tuple((row.id, row.version) for row in rows)

    async def windows(self, search: Search, *, most: int) -> tuple[Window, ...]:
        shape, values = shape_of(search, is_paged=True), values_of(search, most=most)

        async def find() -> tuple[Window, ...]:
            rows = await self._transaction.execute(finding(shape, "starts_at", "ends_at"), values)
            return tuple(Window(row.starts_at, row.ends_at) for row in rows)

        return await self._transaction.cached(("windows", shape, *values.items()), find)

    async def measured(self, search: Search, *, limit: int) -> tuple[ChangeMetrics, ...]:
        shape, values = shape_of(search, is_paged=True), values_of(search, limit)

        async def find() -> tuple[ChangeMetrics, ...]:
            rows = await self._transaction.execute(finding(shape, *MEASURES), values)
            return tuple(metrics_of(row) for row in rows)

        return await self._transaction.cached(("measured", shape, *values.items()), find)

    async def history(self, change_id: str) -> tuple[Entry, ...]:
        async def find() -> tuple[Entry, ...]:
            found: list[Entry] = []
            is_left = True
            while is_left:
                part = {"change": change_id, "after": found[-1].seq if found else 0, "most": AT_ONCE}
                found += map(entry_of, rows := (await self._transaction.execute(_HISTORY, part)).all())
                if is_left := len(rows) == AT_ONCE:  # however long it is, other turns get theirs in between
                    await asyncio.sleep(0)
            return tuple(found)

        return await self._transaction.cached(("history", change_id), find)


def _row_of(change_id: str, entry: Entry) -> dict[str, object]:
    return {
        "change": change_id,
        "seq": entry.seq,
        "at": entry.at,
        "by_id": entry.by.id,
        "by_name": entry.by.name,
        "via": entry.via,
        "type": stored_name(entry.event),
        "body": codec.encode(entry.event),
    }


def entry_of(row: sa.Row[Any]) -> Entry:
    """A row of the audit trail."""
    return Entry(row.seq, row.at, Person(row.by_id, row.by_name), row.via, codec.decode_event(row.type, row.body))


def columns_of(change: Change, zone: tzinfo | None = UTC) -> dict[str, object]:
    """The change as it is stored, by what it is found, and by what it is counted where the service's zone is known."""
    return {
        "service": change.plan.service,
        "state": change.state.value,
        "phase": Phase.of(change.state).value,
        "starts_at": change.plan.window.start,
        "ends_at": change.ends_at,
        "requester": change.requester.id,
        "title": change.plan.title,
        "words": words_of(change),
        "implementer": change.plan.implementer.id,
        "handed_in": not change.is_private,
        "revision": change.revision,
        "document": codec.encode(change),
        **(measures_of(change, zone) if zone is not None else {}),
    }


@cache
def _new_id(is_postgresql: bool) -> sa.Executable:
    following = {"last": counters.c.last + 1}
    first = insert_in(counters, is_postgresql).on_conflict_do_update(index_elements=["year"], set_=following)
    return first.returning(counters.c.last)
