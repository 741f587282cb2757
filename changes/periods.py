"""Years and quarters, in which changes are counted."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from changes.errors import Incomplete
from changes.messages import Said

FIRST, LAST = 2000, 2199
_WRITTEN = re.compile(r"(\d{4})(?:-?[QT]([1-4]))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar year, or one quarter of it (1 to 4; 0 is the whole year)."""

    year: int
    quarter: int = 0

    @classmethod
    def quarter_of(cls, day: date) -> Self:
        """The quarter in which the day lies."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def read(cls, text: str) -> Self:
        """What `2027`, `2027-Q2` or, in French, `2027-T2` means. Raises Incomplete."""
        found = _WRITTEN.fullmatch(text)
        if not found or not FIRST <= int(found[1]) <= LAST:
            raise Incomplete({"date": Said("Say a year or a quarter of one: `2027` or `2027-Q2`.")})
        return cls(int(found[1]), int(found[2] or 0))

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first moment in it and the first one after it, by the wall clock of `zone`."""
        first = date(self.year, 3 * self.quarter - 2 if self.quarter else 1, 1)
        last = self.quarter or 4
        after = date(self.year + 1, 1, 1) if last == 4 else date(self.year, 3 * last + 1, 1)
        return _midnight(first, zone), _midnight(after, zone)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.quarter}" if self.quarter else str(self.year)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
