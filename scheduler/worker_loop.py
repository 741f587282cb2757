"""Two jobs, however many changes there are: one wakes when something is due, one sweeps in case a wake was missed."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from application.ports import ALL_WORK, Clock, Work
from application.retry_log import OURSELVES
from changes.errors import DatabaseUnavailable
from scheduler.leases import Leases
from scheduler.worker import Worker
from scheduler.worker_beats import HeartbeatRecorder, WorkerMonitor

log = logging.getLogger(__name__)
SWEEP_SECONDS = 15
STOP_SECONDS = 8.0
SWEPT_SECONDS = 2.0
AWAY_SECONDS = 2.0
"""Seconds between two looks whether the database is back."""
STAND_BY_SECONDS = 0.5
"""Seconds between two tries of a stand-by worker to take the lock."""
LOOK_SECONDS = 30.0
"""Seconds between two looks whether anybody works at all."""
TIDY_EVERY = timedelta(hours=1)
WAKE, SWEEP, STUMBLED = "wake", "sweep", "round"
_JOB = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
"""Settings of the jobs: a late run, because the machine slept or its clock went on, still happens, once."""


class WorkerLoop:
    """Runs the worker at the right moments of real time, whatever the clock says."""

    def __init__(
        self,
        worker: Worker,
        clock: Clock,
        chore: Callable[[], Awaitable[None]] | None = None,
        sweep_seconds: float = SWEEP_SECONDS,
        leases: Leases | None = None,
        beats: HeartbeatRecorder | None = None,
        seen: WorkerMonitor | None = None,
    ) -> None:
        """`chore` runs with every sweep, also where no worker does. Without `leases` no other worker is known of.

        `beats` tells others that this one is at work, `seen` whether any is.
        """
        self._beats, self._seen, self._looked = beats, seen, float("-inf")
        self._worker, self._clock, self._chore, self._sweep_seconds = worker, clock, chore, sweep_seconds
        self._leases, self._stands_by = leases, False
        self._retries = worker.retries
        self._freeing: asyncio.Task[None] | None = None
        self._tidied: datetime | None = None
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=_JOB)
        self._kicked = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._sweeping: asyncio.Task[Any] | None = None

    @property
    def running(self) -> bool:
        """Whether the worker is at work, has done something lately, and is not kept from it by another one."""
        alive = self._runner is not None and not self._runner.done() and self._worker.heartbeat.beats
        return alive and (self._leases is None or self._leases.lock.held)

    async def start(self, *, working: bool = True) -> None:
        """Begin; whatever fell due meanwhile is carried out at once. Without `working` only the chore is done."""
        self._scheduler.add_job(self._sweep, "interval", seconds=self._sweep_seconds, id=SWEEP)
        self._scheduler.start()
        self._watcher = asyncio.create_task(self._watch())
        if working:
            with suppress(DatabaseUnavailable):
                await self._may_work()
            self._runner = asyncio.create_task(self._run())
            self.wake_worker()

    async def stop(self) -> None:
        """Finish what is under way, within a few seconds."""
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.wait([self._watcher])
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if (sweeping := self._sweeping) is not None:  # it gives its connection back before the database is closed
            sweeping.cancel()
            await asyncio.wait([sweeping], timeout=SWEPT_SECONDS)
        if self._runner is not None:
            runner, self._runner = self._runner, None
            self._worker.stop()
            self._kicked.set()
            done, _ = await asyncio.wait([runner], timeout=STOP_SECONDS)
            if not done:
                log.warning("what was under way did not end in %s s and is left to the next start", STOP_SECONDS)
                runner.cancel()
                await asyncio.wait([runner])
            if self._freeing is not None:
                self._freeing.cancel()
                await asyncio.wait([self._freeing])
            if self._beats is not None:
                with suppress(DatabaseUnavailable):
                    await self._beats.leave()
            if self._leases is not None:
                await self._leases.lock.release()

    def wake_worker(self, work: AbstractSet[Work] = ALL_WORK) -> None:
        """Wake the loop, or the worker while it is at work: there may be such work."""
        if work:
            self._kicked.set()
            self._worker.wake(work)

    async def _wake(self) -> None:
        """Kick on the event loop: APScheduler runs what is no coroutine in a thread, where no event may be set."""
        self.wake_worker()

    async def _watch(self) -> None:
        """See that the sweep is never too far away: the scheduler plans it by a clock that may be set back."""
        while True:
            await asyncio.sleep(self._sweep_seconds)
            job, now = self._scheduler.get_job(SWEEP), datetime.now(UTC)  # noqa: TID251  # as APScheduler does
            if job is not None and job.next_run_time > now + timedelta(seconds=self._sweep_seconds + 1):
                log.warning("the clock was set back: the sweep was planned for %s", job.next_run_time)
                self._scheduler.modify_job(SWEEP, next_run_time=now)

    async def _sweep(self) -> None:
        self.wake_worker()
        self._sweeping = asyncio.current_task()
        try:
            with suppress(DatabaseUnavailable):  # which was told where it was noticed
                await self._swept()
        finally:
            self._sweeping = None

    async def _swept(self) -> None:
        self._retries.settle()
        if self._chore is not None:
            await self._chore()
        if self._runner is not None:
            self._free_leases()
        if self._beats is not None and self.running:
            await self._beats.beat()
        if self._seen is not None and time.monotonic() - self._looked >= LOOK_SECONDS:
            self._looked = time.monotonic()
            await self._seen.look()
        now = self._clock.now()
        if self._runner is not None and (self._tidied is None or abs(now - self._tidied) > TIDY_EVERY):
            await self._worker.purge_expired()
            self._tidied = now

    async def _run(self) -> None:
        while True:
            await self._kicked.wait()
            self._kicked.clear()
            if self._runner is None:
                return
            self._worker.heartbeat.beat()
            try:
                if not await self._may_work():
                    asyncio.get_running_loop().call_later(STAND_BY_SECONDS, self.wake_worker)
                    continue
                if self._beats is not None:
                    await self._beats.beat()
                await self._worker.run_woken()
                await self._plan_wake()
            except DatabaseUnavailable:
                asyncio.get_running_loop().call_later(AWAY_SECONDS, self.wake_worker)
            except Exception as error:  # noqa: BLE001  # it is told
                # The next sweep tries again; a worker that dies would be silence.
                self._retries.failed(
                    OURSELVES, f"the worker stumbled: {type(error).__name__}: {error}", item=STUMBLED, error=error
                )
            else:
                self._retries.worked(OURSELVES, STUMBLED)

    async def _may_work(self) -> bool:
        """Whether this worker holds its lock; when it has only just taken it, it looks who died before."""
        if self._leases is None or self._leases.lock.held:
            return True
        if await self._leases.lock.acquire():
            self._stands_by = False
            self._free_leases()
            return True
        if not self._stands_by:
            log.warning("this worker stands by: another one works on this database, or its own session was lost")
            self._stands_by = True
        return False

    def _free_leases(self) -> None:
        """Look for workers that have died, beside everything else."""
        if self._leases is not None and self._leases.lock.held and (self._freeing is None or self._freeing.done()):
            self._freeing = asyncio.create_task(self._freed(self._leases))

    async def _freed(self, leases: Leases) -> None:
        with suppress(DatabaseUnavailable):
            if await leases.free():
                self.wake_worker()

    async def _plan_wake(self) -> None:
        due = await self._worker.next_wake()
        if due is None or not self._scheduler.running:
            return
        delay = max(timedelta(), due - self._clock.now())
        when = datetime.now(UTC) + delay  # noqa: TID251  # APScheduler lives by real time
        self._scheduler.add_job(self._wake, "date", run_date=when, id=WAKE, replace_existing=True)
