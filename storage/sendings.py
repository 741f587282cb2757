"""When something was sent where, so that all replicas together keep the limits of those who take it."""

from datetime import datetime

from sqlalchemy import func, insert, select

from storage.tables import sendings
from storage.transaction import Transaction


class SqlSendings:
    """The Sendings."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def queue_up(self) -> None:
        """Two that look for room at the same moment would both find it: one after the other, until the commit."""
        if self._transaction.is_postgresql:
            await self._transaction.execute(select(func.pg_advisory_xact_lock(func.hashtext("sendings"))))

    async def latest(self, place: str, number: int) -> datetime | None:
        """When the `number`-th sending to the place was, counted from the last; an empty place means all of them."""
        query = select(sendings.c.at).order_by(sendings.c.at.desc()).offset(number - 1).limit(1)
        if place:
            query = query.where(sendings.c.place == place)
        moment: datetime | None = (await self._transaction.execute(query)).scalar_one_or_none()
        return moment

    async def note(self, place: str, at: datetime) -> None:
        """Something is sent there; a moment to come means that nothing may be sent before it."""
        await self._transaction.execute(insert(sendings).values(place=place, at=at))
