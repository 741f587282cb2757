"""Stores when something was sent where, so that all replicas keep the rate limits together."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from storage.sql_store import SqlStore
from storage.tables import sendings

_HELD = "held: "
"""Prefix of the place in a row that holds a block; no place begins so."""
_sent = ~sendings.c.place.startswith(_HELD)


class SqlRateLimitStore(SqlStore):
    """RateLimitStore in the database."""

    async def queue_up(self) -> None:
        """Take the rate-limit lock until the unit of work ends: two at once would both find room."""
        if self._transaction.is_postgresql:
            await self._transaction.execute(select(func.pg_advisory_xact_lock(func.hashtext("sendings"))))

    async def latest(self, place: str, number: int) -> datetime | None:
        """When the `number`-th last send to `place` was; an empty place means all places."""
        query = select(sendings.c.at).order_by(sendings.c.at.desc()).offset(number - 1).limit(1)
        query = query.where(sendings.c.place == place) if place else query.where(_sent)
        moment: datetime | None = (await self._transaction.execute(query)).scalar_one_or_none()
        return moment

    async def note(self, place: str, at: datetime) -> None:
        """Record one send to `place` at `at`."""
        await self._transaction.execute(insert(sendings).values(place=place, at=at))

    async def bring_back(self, now: datetime) -> None:
        """Count sends later than `now` as sent now: the clock was set back since."""
        await self._transaction.execute(update(sendings).where(sendings.c.at > now, _sent).values(at=now))

    async def hold(self, place: str, until: datetime) -> None:
        """Block `place` until `until`, replacing an earlier block."""
        await self._transaction.execute(delete(sendings).where(sendings.c.place == _HELD + place))
        await self.note(_HELD + place, until)

    async def held_until(self, place: str) -> datetime | None:
        """Until when `place` is blocked; None when it is not."""
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
