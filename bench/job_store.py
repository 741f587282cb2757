"""The peer of the due steps: APScheduler 3 with its SQLAlchemy job store on SQLite, and jobs that do nothing."""

import asyncio
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_EXECUTED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from bench.processes import ROOT

LONGEST_S = 120.0


@dataclass(frozen=True, slots=True)
class Done:
    """What came of jobs or steps: how many a second, and the milliseconds of CPU that each took."""

    rate: float
    cpu_ms: float


async def empty_jobs(number: int) -> Done:
    """So many that fall due at once; they run in a process of their own. Raises TimeoutError."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        arguments = ("-m", "bench.job_store", f"sqlite:///{folder}/jobs.db", str(number))
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(), LONGEST_S)
        except TimeoutError:
            process.kill()
            raise
    rate, cpu_ms = said.split()
    return Done(float(rate), float(cpu_ms))


def nothing() -> None:
    """The job."""


def run(url: str, number: int) -> Done:
    """The same in this process."""
    done = threading.Semaphore(0)
    options = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url)},
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults=options,
        timezone=UTC,
    )
    scheduler.add_listener(lambda _: done.release(), EVENT_JOB_EXECUTED)
    scheduler.start(paused=True)
    moment = datetime.now(UTC) - timedelta(minutes=5)
    for at in range(number):
        scheduler.add_job("bench.job_store:nothing", "date", run_date=moment, id=str(at))
    began, cpu = time.perf_counter(), time.process_time()
    scheduler.resume()
    for _ in range(number):
        done.acquire()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    scheduler.shutdown()
    return Done(number / seconds, cpu * 1000 / number)


if __name__ == "__main__":
    done = run(sys.argv[1], int(sys.argv[2]))
    print(done.rate, done.cpu_ms)
