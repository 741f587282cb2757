"""Stores when something was sent where, so that all replicas keep the rate limits together."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from storage.tables import sendings
from storage.transaction import SqlStore

_HELD = "held: "
"""Prefix of the place in a row that holds a block; no place begins so."""
_sent = ~sendings.c.place.startswith(_HELD)


class SqlRateLimitStore(SqlStore):
    """RateLimitStore in the database."""

    async def queue_up(self) -> None:
        if self._transaction.is_postgresql:
            await self._transaction.execute(select(func.pg_advisory_xact_lock(func.hashtext("sendings"))))

    async def latest(self, place: str, number: int) -> datetime | None:
        query = select(sendings.c.at).order_by(sendings.c.at.desc()).offset(number - 1).limit(1)
        query = query.where(sendings.c.place == place) if place else query.where(_sent)
        moment: datetime | None = (await self._transaction.execute(query)).scalar_one_or_none()
        return moment

    async def note(self, place: str, at: datetime) -> None:
        await self._transaction.execute(insert(sendings).values(place=place, at=at))

    async def bring_back(self, now: datetime) -> None:
        await self._transaction.execute(update(sendings).where(sendings.c.at > now, _sent).values(at=now))

    async def hold(self, place: str, until: datetime) -> None:
        await self._transaction.execute(delete(sendings).where(sendings.c.place == _HELD + place))
        await self.note(_HELD + place, until)

    async def held_until(self, place: str) -> datetime | None:
        return await self.latest(_HELD + place, 1)

    async def last(self) -> datetime | None:
        """When the last send to any place was."""
        return await self.latest("", 1)

    async def release(self, now: datetime, by: timedelta) -> None:
        """Shorten every block by that much, none to before `now`."""
        query = select(sendings.c.id, sendings.c.at).where(sendings.c.at > now, ~_sent)
        for row in (await self._transaction.execute(query)).all():
            until = max(now, row.at - by)
            await self._transaction.execute(update(sendings).where(sendings.c.id == row.id).values(at=until))
