"""The one way a time is written, in card, mail, list and calendar: local time with its zone (docs/process.md, P24).

A label is English until language/ says it again: its dates, times and lengths are facts, which every language writes
in its own way.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from changes.model import Window
from changes.text import Message
from changes.text.messages import template

WENT_WELL, TO_IMPROVE = template("Went well:"), template("To improve:")
"""The labels within the text of a review."""


def moment_label(moment: datetime, zone: ZoneInfo) -> Message:
    """For example `Sat 3 Apr 2027, 22:00 (CEST)`."""
    local = moment.astimezone(zone)
    return Message("{day}, {time} ({zone})", day=local.date(), time=time_of(local), zone=local.tzname())


def window_label(window: Window, zone: ZoneInfo) -> Message:
    """For example `Sat 3 Apr 2027, 22:00–23:30 (CEST)`; the end has its own date or zone where they differ."""
    start, end = window.start.astimezone(zone), window.end.astimezone(zone)
    if start.tzname() != end.tzname():
        return Message("{start} – {end}", start=moment_label(window.start, zone), end=moment_label(window.end, zone))
    begins: dict[str, object] = {"day": start.date(), "start": time_of(start)}
    if start.date() != end.date():
        return Message("{day}, {start} – {end}", **begins, end=moment_label(window.end, zone))
    return Message("{day}, {start}–{end} ({zone})", **begins, end=time_of(end), zone=start.tzname())


def time_of(local: datetime) -> time:
    """The time of day that a clock without seconds shows at that local moment."""
    return time(local.hour, local.minute)


def duration_label(minutes: int) -> Message:
    """For example `1 h 30 min`, `45 min` or `2 h`."""
    return span_label(timedelta(minutes=minutes))


def minutes_from(start: datetime, end: datetime) -> int:
    """The minutes between two moments as a clock without seconds shows them; less than 0 where the end is earlier."""
    return (_on_the_minute(end) - _on_the_minute(start)) // timedelta(minutes=1)


def span_label(span: timedelta) -> Message:
    """A length of time; seconds do not count."""
    return Message("{length}", length=span)


def _on_the_minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)
