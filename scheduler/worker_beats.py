"""What a worker leaves in the database while it is at work, and what others read of it: whether anybody works."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from application.ports import Clock, UnitOfWork, UnitOfWorkFactory
from application.queries.overdue import ALARM_AFTER, LONGEST_HELD, overdue_steps
from application.retry_log import OVERDUE, WORKER, RetryLog, duration

log = logging.getLogger(__name__)
BEAT_EVERY = timedelta(seconds=10)
"""How often a worker says that it is at work, at most; it does with every sweep, at least."""
LOST_AFTER = timedelta(seconds=60)
"""How long a worker that said nothing is taken to live."""
Alarm = Callable[[int, datetime], Awaitable[None]]
"""Hears how many changes have steps that are overdue for days, and since when the oldest is."""
LOOK_S = 1.5
"""Seconds that whoever asks waits for the database."""


class HeartbeatRecorder:
    """The worker's own row. It lives by real time, whatever clock the process has."""

    def __init__(self, units: UnitOfWorkFactory, owner: str, now: Callable[[], datetime]) -> None:
        """`owner` is the name under which the worker leases; `now` is the real time, the same for all replicas."""
        self._units, self._owner, self._now = units, owner, now
        self._beaten: datetime | None = None

    async def beat(self) -> None:
        """Say that the worker is at work, unless it said so just now. Raises DatabaseUnavailable."""
        now, before = self._now(), self._beaten
        if before is not None and abs(now - before) < BEAT_EVERY:
            return
        async with self._units() as unit:
            last = await unit.worker_beats.last() if before is None else None
            await unit.worker_beats.note(self._owner, now)
        self._beaten = now
        if last is not None and now - last > LOST_AFTER:
            away = duration((now - last).total_seconds())
            log.warning("no worker had been at work for %s: what fell due meanwhile is carried out now", away)

    async def leave(self) -> None:
        """The worker ends. Raises DatabaseUnavailable."""
        if self._beaten is not None:
            async with self._units(LOOK_S) as unit:
                await unit.worker_beats.forget([self._owner])
            self._beaten = None


class WorkerMonitor:
    """Whether anybody works and how late the steps are, for those who are asked and do not work themselves."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        clock: Clock,
        now: Callable[[], datetime],
        retries: RetryLog,
        alarm: Alarm | None = None,
    ) -> None:
        """Steps live by `clock`, workers by `now`, the real time; `retries` hears when nobody works."""
        self._units, self._clock, self._now, self._retries = units, clock, now, retries
        self._alarm = alarm
        self._waits_since, self._was_late = now(), False

    async def metrics(self, unit: UnitOfWork) -> dict[str, float]:
        """How many workers live, when one was last seen; how many changes have due and how many overdue steps, the
        oldest for how long.

        Times are in seconds.
        """
        seen, last = await unit.worker_beats.seen(), await unit.worker_beats.last()
        now = self._clock.now()
        due, _ = await unit.due_items.overdue(now, now + LONGEST_HELD)
        overdue, oldest = await overdue_steps(unit, now)
        figures = {
            "change_workers": float(len(self._living(seen))),
            "change_steps_due": float(due),
            "change_steps_overdue": float(overdue),
            "change_steps_overdue_seconds": max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        }
        return figures | ({"change_worker_last_tick_timestamp_seconds": last.timestamp()} if last else {})

    async def missing(self) -> str:
        """Why nobody works, as text for `/readyz`; empty when somebody does. Raises DatabaseUnavailable."""
        async with self._units(LOOK_S) as unit:
            seen, last = await unit.worker_beats.seen(), await unit.worker_beats.last()
        if self._living(seen):
            return ""
        return f"worker (none was seen for {self._since(last.timestamp())})" if last else "worker (there was none yet)"

    async def look(self) -> None:
        """Tell the log when nobody works, or works again, and when steps are overdue for days.

        Raises DatabaseUnavailable.
        """
        async with self._units(LOOK_S) as unit:
            figures = await self.metrics(unit)
        overdue, late_s = figures["change_steps_overdue"], figures["change_steps_overdue_seconds"]
        late = _overdue(int(overdue), late_s)
        if figures["change_workers"]:
            self._retries.worked(WORKER)
        elif self._now() - self._waits_since > LOST_AFTER:  # those that start beside this one have their time
            last_s = figures.get("change_worker_last_tick_timestamp_seconds")
            unseen = f"no worker was seen for {self._since(last_s)}" if last_s else "no worker was seen yet"
            reason = f"{unseen}; {late}" if overdue else unseen
            self._retries.failed(WORKER, reason, severe=True, again_s=LOST_AFTER.total_seconds())
        was_late, self._was_late = self._was_late, late_s >= ALARM_AFTER.total_seconds()
        if not self._was_late:
            self._retries.worked(OVERDUE)
        elif was_late:  # a worker that comes back after days carries them out until the second look
            self._retries.failed(OVERDUE, late, severe=True, again_s=LOST_AFTER.total_seconds())
            if self._alarm is not None:
                await self._alarm(int(overdue), self._clock.now() - timedelta(seconds=late_s))

    def _since(self, timestamp: float) -> str:
        return duration(self._now().timestamp() - timestamp)

    def _living(self, seen: Mapping[str, datetime]) -> list[str]:
        now = self._now()
        return [owner for owner, at in seen.items() if now - at <= LOST_AFTER]


def _overdue(count: int, seconds: float) -> str:
    """How many changes have overdue steps, the oldest for so many seconds."""
    changes = "1 change has" if count == 1 else f"{count} changes have"
    return f"{changes} overdue steps, the oldest for {duration(seconds)}"
