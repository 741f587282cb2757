"""The peer of the due steps: APScheduler's job store with empty jobs, on the engine that the steps are done on."""

import asyncio
import sys
import tempfile
from dataclasses import dataclass

from bench.context import Context
from bench.environments import python_with
from bench.processes import ROOT

LONGEST_S = 120.0
PACKAGES = ("apscheduler>=3.11,<4", "sqlalchemy>=2", "psycopg[binary]>=3.2")
"""The job store has no asynchronous driver."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of jobs or steps: how many a second, and the milliseconds of CPU that each took."""

    rate: float
    cpu_ms: float


async def empty_jobs(context: Context, engine: str, number: int) -> Done:
    """So many that fall due at once; they run in a process of their own.

    Raises TimeoutError, or RuntimeError where there is no driver for the engine.
    """
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            return await _run(sys.executable, f"sqlite:///{folder}/jobs.db", number)
    python = await asyncio.to_thread(python_with, "job-store", PACKAGES)
    async with context.databases.empty() as url:
        return await _run(python, url.replace("+asyncpg", "+psycopg"), number)


async def _run(python: str, url: str, number: int) -> Done:
    process = await asyncio.create_subprocess_exec(
        python, "-m", "bench.empty_jobs", url, str(number), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), LONGEST_S)
    except TimeoutError:
        process.kill()
        raise
    rate, cpu_ms = said.split()
    return Done(float(rate), float(cpu_ms))
