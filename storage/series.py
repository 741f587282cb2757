"""Recurring changes in the database."""

from sqlalchemy import bindparam, func, select, update

from changes.recurrence.series import Series, SeriesState
from storage import codec
from storage.tables import series as table
from storage.transaction import SqlStore

_PREFIX = "SER-"
_LAST = select(func.max(table.c.number).label("last"))
_ONE = select(table.c.document, table.c.version).where(table.c.number == bindparam("of"))
_GOING_ON = select(table.c.document).where(table.c.over.is_(False)).order_by(table.c.number)
_WRITE = (
    update(table)
    .where(table.c.number == bindparam("of"), table.c.version == bindparam("seen"))
    .values(over=bindparam("is_over"), version=bindparam("next"), document=bindparam("written"))
)


class SqlSeries(SqlStore):
    """SeriesStore in the database."""

    async def new_id(self) -> str:
        last = (await self._transaction.execute(_LAST)).scalar_one()
        return f"{_PREFIX}{(last or 0) + 1}"

    async def load(self, series_id: str) -> tuple[Series, int] | None:
        row = (await self._transaction.execute(_ONE, {"of": _number(series_id)})).one_or_none()
        return (codec.decode_series(row.document), row.version) if row else None

    async def save(self, series: Series, version: int) -> None:
        number, over, document = _number(series.id), series.state is SeriesState.ENDED, codec.encode(series)
        if version:
            seen = {"of": number, "seen": version, "next": version + 1}
            await self._transaction.execute_one(_WRITE, {**seen, "is_over": over, "written": document})
        else:
            values = {"number": number, "over": over, "version": 1, "document": document}
            await self._transaction.add(table, ("number",), values)

    async def going_on(self) -> tuple[Series, ...]:
        return tuple(codec.decode_series(each) for each in (await self._transaction.execute(_GOING_ON)).scalars())


def _number(series_id: str) -> int:
    return int(series_id.removeprefix(_PREFIX))
