"""Deletes expired rows; changes, their audit trail and the delivery log are kept."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from storage.tables import deliveries, outbox, refusals, sendings
from storage.transaction import SqlStore

KEPT = {
    sendings: (sendings.c.at, timedelta(hours=2)),
    deliveries: (deliveries.c.at, timedelta(days=7)),
    outbox: (outbox.c.done_at, timedelta(days=30)),
    refusals: (refusals.c.at, timedelta(days=365)),
}
"""What says how old a row is, and how old it may become. Whoever repeats a delivery does so within minutes."""


class SqlRetention(SqlStore):
    """Retention in the database."""

    async def purge_expired(self, now: datetime) -> None:
        for table, (age, kept) in KEPT.items():
            await self._transaction.execute(delete(table).where(age < now - kept))
