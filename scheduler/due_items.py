"""Runs due items: several owners' in one transaction; one that fails delays its own owner only."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from application.change_service import execute, read_together
from application.ports import Clock, DueItem, OwnerType, UnitOfWorkFactory
from application.queries.directory import Directory
from application.queries.overdue import LONGEST_HELD
from application.retry import commit_with_retry
from application.retry_log import SETTINGS, TIMELINE, RetryLog
from application.series.drafting import look
from changes import commands as c
from changes.errors import ConcurrencyConflict, DatabaseUnavailable, NotConfigured, StepObsolete
from changes.model import SYSTEM
from changes.policy import Catalogue
from scheduler.heartbeat import Heartbeat

log = logging.getLogger(__name__)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = LONGEST_HELD
MOST_DOUBLINGS = 10
FEWEST, MOST = 5, 50
"""How many items are claimed together: as many as were carried out in time before, and some more."""
TOGETHER_S, LONGEST_S = 0.012, 0.1
"""Seconds of work, and of waiting too, after which a transaction takes no further item: others wait for its end."""
TURNS = 8
"""How often everybody else has a turn on the loop between two transactions: an HTTP call takes about as many."""
Handler = Callable[[Directory, DueItem, datetime], Awaitable[None]]
"""Carries an item out in the directory's unit of work; raises StepObsolete where it is void."""


class DueRunner:
    """Carries out what is due in the order of its times: `handlers` do it, one for each type of owner."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        catalogue: Catalogue,
        clock: Clock,
        heartbeat: Heartbeat,
        retries: RetryLog,
        committed: Callable[[], None] = lambda: None,
        looking: UnitOfWorkFactory | None = None,
        late: Callable[[float], object] = lambda _: None,
    ) -> None:
        """`committed` hears that something was carried out and may have caused effects, `retries` of what failed.

        `late` hears by how many seconds each was carried out too late.

        With units of work of `looking`, else of `units`, it is looked whether anything is due.
        """
        self._retries = retries
        self._units, self._catalogue, self._clock, self._heartbeat = units, catalogue, clock, heartbeat
        self._looking, self._committed, self._late = looking or units, committed, late
        self.handlers: Mapping[OwnerType, Handler] = {OwnerType.CHANGE: self._step, OwnerType.SERIES: self._look}
        self._singly, self._together = 0, FEWEST
        self.stopping = self.is_at_work = False

    async def run(self) -> None:
        """Fire what is due; `is_at_work` meanwhile."""
        if not (self._singly or await self._is_due()):
            return
        fired = False
        self.is_at_work = True
        try:
            while not self.stopping and await (self._one() if self._singly else self._several()):
                fired = True
                self._heartbeat.beat()
                self._committed()
                for _turn in range(TURNS):
                    await asyncio.sleep(0)
        finally:
            self.is_at_work = False
            if fired:
                self._committed()

    async def _is_due(self) -> bool:
        """Whether anything is, which needs no lock to see: most commits that plan steps plan them for later."""
        async with self._looking() as unit:
            due = await unit.due_items.next_due()
        return due is not None and due <= self._clock.now()

    async def _several(self) -> bool:
        """Carry out as many as a short transaction holds; those of one that fails are carried out one by one."""
        now = self._clock.now()
        items: tuple[DueItem, ...] = ()
        try:
            async with self._units() as unit:
                items = await unit.due_items.claim_batch(now, self._together)
                directory = Directory(unit)
                if len(items) > 1:
                    changes = [each.owner.id for each in items if each.owner.type is OwnerType.CHANGE]
                    await read_together(directory, self._catalogue, changes)
                soonest, done, worked, until = now, 0, 0.0, time.monotonic() + LONGEST_S
                for item in items:
                    # However slow the database is, one is carried out: else none ever would be.
                    if done and (worked >= TOGETHER_S or time.monotonic() >= until or item.due > soonest):
                        break
                    began = time.thread_time()
                    await self._carry_out(directory, item, now)
                    done, worked = done + 1, worked + time.thread_time() - began
                    # What else is late of the same owner is perhaps earlier than what is next here.
                    soonest = min(soonest, await unit.due_items.next_of(item.owner) or soonest)
                    await asyncio.sleep(0)
            self._together = min(max(FEWEST, 2 * done), MOST)
        except DatabaseUnavailable:
            raise
        except Exception as error:
            if not items and not isinstance(error, ConcurrencyConflict):
                raise  # the database itself fails: whoever runs us tries again
            log.debug("%d steps are carried out one by one, as one of them failed: %s", len(items), error)
            self._singly = max(1, len(items))
            return True
        return bool(items)

    async def _one(self) -> bool:
        """Carry out one in a transaction of its own; whether there are more."""
        self._singly -= 1
        now = self._clock.now()
        item: DueItem | None = None
        try:
            async with self._units() as unit:
                item = await unit.due_items.claim(now)
                if item is None:
                    self._singly = 0
                    return False
                await self._carry_out(Directory(unit), item, now)
        except ConcurrencyConflict:
            return True
        except DatabaseUnavailable:
            raise
        except NotConfigured as gone:
            if item is None:
                raise
            await self._wait(item, LONGEST_WAIT, gone.sentence)
        except Exception as error:
            if item is None:
                raise  # the database itself fails: whoever runs us tries again
            await self._hold(item, error)
        return True

    async def _carry_out(self, directory: Directory, item: DueItem, now: datetime) -> None:
        try:
            await self.handlers[item.owner.type](directory, item, now)
            self._late(max(0.0, (now - item.due).total_seconds()))
        except StepObsolete as void:
            log.info("%s", void.sentence)
            await directory.unit.due_items.drop(item.owner, item.key)
        if item.failures:
            for place in (TIMELINE, SETTINGS):
                self._retries.worked(place, _name(item))

    async def _step(self, directory: Directory, item: DueItem, now: datetime) -> None:
        command = c.FireStep(SYSTEM, item.key)
        await execute(directory.unit, self._catalogue, item.owner.id, command, now, "timeline", directory)

    async def _look(self, directory: Directory, item: DueItem, now: datetime) -> None:
        await look(directory, self._catalogue, item.owner.id, now)

    async def _hold(self, item: DueItem, error: Exception) -> None:
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(item.failures, MOST_DOUBLINGS))
        await self._wait(item, wait, f"{type(error).__name__}: {error}", error)

    async def _wait(self, item: DueItem, wait: timedelta, reason: str, error: Exception | None = None) -> None:
        self._retries.failed(
            TIMELINE if error else SETTINGS,
            f"step {item.key} of {item.owner.id}: {reason}",
            item=_name(item),
            change=item.owner.id,
            attempt=item.failures + 1,
            again_s=wait.total_seconds(),
            error=error,
        )
        await commit_with_retry(self._units, lambda unit: unit.due_items.hold(item.owner, self._clock.now() + wait))


def _name(item: DueItem) -> str:
    return f"{item.owner.id} {item.key}"
