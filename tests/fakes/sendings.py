"""When something was sent where, in memory."""

from collections.abc import Iterator
from datetime import datetime

from tests.fakes.table import View


class MemorySendings:
    """The Sendings, and the Tidying: nothing becomes old in a test's memory."""

    def __init__(self, rows: View[int, tuple[str, datetime]], ids: Iterator[int]) -> None:
        self._rows, self._ids = rows, ids

    async def queue_up(self) -> None:
        """The race is decided at the commit."""

    async def latest(self, place: str = "", number: int = 1) -> datetime | None:
        rows = self._rows.rows.values()
        times = sorted(at for where, at in rows if (where == place if place else not where.startswith("held: ")))
        return times[-number] if len(times) >= number else None

    async def note(self, place: str, at: datetime) -> None:
        self._rows.rows[next(self._ids)] = (place, at)

    async def bring_back(self, now: datetime, by: object = None, lease_seconds: object = None) -> None:
        """No clock is set back over a store in memory."""

    async def hold(self, place: str, until: datetime) -> None:
        self._rows.rows[next(self._ids)] = (f"held: {place}", until)

    async def held_until(self, place: str) -> datetime | None:
        return await self.latest(f"held: {place}", 1)

    async def tidy(self, now: datetime) -> None:
        """Nothing to do."""
