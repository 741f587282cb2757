"""Limits how often something is sent to one place, across all replicas, and honours Retry-After."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from application.ports import Clock, RateLimited, UnitOfWork, UnitOfWorkFactory

SLACK = timedelta(milliseconds=250)
"""Margin: calls sent in time may arrive closer together than they left."""
LONGEST_HOLD = timedelta(hours=1)
"""Upper bound for a Retry-After that is honoured."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` within any `seconds`."""

    count: int
    seconds: float


class RateLimiter:
    """Rejects a call that would exceed the limits; never sleeps."""

    def __init__(
        self, units: UnitOfWorkFactory, clock: Clock, each: Sequence[Limit], together: Sequence[Limit] = ()
    ) -> None:
        """`each` holds for every place by itself, `together` for all of them."""
        self._units, self._clock, self._each, self._together = units, clock, each, together

    async def __call__(self, place: str) -> None:
        """Record one send. Raises RateLimited when that would exceed a limit."""
        async with self._units() as unit:
            wait = await self._taken(unit, place)
        if wait > timedelta():
            raise RateLimited(f"{place} was written to as often as is allowed", wait.total_seconds())

    async def hold(self, place: str, seconds: float) -> None:
        """Block the place for as long as it asked for."""
        wait = min(timedelta(seconds=seconds), LONGEST_HOLD)
        async with self._units() as unit:
            await unit.rate_limits.hold(place, self._clock.now() + wait)

    async def _taken(self, unit: UnitOfWork, place: str) -> timedelta:
        now = self._clock.now()
        await unit.rate_limits.queue_up()
        # A clock that was set back left them there: they were sent, though not when it said so.
        await unit.rate_limits.bring_back(now)
        wait = timedelta()
        for where, limits in ((place, self._each), ("", self._together)):
            for limit in limits:
                at = await unit.rate_limits.latest(where, limit.count)
                if at is not None:
                    wait = max(wait, at + timedelta(seconds=limit.seconds) + SLACK - now)
        held_until = await unit.rate_limits.held_until(place)
        if held_until is not None:
            wait = max(wait, min(held_until - now, LONGEST_HOLD))
        if wait <= timedelta():
            await unit.rate_limits.note(place, now)
        return wait


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """The seconds that `Retry-After` asks for in either of its forms, an hour at most; None where it says none.

    A date is measured against the answer's own `Date`, so that neither clock has to be right.
    """
    told = headers.get("Retry-After", "").strip()
    try:
        seconds = float(int(told[:9]))
    except ValueError:
        try:
            seconds = (_moment(told) - _moment(headers.get("Date", ""))).total_seconds()
        except (ValueError, OverflowError):  # a year or a zone that no calendar has
            return None
    return min(LONGEST_HOLD.total_seconds(), max(0.0, seconds))


def _moment(text: str) -> datetime:
    read = parsedate_to_datetime(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
