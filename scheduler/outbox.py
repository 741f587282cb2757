"""Effects on their way out: claimed with a lease, carried out, closed; a failure waits, for good or for a while."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random

from changes.effects import Effect, passing
from changes.ports import Clock, Later, Never, Parcel, Units
from scheduler.insist import insist

log = logging.getLogger(__name__)
LEASE_SECONDS = 120.0
MOST_ATTEMPTS = 12
LONGEST_WAIT = 300.0


class OutboxRunner:
    """Carries out waiting effects, lanes side by side, one after the other within a lane."""

    def __init__(
        self,
        units: Units,
        clock: Clock,
        carry: Callable[[Effect], Awaitable[None]],
        given_up: Callable[[Effect, str], Awaitable[None]],
        owner: str,
        random: Random,
    ) -> None:
        """`given_up` hears of an effect that will not be tried again, and why."""
        self._units, self._clock, self._carry, self._given_up = units, clock, carry, given_up
        self._owner, self._random = owner, random

    async def run(self) -> bool:
        """Carry out what may go out now; whether there was anything."""
        worked = False
        while True:
            async with self._units() as unit:
                parcels = await unit.outbox.claim(self._clock.now(), self._owner, LEASE_SECONDS, 8)
            if not parcels:
                return worked
            worked = True
            # All of them end before anything is raised: none goes on behind the worker's back.
            ended = await asyncio.gather(*(self._deliver(parcel) for parcel in parcels), return_exceptions=True)
            if failed := next((each for each in ended if each is not None), None):
                raise failed

    async def _deliver(self, parcel: Parcel) -> None:
        if passing(parcel.effect):
            await self._in_passing(parcel)
            return
        try:
            await self._carry(parcel.effect)
        except Never as never:
            await self._bury(parcel, str(never))
        except Later as later:
            await self._later(parcel, str(later), later.seconds)
        except Exception as error:
            log.exception("carrying out %s failed", parcel.effect.key)
            await self._later(parcel, f"{type(error).__name__}: {error}", None)
        else:
            await insist(self._units, lambda unit: unit.outbox.done(parcel.id, self._clock.now()))

    async def _in_passing(self, parcel: Parcel) -> None:
        """Once, and no more: the next minute draws the card again, and a backlog of old ones would be in its way."""
        try:
            await self._carry(parcel.effect)
        except (Later, Never) as away:
            log.info("%s was left out: %s", parcel.effect.key, away)
        except Exception:
            log.exception("%s was left out", parcel.effect.key)
        await insist(self._units, lambda unit: unit.outbox.done(parcel.id, self._clock.now()))

    async def _later(self, parcel: Parcel, reason: str, seconds: float | None) -> None:
        if parcel.attempts + 1 >= MOST_ATTEMPTS:
            await self._bury(parcel, reason)
            return
        wait = (
            seconds if seconds is not None else min(LONGEST_WAIT, 2.0**parcel.attempts) * self._random.uniform(0.5, 1)
        )
        not_before = self._clock.now() + timedelta(seconds=wait)
        await insist(self._units, lambda unit: unit.outbox.retry(parcel.id, not_before, reason))

    async def _bury(self, parcel: Parcel, reason: str) -> None:
        log.error("%s was given up: %s", parcel.effect.key, reason)
        await self._given_up(parcel.effect, reason)
        await insist(self._units, lambda unit: unit.outbox.bury(parcel.id, reason, self._clock.now()))
