"""The clock that can be moved: real time plus an offset that is kept in the database."""

from datetime import UTC, datetime, timedelta

from application.ports import UnitOfWorkFactory

OFFSET = "clock.offset"


class MovableClock:
    """Tells real time plus the offset. It only ever moves forward: a timeline that ran cannot be unrun."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self._offset = offset

    @classmethod
    async def restored(cls, units: UnitOfWorkFactory) -> "MovableClock":
        """The clock as it was left."""
        async with units() as unit:
            stored = await unit.settings.get(OFFSET)
        return cls(timedelta(seconds=float(stored)) if stored else timedelta())

    def now(self) -> datetime:
        """The present moment of this installation, in UTC."""
        return datetime.now(UTC) + self._offset

    async def move_to(self, moment: datetime, units: UnitOfWorkFactory) -> None:
        """Let it be `moment` now, and remember the offset."""
        self._offset = moment - datetime.now(UTC)
        async with units() as unit:
            await unit.settings.put(OFFSET, str(self._offset.total_seconds()))
