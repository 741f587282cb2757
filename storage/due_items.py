"""The due table: what still has to be done, when, and whose it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from application.ports import DueItem, Owner, OwnerType
from changes.planning.timeline import Step
from storage.tables import changes, due_items
from storage.transaction import SqlStore

AT_ONCE = 20
"""Maximum number of owners tried before everything due is taken for locked by others."""
_earlier = due_items.alias("earlier")
_head = ~(
    sa.select(_earlier.c.key)
    .where(
        _earlier.c.owner_type == due_items.c.owner_type,
        _earlier.c.owner == due_items.c.owner,
        sa.or_(
            _earlier.c.due < due_items.c.due,
            sa.and_(_earlier.c.due == due_items.c.due, _earlier.c.place < due_items.c.place),
        ),
    )
    .exists()
)
"""The first item of its owner: two late ones of one owner run in their order, whoever runs them."""
_NOW: sa.BindParameter[datetime] = sa.bindparam("now")
_DUE = (
    sa.select(due_items)
    .where(due_items.c.due <= _NOW, sa.or_(due_items.c.held_until.is_(None), due_items.c.held_until <= _NOW), _head)
    .order_by(due_items.c.due, due_items.c.owner, due_items.c.place)
    .limit(AT_ONCE)
)
_LOCK_CHANGE = sa.select(changes.c.id).where(changes.c.id == sa.bindparam("owner")).with_for_update(skip_locked=True)
_LOCK_ITEM = (
    sa.select(due_items.c.key)
    .where(*(due_items.c[name] == sa.bindparam(name) for name in ("owner_type", "owner", "key", "due")))
    .with_for_update(skip_locked=True)
)
_again = sa.case((due_items.c.held_until > due_items.c.due, due_items.c.held_until), else_=due_items.c.due)
_NEXT_DUE = sa.select(sa.func.min(_again))


class SqlDueItems(SqlStore):
    """DueItems in the database."""

    async def claim(self, now: datetime) -> DueItem | None:
        for row in (await self._transaction.execute(_DUE, {"now": now})).all():
            # On SQLite a unit of work has the whole database.
            if not self._transaction.is_postgresql or await self._locked(row):
                return DueItem(Owner(OwnerType(row.owner_type), row.owner), row.key, row.due, row.failures)
        return None

    async def _locked(self, row: sa.Row[Any]) -> bool:
        """Whether nobody else has the item. Whoever saves a change locks it before its items, and so does this."""
        if row.owner_type == OwnerType.CHANGE:
            change = await self._transaction.execute(_LOCK_CHANGE, {"owner": row.owner})
            if change.one_or_none() is None:
                return False
        mine = {"owner_type": row.owner_type, "owner": row.owner, "key": row.key, "due": row.due}
        return (await self._transaction.execute(_LOCK_ITEM, mine)).one_or_none() is not None

    async def hold(self, owner: Owner, until: datetime) -> None:
        held = {"failures": due_items.c.failures + 1, "held_until": until}
        await self._transaction.execute(sa.update(due_items).where(_of(owner)).values(held))

    async def next_due(self) -> datetime | None:
        due: datetime | None = (await self._transaction.execute(_NEXT_DUE)).scalar_one()
        return due

    async def drop(self, owner: Owner, key: str) -> None:
        await self._transaction.execute(sa.delete(due_items).where(_of(owner), due_items.c.key == key))

    async def replace(self, owner: Owner, steps: Sequence[Step]) -> None:
        await self._transaction.execute(sa.delete(due_items).where(_of(owner)))
        rows = [
            {
                "owner_type": owner.type.value,
                "owner": owner.id,
                "key": step.key,
                "kind": step.kind.value,
                "due": step.due,
                "place": place,
            }
            for place, step in enumerate(steps)
        ]
        if rows:
            await self._transaction.execute(sa.insert(due_items), rows)


def _of(owner: Owner) -> sa.ColumnElement[bool]:
    return (due_items.c.owner_type == owner.type) & (due_items.c.owner == owner.id)
