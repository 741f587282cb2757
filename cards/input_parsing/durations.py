"""How long something takes, as people type it."""

import re
from collections.abc import Mapping

from cards.input_parsing.phrases import MINUTES
from changes.errors import Incomplete
from changes.spelling import beginnings, normalized
from language import _

MOST_WORDS = 5
"""Of a duration: `1 hour and 30 minutes`."""
_HOUR, _DAY, _WEEK = 60, 24 * 60, 7 * 24 * 60
LONGEST = 2 * 366 * _DAY
"""Minutes. Nothing that is more can be meant."""
_UNITS: Mapping[str, int] = {
    **dict.fromkeys(("", "m", "'", "mn", "min", "mins", "minute", "minutes", "minuten"), 1),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "heure", "heures", "std", "stunde", "stunden"), _HOUR),
    **dict.fromkeys(("d", "j", "day", "days", "jour", "jours", "tag", "tage"), _DAY),
    **dict.fromkeys(("w", "week", "weeks", "sem", "semaine", "semaines", "woche", "wochen"), _WEEK),
}
_NUMBER = r"\d{1,6}(?:[.,]\d{1,2})?"
_PARTS = re.compile(rf"({_NUMBER})\s?([a-z']*)\.?(?:\s*,?\s*(?:and\s|et\s|und\s)?\s*|$)")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")
_ISO = re.compile(r"p(?:(\d{1,3})d)?(?:t(?:(\d{1,3})h)?(?:(\d{1,5})m)?)?")


def read_duration(text: str, field: str = "minutes") -> int:
    """The minutes that are meant; a bare number means minutes. Raises Incomplete for the `field`."""
    minutes = _minutes(normalized(text))
    if minutes is None or minutes > LONGEST:
        raise Incomplete({field: _("Give the duration in minutes, like 90, or like 1h30.")})
    return minutes


def take_duration(text: str) -> tuple[int, str] | None:
    """The minutes at the beginning of the text, and what follows as it was typed; None where it begins otherwise."""
    for beginning, rest in beginnings(text, MOST_WORDS):
        if (minutes := _minutes(beginning)) is not None and minutes <= LONGEST:
            return minutes, rest
    return None


def _minutes(text: str) -> int | None:
    if text in MINUTES:
        return MINUTES[text]
    if found := _CLOCK.fullmatch(text):
        return int(found[1]) * _HOUR + int(found[2])
    if len(text) > 1 and (found := _ISO.fullmatch(text)) and any(found.groups()):
        return sum(int(each or 0) * unit for each, unit in zip(found.groups(), (_DAY, _HOUR, 1), strict=True))
    return _summed(text)


def _summed(text: str) -> int | None:
    """The sum of parts such as `1 h 30 min`, each smaller in unit than the one before; the last may have no unit."""
    total, place, smallest = 0.0, 0, _WEEK + 1
    while place < len(text):
        found = _PARTS.match(text, place)
        unit = _UNITS.get(found[2]) if found else None
        if found is None or unit is None or unit >= smallest:
            return None
        number = float(found[1].replace(",", "."))
        is_bare, is_last = not found[2], found.end() == len(text)
        # `1.5` may be meant in hours, and `1 h 90` is none.
        if (is_bare and not (is_last and number.is_integer())) or (place and unit == 1 and number >= _HOUR):
            return None
        total += number * unit
        place, smallest = found.end(), unit
    return round(total) if place else None
