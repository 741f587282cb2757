"""Changes that are counted where they are stored."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from changes.reporting.periods import Period
from changes.reporting.statistics import Counts

Quarters = Mapping[Period, tuple[datetime, datetime]]
"""The quarters, or parts of quarters, that are counted: the first moment of each and the first one after it."""


class Statistics(Protocol):
    """Counts."""

    async def count(self, services: Sequence[str], quarters: Quarters) -> Counts:
        """The changes of the services whose windows start in the quarters, four of them one after the other at most."""
