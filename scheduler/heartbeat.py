"""Tells a working worker from one that hangs: it beats with every step, effect and sweep."""

import time

SILENT_SECONDS = 120.0
"""Seconds without a beat after which the worker is taken to hang: no single call takes longer."""


class Heartbeat:
    """When the worker last did something."""

    def __init__(self, silent_seconds: float = SILENT_SECONDS) -> None:
        self._silent_seconds = silent_seconds
        self._at = time.monotonic()

    def beat(self) -> None:
        """Record activity."""
        self._at = time.monotonic()

    @property
    def beats(self) -> bool:
        """Whether there was activity within `silent_seconds`."""
        return time.monotonic() - self._at <= self._silent_seconds
