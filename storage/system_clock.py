"""The clock of production."""

from datetime import UTC, datetime, timedelta

from storage.store import Store


class SystemClock:
    """Real time: the database's, where replicas share one, so that they agree about it whatever their machines say."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC) + self._ahead

    async def set_by(self, store: Store) -> None:
        """Live by the database's clock from now on. Raises DatabaseUnavailable."""
        before = datetime.now(UTC)
        told = await store.now()
        if told is not None:
            after = datetime.now(UTC)
            self._ahead = told - (before + (after - before) / 2)
