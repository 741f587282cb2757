"""Effects on their way out: claimed with a lease, carried out side by side, closed; many in one transaction."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from structlog.contextvars import bound_contextvars

from application import ports
from application.limits.rate_limiter import answering
from application.ports import Priority
from application.retry import commit_with_retry
from application.retry_log import RetryLog
from changes.effects import Effect
from changes.errors import ConcurrencyConflict, DatabaseUnavailable
from scheduler.delivery_attempt import Carrier, DeliveryAttempt, Ended
from scheduler.heartbeat import Heartbeat
from scheduler.in_flight import Closing, InFlight, Run, left_of, runs_of

log = logging.getLogger(__name__)
LEASE_SECONDS = 120.0
AT_ONCE: Mapping[Priority, int] = {Priority.ANSWER: 60, Priority.REST: 60, Priority.TOOLS: 40}
"""How many are in flight at most: whatever hangs or abounds of one kind, the other has its own places."""
BESIDE_STEPS = 4
"""How many of the rest are in flight at most while steps are late, which cause more of it than could go out by then."""
CLOSED_TOGETHER = 25
"""Maximum number of deliveries whose ends are written in one transaction."""
AHEAD = 7
"""How many that wait behind an entry are taken up with it: they need not be looked for once it has gone out."""
RUN = timedelta(seconds=1)
"""How long such a run goes on: an answer may wait behind it, for which what is left of it has to become urgent."""
STOP_TOOLS_S = 1.0
"""Seconds for which whoever stops waits for other programs once nothing else ends: the next start tells them again."""
GATHER_S = 0.004
"""While several are in flight, those that end within so many seconds are closed together."""


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
        retries: RetryLog,
        steps_are_late: Callable[[], bool] = lambda: False,
    ) -> None:
        """`carry` returns what has to be written together with the end of the delivery, if anything.

        `given_up` hears of an effect that will not be tried again, `late` of one that still is; and why.

        `may_begin`: whether other workers would know that this one lives. While `steps_are_late` they go first.
        """
        self._units, self._clock, self._owner = units, clock, owner
        self._attempt = DeliveryAttempt(clock, carry, given_up, late, random, retries)
        self._heartbeat, self._may_begin, self._steps_are_late = heartbeat, may_begin, steps_are_late
        self._woken = asyncio.Event()
        self.stopping = self._finishing = False

    def wake(self) -> None:
        """Look again: something may have been added."""
        self._woken.set()

    def stop(self) -> None:
        """Begin nothing more, and wait for no other program that hangs."""
        self.stopping = True
        self._woken.set()

    def finish(self) -> None:
        """Let the present run end with what is in flight."""
        self._finishing = True

    async def run(self) -> None:
        """Carry out what may go out, also what is added meanwhile, until nothing is left.

        Whatever is in flight has ended before anything is raised: none goes on behind the worker's back.
        """
        flight = InFlight()
        self._woken.set()
        try:
            while await self._advance(flight):
                pass
        finally:
            await flight.cancelled()
            self._finishing = False
        if flight.failure is not None:
            raise flight.failure

    async def _advance(self, flight: InFlight) -> bool:
        """Close what has ended, claim what there is room for, or wait; whether there is more to do."""
        flight.collect_ended()
        ended, flight.ended = flight.ended[:CLOSED_TOGETHER], flight.ended[CLOSED_TOGETHER:]
        begins = self._begins(flight)
        for each in ended:
            each.goes_on = begins and self._goes_on(each)
        looks = self._woken.is_set() or not all(each.goes_on for each in ended)
        self._woken.clear()
        room = flight.room(self._at_once(), ended) if looks and begins else {}
        if ended or room:
            try:
                runs = await self._closed_and_claimed(ended, room)
            except Exception as failure:  # noqa: BLE001  # it is raised as soon as nothing is in flight any more
                flight.failure = flight.failure or failure
                return True
            going_on = [Run(each.run.entries[1:], each.run.since) for each in ended if each.goes_on]
            for run in (*going_on, *runs):
                flight.begin(run, self._delivered(run.entries[0]))
            if any(
                begun >= room.get(priority, 0) for priority, begun in Counter(each.priority for each in runs).items()
            ):
                self._woken.set()  # there may be more
            if ended or runs:
                self._heartbeat.beat()
        elif not flight.tasks:
            return False
        else:
            await self._wait(flight)
        return True

    def _goes_on(self, closing: Closing) -> bool:
        """Whether the next one of its key follows without being looked for."""
        is_done = closing.ended.delivered is not None
        return is_done and bool(closing.run.followers) and abs(self._clock.now() - closing.run.since) < RUN

    def _at_once(self) -> Mapping[Priority, int]:
        beside = {Priority.REST: BESIDE_STEPS, Priority.TOOLS: BESIDE_STEPS}
        return {**AT_ONCE, **beside} if self._steps_are_late() else AT_ONCE

    def _begins(self, flight: InFlight) -> bool:
        return not (self.stopping or self._finishing or flight.failure) and self._may_begin()

    async def _closed_and_claimed(self, ended: list[Closing], room: Mapping[Priority, int]) -> list[Run]:
        try:
            async with self._units() as unit:
                await self._close(unit, ended)
                return await self._claimed(unit, room) if room else []
        except (ConcurrencyConflict, DatabaseUnavailable):
            if not ended:
                raise
        except Exception:
            if not ended or (len(ended) == 1 and not room):
                raise
        # Together they lost a race, or one of them cannot be written, or what waits cannot be read: the others do not
        # pay for it.
        for each in ended:
            each.goes_on = False
        each_by_itself = (commit_with_retry(self._units, partial(self._close, ended=[each])) for each in ended)
        outcomes = await asyncio.gather(*each_by_itself, return_exceptions=True)
        if failure := next((each for each in outcomes if each is not None), None):
            raise failure
        self._woken.set()  # nothing was claimed with them
        return []

    async def _close(self, unit: ports.UnitOfWork, ended: Sequence[Closing]) -> None:
        for each in ended:
            if each.ended.write is not None:
                await each.ended.write(unit)
        delivered = [each.ended.delivered for each in ended if each.ended.delivered is not None]
        if delivered:
            followed = [each.ended.delivered for each in ended if each.goes_on and each.ended.delivered is not None]
            await unit.outbox.done(delivered, self._clock.now(), followed)
        if given_back := left_of(ended):
            await unit.outbox.give_back(given_back, self._owner)

    async def _claimed(self, unit: ports.UnitOfWork, room: Mapping[Priority, int]) -> list[Run]:
        now, places = self._clock.now(), sum(room.values())
        entries = await unit.outbox.claim(now, self._owner, LEASE_SECONDS, places, room, AHEAD)
        return runs_of(entries, now)

    async def _wait(self, flight: InFlight) -> None:
        """Wait until one has ended, or until somebody says that there is more."""
        waking = asyncio.create_task(self._woken.wait())
        either: list[asyncio.Task[Any]] = [*flight.tasks, waking]
        most_s = STOP_TOOLS_S if self.stopping else None
        try:
            done, _ = await asyncio.wait(either, timeout=most_s, return_when=asyncio.FIRST_COMPLETED)
            if not done and (number := flight.let_go(Priority.TOOLS)):
                log.warning("%s calls to other programs did not end and are left to the next start", number)
            if len(flight.tasks) > 1 and not self._woken.is_set():
                await asyncio.sleep(GATHER_S)
        finally:
            waking.cancel()

    async def _delivered(self, entry: ports.OutboxEntry) -> Ended:
        with (
            bound_contextvars(change=entry.effect.change, effect=entry.effect.key),
            answering(is_answer=entry.priority is Priority.ANSWER),
        ):
            ended = await self._attempt(entry)
        self._heartbeat.beat()
        return ended


async def outbox_metrics(unit: ports.UnitOfWork, now: datetime) -> dict[str, float]:
    """Metrics worth an alarm: entries waiting and the age of the oldest in seconds, those for other programs apart, and
    dead letters.
    """
    figures = {"change_outbox_given_up": float(len(await unit.outbox.dead()))}
    for name, programs in (("change_outbox", False), ("change_outbox_programs", True)):
        count, oldest = await unit.outbox.waiting(programs=programs)
        figures[f"{name}_waiting"] = float(count)
        figures[f"{name}_oldest_seconds"] = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    return figures
