"""The due table: what still has to be done, when, and whose it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from application.ports import DueItem, Owner, OwnerType
from changes.planning.timeline import Step
from storage.tables import changes, due_items
from storage.transaction import SqlStore, Transaction

AHEAD = 20
"""How many items are looked at at least, before everything due is taken for locked by others."""
_NOW: sa.BindParameter[datetime] = sa.bindparam("now")
_MOST: sa.BindParameter[int] = sa.bindparam("most")
_MINE = (due_items.c.owner_type == sa.bindparam("of_type"), due_items.c.owner == sa.bindparam("of"))
_in_order = (due_items.c.next_at, due_items.c.owner, due_items.c.place)
_DUE = (
    sa.select(due_items.c.owner_type, due_items.c.owner, due_items.c.key, due_items.c.due, due_items.c.failures)
    .where(due_items.c.next_at <= _NOW)
    .order_by(*_in_order)
    .limit(_MOST)
)
"""Only its owner's first item has a `next_at`: two late ones of one owner run in their order, whoever runs them."""
_FREE_CHANGES = (
    sa.select(changes.c.id)
    .where(changes.c.id.in_(sa.bindparam("owners", expanding=True)))
    .with_for_update(skip_locked=True)
)
_DUE_OF = (
    sa.select(*_DUE.selected_columns)
    .where(
        due_items.c.owner_type == sa.bindparam("of_type"),
        due_items.c.owner.in_(sa.bindparam("owners", expanding=True)),
        due_items.c.next_at <= _NOW,
    )
    .with_for_update(skip_locked=True)
)
_next_at = sa.case((due_items.c.held_until > due_items.c.due, due_items.c.held_until), else_=due_items.c.due)
_NEXT_DUE = (
    sa.select(due_items.c.next_at).where(due_items.c.next_at.is_not(None)).order_by(due_items.c.next_at).limit(1)
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
        self._late: dict[Owner, list[dict[str, Any]]] = {}
        self._next: dict[Owner, datetime | None] = {}

    async def claim(self, now: datetime) -> DueItem | None:
        return next(iter(await self.claim_batch(now, 1)), None)

    async def claim_batch(self, now: datetime, limit: int) -> tuple[DueItem, ...]:
        # On SQLite a unit of work has the whole database.
        is_shared = self._transaction.is_postgresql
        asked = {"now": now, "most": max(AHEAD, AHEAD * limit // 5) if is_shared else limit}
        rows = (await self._transaction.execute(_DUE, asked)).all()
        if is_shared:
            rows = await self._locked(rows, now, limit)
        return tuple(
            DueItem(Owner(OwnerType(row.owner_type), row.owner), row.key, row.due, row.failures) for row in rows
        )

    async def _locked(self, rows: Sequence[sa.Row[Any]], now: datetime, limit: int) -> Sequence[sa.Row[Any]]:
        """The first that nobody else has. Whoever saves a change locks it before its items, and so does this."""
        for first in range(0, len(rows), limit):
            found: list[sa.Row[Any]] = []
            for of_type in OwnerType:
                owners = [row.owner for row in rows[first : first + limit] if row.owner_type == of_type]
                if owners and of_type is OwnerType.CHANGE:
                    owners = [*(await self._transaction.execute(_FREE_CHANGES, {"owners": owners})).scalars()]
                if owners:
                    asked = {"now": now, "of_type": of_type.value, "owners": owners}
                    found += (await self._transaction.execute(_DUE_OF, asked)).all()
            if found:
                return sorted(found, key=lambda row: (row.due, row.owner))
        return ()

    async def hold(self, owner: Owner, until: datetime) -> None:
        self._next.pop(owner, None)
        await self._transaction.execute(_HOLD, _of(owner) | {"until": until})
        await self._transaction.execute(_PUT_FIRST, _of(owner))

    async def next_due(self) -> datetime | None:
        due: datetime | None = (await self._transaction.execute(_NEXT_DUE)).scalar_one_or_none()
        return due

    async def next_of(self, owner: Owner) -> datetime | None:
        if owner in self._next:
            return self._next[owner]
        due: datetime | None = (await self._transaction.execute(_NEXT_OF, _of(owner))).scalar_one_or_none()
        return due

    async def drop(self, owner: Owner, key: str) -> None:
        self._next.pop(owner, None)
        await self._transaction.execute(_DROP, _of(owner) | {"its_key": key})
        await self._transaction.execute(_PUT_FIRST, _of(owner))

    async def replace(self, owner: Owner, steps: Sequence[Step]) -> None:
        self._transaction.late()
        first = min(range(len(steps)), key=lambda place: (steps[place].due, place), default=None)
        self._next[owner] = None if first is None else steps[first].due
        self._late[owner] = [
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

    async def write(self) -> None:
        """Write what is late."""
        late, self._late = self._late, {}
        if late:
            await self._transaction.execute(_DROP_ALL, [_of(owner) for owner in late])
        if rows := [row for rows in late.values() for row in rows]:
            await self._transaction.execute(_INSERT, rows)


def _of(owner: Owner) -> dict[str, str]:
    return {"of_type": owner.type.value, "of": owner.id}
