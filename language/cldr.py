"""How each language writes a date, a time, a length of time and a list: names, order and spaces are the CLDR's."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from functools import lru_cache

from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.units import format_unit

from changes.text.messages import Message, english_length, within_reason

_PATTERNS = {"en": "EEE d MMM y", "fr": "EEE d MMM y", "de": "ccc d. MMM y"}
_WITHOUT_YEAR = {"en": "EEE d MMM", "fr": "EEE d MMM", "de": "ccc d. MMM"}
_LOCALES = {"en": "en_GB", "fr": "fr_CH", "de": "de_CH"}
"""The English of Switzerland is the British one: no comma before the last of a list."""


@lru_cache(maxsize=4096)
def written_date(day: date, language: str) -> str:
    """With its weekday, for example `Thu 15 Apr 2027`, `jeu. 15 avr. 2027`, `Do 15. Apr. 2027`."""
    if language not in _PATTERNS:
        language = "en"
    return str(format_date(day, _PATTERNS[language], locale=language))


@lru_cache(maxsize=2048)
def written_day(day: date, language: str) -> str:
    """The same without the year, for a day within months, for example `Thu 15 Apr`, `jeu. 15 avr.`, `Do 15. Apr.`."""
    if language not in _WITHOUT_YEAR:
        language = "en"
    return str(format_date(day, _WITHOUT_YEAR[language], locale=language))


@lru_cache(maxsize=512)
def written_month(day: date, language: str) -> str:
    """The month of the day, for example `April 2027`, `avril 2027`."""
    return str(format_date(day, "LLLL y", locale=_locale(language)))


@lru_cache(maxsize=64)
def written_weekday(day: date, language: str) -> tuple[str, str]:
    """The day of the week, whole and short, for example `Thursday`, `Thu`."""
    whole, short = (str(format_date(day, pattern, locale=_locale(language))) for pattern in ("cccc", "ccc"))
    return whole, short


@lru_cache(maxsize=64)
def written_month_of_year(month: int, language: str) -> str:
    """A month of any year, for example `January`, `janvier`."""
    return str(format_date(date(2000, month, 1), "LLLL", locale=_locale(language)))


@lru_cache(maxsize=2048)
def written_time(moment: time, language: str) -> str:
    """By the clock of 24 hours, for example `09:05`: a night has to be told from a morning everywhere."""
    return str(format_time(moment, "HH:mm", locale=_locale(language)))


@lru_cache(maxsize=2048)
def written_length(length: timedelta, language: str) -> str:
    """For example `1 h 30 min`, `1 Std. 30 Min.`; seconds do not count.

    English has the symbols of the SI, as whoever plans a window writes them: the CLDR's own are `hrs` and `mins`.
    """
    if _locale(language) == _LOCALES["en"]:
        return english_length(length)
    hours, rest = divmod(length // timedelta(minutes=1), 60)
    parts = [(hours, "hour"), (rest, "minute")] if rest or not hours else [(hours, "hour")]
    units = [format_unit(number, unit, length="short", locale=_locale(language)) for number, unit in parts if number]
    return " ".join(units or [format_unit(0, "minute", length="short", locale=_locale(language))])


def written_list(parts: Sequence[str], language: str) -> Message:
    """For example `Pierre, Claire and Luc`; each part is a fact of the message."""
    facts = {f"part{number}": part for number, part in enumerate(within_reason(parts))}
    return Message(_list_of(len(facts), _locale(language)), **facts)


@lru_cache(maxsize=256)
def _list_of(number: int, locale: str) -> str:
    """The template of a list of so many parts."""
    return str(format_list([f"{{part{each}}}" for each in range(number)], locale=locale))


def _locale(language: str) -> str:
    return _LOCALES.get(language, _LOCALES["en"])
