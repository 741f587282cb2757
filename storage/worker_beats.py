"""When each worker was last seen at work: a row for each among the settings, so that an empty database has no other."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from storage.columns import beginning, begins_with
from storage.tables import settings
from storage.transaction import SqlStore

_PREFIX = "worker:"
"""Of the names of these rows."""
_SEEN = select(settings.c.name, settings.c.value).where(*begins_with(settings.c.name))
_LAST = "workers.last"
_LAST_SEEN = select(settings.c.value).where(settings.c.name == bindparam("its"))
_FORGET = delete(settings).where(settings.c.name == bindparam("its"))


class SqlWorkerHeartbeats(SqlStore):
    """WorkerHeartbeats in the database."""

    async def note(self, owner: str, at: datetime) -> None:
        for name in (_PREFIX + owner, _LAST):
            await self._transaction.upsert(settings, {"name": name}, {"value": at.isoformat()})

    async def seen(self) -> Mapping[str, datetime]:
        rows = await self._transaction.execute(_SEEN, beginning(_PREFIX))
        return {row.name.removeprefix(_PREFIX): datetime.fromisoformat(row.value) for row in rows}

    async def last(self) -> datetime | None:
        value: str | None = (await self._transaction.execute(_LAST_SEEN, {"its": _LAST})).scalar_one_or_none()
        return datetime.fromisoformat(value) if value else None

    async def forget(self, owners: Collection[str]) -> None:
        if owners:
            await self._transaction.execute(_FORGET, [{"its": _PREFIX + owner} for owner in owners])
