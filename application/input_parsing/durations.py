"""How long something takes, as people type it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from application.input_parsing.phrases import MINUTES
from changes.text import LONGEST_VALUE, beginnings, normalized
from language import invalid

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
_PART = re.compile(rf"(?P<between> ?,? ?(?:(?:and|et|und) )?)(?P<number>{_NUMBER})(?P<apart>\s?)(?P<unit>[a-z']*)\.?")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?:\s?(?:h|hrs?|hours?|heures?|std|stunden))?")
_ISO = re.compile(r"p(?:(\d{1,3})d)?(?:t(?:(\d{1,3})h)?(?:(\d{1,5})m)?)?")
_FRACTION = re.compile(r"(?:(\d{1,3})\s)?(?<![\d/])(1/2|1/4|3/4)(?=\s?[a-z])")
_HUNDREDTHS = {"1/2": "5", "1/4": "25", "3/4": "75"}
_AND_A_HALF = re.compile(r"(\d{1,3})(\s?(?:h|heures?))\s+et\s+demie?")
_BARE = re.compile(r"(?P<bracket>\()?(?P<bare>.*?)(?(bracket)\))[,;:.]*")
"""Without the brackets around it and the marks behind it."""
_LEAD = re.compile(
    r"\s*(?:(?P<mark>[,;:.]+)\s*)?(?P<said>(?:[-–—]\s+)?(?:(?:for|during|pendant|durant|pour|by|f(?:ü|ue?)r)\s+)?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TypedDuration:
    """The minutes at the beginning of a text, and what follows them as it was typed. `is_named`: a word such as `for`
    says that it is a duration.
    """

    minutes: int
    rest: str
    is_named: bool = False


def read_duration(text: str, field: str = "minutes") -> int:
    """The minutes that are meant; a bare number means minutes. Raises ValidationFailed for the `field`."""
    minutes = _minutes(normalized(text), is_last=True)
    if minutes is None or minutes > LONGEST:
        raise invalid(field, "Give the duration in minutes, like 90, or like 1h30.")
    return minutes


def take_duration(text: str) -> TypedDuration | None:
    """The duration at the beginning of the text; None where it begins otherwise.

    A number without a unit belongs to it where nothing sets it apart: `90 because`, but not `for 3 servers`.
    """
    lead = _LEAD.match(text)
    if lead is None:
        return None
    for beginning, rest in beginnings(text[lead.end() :], MOST_WORDS):
        if lead["said"] and rest and beginning.isdigit():
            continue
        minutes = _minutes(beginning, is_last=not rest)
        if minutes is not None and minutes <= LONGEST:
            return TypedDuration(minutes, rest, lead["said"].strip(" -–—") != "")
    return None


def _minutes(text: str, *, is_last: bool) -> int | None:
    if len(text) > 2 * LONGEST_VALUE:
        return None
    found = _BARE.fullmatch(text)
    text = found["bare"] if found else text
    if text in MINUTES:
        return MINUTES[text]
    if found := _CLOCK.fullmatch(text):
        return int(found[1]) * _HOUR + int(found[2])
    if len(text) > 1 and (found := _ISO.fullmatch(text)) and any(found.groups()):
        return sum(int(each or 0) * unit for each, unit in zip(found.groups(), (_DAY, _HOUR, 1), strict=True))
    text = _FRACTION.sub(lambda found: f"{found[1] or 0}.{_HUNDREDTHS[found[2]]}", text)
    return _summed(_AND_A_HALF.sub(r"\1.5\2", text), is_last=is_last)


def _summed(text: str, *, is_last: bool) -> int | None:
    """The sum of parts such as `1 h 30 min`, each smaller in unit than the one before; the last may have no unit.

    A later part that may be the beginning of a sentence, such as `3 disks` or `5 m tall`, counts where it is glued to
    the one before, or where nothing follows.
    """
    total, place, smallest = 0.0, 0, _WEEK + 1
    while place < len(text):
        found = _PART.match(text, place)
        unit = _UNITS.get(found["unit"]) if found else None
        if found is None or unit is None or unit >= smallest or (not place and found["between"]):
            return None
        number, is_bare = float(found["number"].replace(",", ".")), not found["unit"]
        # `1.5` may be meant in hours, and `1 h 90` is none.
        if is_bare and not (found.end() == len(text) and number.is_integer()):
            return None
        if place and unit == 1 and number >= _HOUR:
            return None
        is_sentence = is_bare or (found["unit"] == "m" and found["apart"])
        if place and is_sentence and found["between"] and not is_last:
            return None
        total += number * unit
        place, smallest = found.end(), unit
    return round(total) if place else None
