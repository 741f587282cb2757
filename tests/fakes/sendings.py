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

    async def latest(self, place: str, number: int) -> datetime | None:
        times = sorted(at for where, at in self._rows.rows.values() if place in ("", where))
        return times[-number] if len(times) >= number else None

    async def note(self, place: str, at: datetime) -> None:
        self._rows.rows[next(self._ids)] = (place, at)

    async def tidy(self, now: datetime) -> None:
        """Nothing to do."""
