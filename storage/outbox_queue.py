"""Who is next in the outbox: the oldest entry of each ordering key, answers first, found by the first rows of an index.

An entry that is found to wait for an earlier one of its key leaves the index and comes back when that one has ended: so
each is looked at once or twice, however long it waits.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    select,
    union_all,
    update,
)

from application.ports import OutboxEntry, Priority
from storage import codec
from storage.columns import among
from storage.tables import in_line, leased, outbox, waiting
from storage.transaction import SqlStore

MANY = 200
"""How many entries of full lanes are looked at together."""
_first = outbox.alias("first")
_first_waits = and_(_first.c.done_at.is_(None), _first.c.dead_at.is_(None))


def first_of(lane: ColumnElement[str] | ScalarSelect[str]) -> ScalarSelect[int]:
    """The oldest waiting entry of the ordering key. One that fails or is in flight holds up its own key only."""
    query = select(_first.c.id).where(_first.c.lane == lane, _first_waits).order_by(_first.c.id).limit(1)
    return query.scalar_subquery()


_now: BindParameter[datetime] = bindparam("now")
_COLUMNS = (
    *(outbox.c.id, outbox.c.lane, outbox.c.priority, outbox.c.not_before),
    first_of(outbox.c.lane).label("first"),
)


def _next_of(priority: Priority) -> Select[Any]:
    """Those of the priority that nobody carries out, and whose time has come."""
    return (
        select(*_COLUMNS)
        .where(in_line, outbox.c.priority == priority, outbox.c.not_before <= _now)
        .order_by(outbox.c.not_before, outbox.c.id)
        .limit(bindparam(f"most_{priority}"))
    )


_OVERDUE = (
    select(*_COLUMNS)
    .where(leased, outbox.c.leased_until <= _now)
    .order_by(outbox.c.leased_until)
    .limit(bindparam("most"))
)
"""Those whose lease has run out."""
_parts = (_OVERDUE, *map(_next_of, Priority))
# Each part locks what it reads, which their union cannot.
_READY = union_all(*(select(each.with_for_update(of=outbox, skip_locked=True).subquery()) for each in _parts))
_LOCK = select(outbox.c.id).where(among(outbox.c.id, "entries"), waiting).with_for_update(skip_locked=True)
_PUT_BEHIND = update(outbox).where(among(outbox.c.id, "entries")).values(behind=True)
_BEFORE = (
    select(outbox.c.id)
    .where(
        among(outbox.c.lane, "lanes"),
        outbox.c.id < bindparam("last"),
        outbox.c.priority > bindparam("priority"),
        waiting,
    )
    .with_for_update(skip_locked=True)
)
_RAISE_PRIORITY = update(outbox).where(among(outbox.c.id, "entries")).values(priority=bindparam("as_soon_as"))
_LEASE = (
    update(outbox)
    .where(among(outbox.c.id, "entries"))
    .values(owner=bindparam("by"), leased_until=bindparam("until"))
    .returning(
        outbox.c.id,
        outbox.c.lane,
        outbox.c.priority,
        outbox.c.kind,
        outbox.c.body,
        outbox.c.attempts,
        outbox.c.created_at,
    )
)


@dataclass(frozen=True, slots=True)
class Lease:
    """By whom entries are taken, when, and until when."""

    owner: str
    now: datetime
    until: datetime


class OutboxQueue(SqlStore):
    """Those that wait, as they stand in line."""

    async def claim(self, lease: Lease, limit: int, room: Mapping[Priority, int] | None) -> tuple[OutboxEntry, ...]:
        """Lease those that are first of their ordering key: answers first, then who has been ready for longest."""
        left = {each: limit if room is None else room.get(each, 0) for each in Priority}
        found: list[OutboxEntry] = []
        least, behind = 0, True
        while behind and (most := {each: min(left[each], limit - len(found)) for each in Priority if left[each] > 0}):
            first, behind = await self._ready(lease.now, {each: max(number, least) for each, number in most.items()})
            taken = list[int]()
            for each in first:
                if left[each.priority] > 0 and len(found) + len(taken) < limit:
                    left[each.priority] -= 1
                    taken.append(each.id)
            if taken:
                found += await self._leased(taken, lease)
            if len(found) == limit:
                break
            least = MANY  # a lane that has got long is put behind its first one in a few looks
        return tuple(found)

    async def _ready(self, now: datetime, most: Mapping[Priority, int]) -> tuple[list[Row[Any]], bool]:
        """The first of their ordering keys, and whether others were there that go behind them now: then look again."""
        asked = {f"most_{each}": most.get(each, 0) for each in Priority} | {"now": now, "most": max(most.values())}
        rows = sorted((await self._transaction.execute(_READY, asked)).all(), key=_in_order)
        waits = [row for row in rows if row.id != row.first]
        if waits and self._transaction.is_postgresql:
            # Whoever ends the first lets the next one go on, and must not have missed that it waits.
            firsts = {"entries": sorted({row.first for row in waits})}
            locked = set((await self._transaction.execute(_LOCK, firsts)).scalars())
            waits = [row for row in waits if row.first in locked]
        if waits:
            await self._transaction.execute(_PUT_BEHIND, {"entries": [row.id for row in waits]})
        if its := [row for row in waits if row.priority == Priority.ANSWER]:
            await self._raise_priority({row.lane for row in its}, max(row.id for row in its), Priority.ANSWER)
            rows = [row for row in rows if row.priority == Priority.ANSWER]  # before the rest goes what was raised
        return [row for row in rows if row.id == row.first], bool(waits)

    async def _raise_priority(self, lanes: Collection[str], last: int, priority: Priority) -> None:
        """What stands before an answer goes out as soon as answers do."""
        asked = {"lanes": sorted(lanes), "last": last, "priority": priority}
        before = (await self._transaction.execute(_BEFORE, asked)).scalars().all()
        if before:
            await self._transaction.execute(_RAISE_PRIORITY, {"entries": before, "as_soon_as": priority})

    async def _leased(self, entries: Sequence[int], lease: Lease) -> list[OutboxEntry]:
        asked = {"entries": entries, "by": lease.owner, "until": lease.until}
        rows = (await self._transaction.execute(_LEASE, asked)).all()
        return [
            OutboxEntry(
                row.id,
                row.lane,
                codec.decode_effect(row.kind, row.body),
                row.attempts,
                row.created_at,
                Priority(row.priority),
            )
            for row in sorted(rows, key=lambda row: entries.index(row.id))
        ]


def _in_order(row: Row[Any]) -> tuple[int, datetime, int]:
    return row.priority, row.not_before, row.id
