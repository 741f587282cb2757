"""Limits how often something is sent to one place, across all replicas, and honours Retry-After."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from application.ports import Clock, RateLimited, UnitOfWork, UnitOfWorkFactory

SLACK = timedelta(milliseconds=250)
"""Margin: calls sent in time may arrive closer together than they left."""
LONGEST_HOLD = timedelta(hours=1)
"""Upper bound for a Retry-After that is honoured."""


_answers: ContextVar[bool] = ContextVar("answers", default=False)
MOST_TOGETHER = 50
"""Maximum number of calls that share a transaction."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` within any `seconds`."""

    count: int
    seconds: float


@contextmanager
def answering(*, is_answer: bool) -> Iterator[None]:
    """What is sent within answers somebody who waits, or does not: then it leaves some room for what does."""
    before = _answers.set(is_answer)
    try:
        yield
    finally:
        _answers.reset(before)


class RateLimiter:
    """Rejects a call that would exceed the limits; never sleeps. Calls that come together share a transaction."""

    def __init__(
        self, units: UnitOfWorkFactory, clock: Clock, each: Sequence[Limit], together: Sequence[Limit] = ()
    ) -> None:
        """`each` holds for every place by itself, `together` for all of them; a tenth of that is left for answers."""
        self._units, self._clock, self._each, self._together = units, clock, each, together
        self._rest = [replace(limit, count=limit.count - limit.count // 10) for limit in together]
        self._asking: list[tuple[str, bool, asyncio.Future[timedelta]]] = []
        self._answering: asyncio.Task[None] | None = None

    async def __call__(self, place: str) -> None:
        """Record one send. Raises RateLimited when that would exceed a limit."""
        answer = asyncio.get_running_loop().create_future()
        self._asking.append((place, _answers.get(), answer))
        if self._answering is None or self._answering.done():
            self._answering = asyncio.create_task(self._answer())
        wait = await answer
        if wait > timedelta():
            raise RateLimited(f"{place} was written to as often as is allowed", wait.total_seconds())

    async def hold(self, place: str, seconds: float) -> None:
        """Block the place for as long as it asked for."""
        wait = min(timedelta(seconds=seconds), LONGEST_HOLD)
        async with self._units() as unit:
            await unit.rate_limits.hold(place, self._clock.now() + wait)

    async def _answer(self) -> None:
        """Answer in the order in which was asked, those who ask at the same time in one transaction."""
        while asked := self._asking[:MOST_TOGETHER]:
            del self._asking[: len(asked)]
            try:
                async with self._units() as unit:
                    waits = await self._taken(unit, [(place, is_answer) for place, is_answer, _ in asked])
            except Exception as error:  # noqa: BLE001  # whoever asked raises it
                for *_, answer in asked:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for (*_, answer), wait in zip(asked, waits, strict=True):
                if not answer.done():
                    answer.set_result(wait)

    async def _taken(self, unit: UnitOfWork, asked: Sequence[tuple[str, bool]]) -> list[timedelta]:
        """How long each has to wait; one that does not is recorded."""
        now = self._clock.now()
        await unit.rate_limits.queue_up()
        # A clock that was set back left them there: they were sent, though not when it said so.
        await unit.rate_limits.bring_back(now)
        waits: list[timedelta] = []
        for place, is_answer in asked:
            together = self._together if is_answer else self._rest
            limits = (*self._each, *together)
            numbers = [limit.count for limit in self._each], [limit.count for limit in together]
            latest, held_until = await unit.rate_limits.state(place, *numbers)
            wait = timedelta()
            for limit, at in zip(limits, latest, strict=True):
                if at is not None:
                    wait = max(wait, at + timedelta(seconds=limit.seconds) + SLACK - now)
            if held_until is not None:
                wait = max(wait, min(held_until - now, LONGEST_HOLD))
            if wait <= timedelta():
                await unit.rate_limits.note(place, now)
            waits.append(wait)
        return waits


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
