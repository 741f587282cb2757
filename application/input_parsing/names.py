"""The names of months and weekdays in the languages that are understood, from the CLDR."""

from collections.abc import Mapping
from functools import cache

from babel.dates import get_day_names, get_month_names

from changes.text.spelling import normalized

_LANGUAGES = ("en", "fr", "de")
_SHORT_WEEKDAYS = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
"""Those of English that CLDR does not list."""
_SHORT_MONTHS = {"sept": 9, "febr": 2, "maerz": 3}


@cache
def months() -> Mapping[str, int]:
    """The number of each month by its name, whole or short, as `normalized` spells it and without a dot."""
    return _numbers(get_month_names) | _SHORT_MONTHS


@cache
def weekdays() -> Mapping[str, int]:
    """The number of each weekday, Monday is 0, by its name."""
    return _numbers(get_day_names) | _SHORT_WEEKDAYS


def _numbers(names_of: object) -> dict[str, int]:
    found: dict[str, int] = {}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in names_of(width, context, language).items():  # type: ignore[operator]
                    found[normalized(str(name)).rstrip(".")] = int(number)
    return found
