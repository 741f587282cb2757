"""Effects on their way out: claimed with a lease, carried out, closed; a failure waits, for good or for a while."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random

from structlog.contextvars import bound_contextvars

from application import ports
from application.rate_limiter import LONGEST_HOLD
from application.retry import commit_with_retry
from changes.effects import Effect, passing
from changes.errors import DatabaseUnavailable
from scheduler.heartbeat import Heartbeat

log = logging.getLogger(__name__)
LEASE_SECONDS = 120.0
MOST_ATTEMPTS = 12
LONGEST_WAIT = 300.0
LONGEST_ASKED_S = LONGEST_HOLD.total_seconds()
"""Seconds; whoever asks to be tried again later than that is tried again then."""
PATIENCE = timedelta(hours=24)
"""How long an effect is retried, whatever the number of attempts, so that an outage of some hours loses nothing."""
LATE = timedelta(minutes=30)
"""How long an effect may fail before those who wait for it are told in another way, if there is one."""
Carrier = Callable[[Effect], Awaitable[ports.Write | None]]
UNSURE_AGAIN = 60.0
"""Seconds. A message that was perhaps taken is tried once more at once, and then no faster than this."""


class OutboxDispatcher:
    """Carries out waiting effects: ordering keys side by side, one effect at a time within each."""

    def __init__(
        self,
        units: ports.UnitOfWorkFactory,
        clock: ports.Clock,
        carry: Carrier,
        given_up: Callable[[Effect, str], Awaitable[None]],
        late: Callable[[Effect, str], Awaitable[None]],
        owner: str,
        random: Random,
        heartbeat: Heartbeat,
        may_begin: Callable[[], bool],
    ) -> None:
        """`carry` returns what has to be written together with the end of the delivery, if anything.

        `given_up` hears of an effect that will not be tried again, `late` of one that still is; and why.

        `may_begin`: whether other workers would know that this one lives.
        """
        self._units, self._clock, self._carry = units, clock, carry
        self._given_up, self._late = given_up, late
        self._owner, self._random = owner, random
        self._heartbeat, self._may_begin = heartbeat, may_begin
        self.stopping = False

    async def run(self) -> bool:
        """Carry out what may go out now; whether there was anything."""
        worked = False
        while not self.stopping and self._may_begin():
            self._heartbeat.beat()
            async with self._units() as unit:
                entries = await unit.outbox.claim(self._clock.now(), self._owner, LEASE_SECONDS, 8)
            if not entries:
                return worked
            worked = True
            # All of them end before anything is raised: none goes on behind the worker's back.
            ended = await asyncio.gather(*(self._deliver(entry) for entry in entries), return_exceptions=True)
            if failed := next((each for each in ended if each is not None), None):
                raise failed
        return worked

    async def _deliver(self, entry: ports.OutboxEntry) -> None:
        with bound_contextvars(change=entry.effect.change, effect=entry.effect.key):
            await (self._in_passing(entry) if passing(entry.effect) else self._carried_out(entry))
        self._heartbeat.beat()

    async def _carried_out(self, entry: ports.OutboxEntry) -> None:
        try:
            write = await self._carry(entry.effect)
        except ports.PermanentError as never:
            await self._dead_letter(entry, never.sentence)
        except ports.RateLimited as full:
            not_before = self._clock.now() + timedelta(seconds=min(full.seconds or 1.0, LONGEST_ASKED_S))
            await commit_with_retry(self._units, lambda unit: unit.outbox.postpone(entry.id, not_before))
        except ports.OutcomeUnknown as unsure:
            log.warning("%s was perhaps taken, and may be seen twice: %s", entry.effect.key, unsure)
            seconds = unsure.seconds
            if seconds is None and entry.attempts:
                seconds = UNSURE_AGAIN * self._random.uniform(1, 1.5)
            await self._later(entry, unsure.sentence, seconds)
        except ports.RetryableError as later:
            await self._later(entry, later.sentence, later.seconds)
        except DatabaseUnavailable as away:
            await self._later(entry, str(away), None)
        except Exception as error:
            log.exception("carrying out %s failed", entry.effect.key)
            await self._later(entry, f"{type(error).__name__}: {error}", None)
        else:
            await self._done(entry, write)

    async def _done(self, entry: ports.OutboxEntry, write: ports.Write | None) -> None:
        async def ended(unit: ports.UnitOfWork) -> None:
            if write is not None:
                await write(unit)
            await unit.outbox.done(entry.id, self._clock.now())

        await commit_with_retry(self._units, ended)

    async def _in_passing(self, entry: ports.OutboxEntry) -> None:
        """Once, and no more: the next minute draws the card again, and a backlog of old ones would be in its way."""
        write = None
        try:
            write = await self._carry(entry.effect)
        except (ports.RetryableError, ports.PermanentError, DatabaseUnavailable) as away:
            log.info("%s was left out: %s", entry.effect.key, away)
        except Exception:
            log.exception("%s was left out", entry.effect.key)
        await self._done(entry, write)

    async def _later(self, entry: ports.OutboxEntry, reason: str, seconds: float | None) -> None:
        age = self._clock.now() - entry.since
        if entry.attempts + 1 >= MOST_ATTEMPTS and age >= PATIENCE:
            await self._dead_letter(entry, reason)
            return
        if entry.attempts and age >= LATE:
            await self._late(entry.effect, reason)
        wait = seconds if seconds is not None else min(LONGEST_WAIT, 2.0**entry.attempts) * self._random.uniform(0.5, 1)
        not_before = self._clock.now() + timedelta(seconds=min(wait, LONGEST_ASKED_S))
        await commit_with_retry(self._units, lambda unit: unit.outbox.retry(entry.id, not_before, reason))

    async def _dead_letter(self, entry: ports.OutboxEntry, reason: str) -> None:
        log.error("%s was given up: %s", entry.effect.key, reason)
        await self._given_up(entry.effect, reason)
        await commit_with_retry(self._units, lambda unit: unit.outbox.dead_letter(entry.id, reason, self._clock.now()))


async def outbox_metrics(units: ports.UnitOfWorkFactory, clock: ports.Clock) -> dict[str, float]:
    """Metrics worth an alarm: entries waiting, the age of the oldest in seconds, and dead letters."""
    async with units(1.5) as unit:
        count, oldest = await unit.outbox.waiting()
        dead = await unit.outbox.dead()
    waits = (clock.now() - oldest).total_seconds() if oldest else 0.0
    return {
        "change_outbox_waiting": float(count),
        "change_outbox_oldest_seconds": max(0.0, waits),
        "change_outbox_given_up": float(len(dead)),
    }
