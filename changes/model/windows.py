"""Instants, and the time that a change may take."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from changes.errors import invalid


def instant(moment: datetime) -> datetime:
    """`moment` in UTC. Raises ValueError when it has no zone: a naive time means nothing here."""
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError("a datetime without a zone cannot be used here")
    return moment.astimezone(UTC)


LONGEST_WITH_EXTENSIONS = timedelta(days=60)
"""No window is longer, with all its extensions: what ended lately did not begin long before."""


@dataclass(frozen=True, slots=True)
class Window:
    """The time a change may take, as two instants. Raises ValueError for naive or reversed times."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", instant(self.start))
        object.__setattr__(self, "end", instant(self.end))
        if self.end <= self.start:
            raise ValueError("a window ends after it starts")

    @classmethod
    def on(cls, day: date, at: time, minutes: int, zone: ZoneInfo) -> "Window":
        """The window that starts at the wall-clock time `at` in `zone` and lasts `minutes` of real time.

        Raises ValidationFailed when the clocks are put forward over that time, so that it does not exist. A time that
        exists twice (clocks put back) means its first occurrence.
        """
        local = datetime.combine(day, at.replace(tzinfo=None), zone)
        start = local.astimezone(UTC)
        if start.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
            raise invalid(
                "time",
                "On {day} the clocks go forward and {at} does not exist: take another time.",
                day=day,
                at=at.replace(tzinfo=None),
            )
        return cls(start, start + timedelta(minutes=minutes))

    @property
    def minutes(self) -> int:
        """The length in minutes."""
        return int((self.end - self.start).total_seconds() // 60)

    def overlaps(self, other: "Window") -> bool:
        """Whether the two share any moment; touching ends do not."""
        return self.start < other.end and other.start < self.end

    def days(self, zone: ZoneInfo) -> tuple[date, date]:
        """The first and the last local day that it touches, both included; an end at midnight touches no more."""
        return self.start.astimezone(zone).date(), last_day(self.end, zone)


def last_day(end: datetime, zone: ZoneInfo) -> date:
    """The local day of the last moment before `end`: ends are exclusive, and midnight ends the day before it."""
    return (end.astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone).date()
