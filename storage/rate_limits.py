"""When something was sent where, so that all replicas together keep the limits of those who take it."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from storage.sql_store import SqlStore
from storage.tables import sendings

_HELD = "held: "
"""Before the place of a row that says until when it is held; no place begins so."""
_sent = ~sendings.c.place.startswith(_HELD)


class SqlSendings(SqlStore):
    """The Sendings."""

    async def queue_up(self) -> None:
        """Two that look for room at the same moment would both find it: one after the other, until the commit."""
        if self._transaction.is_postgresql:
            await self._transaction.execute(select(func.pg_advisory_xact_lock(func.hashtext("sendings"))))

    async def latest(self, place: str, number: int) -> datetime | None:
        """When the `number`-th sending to the place was, counted from the last; an empty place means all of them."""
        query = select(sendings.c.at).order_by(sendings.c.at.desc()).offset(number - 1).limit(1)
        query = query.where(sendings.c.place == place) if place else query.where(_sent)
        moment: datetime | None = (await self._transaction.execute(query)).scalar_one_or_none()
        return moment

    async def note(self, place: str, at: datetime) -> None:
        """Something is sent there."""
        await self._transaction.execute(insert(sendings).values(place=place, at=at))

    async def bring_back(self, now: datetime) -> None:
        """What was sent later than `now`, by a clock that has been set back since, counts as sent now."""
        await self._transaction.execute(update(sendings).where(sendings.c.at > now, _sent).values(at=now))

    async def hold(self, place: str, until: datetime) -> None:
        """The place asked for nothing before then: what was asked for earlier does not count any more."""
        await self._transaction.execute(delete(sendings).where(sendings.c.place == _HELD + place))
        await self.note(_HELD + place, until)

    async def held_until(self, place: str) -> datetime | None:
        """When the place may be sent something again, as it asked; None where it asked for nothing."""
        return await self.latest(_HELD + place, 1)

    async def last(self) -> datetime | None:
        """When something was sent last, wherever."""
        return await self.latest("", 1)

    async def release(self, now: datetime, by: timedelta) -> None:
        """Every hold ends so much earlier, but none before `now`."""
        query = select(sendings.c.id, sendings.c.at).where(sendings.c.at > now, ~_sent)
        for row in (await self._transaction.execute(query)).all():
            until = max(now, row.at - by)
            await self._transaction.execute(update(sendings).where(sendings.c.id == row.id).values(at=until))
