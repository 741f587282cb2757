"""The simulated provider for tests of what speaks with it, and the clock it lives by."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

NOON = datetime(2027, 3, 15, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A time that stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, *, minutes: float) -> None:
        """Let time go on."""
        self.now += timedelta(minutes=minutes)
