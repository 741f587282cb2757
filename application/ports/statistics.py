"""Changes that are counted where they are stored."""

from collections.abc import Sequence
from typing import Protocol

from changes.reporting.periods import Period
from changes.reporting.statistics import Counts


class Statistics(Protocol):
    """Counts."""

    async def count(self, services: Sequence[str], period: Period) -> Counts:
        """The changes of these services whose windows start in the period, each by the clock of its own service."""
