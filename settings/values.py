"""What one setting may be: each reader returns the value or raises ValueError with what to write instead."""

import difflib
import ipaddress
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from changes.model import normalized_id
from changes.notification.recipients import is_address

LONGEST_SHOWN = 60
"""Maximum length of a wrong value as it is quoted, in characters."""
LONGEST_URL = 300
YEARS = range(2000, 2200)
_GUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
_NOBODY = "00000000-0000-0000-0000-000000000000"
SAMPLE = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
"""What an Entra id looks like, in sentences and in docs/."""
_OF_AN_EXAMPLE = re.compile(r"00000000-0000-0000-0000-[0-9a-f]{12}")
"""Of deploy/services.example.toml, the demo and docs/: Entra makes ids by chance, and none that begins so."""
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?", re.ASCII)
_IN_URL = re.compile(r"[!-~]+", re.ASCII)
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NO_PLACE = frozenset({"localtime", "posixrules", "Factory"})
"""Names in the zone database that mean no place."""


class SettingsError(Exception):
    """The bot cannot start with these settings: one sentence for each that is wrong, saying what to do."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def shown(value: object) -> str:
    """The value as it stands in a sentence: on one line, its invisible characters as codes, and not too long."""
    text = ascii_invisible(repr(value)) if isinstance(value, str) else " ".join(ascii_invisible(str(value)).split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def sentence(text: str) -> str:
    """The clause with its full stop, unless it ends with a question."""
    return text if text.endswith((".", "?")) else f"{text}."


def ascii_invisible(text: str) -> str:
    """The text with what cannot be seen written as a code."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


def one_line(value: object, longest: int, *, empty: bool = False) -> str:
    """A text of one line that can be seen whole, without the blanks around it."""
    if not isinstance(value, str):
        raise ValueError("write a text in quotes")
    text = value.strip()
    if hidden := next((each for each in text if unicodedata.category(each) in _INVISIBLE), ""):
        raise ValueError(f"it has an invisible character (U+{ord(hidden):04X}) in it; type it anew")
    if not text and not empty:
        raise ValueError("it is empty; write something there")
    if len(text) > longest:
        raise ValueError(f"it has {len(text)} characters; write at most {longest}")
    return text


def few_lines(value: object, longest: int, most: int) -> str:
    """A text of at most so many lines, each as `one_line` has it."""
    if not isinstance(value, str):
        raise ValueError("write a text in quotes")
    lines = value.strip().splitlines()
    if len(lines) > most:
        raise ValueError(f"it has {len(lines)} lines; write at most {most}")
    return "\n".join(one_line(each, longest) for each in lines)


def whole_number(value: object, least: int, most: int) -> int:
    """A whole number within the bounds; neither true nor 150.0 is one."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"write a whole number from {least} to {most}")
    return value


def port(text: str) -> int:
    """A TCP port, in the digits 0 to 9; 0 takes any that is free."""
    if not re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) or int(text) > 65535:
        raise ValueError("set it to a number from 0 to 65535")
    return int(text)


def guid(value: object) -> str:
    """An Entra id in the one spelling."""
    text = normalized_id(one_line(value, 100))
    if not is_guid(text):
        raise ValueError(f"an Entra id looks like {SAMPLE}; copy it from the Entra portal")
    if text == _NOBODY:
        raise ValueError("that is nobody's id; copy the right one from the Entra portal")
    return text


def is_guid(text: str) -> bool:
    """Whether it looks like an id of Entra, in capitals or not."""
    return _GUID.fullmatch(text) is not None


def is_example(text: str) -> bool:
    """Whether an id was left as it stands in an example, and is nobody's."""
    return text == SAMPLE or _OF_AN_EXAMPLE.fullmatch(text) is not None


def mail_address(value: object) -> str:
    """One mail address."""
    text = one_line(value, 1000)
    if not is_address(text):
        raise ValueError("that is no mail address; name@example.ch is one")
    return text


def day(value: object) -> date:
    """A date of these two centuries, as TOML writes it."""
    if type(value) is not date:  # a datetime is a date too
        raise ValueError("write a day as 2027-12-24, without quotes")
    if value.year not in YEARS:
        raise ValueError(f"write a day of the years {YEARS[0]} to {YEARS[-1]}")
    return value


def time_zone(value: object) -> str:
    """The name of a place's time zone."""
    text = one_line(value, 60)
    if text not in _zones():
        by_fold = {each.casefold(): each for each in _zones()}
        # The name of a continent is near to any of its cities.
        is_continent = any(each.startswith(f"{text.casefold()}/") for each in by_fold)
        near = by_fold.get(text.casefold()) or ("" if is_continent else nearest(text, _zones()))
        meant = f"did you mean {near}?" if near else "Europe/Zurich is one"
        raise ValueError(f"that is no time zone; {meant}")
    try:
        ZoneInfo(text)
    except (OSError, ValueError):
        raise ValueError(f"the time zone {text} cannot be read on this machine; install tzdata") from None
    return text


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - _NO_PLACE)


def host(text: str) -> str:
    """An address or a name to listen on, without a port."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        # Four numbers with dots that are no address are no name either.
        if len(text) > 253 or not _HOST.fullmatch(text) or re.fullmatch(r"[0-9.]+", text):
            raise ValueError("set it to an address like 127.0.0.1, without https:// and without a port") from None
    return text


def is_loopback(name: str | None) -> bool:
    """Whether only this machine is reached by that name."""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name or "").is_loopback
    except ValueError:
        return False


def web_address(text: str, *, private: bool = True) -> str:
    """The address of a service that the bot calls or is called at: https://, plain http on this machine only.

    A `private` one stands before paths that the bot adds: it has neither a query nor a fragment.
    """
    example = "write it like https://bot.example.ch"
    if len(text) > LONGEST_URL or not _IN_URL.fullmatch(text) or set(text) & set('<>"\\^`{|}'):
        raise ValueError(f"that is no web address; {example}")
    try:
        parts = urlsplit(text)
        name, number = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"that is no web address; {example}") from None
    if parts.scheme not in ("https", "http") or not text.lower().startswith(f"{parts.scheme}://"):
        raise ValueError(f"it does not begin with https://; {example}")
    if not name or number == 0 or parts.netloc.endswith(":") or not _is_host(name):
        raise ValueError(f"that is no web address; {example}")
    if "@" in parts.netloc:
        raise ValueError("it has a user or a password in it; write it without, like https://bot.example.ch")
    if private and ("?" in text or "#" in text):
        raise ValueError(f"it has a ? or a # in it; {example}, without what follows them")
    if parts.scheme == "http" and not (private and is_loopback(name)):
        raise ValueError("over plain http everybody on the way reads along; write https://")
    return text


def _is_host(name: str) -> bool:
    try:
        host(name)
    except ValueError:
        return False
    return True


def link(value: object) -> str:
    """An address that people click, or nothing: https:// and nothing that would end a link in Markdown."""
    text = one_line(value, 200, empty=True)
    if text and set(text) & set('()<>"'):
        raise ValueError("write parentheses and quotes in an address as %28, %29 and %22")
    return web_address(text, private=False) if text else ""


def each_once(values: Sequence[str]) -> None:
    """Raise ValueError when one stands there twice, whatever its capitals."""
    met: set[str] = set()
    for value in values:
        if value.casefold() in met:
            raise ValueError(f"{shown(value)} stands there twice; name each once")
        met.add(value.casefold())


def listed(value: object, most: int) -> list[Any]:
    """A list of at most so many."""
    if not isinstance(value, list):
        raise ValueError('write a list in brackets, like ["a", "b"]')
    if len(value) > most:
        raise ValueError(f"it has {len(value)} entries; write at most {most}")
    return value


def nearest(word: str, known: Iterable[str]) -> str:
    """The known name that looks most like the word, or nothing."""
    return next(iter(difflib.get_close_matches(word[:100], sorted(known), n=1, cutoff=0.6)), "")
