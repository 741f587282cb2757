"""Times of the day as people type them."""

import re
from datetime import time

from changes.errors import Incomplete
from changes.spelling import normalized
from language import _

_BEFORE = re.compile(r"^(?:at|a|um|ab|from|des|de|von|vers)\s+")
_CLOCK = re.compile(r"(\d{1,2})\s?(?:[:.]|h|uhr)\s?(\d\d)?(?:\s?[:.]\s?00)?(?:\s?(?:h|uhr))?")
_HOUR = re.compile(r"(\d{1,2})")
_COMPACT = re.compile(r"(\d\d)(\d\d)")
_OF_TWELVE = re.compile(r"(\d{1,2})(?:\s?[:.]\s?(\d\d)(?:\s?[:.]\s?00)?)?\s?([ap])\.?\s?m\.?")
_NAMED = {**dict.fromkeys(("noon", "midi", "mittag", "mittags"), time(12)), "12 noon": time(12)}
_MIDNIGHT = frozenset({"midnight", "minuit", "mitternacht"})
DAY_MINUTES = 24 * 60


def read_time(text: str, field: str = "time") -> time:
    """The time at which something starts. Raises Incomplete for the `field`."""
    return _time(normalized(text), field)


def minutes_of(text: str, field: str, *, is_end: bool = False) -> int:
    """The minutes since midnight that a normalized text names; as an end, 24:00 and midnight are the day's last."""
    if is_end and (
        text in _MIDNIGHT
        or (_CLOCK.fullmatch(text) and re.match(r"24\s?(?:[:.]|h|uhr)?\s?(?:00)?(?:\s?(?:h|uhr))?$", text))
        or text == "2400"
    ):
        return DAY_MINUTES
    found = _time(text, field)
    return 60 * found.hour + found.minute


def _time(text: str, field: str) -> time:
    text = _BEFORE.sub("", text)
    if text in _MIDNIGHT:
        raise Incomplete({field: _("Midnight is between two days: type 00:00, with the date of the day that begins.")})
    if text in _NAMED:
        return _NAMED[text]
    found = _OF_TWELVE.fullmatch(text)
    if found and 1 <= int(found[1]) <= 12:
        hour, minute = int(found[1]) % 12 + (12 if found[3] == "p" else 0), int(found[2] or 0)
    elif found := _CLOCK.fullmatch(text) or _COMPACT.fullmatch(text) or _HOUR.fullmatch(text):
        hour, minute = int(found[1]), int((found[2] if found.re is not _HOUR else 0) or 0)
    else:
        raise _unknown(field)
    if (hour, minute) == (24, 0):
        raise Incomplete({field: _("A day begins at 00:00: type 00:00, with the date of the day that begins.")})
    if hour > 23 or minute > 59:
        raise _unknown(field)
    return time(hour, minute)


def _unknown(field: str) -> Incomplete:
    return Incomplete({field: _("Give the time like 22:00, 22h30 or 8pm.")})
