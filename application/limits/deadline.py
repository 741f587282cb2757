"""Runs a coroutine with a deadline, without waiting for its cancellation."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from changes.errors import DatabaseUnavailable

_T = TypeVar("_T")
_ENDING: set[asyncio.Task[Any]] = set()
"""Tasks that were cancelled and are still rolling back: only this reference keeps them alive."""


async def within(seconds: float, work: Coroutine[Any, Any, _T]) -> _T:
    """What `work` returns. Raises DatabaseUnavailable after `seconds`: the work is cancelled, and its end is not
    waited for.

    A database that has fallen silent takes as long to be left as it took to be waited for.
    """
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait([task], timeout=seconds)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if not done:
        task.cancel()
        _ENDING.add(task)
        task.add_done_callback(_ended)
        raise DatabaseUnavailable(f"no answer within {seconds:.1f} s")
    return task.result()


def _ended(task: asyncio.Task[Any]) -> None:
    _ENDING.discard(task)
    if not task.cancelled():
        task.exception()  # it was told already that this did not work
