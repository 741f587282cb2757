"""One attempt to carry an effect out, and what is written of it: that it is done, or when it is tried again."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from application import ports
from application.limits.rate_limiter import LONGEST_HOLD
from application.retry_log import GRAPH, INFOMANIAK, MONITORING, OURSELVES, TEAMS, WEBHOOKS, WIKI, RetryLog
from changes.deliveries import Outlet, delivery
from changes.effects import Effect, passing
from changes.errors import DatabaseUnavailable

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 12
LONGEST_WAIT = 300.0
LONGEST_ASKED_S = LONGEST_HOLD.total_seconds()
"""Seconds; whoever asks to be tried again later than that is tried again then."""
PATIENCE = timedelta(hours=24)
"""How long an effect is retried, whatever the number of attempts, so that an outage of some hours loses nothing."""
LATE = timedelta(minutes=30)
"""How long an effect may fail before those who wait for it are told in another way, if there is one."""
Carrier = Callable[[Effect], Awaitable[ports.Write | None]]
PASSING_AGAIN = 60.0
"""Seconds until what was left out is drawn again."""
PLACES: Mapping[Outlet, str] = {
    Outlet.TEAMS: TEAMS,
    Outlet.MAIL: GRAPH,
    Outlet.PROVIDER: INFOMANIAK,
    Outlet.WEBHOOK: WEBHOOKS,
    Outlet.MONITORING: MONITORING,
    Outlet.WIKI: WIKI,
    Outlet.REHEARSAL: OURSELVES,
}
"""Who is told of in the log when an effect fails."""
UNSURE_AGAIN = 60.0
"""Seconds. A message that was perhaps taken is tried once more at once, and then no faster than this."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How an attempt ended: what has to be committed of it, and the entry where that is delivered."""

    write: ports.Write | None
    delivered: int | None = None


class DeliveryAttempt:
    """Carries entries out; what is returned has to be committed, and says how it ended."""

    def __init__(
        self,
        clock: ports.Clock,
        carry: Carrier,
        given_up: Callable[[Effect, str], Awaitable[None]],
        late: Callable[[Effect, str], Awaitable[None]],
        random: Random,
        retries: RetryLog,
    ) -> None:
        """`carry`, `given_up` and `late` as OutboxDispatcher has them; `retries` hears of each try."""
        self._retries = retries
        self._clock, self._carry, self._given_up, self._late, self._random = clock, carry, given_up, late, random

    async def __call__(self, entry: ports.OutboxEntry) -> Ended:
        """Carry it out."""
        return await (self._in_passing(entry) if passing(entry.effect) else self._carried_out(entry))

    async def _carried_out(self, entry: ports.OutboxEntry) -> Ended:
        try:
            write = await self._carry(entry.effect)
        except ports.PermanentError as never:
            return await self._dead_letter(entry, never.sentence)
        except ports.RateLimited as full:
            not_before = self._clock.now() + timedelta(seconds=min(full.seconds or 1.0, LONGEST_ASKED_S))
            return Ended(lambda unit: unit.outbox.postpone(entry.id, not_before))
        except ports.OutcomeUnknown as unsure:
            seconds = unsure.seconds
            if seconds is None and entry.attempts:
                seconds = UNSURE_AGAIN * self._random.uniform(1, 1.5)
            return await self._later(entry, unsure, unsure.sentence, seconds)
        except ports.RetryableError as later:
            return await self._later(entry, later, later.sentence, later.seconds)
        except DatabaseUnavailable as away:
            return await self._later(entry, away, str(away), None)
        except Exception as error:  # noqa: BLE001  # it is told, and tried again
            return await self._later(entry, error, f"{type(error).__name__}: {error}", None)
        self._worked(entry, entry.effect.key)
        return Ended(write, entry.id)

    async def _in_passing(self, entry: ports.OutboxEntry) -> Ended:
        """Once, and no more: the next minute draws the card again, and a backlog of old ones would be in its way."""
        write = None
        try:
            write = await self._carry(entry.effect)
        except ports.RateLimited:
            pass  # nothing has failed: there is no room for what the next minute shows anyway
        except Exception as error:  # noqa: BLE001  # it is told, and drawn again
            self._failed(entry, error, PASSING_AGAIN, f"{entry.effect.change}:passing")
        else:
            self._worked(entry, f"{entry.effect.change}:passing")
        return Ended(write, entry.id)

    async def _later(self, entry: ports.OutboxEntry, error: Exception, reason: str, seconds: float | None) -> Ended:
        age = self._clock.now() - entry.since
        if entry.attempts + 1 >= MOST_ATTEMPTS and age >= PATIENCE:
            return await self._dead_letter(entry, reason)
        if entry.attempts and age >= LATE:
            await self._late(entry.effect, reason)
        wait = seconds if seconds is not None else min(LONGEST_WAIT, 2.0**entry.attempts) * self._random.uniform(0.5, 1)
        wait = min(wait, LONGEST_ASKED_S)
        self._failed(entry, error, wait)
        not_before = self._clock.now() + timedelta(seconds=wait)
        return Ended(lambda unit: unit.outbox.retry(entry.id, not_before, reason))

    def _worked(self, entry: ports.OutboxEntry, item: str) -> None:
        for place in (_place(entry.effect), OURSELVES):
            self._retries.worked(place, item)

    def _failed(self, entry: ports.OutboxEntry, error: Exception, again_s: float, item: str = "") -> None:
        """Tell of a try that failed; one that failed in a way nobody foresaw is a fault of ours, with a traceback."""
        if isinstance(error, DatabaseUnavailable):
            return  # which was told where it was noticed
        is_foreseen = isinstance(error, ports.DeliveryError)
        reason = str(error) if is_foreseen else f"{type(error).__name__}: {error}"
        is_unsure = isinstance(error, ports.OutcomeUnknown)
        self._retries.failed(
            _place(entry.effect) if is_foreseen else OURSELVES,
            f"{reason} {entry.effect.key} may be seen twice." if is_unsure else reason,
            item=item or entry.effect.key,
            change=entry.effect.change,
            status=getattr(error, "status", None),
            attempt=entry.attempts + 1,
            again_s=again_s,
            error=None if is_foreseen else error,
        )

    async def _dead_letter(self, entry: ports.OutboxEntry, reason: str) -> Ended:
        log.error("%s was given up: %s", entry.effect.key, reason)
        for place in (_place(entry.effect), OURSELVES):
            self._retries.given_up(place, entry.effect.key)
        await self._given_up(entry.effect, reason)
        return Ended(lambda unit: unit.outbox.dead_letter(entry.id, reason, self._clock.now()))


def _place(effect: Effect) -> str:
    return PLACES[delivery(effect).outlet]
