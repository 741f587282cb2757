"""Years, quarters and months, in which changes are counted and looked for."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from changes.errors import invalid
from changes.text import normalized

FIRST, LAST = 2000, 2199
_MONTHS = 12
_WRITTEN = re.compile(r"(\d{4})(?:-(0?[1-9]|1[0-2])|[-/ ]?[qt]([1-4]))?")
_QUARTER_FIRST = re.compile(r"[qt]([1-4])[-/ ]?(\d{4})")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar year, or one quarter (1 to 4) or one month (1 to 12) of it; 0 is none."""

    year: int
    quarter: int = 0
    month: int = 0

    @classmethod
    def quarter_of(cls, day: date) -> Self:
        """The quarter in which the day lies."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def read(cls, text: str) -> Self:
        """What `2027`, `2027-04`, `2027-Q2`, `Q2 2027` or, in French, `2027-T2` means. Raises ValidationFailed."""
        typed = normalized(text)
        if found := _QUARTER_FIRST.fullmatch(typed):
            year, quarter, month = int(found[2]), int(found[1]), 0
        elif found := _WRITTEN.fullmatch(typed):
            year, quarter, month = int(found[1]), int(found[3] or 0), int(found[2] or 0)
        else:
            year, quarter, month = 0, 0, 0
        if not FIRST <= year <= LAST:
            raise invalid("date", "Say a year, a quarter or a month: `2027`, `2027-Q2` or `2027-04`.")
        return cls(year, quarter, month)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first moment in it and the first one after it, by the wall clock of `zone`."""
        first = self.month or (3 * self.quarter - 2 if self.quarter else 1)
        after = first + (1 if self.month else 3 if self.quarter else _MONTHS)
        years, months = divmod(after - 1, _MONTHS)
        since, until = date(self.year, first, 1), date(self.year + years, months + 1, 1)
        return _midnight(since, zone), _midnight(until, zone)

    @property
    def months(self) -> range:
        """The numbers of its months, as `month_number` has them."""
        first = month_number(date(self.year, self.month or (3 * self.quarter - 2 if self.quarter else 1), 1))
        return range(first, first + (1 if self.month else 3 if self.quarter else _MONTHS))

    @property
    def quarter_before(self) -> Self:
        """The quarter right before this one."""
        year, quarter = (self.year - 1, 4) if self.quarter == 1 else (self.year, self.quarter - 1)
        return type(self)(year, quarter)

    def __str__(self) -> str:
        if self.month:
            return f"{self.year}-{self.month:02d}"
        return f"{self.year}-Q{self.quarter}" if self.quarter else str(self.year)


def month_number(day: date) -> int:
    """Tells the month of the day from every other, of whichever year: they follow each other."""
    return day.year * _MONTHS + day.month - 1


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
