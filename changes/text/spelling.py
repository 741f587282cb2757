"""One spelling for a typed value: what keyboards, phones and office programs make of the same characters."""

import re
import unicodedata
from collections.abc import Iterator

LONGEST_VALUE = 60
"""Characters. No date, time or duration is longer; nothing longer is looked at."""
_DASHES = dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D], "-")
_QUOTES = dict.fromkeys([0x2018, 0x2019, 0x02BC, 0x2032, 0xB4], "'")
_PLAIN_MARKS = _DASHES | _QUOTES
_CUT_OFF = "?"
_AROUND_NUMBERS = "#.,:;()"
LONGEST_NUMBER = 9
"""Digits. No number that people type has more."""
_FRACTIONS = {"½": "5", "¼": "25", "¾": "75"}
_MIXED = re.compile(rf"(\d*)\s?([{''.join(_FRACTIONS)}])")
_WORD = re.compile(r"\S+")


def normalized(text: str) -> str:
    """The value in lower case, without accents and invisible characters, its digits, hyphens and spaces plain ones.

    `1½` becomes `1.5`. Text that is longer than any value is cut off, with a mark that no value has.
    """
    text = text.strip()
    if len(text) > 2 * LONGEST_VALUE:
        text = f"{text[: 2 * LONGEST_VALUE]} {_CUT_OFF}"
    text = _MIXED.sub(lambda found: f"{found[1] or 0}.{_FRACTIONS[found[2]]}", text)
    text = "".join(map(_compatible, text)).translate(_PLAIN_MARKS)
    text = unicodedata.normalize("NFD", "".join(map(_plain, text)).casefold())
    return " ".join("".join(each for each in text if not unicodedata.combining(each)).split())


def without_invisible(text: str) -> str:
    """The text without what nobody sees: zero-width characters, byte order marks, marks of direction."""
    return text if text.isascii() else "".join(each for each in text if unicodedata.category(each) != "Cf")


def plain(text: str) -> str:
    """The text with plain hyphens and apostrophes and without what nobody sees."""
    return without_invisible(text).translate(_PLAIN_MARKS)


def read_number(text: str) -> int | None:
    """The whole number in `3`, `#3` or `3.`, in the digits of any script; None for anything else."""
    digits = normalized(text).strip(_AROUND_NUMBERS)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER else None


def beginnings(text: str, most_words: int) -> Iterator[tuple[str, str]]:
    """The first words of the text, normalized, and what follows them as it was typed; the longest beginning first."""
    ends = [found.end() for found, _ in zip(_WORD.finditer(text), range(most_words), strict=False)]
    for end in reversed(ends):
        if end <= LONGEST_VALUE:
            yield normalized(text[:end]), text[end:].strip()


def _compatible(character: str) -> str:
    """The character in its plain width; `²` is no digit but says something else."""
    raised = unicodedata.decomposition(character).startswith(("<super>", "<sub>"))
    return character if raised else unicodedata.normalize("NFKC", character)


def _plain(character: str) -> str:
    """The character; a digit of any script as 0 to 9, and nothing for what nobody sees."""
    if character.isascii():
        return character
    if (digit := unicodedata.decimal(character, None)) is not None:
        return str(digit)
    return "" if unicodedata.category(character) == "Cf" else character
