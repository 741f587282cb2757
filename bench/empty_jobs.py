"""APScheduler 3 with its SQLAlchemy job store, and jobs that do nothing: `bench/empty_jobs.py URL NUMBER`.

It says how many a second were done, and the milliseconds of CPU for each. It runs by itself, in an environment that may
have nothing else.
"""

import sys
import threading
import time
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_EXECUTED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler


def nothing() -> None:
    """The job."""


def run(url: str, number: int) -> tuple[float, float]:
    """So many that fall due at once."""
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
        scheduler.add_job("bench.empty_jobs:nothing", "date", run_date=moment, id=str(at))
    began, cpu = time.perf_counter(), time.process_time()
    scheduler.resume()
    for _ in range(number):
        done.acquire()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    scheduler.shutdown()
    return number / seconds, cpu * 1000 / number


if __name__ == "__main__":
    print(*run(sys.argv[1], int(sys.argv[2])))
