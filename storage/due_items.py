"""The due table: what still has to be done, when, and whose it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from application.ports import DueItem, Look, Owner, OwnerType, Work
from changes.planning.timeline import Step
from storage.tables import changes, due_items
from storage.transaction import SqlStore, Transaction

_NOW: sa.BindParameter[datetime] = sa.bindparam("now")
_MOST: sa.BindParameter[int] = sa.bindparam("most")
_MINE = (due_items.c.owner_type == sa.bindparam("of_type"), due_items.c.owner == sa.bindparam("of"))
_in_order = (due_items.c.next_at, due_items.c.owner, due_items.c.place)
_DUE = (
    sa.select(*(due_items.c[name] for name in ("owner_type", "owner", "key", "due", "failures", "next_at")))
    .where(due_items.c.next_at <= _NOW)
    .order_by(*_in_order)
    .limit(_MOST)
)
"""Only its owner's first item has a `next_at`: two late ones of one owner run in their order, whoever runs them."""
# Whoever saves a change locks it before its items, and so does whoever carries one out. That they are of changes is not
# asked here: without statistics of the table, PostgreSQL would look them all up by that, and sort them.
_free_of_changes = (
    _DUE.join_from(due_items, changes, changes.c.id == due_items.c.owner)
    .with_for_update(of=(changes, due_items), skip_locked=True)
    .cte("of_changes")
)
_soon = _DUE.subquery()
_free_others = (
    sa.select(*_DUE.selected_columns)
    .join(_soon, sa.and_(*(_soon.c[name] == due_items.c[name] for name in ("owner_type", "owner", "key"))))
    .where(due_items.c.owner_type != OwnerType.CHANGE.value)
    .with_for_update(of=due_items, skip_locked=True)
    .cte("others")
)
_FREE = (
    sa.union_all(
        sa.select(_free_of_changes).where(_free_of_changes.c.owner_type == OwnerType.CHANGE.value),
        sa.select(_free_others),
    )
    .order_by("next_at", "owner")
    .limit(_MOST)
)
"""The first that nobody else has, each looked at and locked in its order."""
_next_at = sa.case((due_items.c.held_until > due_items.c.due, due_items.c.held_until), else_=due_items.c.due)
_NEXT_DUE = (
    sa.select(due_items.c.next_at).where(due_items.c.next_at.is_not(None)).order_by(due_items.c.next_at).limit(1)
)
MOST_OVERDUE = 5000
"""Items that are looked at to count what is overdue, at most: more of them change nothing about the alarm."""
_SOON = (
    sa.select(due_items.c.due)
    .where(due_items.c.next_at <= sa.bindparam("until", type_=due_items.c.next_at.type))
    .order_by(due_items.c.next_at)
    .limit(MOST_OVERDUE)
    .subquery()
)
_OVERDUE = sa.select(sa.func.count().label("number"), sa.func.min(_SOON.c.due).label("oldest")).where(
    _SOON.c.due <= sa.bindparam("since", type_=due_items.c.due.type)
)
_NEXT_OF = sa.select(due_items.c.next_at).where(*_MINE, due_items.c.next_at.is_not(None))
_first = due_items.alias("first")
_PUT_FIRST = (
    sa.update(due_items)
    .where(
        *_MINE,
        due_items.c.key
        == sa.select(_first.c.key)
        .where(_first.c.owner_type == sa.bindparam("of_type"), _first.c.owner == sa.bindparam("of"))
        .order_by(_first.c.due, _first.c.place)
        .limit(1)
        .scalar_subquery(),
    )
    .values(next_at=_next_at)
)
HELD_ANEW = (
    sa.update(due_items)
    .where(due_items.c.next_at.is_not(None), due_items.c.held_until.is_not(None))
    .values(next_at=_next_at)
)
"""After the time until which some are held was moved."""
_HOLD = (
    sa.update(due_items)
    .where(*_MINE)
    .values(failures=due_items.c.failures + 1, held_until=sa.bindparam("until", type_=due_items.c.held_until.type))
)
_DROP = sa.delete(due_items).where(*_MINE, due_items.c.key == sa.bindparam("its_key"))
_DROP_ALL = sa.delete(due_items).where(*_MINE)
_INSERT = sa.insert(due_items)


class SqlDueItems(SqlStore):
    """DueItems in the database."""

    def __init__(self, transaction: Transaction) -> None:
        super().__init__(transaction)
        self._pending: dict[Owner, list[dict[str, Any]]] = {}
        self._next: dict[Owner, datetime | None] = {}

    async def claim(self, now: datetime) -> DueItem | None:
        return next(iter(await self.claim_batch(now, 1)), None)

    async def claim_batch(self, now: datetime, limit: int) -> tuple[DueItem, ...]:
        # On SQLite a unit of work has the whole database.
        query = _FREE if self._transaction.is_postgresql else _DUE
        rows = await self._transaction.execute(query, {"now": now, "most": limit})
        return tuple(
            DueItem(Owner(OwnerType(row.owner_type), row.owner), row.key, row.due, row.failures) for row in rows
        )

    async def hold(self, owner: Owner, until: datetime) -> None:
        self._transaction.work.add(Work.STEPS)
        self._next.pop(owner, None)
        await self._transaction.execute(_HOLD, _of(owner) | {"until": until})
        await self._transaction.execute(_PUT_FIRST, _of(owner))

    async def next_due(self) -> datetime | None:
        due: datetime | None = (await self._transaction.execute(_NEXT_DUE)).scalar_one_or_none()
        return due

    async def overdue(self, since: datetime, until: datetime) -> tuple[int, datetime | None]:
        row = (await self._transaction.execute(_OVERDUE, {"since": since, "until": until})).one()
        return row.number, row.oldest

    async def next_of(self, owner: Owner) -> datetime | None:
        if owner in self._next:
            return self._next[owner]
        due: datetime | None = (await self._transaction.execute(_NEXT_OF, _of(owner))).scalar_one_or_none()
        return due

    async def drop(self, owner: Owner, key: str) -> None:
        self._transaction.work.add(Work.STEPS)
        self._next.pop(owner, None)
        await self._transaction.execute(_DROP, _of(owner) | {"its_key": key})
        await self._transaction.execute(_PUT_FIRST, _of(owner))

    async def replace(self, owner: Owner, steps: Sequence[Step | Look]) -> None:
        self._transaction.work.add(Work.STEPS)
        self._transaction.mark_dirty()
        first = min(range(len(steps)), key=lambda place: (steps[place].due, place), default=None)
        self._next[owner] = None if first is None else steps[first].due
        self._pending[owner] = [
            {
                "owner_type": owner.type.value,
                "owner": owner.id,
                "key": step.key,
                "kind": step.kind.value,
                "due": step.due,
                "place": place,
                "next_at": step.due if place == first else None,
            }
            for place, step in enumerate(steps)
        ]

    async def flush(self) -> None:
        """Write what is pending."""
        pending, self._pending = self._pending, {}
        if pending:
            await self._transaction.execute(_DROP_ALL, [_of(owner) for owner in pending])
        if rows := [row for rows in pending.values() for row in rows]:
            await self._transaction.execute(_INSERT, rows)


def _of(owner: Owner) -> dict[str, str]:
    return {"of_type": owner.type.value, "of": owner.id}
