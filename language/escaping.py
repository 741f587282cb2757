"""Somebody's text as Markdown that shows it as it was written: one escaper for chats, cards, notices and the wiki."""

import re
from collections.abc import Mapping

from changes.text import strip_bidi_controls

WORD_JOINER = "\N{WORD JOINER}"
"""Cannot be seen, and no reader of Markdown looks behind it for what stands before it."""
TEAMS: Mapping[int, str] = str.maketrans({each: f"\\{each}" for each in "\\`*_[]~"} | {"&": "&amp;", "<": "&lt;"})
"""Only what would have a meaning there: on phones a card shows the backslashes of escapes."""
WIKI: Mapping[int, str] = {**TEAMS, **str.maketrans({each: f"\\{each}" for each in "{}|!@$^<>&"})}
"""A wiki's dialect is not known: formulas, tables, footnotes and attributes have marks of their own."""
_AT_THE_START = re.compile(r"^(?:[#>+=-]|\d+(?=[.)](?:\s|$)))")
_LETTER = r"[^\W\d_]"
_DOT = r"[.\u3002\uff0e\uff61]"
_ADDRESS = re.compile(
    rf"(?<=/)(?=/)|(?<={_LETTER}:)(?=[^\s/])|(?<=\S)(?=@)|(?<=\bwww)(?=\.)|(?<=\S)(?={_DOT}{_LETTER})|(?<=\S{_DOT})(?={_LETTER})",
    re.IGNORECASE,
)
"""Where an address can be taken apart: in `://`, behind `mailto:`, before `@`, and around a dot before a letter."""

_MAY_BE_ADDRESS = re.compile("[/:@.\u3002\uff0e\uff61]")
"""A text without any of these has no such place: most are such, and looking for places takes long."""


def escaped(text: str, marks: Mapping[int, str] = TEAMS) -> str:
    """The text in one line, so that a reader of Markdown with these marks shows exactly that."""
    line = " ".join(strip_bidi_controls(text).split()).translate(marks)
    # A list, heading or quote begins with a mark; behind an invisible character the mark is only a mark.
    return _AT_THE_START.sub(lambda start: f"{WORD_JOINER}{start[0]}", line)


def unlinked(text: str) -> str:
    """The text with its bare addresses taken apart invisibly, so that nothing makes links or mails of them."""
    plain = strip_bidi_controls(text)
    return _ADDRESS.sub(WORD_JOINER, plain) if _MAY_BE_ADDRESS.search(plain) else plain
