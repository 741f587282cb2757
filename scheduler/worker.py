"""Everything that is due, until nothing is left: steps, effects, operations."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from random import Random
from typing import Any

from application.ports import Clock, PermanentError, RateLimited, UnitOfWorkFactory, Write
from changes.effects import BeginRestore, BeginSnapshot, Effect, FollowByHand, MailNotice, Outlet, Preflight, delivery
from changes.errors import NotConfigured
from changes.policy import Catalogue
from changes.snapshots import SnapshotBackend
from scheduler.due_items import DueRunner
from scheduler.notice_fallback import Telling
from scheduler.operation_log import Books
from scheduler.operation_poller import LOOK_EVERY, Following
from scheduler.operation_starter import Asking
from scheduler.outbox import LEASE_SECONDS, Carrier, OutboxDispatcher
from scheduler.pulse import Pulse
from scheduler.set_back import SetBack
from scheduler.status_refresher import LiveClock

log = logging.getLogger(__name__)
AGAIN_S = 300.0
"""Seconds until it is looked again whether the service is in the settings: only a restart changes that."""
Post = Callable[[MailNotice], Awaitable[None]]


class Worker:
    """Carries out what is due. `carry` delivers messages; provider effects stay here."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        catalogue: Catalogue,
        clock: Clock,
        carry: Carrier,
        backends: Mapping[str, SnapshotBackend],
        owner: str,
        post: Post | None = None,
        may_begin: Callable[[], bool] = lambda: True,
        pulse: Pulse | None = None,
    ) -> None:
        """`post` sends mails; without it they are `carry`'s to deliver or to refuse.

        `may_begin`: whether other workers would know that this one lives. `pulse` beats while the work gets on.
        """
        self.pulse = pulse or Pulse()
        self._units, self._clock = units, clock
        books = Books(units, catalogue, clock, backends)
        self._asking, self._following = Asking(books), Following(books)
        self._outlets: Mapping[Outlet, Callable[[Any], Awaitable[Write | None]]] = {
            Outlet.TEAMS: carry,
            Outlet.MAIL: post or carry,
        }
        self.by_provider: Mapping[type[Effect], Callable[[Any], Awaitable[None]]] = {
            BeginSnapshot: self._asking.begin,
            BeginRestore: self._asking.begin,
            FollowByHand: self._asking.by_hand,
            Preflight: self._asking.preflight,
        }
        self._telling = Telling(units, catalogue, clock)
        self._set_back = SetBack(units, clock, LEASE_SECONDS)
        self._live = LiveClock(units, clock)
        self._due = DueRunner(units, catalogue, clock, self.pulse)
        jitter = Random()  # noqa: S311  # spreads retries, keeps no secret
        self._outbox = OutboxDispatcher(
            units, clock, self._carry, self._given_up, self._telling.late, owner, jitter, self.pulse, may_begin
        )
        self._one_at_a_time = asyncio.Lock()
        self._stopping = False

    async def run_due(self) -> None:
        """Carry out everything that is due now; returns when nothing is left."""
        async with self._one_at_a_time:
            await self._drain()

    def stop(self) -> None:
        """Begin nothing more; what is under way is finished."""
        self._stopping = self._due.stopping = self._outbox.stopping = True

    async def tidy(self) -> None:
        """Remove what nobody needs any more."""
        async with self._units() as unit:
            await unit.tidying.tidy(self._clock.now())

    async def next_wake(self) -> datetime | None:
        """When something falls due next: a step, a message that waits, a look at an operation."""
        async with self._units() as unit:
            moments = [await unit.due_items.next_due(), await unit.outbox.next_attempt()]
            running = await unit.operations.running()
        moments += [each.looked_at + LOOK_EVERY for each in running if each.handle and each.looked_at]
        return min((moment for moment in moments if moment is not None), default=None)

    async def next_moment(self) -> datetime | None:
        """When something happens next that is worth waiting for: a step, or a milestone of an operation."""
        now = self._clock.now()
        async with self._units() as unit:
            due = await unit.due_items.next_due()
        moments = [moment for moment in await self._following.moments() if moment > now]
        return min([*moments, *([due] if due else [])], default=None)

    async def advance(self, to: datetime, set_clock: Callable[[datetime], Awaitable[None]]) -> list[datetime]:
        """Let time go on to `to`, stopping at every moment on the way; those moments."""
        stops: list[datetime] = []
        async with self._one_at_a_time:
            await self._drain()
            while (moment := await self.next_moment()) is not None and moment <= to:
                stops.append(moment)
                await set_clock(max(moment, self._clock.now()))
                await self._drain()
            await set_clock(max(to, self._clock.now()))
            await self._drain()
        return stops

    async def _drain(self) -> None:
        await self._live.run()
        worked = True
        while worked and not self._stopping:
            # With every round: what is done in one is dated by the clock of then.
            await self._set_back.run()
            worked = await self._due.run()
            worked = await self._outbox.run() or worked
            if not self._stopping:
                worked = await self._following.run() or worked

    async def _carry(self, effect: Effect) -> Write | None:
        try:
            return await self._carried(effect)
        except NotConfigured as gone:
            if delivery(effect).outlet is Outlet.PROVIDER:
                # Its change could not be told how it ended: it waits, in a lane of its own, for the service.
                log.warning("%s waits: %s", effect.key, gone.sentence)
                raise RateLimited(gone.sentence, AGAIN_S) from gone
            # An admin sends it again. What waited would hold up others in the same conversation.
            raise PermanentError(gone.sentence) from gone

    async def _carried(self, effect: Effect) -> Write | None:
        if delivery(effect).outlet is Outlet.PROVIDER:
            await self.by_provider[type(effect)](effect)
            return None
        return self._telling.with_follow_up(effect, await self._outlets[delivery(effect).outlet](effect))

    async def _given_up(self, effect: Effect, reason: str) -> None:
        if isinstance(effect, BeginSnapshot | BeginRestore):
            await self._asking.give_up(effect, reason)
        await self._telling.give_up(effect, reason)
