"""The deliveries that are under way, a run of entries for each ordering key, and those that have ended."""

import asyncio
from collections import Counter
from collections.abc import Collection, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from application.ports import OutboxEntry, Priority
from scheduler.delivery_attempt import Ended

LET_GO = Ended(None)
"""Nobody waits for its end: whoever takes it up next carries it out once more."""


@dataclass(slots=True)
class Run:
    """Entries of one ordering key that were taken up together at `since`, to be carried out one after the other."""

    entries: list[OutboxEntry]
    since: datetime

    @property
    def priority(self) -> Priority:
        """Answers first, and with them what stands before one."""
        return min(each.priority for each in self.entries)

    @property
    def followers(self) -> list[int]:
        """Those after the first one."""
        return [each.id for each in self.entries[1:]]


@dataclass(slots=True)
class Closing:
    """A delivery that has ended, and whether the next one of its run begins as soon as that is written."""

    run: Run
    ended: Ended
    goes_on: bool = False


def runs_of(entries: Sequence[OutboxEntry], since: datetime) -> list[Run]:
    """What was taken up, by ordering key."""
    return [Run(list(its), since) for _, its in groupby(entries, key=lambda each: each.lane)]


class InFlight:
    """What is under way, and what has ended and is not closed yet."""

    def __init__(self) -> None:
        self.tasks: dict[asyncio.Task[Ended], Run] = {}
        self.ended: list[Closing] = []
        self.failure: Exception | None = None

    def room(self, at_once: Mapping[Priority, int], closing: Iterable[Closing]) -> dict[Priority, int]:
        """How many more runs may begin beside those that go on, answers first."""
        going_on = (each.run for each in closing if each.goes_on)
        under_way = Counter(run.priority for run in (*self.tasks.values(), *going_on))
        return {each: most - under_way[each] for each, most in at_once.items() if most > under_way[each]}

    def begin(self, run: Run, delivery: Coroutine[Any, Any, Ended]) -> None:
        """Let it begin beside the others."""
        self.tasks[asyncio.create_task(delivery)] = run

    def collect_ended(self) -> None:
        """Take out those that have ended."""
        for task in [each for each in self.tasks if each.done()]:
            run = self.tasks.pop(task)
            if task.cancelled():
                self.ended.append(Closing(run, LET_GO))
                continue
            failure = task.exception()
            if failure is None:
                self.ended.append(Closing(run, task.result()))
            elif isinstance(failure, Exception):
                self.failure = self.failure or failure
            else:
                raise failure

    def let_go(self, priority: Priority) -> int:
        """Wait no longer for what is under way of that priority; how many there are."""
        of_it = [task for task, run in self.tasks.items() if run.priority is priority]
        for task in of_it:
            task.cancel()
        return len(of_it)

    async def cancelled(self) -> None:
        """End what is still under way, which is only so when the worker itself is cancelled."""
        for task in self.tasks:
            task.cancel()
        if self.tasks:
            await asyncio.wait(self.tasks)


def left_of(closing: Collection[Closing]) -> list[int]:
    """What was taken up and is not carried out, as its run does not go on."""
    left = ((each.run.entries, each.ended is not LET_GO) for each in closing if not each.goes_on)
    return [entry.id for entries, is_first_done in left for entry in entries[is_first_done:]]
