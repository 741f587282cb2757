"""Lets parts of the worker run beside each other until none of them has anything left to do."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

Part = Callable[[], Awaitable[bool]]
"""Does all that there is to do; whether there was anything."""
AHEAD_S = 0.25
"""Seconds that a part has for itself before the next one begins beside it: what is soon done is done in order."""
LOOK_S = 0.1
"""Seconds after which those that had nothing to do look again, while others are still at work."""


class SideBySide:
    """Each part begins after the one before it, and runs beside it where that one takes long."""

    def __init__(self, parts: Sequence[Part], finish: Callable[[], None]) -> None:
        """`finish` is called when one of them fails, so that the others soon end."""
        self._parts, self._finish = parts, finish
        self._woken = asyncio.Event()
        self.stopping = False

    def wake(self) -> None:
        """Something may have to be done: every part looks again."""
        self._woken.set()

    async def run(self) -> None:
        """Return when no part has anything left to do. What one of them raises is raised when all have ended."""
        running: dict[Part, asyncio.Future[bool]] = {}
        try:
            await self._run(running)
        finally:
            for task in running.values():
                task.cancel()
            if running:
                await asyncio.wait(running.values())

    async def _run(self, running: dict[Part, asyncio.Future[bool]]) -> None:
        wanted, failures = set(self._parts), list[BaseException]()
        self._woken.clear()
        while wanted or running:
            for part in self._parts:
                if part in wanted and part not in running and not (failures or self.stopping):
                    wanted.discard(part)
                    running[part] = asyncio.ensure_future(part())
                    await self._wait([running[part]], AHEAD_S)
                    self._end(running, wanted, failures)
            if not running and (failures or self.stopping):
                break
            if running:
                if not await self._wait(list(running.values()), LOOK_S):
                    wanted.update(self._parts)
                self._end(running, wanted, failures)
        if failures:
            raise failures[0]

    def _end(self, running: dict[Part, asyncio.Future[bool]], wanted: set[Part], failures: list[BaseException]) -> None:
        """Take out those that have ended: where one has done anything, the others look again."""
        if self._woken.is_set():
            self._woken.clear()
            wanted.update(self._parts)
        for part in [each for each, task in running.items() if task.done()]:
            task = running.pop(part)
            if (failed := task.exception()) is not None:
                failures.append(failed)
                self._finish()
            elif task.result():
                wanted.update(each for each in self._parts if each is not part)

    async def _wait(self, tasks: list[asyncio.Future[bool]], seconds: float) -> bool:
        """Wait until one of the tasks has ended or somebody wakes us; whether that was in time."""
        waking = asyncio.create_task(self._woken.wait())
        either: list[asyncio.Future[Any]] = [*tasks, waking]
        try:
            done, _ = await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waking.cancel()
        return bool(done)
