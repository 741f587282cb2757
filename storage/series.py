"""Recurring changes in the database."""

from sqlalchemy import bindparam, select, update

from changes.recurrence.series import Series, SeriesState
from storage import codec
from storage.tables import series as table
from storage.transaction import SqlStore

_ONE = select(table.c.document, table.c.version).where(table.c.id == bindparam("of"))
_GOING_ON = select(table.c.document).where(table.c.over.is_(False)).order_by(table.c.id)
_WRITE = (
    update(table)
    .where(table.c.id == bindparam("of"), table.c.version == bindparam("seen"))
    .values(over=bindparam("is_over"), version=bindparam("next"), document=bindparam("written"))
)


class SqlSeries(SqlStore):
    """SeriesStore in the database."""

    async def load(self, series_id: str) -> tuple[Series, int] | None:
        row = (await self._transaction.execute(_ONE, {"of": series_id})).one_or_none()
        return (codec.decode(Series, row.document), row.version) if row else None

    async def save(self, series: Series, version: int) -> None:
        over, document = series.state is SeriesState.ENDED, codec.encode(series)
        if version:
            seen = {"of": series.id, "seen": version, "next": version + 1}
            await self._transaction.execute_one(_WRITE, {**seen, "is_over": over, "written": document})
        else:
            values = {"id": series.id, "over": over, "version": 1, "document": document}
            await self._transaction.add(table, ("id",), values)

    async def going_on(self) -> tuple[Series, ...]:
        found = await self._transaction.execute(_GOING_ON)
        return tuple(codec.decode(Series, each) for each in found.scalars())
