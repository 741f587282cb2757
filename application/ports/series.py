"""Recurring changes."""

from typing import Protocol

from changes.recurrence.series import Series


class SeriesStore(Protocol):
    """Recurring changes, by the id of the change that each began with."""

    async def load(self, series_id: str) -> tuple[Series, int] | None:
        """The series and its version, or None."""

    async def save(self, series: Series, version: int) -> None:
        """Write what that version has become; 0 is a new one. Raises ConcurrencyConflict when there is a later one."""

    async def going_on(self) -> tuple[Series, ...]:
        """Those that have not ended, by their ids."""
