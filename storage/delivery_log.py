"""Who was told what, and who is away."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select

from application.ports import Absence
from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.model import Person
from storage.sql_store import SqlStore
from storage.stored_messages import columns_of_text, text_of
from storage.tables import absences, ledger

_OF = select(ledger).where(ledger.c.change == bindparam("of")).order_by(ledger.c.at, ledger.c.id)
_AWAY = (
    select(absences)
    .where(absences.c.person.in_(bindparam("people", expanding=True)), absences.c.last >= bindparam("since"))
    .order_by(absences.c.first, absences.c.id)
)


class SqlDeliveryLog(SqlStore):
    """DeliveryLog in the database."""

    async def note(self, told: DeliveryRecord) -> None:
        """Write the line; a later one for the same key replaces it."""
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
        """The line of that key, or None."""
        row = (await self._transaction.execute(select(ledger).where(ledger.c.key == key))).first()
        return None if row is None else _told(row)

    async def of(self, change_id: str) -> tuple[DeliveryRecord, ...]:
        """Everything about that change, in the order in which it was told."""
        return tuple(_told(row) for row in await self._transaction.execute(_OF, {"of": change_id}))

    async def mailed_since(self, since: datetime) -> tuple[DeliveryRecord, ...]:
        """Every mail of any change whose line was written at `since` or later, the earliest first."""
        mails = ledger.c.way == DeliveryChannel.MAIL.value
        query = select(ledger).where(mails, ledger.c.at >= since).order_by(ledger.c.at, ledger.c.id)
        return tuple(_told(row) for row in await self._transaction.execute(query))


class SqlAbsences(SqlStore):
    """Absences in the database."""

    async def add(self, person: Person, first: date, last: date) -> Absence:
        """Note that the person is away on these days, both included."""
        new = insert(absences).values(person=person.id, name=person.name, first=first, last=last)
        number = (await self._transaction.execute(new.returning(absences.c.id))).scalar_one()
        return Absence(number, person, first, last)

    async def of(self, people: Sequence[Person], since: date) -> tuple[Absence, ...]:
        """The people's absences that are not over on that day, the earliest first."""
        asked = {"people": [person.id for person in people], "since": since}
        return tuple(
            Absence(row.id, Person(row.person, row.name), row.first, row.last)
            for row in await self._transaction.execute(_AWAY, asked)
        )

    async def drop(self, absence: int) -> None:
        """Remove the absence."""
        await self._transaction.execute(delete(absences).where(absences.c.id == absence))


def _told(row: Row[Any]) -> DeliveryRecord:
    return DeliveryRecord(
        row.key,
        row.change,
        row.notice,
        row.recipient,
        DeliveryChannel(row.way),
        DeliveryStatus(row.result),
        row.at,
        text_of(row.why, row.why_message),
    )
