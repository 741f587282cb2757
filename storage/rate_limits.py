"""Stores when something was sent where, so that all replicas keep the rate limits together."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from storage.tables import sendings
from storage.transaction import SqlStore

_HELD = "held: "
"""Prefix of the place in a row that holds a block; no place begins so."""
_sent = ~sendings.c.place.startswith(_HELD)
_now: BindParameter[datetime] = bindparam("now")
_QUEUE_UP = select(func.pg_advisory_xact_lock(func.hashtext("sendings")))
_BRING_BACK = update(sendings).where(sendings.c.at > _now, _sent).values(at=_now)
_NOTE = insert(sendings)


def _at(where: ColumnElement[bool], number: int) -> ScalarSelect[datetime]:
    query = select(sendings.c.at).where(where).order_by(sendings.c.at.desc()).offset(number - 1).limit(1)
    return query.scalar_subquery()


_LAST = select(_at(_sent, 1))


@lru_cache
def _state(numbers: tuple[int, ...], together: tuple[int, ...]) -> Select[Any]:
    columns: list[Any] = [_at(sendings.c.place == bindparam("place"), number) for number in numbers]
    columns += [_at(_sent, number) for number in together]
    return select(*columns, _at(sendings.c.place == bindparam("hold"), 1))


class SqlRateLimitStore(SqlStore):
    """RateLimitStore in the database."""

    async def queue_up(self) -> None:
        if self._transaction.is_postgresql:
            await self._transaction.execute(_QUEUE_UP)

    async def state(
        self, place: str, numbers: Sequence[int], together: Sequence[int]
    ) -> tuple[tuple[datetime | None, ...], datetime | None]:
        query = _state(tuple(numbers), tuple(together))
        asked = {"place": place} if numbers else {}
        row = tuple((await self._transaction.execute(query, asked | {"hold": _HELD + place})).one())
        return row[:-1], row[-1]

    async def note(self, place: str, at: datetime) -> None:
        await self._transaction.execute(_NOTE, {"place": place, "at": at})

    async def bring_back(self, now: datetime) -> None:
        await self._transaction.execute(_BRING_BACK, {"now": now})

    async def hold(self, place: str, until: datetime) -> None:
        await self._transaction.execute(delete(sendings).where(sendings.c.place == _HELD + place))
        await self.note(_HELD + place, until)

    async def last(self) -> datetime | None:
        """When the last send to any place was."""
        moment: datetime | None = (await self._transaction.execute(_LAST)).scalar_one()
        return moment

    async def release(self, now: datetime, by: timedelta) -> None:
        """Shorten every block by that much, none to before `now`."""
        query = select(sendings.c.id, sendings.c.at).where(sendings.c.at > now, ~_sent)
        for row in (await self._transaction.execute(query)).all():
            until = max(now, row.at - by)
            await self._transaction.execute(update(sendings).where(sendings.c.id == row.id).values(at=until))
