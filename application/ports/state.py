"""What is kept between turns beside the changes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

Json = Mapping[str, object]


class Dialogs(Protocol):
    """The state of each conversation with each person, as plain JSON."""

    async def load(self, key: str) -> tuple[Json, int]:
        """The state and its etag; `({}, 0)` when there is none."""

    async def save(self, key: str, state: Json, etag: int) -> int:
        """Replace the state; an empty one is removed. The new etag, 0 for none.

        Raises ConcurrencyConflict when the etag is no longer the stored one.
        """


class ProcessedActivities(Protocol):
    """Activities that were processed, with their answers, so that a repeated delivery is recognised."""

    async def answer(self, key: str) -> Json | None:
        """The answer given to that delivery (an empty one for a message), or None when it is new."""

    async def begin(self, key: str, now: datetime) -> Json | None:
        """Record that it is answered in this unit of work, with an empty answer, and return None.

        Where it was recorded before, nothing is, and its answer is returned.
        """

    async def answered(self, key: str, answer: Json) -> None:
        """Record the answer that it got."""

    async def remember(self, key: str, answer: Json, now: datetime) -> None:
        """Record the answer. Raises ConcurrencyConflict when the same delivery was recorded meanwhile."""


LINKS_SECRET, FEED_TOKEN = "links:secret", "feed:token"  # nosec B105  # the names under which they are kept
"""The values that make addresses of exports and of the calendar: without them no address that was given out opens."""
DISABLED_WEBHOOK = "webhook:disabled:"
"""What the names of those settings begin with that say which webhooks want nothing more."""


class KeyValueStore(Protocol):
    """Small values of the installation, such as the offset of the movable clock."""

    async def get(self, name: str) -> str | None:
        """The value, or None."""

    async def put(self, name: str, value: str) -> bool:
        """Set the value; whether it was another. Of several who set the same at once, one hears so."""

    async def beginning_with(self, prefix: str) -> Mapping[str, str]:
        """The values whose names begin so, by name."""

    async def remove(self, name: str) -> bool:
        """Take the value away; whether there was one."""


class WorkerHeartbeats(Protocol):
    """When each worker was last seen at work, by real time."""

    async def note(self, owner: str, at: datetime) -> None:
        """The worker is at work at `at`."""

    async def seen(self) -> Mapping[str, datetime]:
        """When each was last seen, without those that were forgotten."""

    async def last(self) -> datetime | None:
        """When any was last seen, whatever became of it."""

    async def forget(self, owners: Collection[str]) -> None:
        """These have ended, or died."""


class RateLimitStore(Protocol):
    """The sends of the last minutes by place, shared by all replicas."""

    async def queue_up(self) -> None:
        """Take the rate-limit lock until the unit of work ends: two at once would both find room."""

    async def state(
        self, place: str, numbers: Sequence[int], together: Sequence[int]
    ) -> tuple[tuple[datetime | None, ...], datetime | None]:
        """When the sends of these numbers, counted from the last, to `place` and to all places were; and until when
        `place` is blocked. None for each that there is not.
        """

    async def note(self, place: str, at: datetime) -> None:
        """Record one send to `place` at `at`."""

    async def bring_back(self, now: datetime) -> None:
        """Count sends later than `now` as sent now: the clock was set back since."""

    async def hold(self, place: str, until: datetime) -> None:
        """Block `place` until `until`, replacing an earlier block."""


class Retention(Protocol):
    """Housekeeping of expired rows."""

    async def purge_expired(self, now: datetime) -> bool:
        """Delete some rows past their retention period, and add up counts; whether more are left, for other units."""


class ClockRollback(Protocol):
    """Repairs stored times after the clock was set back."""

    async def latest(self) -> datetime | None:
        """The latest time at which anything was sent or enqueued, by the clock of then."""

    async def bring_back(self, now: datetime, by: timedelta, lease_seconds: float) -> None:
        """The clock was set back to `now`, by that much: move every stored time of what waits back as far.

        A lease ends at the latest `lease_seconds` from now, and never earlier because of that: whoever holds it may
        still be sending.
        """
