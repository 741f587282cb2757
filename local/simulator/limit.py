"""The provider's limit of calls: sixty in a minute by the simulated clock, as its REST API has for each token."""

from collections.abc import Callable
from datetime import datetime, timedelta

MOST_A_MINUTE = 60


class Limit:
    """Counts calls while it is `on`. A minute begins with the first call after the one before was over."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._begun_at: datetime | None = None
        self._count = 0
        self.on = False

    def lift(self) -> None:
        """Any number of calls may be made again."""
        self.on = False
        self._begun_at = None

    def passed(self) -> bool:
        """Count a call; whether it is one too many. Those that are refused do not make the minute longer."""
        if not self.on:
            return False
        now = self._now()
        # A clock that was set back has left the minute too.
        if self._begun_at is None or not timedelta() <= now - self._begun_at < timedelta(minutes=1):
            self._begun_at, self._count = now, 0
        self._count += 1
        return self._count > MOST_A_MINUTE
