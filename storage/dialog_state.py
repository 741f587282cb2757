"""What a turn of conversation leaves behind: the dialog's state, the deliveries that were answered, small settings."""

from collections.abc import Mapping
from datetime import datetime
from secrets import randbelow

from sqlalchemy import bindparam, delete, select, update

from application.ports import Json
from storage import codec
from storage.columns import beginning, begins_with
from storage.query_cache import READ_GENERATION
from storage.tables import deliveries, dialogs, settings
from storage.transaction import SqlStore
from storage.upserts import addition

_STATE = select(dialogs.c.state, dialogs.c.etag).where(dialogs.c.key == bindparam("name"))
_seen = (dialogs.c.key == bindparam("its"), dialogs.c.etag == bindparam("seen"))
_SAVE, _END = update(dialogs).where(*_seen), delete(dialogs).where(*_seen)
_ANSWER = select(deliveries.c.answer).where(deliveries.c.key == bindparam("name"))
_BEGIN = {
    is_postgresql: addition(deliveries, is_postgresql, ("key",)).returning(
        READ_GENERATION.scalar_subquery().label("generation")
    )
    for is_postgresql in (True, False)
}
"""It reads the generation, too, as every turn begins with it."""
_ANSWERED = update(deliveries).where(deliveries.c.key == bindparam("its"))
_VALUE = select(settings.c.value).where(settings.c.name == bindparam("of"))
_BEGINNING_WITH = (
    select(settings.c.name, settings.c.value).where(*begins_with(settings.c.name)).order_by(settings.c.name)
)
_REMOVE = delete(settings).where(settings.c.name == bindparam("its"))


class SqlDialogs(SqlStore):
    """Dialogs in the database."""

    async def load(self, key: str) -> tuple[Json, int]:
        row = (await self._transaction.execute(_STATE, {"name": key})).one_or_none()
        return (codec.load_plain(row.state), row.etag) if row else ({}, 0)

    async def save(self, key: str, state: Json, etag: int) -> int:
        mine = {"its": key, "seen": etag}
        # Drawn anew each time: after a removal and a new beginning, an old etag must not fit by chance.
        new_etag = 1 + randbelow(2**53) if state else 0
        values = {"state": codec.dump_plain(state), "etag": new_etag}
        if etag == 0 and not state:
            if (await self.load(key))[1]:
                raise self._transaction.conflict()
        elif etag == 0:
            await self._transaction.add(dialogs, ("key",), {"key": key, **values})
        elif not state:
            await self._transaction.execute_one(_END, mine)
        else:
            await self._transaction.execute_one(_SAVE, {**mine, **values})
        return new_etag


class SqlProcessedActivities(SqlStore):
    """ProcessedActivities in the database."""

    async def answer(self, key: str) -> Json | None:
        answer = (await self._transaction.execute(_ANSWER, {"name": key})).scalar_one_or_none()
        return None if answer is None else codec.load_plain(answer)

    async def begin(self, key: str, now: datetime) -> Json | None:
        values = {"key": key, "answer": codec.dump_plain({}), "at": now}
        row = (await self._transaction.execute(_BEGIN[self._transaction.is_postgresql], values)).one_or_none()
        if row is None:
            return await self.answer(key)
        self._transaction.generation_is(row.generation)
        return None

    async def answered(self, key: str, answer: Json) -> None:
        await self._transaction.execute_one(_ANSWERED, {"its": key, "answer": codec.dump_plain(answer)})

    async def remember(self, key: str, answer: Json, now: datetime) -> None:
        values = {"key": key, "answer": codec.dump_plain(answer), "at": now}
        await self._transaction.add(deliveries, ("key",), values)


class SqlKeyValueStore(SqlStore):
    """KeyValueStore in the database."""

    async def get(self, name: str) -> str | None:
        value: str | None = (await self._transaction.execute(_VALUE, {"of": name})).scalar_one_or_none()
        return value

    async def put(self, name: str, value: str) -> bool:
        return await self._transaction.upsert(settings, {"name": name}, {"value": value})

    async def beginning_with(self, prefix: str) -> Mapping[str, str]:
        rows = await self._transaction.execute(_BEGINNING_WITH, beginning(prefix))
        return {row.name: row.value for row in rows}

    async def remove(self, name: str) -> bool:
        return (await self._transaction.execute(_REMOVE, {"its": name})).rowcount > 0
