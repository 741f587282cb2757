"""Days in the language of the moment, from the CLDR, always with their weekday."""

from datetime import date

from babel.dates import format_date

from language.speaking import spoken

_LONG = {"en": "EEEE d MMMM y", "fr": "EEEE d MMMM y", "de": "EEEE, d. MMMM y"}


def long_date(day: date) -> str:
    """For example `Thursday 15 April 2027`, `jeudi 15 avril 2027`."""
    language = spoken() if spoken() in _LONG else "en"
    return str(format_date(day, _LONG[language], locale=language))
