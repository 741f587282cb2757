"""What is kept between turns beside the changes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

Json = Mapping[str, object]


class Dialogs(Protocol):
    """The state of each conversation with each person, as plain JSON."""

    async def load(self, key: str) -> tuple[Json, int]:
        """The state and its etag; `({}, 0)` when there is none."""

    async def save(self, key: str, state: Json, etag: int) -> None:
        """Replace the state; an empty one is removed.

        Raises ConcurrencyConflict when the etag is no longer the stored one.
        """


class ProcessedActivities(Protocol):
    """Incoming activities that were seen before."""

    async def answer(self, key: str) -> Json | None:
        """The answer given to that delivery (an empty one for a message), or None when it is new."""

    async def remember(self, key: str, answer: Json, now: datetime) -> None:
        """Record it. Raises ConcurrencyConflict when the same delivery was recorded meanwhile."""


class KeyValueStore(Protocol):
    """Small values of the installation, such as the offset of the movable clock."""

    async def get(self, name: str) -> str | None:
        """The value, or None."""

    async def put(self, name: str, value: str) -> None:
        """Set it."""


class RateLimitStore(Protocol):
    """When something was sent where."""

    async def queue_up(self) -> None:
        """From here until the end of the unit of work nobody else looks for room."""

    async def latest(self, place: str, number: int) -> datetime | None:
        """When the `number`-th sending to the place was, counted from the last; an empty place means all of them."""

    async def note(self, place: str, at: datetime) -> None:
        """Something is sent there."""

    async def bring_back(self, now: datetime) -> None:
        """What was sent later than `now`, by a clock that has been set back since, counts as sent now."""

    async def hold(self, place: str, until: datetime) -> None:
        """The place asked for nothing before then: what was asked for earlier does not count any more."""

    async def held_until(self, place: str) -> datetime | None:
        """When the place may be sent something again, as it asked; None where it asked for nothing."""


class Retention(Protocol):
    """Housekeeping."""

    async def tidy(self, now: datetime) -> None:
        """Remove what nobody needs any more."""


class Moments(Protocol):
    """The moments in what waits, which say nothing any more once the clock has been set back."""

    async def latest(self) -> datetime | None:
        """The latest moment at which anything was sent or put in line, as the clock of then had it."""

    async def bring_back(self, now: datetime, by: timedelta, lease_seconds: float) -> None:
        """The clock was set back to `now`, by that much: whatever waits for a moment to come waits so much less.

        A lease ends at the latest `lease_seconds` from now, and never earlier because of that: whoever holds it may
        still be sending.
        """
