"""Who was told what, and who is away."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select

from application.ports import Absence
from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.model import Person
from storage.columns import among
from storage.stored_messages import columns_of_text, text_of
from storage.tables import absences, ledger
from storage.transaction import SqlStore

_OF = select(ledger).where(ledger.c.change == bindparam("of")).order_by(ledger.c.at, ledger.c.id)
_LINE = select(ledger).where(ledger.c.key == bindparam("name"))
_MAILED = (
    select(ledger)
    .where(ledger.c.way == DeliveryChannel.MAIL.value, ledger.c.at >= bindparam("since"))
    .order_by(ledger.c.at, ledger.c.id)
)
_AWAY = (
    select(absences)
    .where(among(absences.c.person, "people"), absences.c.last >= bindparam("since"))
    .order_by(absences.c.first, absences.c.id)
)


class SqlDeliveryLog(SqlStore):
    """DeliveryLog in the database."""

    async def note(self, told: DeliveryRecord) -> None:
        values = {
            "change": told.change,
            "notice": told.notice,
            "recipient": told.to,
            "way": told.way.value,
            "result": told.result.value,
            "at": told.at,
            **columns_of_text("why", told.why),
        }
        await self._transaction.upsert(ledger, {"key": told.key}, values)

    async def get(self, key: str) -> DeliveryRecord | None:
        row = (await self._transaction.execute(_LINE, {"name": key})).first()
        return None if row is None else _told(row)

    async def of(self, change_id: str) -> tuple[DeliveryRecord, ...]:
        return tuple(_told(row) for row in await self._transaction.execute(_OF, {"of": change_id}))

    async def mailed_since(self, since: datetime) -> tuple[DeliveryRecord, ...]:
        return tuple(_told(row) for row in await self._transaction.execute(_MAILED, {"since": since}))


class SqlAbsences(SqlStore):
    """Absences in the database."""

    async def add(self, person: Person, first: date, last: date) -> Absence:
        new = insert(absences).values(person=person.id, name=person.name, first=first, last=last)
        number = (await self._transaction.execute(new.returning(absences.c.id))).scalar_one()
        return Absence(number, person, first, last)

    async def of(self, people: Sequence[Person], since: date) -> tuple[Absence, ...]:
        ids = sorted(person.id for person in people)

        async def find() -> tuple[Absence, ...]:
            rows = await self._transaction.execute(_AWAY, {"people": ids, "since": since})
            return tuple(Absence(row.id, Person(row.person, row.name), row.first, row.last) for row in rows)

        return await self._transaction.cached(("absences", since, *ids), find)

    async def drop(self, absence: int) -> None:
        await self._transaction.execute(delete(absences).where(absences.c.id == absence))


def _told(row: Row[Any]) -> DeliveryRecord:
    way, result, why = DeliveryChannel(row.way), DeliveryStatus(row.result), text_of(row.why, row.why_message)
    return DeliveryRecord(row.key, row.change, row.notice, row.recipient, way, result, row.at, why)
