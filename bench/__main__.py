"""Runs the measurements: `python -m bench` for all of the short run, or some by name: `python -m bench turns burst`.

`--full` measures everything, `--engine sqlite` or `--engine postgresql` on that engine only, `--stored 10000` with so
many changes. The figures go to var/bench.json, from which `python -m bench.report` writes docs/performance.md.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence

from bench.context import Context
from bench.plan import NAMES, Task, plan
from bench.record import Record
from bench.teams import teams
from bench.templates import templates


async def run(tasks: Sequence[Task], *, full: bool) -> int:
    """Make the measurements one after the other; each has its time, and one that fails is reported and left out."""
    record = Record.begun(full=full)
    failed = 0
    made = await templates()
    for task in tasks:
        print(f"── {task.name}", flush=True)
        began = time.perf_counter()
        try:
            async with asyncio.timeout(task.seconds), teams() as channel:
                async for figure in task.measure(Context(channel, made, full)):
                    record.add(figure)
                    print(f"  {figure.line()}", flush=True)
        except TimeoutError:
            failed += 1
            print(f"  {record.miss(task.name, f'it took more than {task.seconds:.0f} s').line()}", flush=True)
        except Exception as error:  # noqa: BLE001  # the others are measured all the same
            failed += 1
            why = str(error.exceptions[0] if isinstance(error, ExceptionGroup) else error) or type(error).__name__
            print(f"  {record.miss(task.name, why).line()}", flush=True)
        print(f"  ({time.perf_counter() - began:.0f} s)", flush=True)
        record.save()
    return 1 if failed else 0


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
