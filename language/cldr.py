"""How each language writes a date: names and their order are the CLDR's."""

from datetime import date
from functools import lru_cache

from babel.dates import format_date

_PATTERNS = {"en": "EEE d MMM y", "fr": "EEE d MMM y", "de": "ccc d. MMM y"}


@lru_cache(maxsize=4096)
def written_date(day: date, language: str) -> str:
    """With its weekday, for example `Thu 15 Apr 2027`, `jeu. 15 avr. 2027`, `Do 15. Apr. 2027`."""
    if language not in _PATTERNS:
        language = "en"
    return str(format_date(day, _PATTERNS[language], locale=language))
