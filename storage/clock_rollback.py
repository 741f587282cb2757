"""The moments in what waits are brought back when the clock was: else it would wait as long as the clock was ahead."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Select, Table, bindparam, func, select, update

from application.ports import Work
from storage.due_items import HELD_ANEW
from storage.rate_limits import SqlRateLimitStore
from storage.tables import due_items, outbox, waiting
from storage.transaction import Transaction


class SqlClockRollback:
    """ClockRollback in the database."""

    def __init__(self, transaction: Transaction, rate_limits: SqlRateLimitStore) -> None:
        self._transaction, self._rate_limits = transaction, rate_limits

    async def latest(self) -> datetime | None:
        added = (await self._transaction.execute(select(func.max(outbox.c.created_at)).where(waiting))).scalar_one()
        found = [moment for moment in (added, await self._rate_limits.last()) if moment is not None]
        return max(found, default=None)

    async def bring_back(self, now: datetime, by: timedelta, lease_seconds: float) -> None:
        self._transaction.work.update(Work)
        await self._rate_limits.bring_back(now)
        await self._rate_limits.release(now, by)
        added_later = update(outbox).where(waiting, outbox.c.created_at > now)
        await self._transaction.execute(added_later.values(created_at=now))
        longest = now + timedelta(seconds=lease_seconds)
        leased = update(outbox).where(waiting, outbox.c.leased_until > longest)
        await self._transaction.execute(leased.values(leased_until=longest))
        waits = select(outbox.c.id.label("row"), outbox.c.not_before.label("moment")).where(
            waiting, outbox.c.not_before > now
        )
        await self._earlier(outbox, outbox.c.id, outbox.c.not_before, waits, now, by)
        holds = select(due_items.c.held_until.label("row"), due_items.c.held_until.label("moment")).distinct()
        held = holds.where(due_items.c.held_until > now).order_by(due_items.c.held_until)
        await self._earlier(due_items, due_items.c.held_until, due_items.c.held_until, held, now, by)
        await self._transaction.execute(HELD_ANEW)

    async def _earlier(
        self, table: Table, key: Column[Any], column: Column[Any], found: Select[Any], now: datetime, by: timedelta
    ) -> None:
        later = (await self._transaction.execute(found)).all()
        rows = [{"row": each.row, "moment": max(now, each.moment - by)} for each in later]
        if rows:
            moved = update(table).where(key == bindparam("row")).values({column: bindparam("moment")})
            await self._transaction.execute(moved, rows)
