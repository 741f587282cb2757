"""Limits how many requests somebody may send in a minute, in this process."""

import math
import time
from collections import Counter
from collections.abc import Callable


class RequestLimit:
    """At most `most` requests a minute of each sender; nothing is remembered of the minute before."""

    def __init__(self, most: float = math.inf, now: Callable[[], float] = time.monotonic) -> None:
        """`now` is a time in seconds."""
        self._most, self._now = most, now
        self._minute, self._counts = 0.0, Counter[str]()

    def wait_s(self, sender: str) -> float:
        """Count one request of theirs; the seconds until they may send another, or 0 where this one may be answered."""
        minute, gone = divmod(self._now(), 60)
        if minute != self._minute:
            self._minute, self._counts = minute, Counter()
        self._counts[sender] += 1
        return 60 - gone if self._counts[sender] > self._most else 0.0
