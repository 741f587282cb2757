"""The worker: carries out everything that is due, steps, effects and operations, until nothing is left."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial
from random import Random
from typing import Any

from application.ports import ALL_WORK, Clock, PermanentError, RateLimited, UnitOfWorkFactory, Work, Write
from application.ports.provider import SnapshotBackend
from application.retry_log import SETTINGS, RetryLog
from changes.deliveries import TOOLS, Outlet, delivery
from changes.effects import BeginRestore, BeginSnapshot, Effect, FollowByHand, MailNotice, Preflight
from changes.errors import NotConfigured
from changes.policy import Catalogue
from scheduler.clock_rollback import ClockRollbackHandler
from scheduler.delivery_attempt import Carrier
from scheduler.due_items import DueRunner
from scheduler.heartbeat import Heartbeat
from scheduler.manual_operation import follow
from scheduler.notice_fallback import NoticeFallback
from scheduler.operation_log import OperationLog
from scheduler.operation_poller import LOOK_EVERY, OperationPoller
from scheduler.operation_starter import OperationStarter
from scheduler.outbox import LEASE_SECONDS, OutboxDispatcher
from scheduler.side_by_side import SideBySide
from scheduler.status_refresher import StatusRefresher
from scheduler.watched_units import watched

AGAIN_S = 300.0
"""Seconds until it is looked again whether the service is in the settings: only a restart changes that."""
SendMail = Callable[[MailNotice], Awaitable[Write | None]]
Tool = Callable[[Any], Awaitable[Write | None]]
"""Carries out the effects of one outlet."""
log = logging.getLogger(__name__)


async def _dropped(effect: Effect) -> None:
    """Nobody is told: an admin has taken that program out of the settings."""
    log.info("%s is dropped: services.toml names no such program any more", effect.key)


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
        retries: RetryLog,
        post: SendMail | None = None,
        may_begin: Callable[[], bool] = lambda: True,
        heartbeat: Heartbeat | None = None,
        outbox_units: UnitOfWorkFactory | None = None,
        lazy_units: UnitOfWorkFactory | None = None,
        tools: Mapping[Outlet, Tool] | None = None,
        late: Callable[[float], object] = lambda _: None,
    ) -> None:
        """`post` sends mails; without it they are `carry`'s to deliver or to refuse. `tools` are other programs: what
        waits for one that is none of them is dropped. `late` hears by how many seconds each step was too late.

        `outbox_units`, else `units`, are for what is taken from the outbox and is done there: where a crash undoes
        that, it is sent once more.

        `lazy_units`, else `units`, are for what is only looked at.

        `may_begin`: whether other workers would know that this one lives. `heartbeat` beats while the work gets on.
        `retries` hears of what is tried again.
        """
        self.retries = retries
        self.heartbeat = heartbeat or Heartbeat()
        self._units, self._clock, self._looking = units, clock, lazy_units or units
        all_units, units = units, watched(units, self.wake)
        books = OperationLog(units, catalogue, clock, backends)
        self._starter, self._poller = OperationStarter(books, retries), OperationPoller(books, retries)
        self._fallback = NoticeFallback(units, catalogue, clock)
        self._outlets: Mapping[Outlet, Tool] = {
            Outlet.TEAMS: carry,
            Outlet.MAIL: post or carry,
            **dict.fromkeys(TOOLS, _dropped),
            **(tools or {}),
        }
        self.by_provider: Mapping[type[Effect], Callable[[Any], Awaitable[None]]] = {
            BeginSnapshot: self._starter.begin,
            BeginRestore: self._starter.begin,
            FollowByHand: partial(follow, books),
            Preflight: self._starter.preflight,
        }
        self._clock_rollback = ClockRollbackHandler(units, clock, LEASE_SECONDS)
        self._refresher = StatusRefresher(units, clock)
        jitter = Random()  # noqa: S311  # spreads retries, keeps no secret
        self._outbox = OutboxDispatcher(
            watched(outbox_units or all_units, self._caused_by_deliveries),
            clock,
            self._carry,
            self._given_up,
            self._fallback.late,
            owner,
            jitter,
            self.heartbeat,
            may_begin,
            retries,
            lambda: self._due.is_at_work,
        )
        by_steps = watched(all_units, lambda work: self.wake(work - {Work.STEPS}))  # it goes on until none is left
        self._due = DueRunner(
            by_steps, catalogue, clock, self.heartbeat, retries, self._outbox.wake, self._looking, late
        )
        parts = {Work.STEPS: self._fire_due, Work.DELIVERIES: self._outbox.run, Work.OPERATIONS: self._look}
        self._parts = SideBySide(parts, self._outbox.finish)
        self._one_at_a_time = asyncio.Lock()

    async def run_due(self) -> None:
        """Carry out everything that is due now; returns when nothing is left."""
        async with self._one_at_a_time:
            await self._drain()

    async def run_woken(self) -> None:
        """Carry out what it was woken for, and what comes of that."""
        async with self._one_at_a_time:
            if not self._parts.stopping:
                await self._clock_rollback.run()  # whatever it is woken for: what waits for a later clock is in the way
                await self._parts.run()

    def stop(self) -> None:
        """Begin nothing more; what is under way is finished, but for calls to other programs that hang."""
        self._parts.stopping = self._due.stopping = True
        self._outbox.stop()

    def wake(self, work: AbstractSet[Work] = ALL_WORK) -> None:
        """Look again, also while something is under way: somebody has caused such work."""
        if Work.DELIVERIES in work:
            self._outbox.wake()
        self._parts.wake(work)

    def _caused_by_deliveries(self, work: AbstractSet[Work]) -> None:
        if Work.DELIVERIES in work:
            self._outbox.wake()
        self._parts.wake(work - {Work.DELIVERIES})

    async def purge_expired(self) -> None:
        """Delete rows past their retention period, few in each transaction: others have their turn in between."""
        is_left = True
        while is_left and not self._due.stopping:
            async with self._units() as unit:
                is_left = await unit.retention.purge_expired(self._clock.now())

    async def next_wake(self) -> datetime | None:
        """When something falls due next: a step, a message that waits, a look at an operation."""
        async with self._looking() as unit:
            moments = [await unit.due_items.next_due(), await unit.outbox.next_attempt()]
            running = await unit.operations.running()
        moments += [each.looked_at + LOOK_EVERY for each in running if each.handle and each.looked_at]
        return min((moment for moment in moments if moment is not None), default=None)

    async def next_moment(self) -> datetime | None:
        """When something happens next that is worth waiting for: a step, or a milestone of an operation."""
        now = self._clock.now()
        async with self._looking() as unit:
            due = await unit.due_items.next_due()
        moments = [moment for moment in await self._poller.moments() if moment > now]
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
        if not self._parts.stopping:
            self._parts.wake()
            await self._parts.run()

    async def _fire_due(self) -> None:
        await self._refresher.run()
        # With every round: what is done in one is dated by the clock of then.
        await self._clock_rollback.run()
        await self._due.run()

    async def _look(self) -> None:
        while not self._parts.stopping and await self._poller.run():
            pass

    async def _carry(self, effect: Effect) -> Write | None:
        outlet = delivery(effect).outlet
        try:
            if outlet is Outlet.PROVIDER:
                await self.by_provider[type(effect)](effect)
                self.retries.worked(SETTINGS, effect.key)
                return None
            return self._fallback.with_follow_up(effect, await self._outlets[outlet](effect))
        except NotConfigured as gone:
            if outlet in TOOLS:
                log.info("%s is dropped: services.toml no longer names the service of its change", effect.key)
                return None
            if outlet is Outlet.PROVIDER:
                # Its change could not be told how it ended: it waits, in a lane of its own, for the service.
                self.retries.failed(SETTINGS, gone.sentence, item=effect.key, change=effect.change, again_s=AGAIN_S)
                raise RateLimited(gone.sentence, AGAIN_S) from gone
            # An admin sends it again. What waited would hold up others in the same conversation.
            raise PermanentError(gone.sentence) from gone

    async def _given_up(self, effect: Effect, reason: str) -> None:
        if isinstance(effect, BeginSnapshot | BeginRestore):
            await self._starter.give_up(effect, reason)
        await self._fallback.give_up(effect, reason)
