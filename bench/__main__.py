"""Runs the measurements: `python -m bench` for all of the short run, or some by name: `python -m bench turns burst`.

`--full` measures everything, `--engine sqlite` or `--engine postgresql` on that engine only, `--stored 10000` with so
many changes. The figures go to var/bench.json, from which `python -m bench.report` writes docs/performance.md.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence

from bench.context import Context, context
from bench.plan import NAMES, Task, plan
from bench.record import Record


async def run(tasks: Sequence[Task], *, full: bool) -> int:
    """Make the measurements one after the other; each has its time, and one that fails is reported and left out."""
    record = Record.begun(full=full)
    failed = 0
    async with context(full=full) as given:
        for task in tasks:
            print(f"── {task.name}", flush=True)
            began = time.perf_counter()
            why = await _measured(task, given, record)
            if why:
                failed += 1
                print(f"  {record.miss(task.name, why).line()}", flush=True)
            else:
                record.made(task.name)
            print(f"  ({time.perf_counter() - began:.0f} s)", flush=True)
            record.save()
    return 1 if failed else 0


async def _measured(task: Task, given: Context, record: Record) -> str:
    """Keep the figures of the measurement; why it could not be made, or not all of it."""
    try:
        async with asyncio.timeout(task.seconds):
            async for figure in task.measure(given):
                record.add(figure)
                print(f"  {figure.line()}", flush=True)
    except TimeoutError:
        return f"it took more than {task.seconds:.0f} s, or an answer did not come"
    except Exception as error:  # noqa: BLE001  # the others are measured all the same
        while isinstance(error, ExceptionGroup):
            error = error.exceptions[0]
        return str(error) or type(error).__name__
    return ""


def main() -> int:
    """Read what is wanted, and measure it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures the bot against its peers.")
    parser.add_argument("names", nargs="*", help=", ".join(NAMES))
    parser.add_argument("--full", action="store_true", help="everything, which takes long")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), help="only on that engine")
    parser.add_argument("--stored", type=int, help="with so many changes")
    wanted = parser.parse_args()
    unknown = set(wanted.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    tasks = plan(wanted.names, full=wanted.full, engine=wanted.engine, number=wanted.stored)
    return asyncio.run(run(tasks, full=wanted.full))


if __name__ == "__main__":
    sys.exit(main())
