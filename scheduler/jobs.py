"""Two jobs, however many changes there are: one wakes when something is due, one sweeps in case a wake was missed."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from changes.ports import Clock
from scheduler.worker import Worker

log = logging.getLogger(__name__)
SWEEP_SECONDS = 15
WAKE, SWEEP = "wake", "sweep"


class Jobs:
    """Runs the worker at the right moments of real time, whatever the clock says."""

    def __init__(self, worker: Worker, clock: Clock) -> None:
        self._worker, self._clock = worker, clock
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1})
        self._kicked = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether the worker is at work."""
        return self._runner is not None and not self._runner.done()

    async def start(self) -> None:
        """Begin; whatever fell due meanwhile is carried out at once."""
        self._scheduler.add_job(self.kick, "interval", seconds=SWEEP_SECONDS, id=SWEEP)
        self._scheduler.start()
        self._runner = asyncio.create_task(self._run())
        self.kick()

    async def stop(self) -> None:
        """Finish what is under way."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._runner is not None:
            runner, self._runner = self._runner, None
            self._kicked.set()
            await runner

    def kick(self) -> None:
        """Something may be due: look now."""
        self._kicked.set()

    async def _run(self) -> None:
        while True:
            await self._kicked.wait()
            self._kicked.clear()
            if self._runner is None:
                return
            try:
                await self._worker.run_due()
                await self._plan_wake()
            except Exception:
                # The next sweep tries again; a worker that dies would be silence.
                log.exception("the worker stumbled")

    async def _plan_wake(self) -> None:
        due = await self._worker.next_wake()
        if due is None or not self._scheduler.running:
            return
        delay = max(timedelta(), due - self._clock.now())
        when = datetime.now(UTC) + delay  # noqa: TID251  # APScheduler lives by real time
        self._scheduler.add_job(self.kick, "date", run_date=when, id=WAKE, replace_existing=True)
