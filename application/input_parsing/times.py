"""Times of the day as people type them."""

import re
from datetime import time

from changes.text import normalized
from language import invalid

_BEFORE = re.compile(r"^(?:at|a|um|ab|from|des|de|von|vers)\s+")
_HOURS = r"(?:h|uhr|heures?|o'clock)"
_CLOCK = re.compile(
    rf"(?P<hour>\d{{1,2}})\s?(?:[:.]\s?(?P<minute>\d\d)(?:\s?[:.]\s?00)?(?:\s?(?:h|uhr))?"
    rf"|{_HOURS}(?:\s?(?P<behind>\d\d))?)"
)
_APART = re.compile(rf"\d{{1,2}}\s?{_HOURS}\s(?P<behind>\d\d)")
_HOUR = re.compile(r"(?P<hour>\d{1,2})")
_COMPACT = re.compile(r"(?P<hour>\d\d)(?P<minute>\d\d)")
_OF_TWELVE = re.compile(r"(\d{1,2})(?:\s?[:.]\s?(\d\d)(?:\s?[:.]\s?00)?)?\s?([ap])\.?\s?m\.?")
_NAMED = {**dict.fromkeys(("noon", "midi", "mittag", "mittags"), time(12)), "12 noon": time(12)}
_MIDNIGHT = frozenset({"midnight", "minuit", "mitternacht"})
_BEHIND = ",;:."
"""A time may end with these, as words do."""
DAY_MINUTES = 24 * 60


def read_time(text: str, field: str = "time") -> time:
    """The time at which something starts. Raises ValidationFailed for the `field`."""
    return _time(normalized(text), field)


def minutes_of(text: str, field: str, *, is_end: bool = False) -> int:
    """The minutes since midnight that a normalized text names; as an end, 24:00 and midnight are the day's last."""
    bare = text.rstrip(_BEHIND)
    if is_end and (bare in _MIDNIGHT or _clock(bare) == (24, 0)):
        return DAY_MINUTES
    found = _time(text, field)
    return 60 * found.hour + found.minute


def minutes_apart(text: str) -> int:
    """The minutes of a normalized `20 h 30` that stand apart from their hour and may belong to what follows; else 0."""
    found = _APART.fullmatch(_BEFORE.sub("", text).rstrip(_BEHIND))
    return int(found["behind"]) if found else 0


def clock(minutes: int) -> str:
    """The minutes since midnight as the clock shows them: `22:00`, and `24:00` for the end of the day."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _time(text: str, field: str) -> time:
    text = _BEFORE.sub("", text).rstrip(_BEHIND)
    if text in _MIDNIGHT:
        raise invalid(field, "Midnight is between two days: type 00:00, with the date of the day that begins.")
    if text in _NAMED:
        return _NAMED[text]
    found = _clock(text)
    if found == (24, 0):
        raise invalid(field, "A day begins at 00:00: type 00:00, with the date of the day that begins.")
    if found is None or found[0] > 23 or found[1] > 59:
        raise invalid(field, "Give the time like 22:00, 22h30 or 8pm.")
    return time(*found)


def _clock(text: str) -> tuple[int, int] | None:
    """The hour and the minute as they are written, on a clock of 24 hours; None for another text."""
    twelve = _OF_TWELVE.fullmatch(text)
    if twelve and 1 <= int(twelve[1]) <= 12:
        return int(twelve[1]) % 12 + (12 if twelve[3] == "p" else 0), int(twelve[2] or 0)
    for pattern in (_CLOCK, _COMPACT, _HOUR):
        if found := pattern.fullmatch(text):
            parts = found.groupdict()
            return int(parts["hour"]), int(parts.get("minute") or parts.get("behind") or 0)
    return None
