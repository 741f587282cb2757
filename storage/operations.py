"""Long operations at the provider."""

from datetime import datetime

from sqlalchemy import bindparam, select, union

from application.ports import Operation, Work
from storage import codec
from storage.tables import operations
from storage.transaction import SqlStore

_GET = select(operations.c.body).where(operations.c.key == bindparam("name"))
_RUNNING = (
    select(operations.c.body).where(operations.c.over.is_(False)).order_by(operations.c.asked_at, operations.c.id)
)
_OF_CHANGE = (
    select(operations.c.kind, operations.c.body)
    .where(operations.c.change == bindparam("of"))
    .order_by(operations.c.asked_at, operations.c.id)
)


class SqlOperations(SqlStore):
    """OperationStore in the database."""

    async def put(self, operation: Operation) -> None:
        values = {
            "change": operation.change,
            "kind": operation.kind,
            "asked_at": operation.asked_at,
            "over": operation.state.over,
            "body": codec.encode(operation),
        }
        self._transaction.work.add(Work.OPERATIONS)
        await self._transaction.upsert(operations, {"key": operation.key}, values)

    async def get(self, key: str) -> Operation | None:
        body = (await self._transaction.execute(_GET, {"name": key})).scalar_one_or_none()
        return None if body is None else codec.decode(Operation, body)

    async def running(self) -> tuple[Operation, ...]:
        return tuple(codec.decode(Operation, each) for each in (await self._transaction.execute(_RUNNING)).scalars())

    async def latest(self, change_id: str) -> dict[str, Operation]:
        async def find() -> dict[str, Operation]:
            rows = (await self._transaction.execute(_OF_CHANGE, {"of": change_id})).all()
            last = {row.kind: row.body for row in rows}
            return {kind: codec.decode(Operation, body) for kind, body in last.items()}

        return dict(await self._transaction.cached(("operations", change_id), find))

    async def since(self, moment: datetime) -> tuple[Operation, ...]:
        # Each by an index of its own: one `or`, or the order of the ids, makes the engines read the whole table.
        columns = (operations.c.id, operations.c.body)
        is_open, is_recent = operations.c.over.is_(False), operations.c.asked_at >= moment
        found = union(select(*columns).where(is_open), select(*columns).where(is_recent)).subquery()
        query = select(found.c.body).order_by(found.c.id.desc())
        return tuple(codec.decode(Operation, each) for each in (await self._transaction.execute(query)).scalars())
