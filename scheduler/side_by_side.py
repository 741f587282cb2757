"""Lets parts of the worker run beside each other until nothing is left of what they were woken for."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from application.ports import ALL_WORK, Work

Part = Callable[[], Awaitable[None]]
"""Does all of its work that there is."""
AHEAD_S = 0.25
"""Seconds that a part has for itself before the next one begins beside it: what is soon done is done in order."""
LOOK_S = 0.1
"""Seconds after which those that had nothing to do look again, while others are still at work."""


class SideBySide:
    """Each part begins after the one before it, and runs beside it where that one takes long."""

    def __init__(self, parts: Mapping[Work, Part], finish: Callable[[], None]) -> None:
        """`parts` in their order. `finish` is called when one of them fails, so that the others soon end."""
        self._parts, self._finish = parts, finish
        self._wanted = set[Work]()
        self._woken = asyncio.Event()
        self.stopping = False

    def wake(self, work: AbstractSet[Work] = ALL_WORK) -> None:
        """There may be such work: the parts that do it look, now or when it is next run."""
        self._wanted |= work
        self._woken.set()

    async def run(self) -> None:
        """Return when no part has anything left to do. What one raises is raised when all have ended.

        Whoever fails is wanted again with the next run.
        """
        running: dict[Work, asyncio.Future[None]] = {}
        try:
            await self._run(running)
        finally:
            for task in running.values():
                task.cancel()
            if running:
                await asyncio.wait(running.values())

    async def _run(self, running: dict[Work, asyncio.Future[None]]) -> None:
        failures: list[BaseException] = []
        while self._wanted or running:
            for work, part in self._parts.items():
                if work in self._wanted and work not in running and not (failures or self.stopping):
                    self._wanted.discard(work)
                    running[work] = asyncio.ensure_future(part())
                    await self._wait([running[work]], AHEAD_S)
                    self._end(running, failures)
            if not running and (failures or self.stopping):
                break
            if running:
                if not await self._wait(list(running.values()), LOOK_S):
                    self._wanted |= ALL_WORK
                self._end(running, failures)
        if failures:
            raise failures[0]

    def _end(self, running: dict[Work, asyncio.Future[None]], failures: list[BaseException]) -> None:
        """Take out those that have ended."""
        self._woken.clear()
        for work in [each for each, task in running.items() if task.done()]:
            if (failed := running.pop(work).exception()) is not None:
                failures.append(failed)
                self._wanted.add(work)
                self._finish()

    async def _wait(self, tasks: list[asyncio.Future[None]], seconds: float) -> bool:
        """Wait until one of the tasks has ended or somebody wakes us; whether that was in time."""
        waking = asyncio.create_task(self._woken.wait())
        either: list[asyncio.Future[Any]] = [*tasks, waking]
        try:
            done, _ = await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waking.cancel()
        return bool(done)
