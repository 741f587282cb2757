"""How fast one mailbox may be used: Exchange takes about thirty mails a minute and four calls at once."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

PER_MINUTE = 30
AT_ONCE = 4
_MINUTE_S = 60.0


class Pace:
    """Lets calls through: the first thirty as they come, then so that no minute holds more than thirty."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        per_minute: int = PER_MINUTE,
        at_once: int = AT_ONCE,
    ) -> None:
        """`clock` tells seconds from any beginning, `sleep` waits for as many."""
        self._clock, self._sleep = clock, sleep
        self._gate = asyncio.Semaphore(at_once)
        self._queue = asyncio.Lock()
        self._last: deque[float] = deque(maxlen=per_minute)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn; the block is the call."""
        async with self._gate:
            async with self._queue:
                while (left := self._left()) > 0:
                    await self._sleep(left)
                self._last.append(self._clock())
            yield

    def _left(self) -> float:
        """Seconds until the next call fits into the minute."""
        if len(self._last) < (self._last.maxlen or 0):
            return 0
        return self._last[0] + _MINUTE_S - self._clock()
