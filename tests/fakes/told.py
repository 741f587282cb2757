"""Who was told what, and who is away, in memory."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from application.ports import Absence
from changes.model import Person
from changes.notification.delivery_log import DeliveryChannel, DeliveryRecord
from tests.fakes.table import View


class MemoryLedger:
    """The Ledger."""

    def __init__(self, rows: View[str, DeliveryRecord]) -> None:
        self._rows = rows

    async def note(self, told: DeliveryRecord) -> None:
        self._rows.rows[told.key] = told

    async def get(self, key: str) -> DeliveryRecord | None:
        return self._rows.rows.get(key)

    async def of(self, change_id: str) -> tuple[DeliveryRecord, ...]:
        return tuple(
            sorted((each for each in self._rows.rows.values() if each.change == change_id), key=lambda each: each.at)
        )

    async def mailed_since(self, since: datetime) -> tuple[DeliveryRecord, ...]:
        found = (each for each in self._rows.rows.values() if each.way is DeliveryChannel.MAIL and each.at >= since)
        return tuple(sorted(found, key=lambda each: each.at))


class MemoryAbsences:
    """The Absences."""

    def __init__(self, rows: View[int, Absence], ids: Iterator[int]) -> None:
        self._rows, self._ids = rows, ids

    async def add(self, person: Person, first: date, last: date) -> Absence:
        absence = Absence(next(self._ids), person, first, last)
        self._rows.rows[absence.id] = absence
        return absence

    async def of(self, people: Sequence[Person], since: date) -> tuple[Absence, ...]:
        found = [each for each in self._rows.rows.values() if each.person in people and each.last >= since]
        return tuple(sorted(found, key=lambda each: (each.first, each.id)))

    async def drop(self, absence: int) -> None:
        self._rows.rows.pop(absence, None)
