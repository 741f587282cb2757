"""Cache of rendered feeds: drawn in a thread; concurrent requests share one rendering."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

KEPT = 4
"""Drawings; each may be some megabytes."""


class Drawings:
    """The last few drawings, by a tag that says what they show."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._made: OrderedDict[str, asyncio.Task[bytes]] = OrderedDict()

    async def get(self, tag: str, draw: Callable[[], Awaitable[bytes]]) -> bytes:
        """The drawing with that tag. Those who ask while it is made get the same one; raises what `draw` raises.

        Whoever asks may leave: it is finished all the same, for whoever asks next.
        """
        task = self._made.get(tag)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = self._made[tag] = asyncio.ensure_future(_made(draw))
            task.add_done_callback(_ended)
        self._made.move_to_end(tag)
        while len(self._made) > self._kept:
            self._made.popitem(last=False)
        return await asyncio.shield(task)


async def _made(draw: Callable[[], Awaitable[bytes]]) -> bytes:
    return await draw()


def _ended(task: asyncio.Task[bytes]) -> None:
    if not task.cancelled():
        task.exception()  # whoever still waits is told
