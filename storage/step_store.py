"""The due table: what the timeline still has to do, and when."""

from datetime import datetime

from sqlalchemy import delete, func, select

from changes.ports import DueStep
from storage.tables import changes, steps
from storage.transaction import Transaction


class SqlSteps:
    """The StepStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def claim(self, now: datetime) -> DueStep | None:
        """The earliest step due at `now`, locked until the unit of work ends; None when there is none free."""
        query = (
            select(steps.c.change, steps.c.key, steps.c.due)
            .join(changes, changes.c.id == steps.c.change)
            .where(steps.c.due <= now)
            .order_by(steps.c.due, steps.c.change, steps.c.place)
            .limit(1)
            # The change is locked with its step: two late steps of one change run in their order, whoever runs them.
            # SQLite ignores this, and needs it not: there a unit of work has the whole database.
            .with_for_update(of=(steps, changes), skip_locked=True)
        )
        row = (await self._transaction.execute(query)).one_or_none()
        return DueStep(row.change, row.key, row.due) if row else None

    async def next_due(self) -> datetime | None:
        """When the next step falls due."""
        due: datetime | None = (await self._transaction.execute(select(func.min(steps.c.due)))).scalar_one()
        return due

    async def drop(self, change_id: str, key: str) -> None:
        """Remove a step that turned out to be void."""
        await self._transaction.execute(delete(steps).where(steps.c.change == change_id, steps.c.key == key))
