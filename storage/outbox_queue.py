"""Who is next in the outbox: the oldest entry of each ordering key, answers first, found by the first rows of an index.

An entry that is found to wait for an earlier one of its key leaves the index and comes back when that one has ended: so
each is looked at once or twice, however long it waits.
"""

from collections import Counter
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
    Text,
    and_,
    bindparam,
    func,
    select,
    true,
    union_all,
    update,
)

from application.ports import OutboxEntry, Priority
from storage import codec
from storage.columns import Several, among
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
    .order_by(outbox.c.leased_until, outbox.c.id)
    .limit(bindparam("most"))
)
"""Those whose lease has run out."""
_parts = (_OVERDUE, *map(_next_of, Priority))
# Each part locks what it reads, which their union cannot.
_READY = union_all(*(select(each.with_for_update(of=outbox, skip_locked=True).subquery()) for each in _parts))
_LOCK = select(outbox.c.id).where(among(outbox.c.id, "entries"), waiting).with_for_update(skip_locked=True)
_PUT_BEHIND = update(outbox).where(among(outbox.c.id, "entries")).values(behind=True, owner=None, leased_until=None)
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
_lanes: BindParameter[Any] = bindparam("lanes", type_=Several(Text()))


def _heads(*, is_postgresql: bool) -> Select[Any]:
    """The oldest waiting entries of each ordering key, with their places; not those that somebody else writes now."""
    lanes = (func.unnest if is_postgresql else func.json_each)(_lanes).table_valued("value")
    lanes = lanes.render_derived() if is_postgresql else lanes
    place = func.row_number().over(order_by=_first.c.id).label("place")
    its = select(_first.c.id, place).where(_first.c.lane == lanes.c.value, _first_waits)
    its = its.order_by(_first.c.id).limit(bindparam("most")).correlate(lanes)
    shown = tuple(outbox.c[name] for name in ("id", "lane", "priority", "not_before", "leased_until"))
    if is_postgresql:
        head = its.lateral()
        found = lanes.join(head, true()).join(outbox, and_(outbox.c.id == head.c.id, waiting))
        query = select(*shown, head.c.place).select_from(found).order_by(outbox.c.id)
        return query.with_for_update(of=outbox, skip_locked=True)
    heads = lanes.join(outbox, outbox.c.id.in_(its.with_only_columns(_first.c.id)))
    place = func.row_number().over(partition_by=outbox.c.lane, order_by=outbox.c.id).label("place")
    return select(*shown, place).select_from(heads).order_by(outbox.c.id)


_HEADS = {is_postgresql: _heads(is_postgresql=is_postgresql) for is_postgresql in (True, False)}
_LEASE = (
    update(outbox)
    .where(among(outbox.c.id, "entries"))
    # It is behind nobody any more: whoever gives it back does not look whether it was.
    .values(owner=bindparam("by"), leased_until=bindparam("until"), behind=False)
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


@dataclass(frozen=True, slots=True)
class _Run:
    """The first entry of an ordering key, and those after it that are leased with it."""

    priority: Priority
    entries: tuple[int, ...]


class OutboxQueue(SqlStore):
    """Those that wait, as they stand in line."""

    async def claim(
        self, lease: Lease, limit: int, room: Mapping[Priority, int] | None, ahead: int
    ) -> tuple[OutboxEntry, ...]:
        """Lease those that are first of their ordering key: answers first, then who has been ready for longest.

        With each go up to `ahead` that wait behind it.
        """
        left = {each: limit if room is None else room.get(each, 0) for each in Priority}
        found: list[OutboxEntry] = []
        places, least, again = 0, 0, True
        while again and (most := {each: min(left[each], limit - places) for each in Priority if left[each] > 0}):
            runs, is_more, has_moved = await self._ready(
                lease.now, {each: max(number, least) for each, number in most.items()}, ahead
            )
            taken = list[int]()
            for run in runs:
                if left[run.priority] > 0 and places < limit:
                    left[run.priority] -= 1
                    places += 1
                    taken += run.entries
            if taken:
                found += await self._leased(taken, lease)
            if places == limit:
                break
            # A lane that has got long is put behind its first one in a few looks. What others hold is found each time.
            again, least = is_more and bool(taken or has_moved or not least), MANY
        return tuple(found)

    async def _ready(self, now: datetime, most: Mapping[Priority, int], ahead: int) -> tuple[list[_Run], bool, bool]:
        """Who is first of an ordering key, and who follows; whether there may be more, and any was put behind."""
        asked = {f"most_{each}": most.get(each, 0) for each in Priority} | {"now": now, "most": max(most.values())}
        rows = sorted((await self._transaction.execute(_READY, asked)).all(), key=_in_order)
        firsts = {row.lane: _Run(Priority(row.priority), (row.id,)) for row in rows if row.id == row.first}
        waits = [row for row in rows if row.id != row.first]
        if not waits:
            return list(firsts.values()), False, False
        if ahead:
            firsts |= await self._with_followers(firsts, {row.lane for row in waits}, now, ahead, most)
        led = {entry for run in firsts.values() for entry in run.entries}
        moved, raised = await self._put_behind([row for row in waits if row.id not in led])
        if raised:  # before the rest goes what was raised
            firsts = {lane: run for lane, run in firsts.items() if run.priority == Priority.ANSWER}
        counted = Counter(row.priority for row in rows)
        is_full = any(counted[each] >= number for each, number in most.items())
        return sorted(firsts.values(), key=lambda run: run.priority), raised or is_full, moved

    async def _with_followers(
        self, firsts: Mapping[str, _Run], lanes: Collection[str], now: datetime, ahead: int, may_begin: Collection[int]
    ) -> dict[str, _Run]:
        """The runs of these ordering keys: whoever leads an answer goes out as soon as answers do.

        A run ends before what has to wait, what somebody else holds, and what is of a priority that may not begin.
        """
        asked = {"lanes": [each for each in firsts if each in lanes], "most": 1 + ahead}
        heads = _HEADS[self._transaction.is_postgresql]
        runs = dict[str, _Run]()
        for row in await self._transaction.execute(heads, asked) if asked["lanes"] else ():
            before = runs.get(row.lane) or _Run(Priority(row.priority), ())
            is_free = row.not_before <= now and (row.leased_until is None or row.leased_until <= now)
            if is_free and row.place == len(before.entries) + 1 and row.priority in may_begin:
                priority = Priority(min(before.priority, row.priority))
                runs[row.lane] = _Run(priority, (*before.entries, row.id))
        return {lane: run for lane, run in runs.items() if run.entries[0] == firsts[lane].entries[0]}

    async def _put_behind(self, waits: Sequence[Row[Any]]) -> tuple[bool, bool]:
        """These wait for others of their ordering key: whether any was put behind, and raised, as an answer waits."""
        if waits and self._transaction.is_postgresql:
            # Whoever ends the first lets the next one go on, and must not have missed that it waits.
            firsts = {"entries": sorted({row.first for row in waits})}
            locked = set((await self._transaction.execute(_LOCK, firsts)).scalars())
            waits = [row for row in waits if row.first in locked]
        if waits:
            await self._transaction.execute(_PUT_BEHIND, {"entries": [row.id for row in waits]})
        its = [row for row in waits if row.priority == Priority.ANSWER]
        if its:
            await self._raise_priority({row.lane for row in its}, max(row.id for row in its), Priority.ANSWER)
        return bool(waits), bool(its)

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
