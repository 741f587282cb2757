"""How a name may be written: accents left out or apart, escaped for a card, a page or an address."""

import json
import re
from unicodedata import combining, normalize
from urllib.parse import quote

_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "ß": "ss", "æ": "ae", "œ": "oe"}
_APOSTROPHES, _HYPHENS = "'`\u2019\u2018\u02bc\u00b4", "-\u2010\u2011\u2013"
_APOSTROPHE = rf"(?:\\?[{_APOSTROPHES}]|&#0*39;|&#x0*27;|&apos;|&rsquo;|%27|%E2%80%99)"
_HYPHEN = rf"(?:\\?[{_HYPHENS}]|%2D|&#0*45;)"
_SPACE = r"(?:\s|%20|\+|&nbsp;|&#0*160;)+"
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_MARK = r"[\u0300-\u036f]"
_MARKS = rf"(?:{_MARK}|\\u03[0-6][0-9a-f])*"
FIRST, LAST = rf"(?<!\w)(?<!\w-)(?<!{_MARK})", r"(?![\w\u0300-\u036f])(?!-(?-i:[A-ZÀ-ÖØ-Þ]))"
"""What stands around a whole name."""


def words_of_name(name: str) -> list[str]:
    """The parts of the name that have letters, without the signs around them."""
    parts = (re.sub(r"^[\W\d_]+|[\W\d_]+$", "", part) for part in normalize("NFC", name).split())
    return [each for each in parts if each]


def is_recognisable(name: str) -> bool:
    """Whether it can be told from other words in a sentence: two capitalised words, or a script without capitals."""
    words = words_of_name(name)
    if "".join(words).lower() == "".join(words).upper():
        return sum(map(len, words)) > 1
    return sum(each[0].isupper() for each in words) > 1 and any(len(each) > 1 for each in words)


def name_pattern(name: str, *, capitals: bool = False) -> str:
    """The name however it was written; with `capitals`, each word that begins with one has to do so."""
    parts = re.split(r"(\s+)", normalize("NFC", name.strip()))
    return "".join(_SPACE if part.isspace() else _word(part, capitals) for part in parts)


def _word(part: str, capitals: bool) -> str:
    first = next((n for n, sign in enumerate(part) if sign.isalpha()), -1)
    return "".join(
        _capital(sign) if capitals and n == first and sign.isupper() else _character(sign)
        for n, sign in enumerate(part)
    )


def _character(sign: str) -> str:
    if sign in _APOSTROPHES:
        return _APOSTROPHE
    if sign in _HYPHENS:
        return _HYPHEN
    if sign.isalpha():
        return letter_pattern(sign)
    spelt = dict.fromkeys((re.escape(sign), re.escape(_ENTITIES.get(sign, sign)), re.escape(percent_encoded(sign))))
    return rf"\\?(?:{'|'.join(spelt)})"


def letter_pattern(sign: str) -> str:
    """The letter with its accent, or without."""
    if sign.isascii():
        return sign
    bare = "".join(each for each in normalize("NFKD", sign) if not combining(each))
    spelt = [normalize("NFD", sign), sign, sign.casefold(), _UMLAUTS.get(sign.lower(), sign)]
    for each in (sign.lower(), sign.upper()):
        spelt += [quote(each), json.dumps(each)[1:-1]]
    if bare:
        spelt.append(bare)
    found = sorted(dict.fromkeys(spelt), key=len, reverse=True)
    return rf"(?:{'|'.join(map(re.escape, found))}){_MARKS}"


def _capital(sign: str) -> str:
    if sign.isascii():
        return f"(?-i:{sign})"
    plain = "".join(each for each in normalize("NFKD", sign) if not combining(each))
    spelt = {normalize("NFD", sign), sign, plain, _UMLAUTS.get(sign.lower(), "").capitalize()}
    spelt |= {each.upper() for each in spelt}
    coded = "|".join(map(re.escape, (quote(sign), json.dumps(sign)[1:-1])))
    found = "|".join(re.escape(each) for each in sorted(filter(None, spelt), key=lambda each: (-len(each), each)))
    return rf"(?:(?-i:{found})|{coded}){_MARKS}"


def percent_encoded(sign: str) -> str:
    """As a part of a web address."""
    return "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "surrogatepass"))
