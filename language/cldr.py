"""How each language writes a date: names and their order are the CLDR's."""

import re
from datetime import date
from functools import lru_cache

from babel.dates import format_date

from changes.text import MONTHS, WEEKDAYS, english_date

_PATTERNS = {"en": "EEE d MMM y", "fr": "EEE d MMM y", "de": "ccc d. MMM y"}
_ENGLISH = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)}) (\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})\b")


@lru_cache(maxsize=4096)
def written_date(day: date, language: str) -> str:
    """With its weekday, for example `Thu 15 Apr 2027`, `jeu. 15 avr. 2027`, `Do 15. Apr. 2027`."""
    if language not in _PATTERNS:
        language = "en"
    return str(format_date(day, _PATTERNS[language], locale=language))


def rewritten_dates(text: str, language: str) -> str:
    """The text with every date that was written in English as the language writes it."""

    def again(found: re.Match[str]) -> str:
        try:
            day = date(int(found[3]), MONTHS.index(found[2]) + 1, int(found[1]))
        except ValueError:
            return found[0]  # there is no such day, so we did not write it
        return written_date(day, language) if english_date(day) == found[0] else found[0]

    return _ENGLISH.sub(again, text)
