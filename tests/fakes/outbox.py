"""Effects on their way out, in memory: one at a time in each lane."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from application.ports import DeadLetter, OutboxEntry, Priority, priority_of
from changes.deliveries import ordering_key
from changes.effects import Effect
from changes.model import instant
from tests.fakes.table import View


@dataclass(frozen=True, slots=True)
class Row:
    """One effect and what became of it."""

    id: int
    effect: Effect
    not_before: datetime
    since: datetime
    attempts: int = 0
    leased_until: datetime | None = None
    owner: str | None = None
    error: str = ""
    done_at: datetime | None = None
    dead_at: datetime | None = None

    @property
    def waits(self) -> bool:
        return self.done_at is None and self.dead_at is None

    @property
    def free_at(self) -> datetime:
        return max(self.not_before, self.leased_until) if self.leased_until else self.not_before


class MemoryOutbox:
    """The Outbox. Its rows are found by the effect's key."""

    def __init__(self, rows: View[str, Row], ids: Iterator[int]) -> None:
        self._rows, self._ids = rows, ids

    async def add(self, effects: Sequence[Effect], now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError(f"{now} has no zone")
        for effect in effects:
            if effect.key not in self._rows.rows:
                self._rows.rows[effect.key] = Row(next(self._ids), effect, instant(now), instant(now))

    async def claim(
        self,
        now: datetime,
        owner: str,
        lease_seconds: float,
        limit: int = 20,
        room: Mapping[Priority, int] | None = None,
        ahead: int = 0,  # of up to so many, it leases none
    ) -> tuple[OutboxEntry, ...]:
        ready = [row for row in self._heads() if row.free_at <= now]
        each = {of: [row for row in ready if _priority(row) is of] for of in Priority}
        free = [row for of, rows in each.items() for row in rows[: limit if room is None else room.get(of, 0)]][:limit]
        for row in free:
            self._write(row, owner=owner, leased_until=now + timedelta(seconds=lease_seconds))
        return tuple(
            OutboxEntry(row.id, ordering_key(row.effect), row.effect, row.attempts, row.since, _priority(row))
            for row in free
        )

    async def give_back(self, entries: Collection[int], owner: str) -> None:
        for entry in entries:
            if self._row(entry).owner == owner:
                self._close(entry)

    async def done(self, entries: Collection[int], now: datetime, followed: Collection[int] = ()) -> None:
        for entry in entries:
            self._close(entry, done_at=now)

    async def retry(self, entry: int, not_before: datetime, error: str) -> None:
        self._close(entry, not_before=not_before, error=error, attempts=self._row(entry).attempts + 1)

    async def dead_letter(self, entry: int, error: str, now: datetime) -> None:
        self._close(entry, dead_at=now, error=error, attempts=self._row(entry).attempts + 1)

    async def dead(self) -> tuple[DeadLetter, ...]:
        return tuple(DeadLetter(row.id, row.effect, row.error, row.dead_at) for row in self._sorted() if row.dead_at)

    async def next_attempt(self) -> datetime | None:
        return min((row.free_at for row in self._heads()), default=None)

    def _heads(self) -> list[Row]:
        """The first waiting row of each lane, the oldest first."""
        heads: dict[str, Row] = {}
        for row in self._sorted():
            if row.waits:
                heads.setdefault(ordering_key(row.effect), row)
        return list(heads.values())

    def _sorted(self) -> list[Row]:
        return sorted(self._rows.rows.values(), key=lambda row: row.id)

    def _row(self, entry: int) -> Row:
        return next(row for row in self._rows.rows.values() if row.id == entry)

    def _close(self, entry: int, **values: object) -> None:
        row = self._row(entry)
        if row.waits:
            self._write(row, owner=None, leased_until=None, **values)

    def _write(self, row: Row, **values: object) -> None:
        self._rows.rows[row.effect.key] = replace(row, **values)  # type: ignore[arg-type]


def _priority(row: Row) -> Priority:
    return priority_of(row.effect)
