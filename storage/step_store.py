"""The due table: what the timeline still has to do, and when."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, case, delete, func, insert, or_, select, update

from application.ports import DueStep
from changes.planning.timeline import Step
from storage.tables import changes, steps
from storage.transaction import Transaction

_CLAIM = (
    select(steps.c.change, steps.c.key, steps.c.due, changes.c.failures)
    .join(changes, changes.c.id == steps.c.change)
    .where(
        steps.c.due <= bindparam("now"), or_(changes.c.held_until.is_(None), changes.c.held_until <= bindparam("now"))
    )
    .order_by(steps.c.due, steps.c.change, steps.c.place)
    .limit(1)
    # The change is locked with its step: two late steps of one change run in their order, whoever runs them.
    # SQLite ignores this, and needs it not: there a unit of work has the whole database.
    .with_for_update(of=(steps, changes), skip_locked=True)
)
_again = case((changes.c.held_until > steps.c.due, changes.c.held_until), else_=steps.c.due)
_NEXT_DUE = select(func.min(_again)).join_from(steps, changes, changes.c.id == steps.c.change)


class SqlSteps:
    """The StepStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def claim(self, now: datetime) -> DueStep | None:
        """The earliest step due at `now`, locked until the unit of work ends; None when there is none free."""
        row = (await self._transaction.execute(_CLAIM, {"now": now})).one_or_none()
        return DueStep(row.change, row.key, row.due, row.failures) if row else None

    async def hold(self, change_id: str, until: datetime) -> None:
        """One of the change's steps failed: all of them wait until then, or until the change is saved."""
        held = {"failures": changes.c.failures + 1, "held_until": until}
        await self._transaction.execute(update(changes).where(changes.c.id == change_id).values(held))

    async def next_due(self) -> datetime | None:
        """When the next step falls due, or is tried again."""
        due: datetime | None = (await self._transaction.execute(_NEXT_DUE)).scalar_one()
        return due

    async def drop(self, change_id: str, key: str) -> None:
        """Remove a step that turned out to be void."""
        await self._transaction.execute(delete(steps).where(steps.c.change == change_id, steps.c.key == key))

    async def replace(self, change_id: str, pending: Sequence[Step]) -> None:
        """The change's steps are these, from now on."""
        await self._transaction.execute(delete(steps).where(steps.c.change == change_id))
        rows = [
            {"change": change_id, "key": step.key, "kind": step.kind.value, "due": step.due, "place": place}
            for place, step in enumerate(pending)
        ]
        if rows:
            await self._transaction.execute(insert(steps), rows)
