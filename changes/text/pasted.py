"""Text as it comes out of office programs and phones: its separators, its bullets, and what nobody sees."""

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_PIECES = re.compile(r"(?s:.{1,32})[^\x00-\x7f]{0,64}")
"""No ASCII character is composed with what stands before it."""
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\ud800-\udfff]")
"""What no store takes, beside the ends of lines."""
_BULLET_SIGNS = "•‣\u2043∙◦●○▪▫■□◆◇►▻➢➤➔✓✔✗❖❏❐❑❒\u2610\u2611\u2612\uf020-\uf0ff"
"""The last are those of Wingdings and Symbol, where a program kept the font's own codes."""
_SIGNS_THAT_ARE_WORDS = "-*+→⇒·\u2012–—―\u2212"
"""These begin a list only where a space follows: `-5 °C` and `*important*` are text."""
_LETTERS_OF_WINGDINGS = "oqvnlwuØü§àèðþûý"
"""What is left of a sign of Wingdings without its font: a bullet where a tab follows."""
_BULLET = re.compile(
    rf"\s*(?:[{re.escape(_SIGNS_THAT_ARE_WORDS)}](?=\s|$)|[{_BULLET_SIGNS}]|[{_LETTERS_OF_WINGDINGS}](?=\t)"
    r"|\[[ xX]?\]|[a-zA-Z]\.(?=\t)|\d{1,2}(?:\.\d{1,2})+\.(?=\t))\s*"
)
_COUNTED = re.compile(
    r"\s*(?:[(\uff08]?(\d{1,2}|[a-zA-Z](?=[)\uff09]))(?:[)\uff09]|[.\uff0e])(?=\s|$)|\((\d{1,2})\)|(\d{1,2})\uff0e)\s*"
)
"""Also in the full width of Chinese and Japanese."""


def cleaned(text: str) -> str:
    """The text with every line break as one character and in composed letters.

    A separator is replaced, never deleted: what stood apart stays apart. What no store takes becomes a space too.
    """
    return _CONTROLS.sub(" ", _LINE_ENDS.sub("\n", _composed(text)))


def _composed(text: str) -> str:
    """The text in composed letters, piece by piece: a long run of accents takes time by the square of its length."""
    return text if text.isascii() else "".join(unicodedata.normalize("NFC", each) for each in _PIECES.findall(text))


def is_blank(text: str) -> bool:
    """Whether there is nothing in it that anybody would see."""
    return not any(_is_visible(each) for each in text)


def without_invisible_edges(text: str) -> str:
    """The text without spaces and invisible characters around it: a byte order mark, zero-width spaces."""
    start, end = 0, len(text)
    while start < end and _is_empty(text[start]):
        start += 1
    while end > start and _is_empty(text[end - 1]) and text[end - 1] != _JOINER:
        end -= 1
    return text[start:end]


def stripped(text: str) -> str:
    """The cleaned text without what nobody sees around it; empty where nothing in it is seen."""
    return "" if is_blank(text) else without_invisible_edges(cleaned(text))


def first_word(text: str) -> tuple[str, str]:
    """The first word, and what follows it with its lines as they were typed; both empty for an empty text."""
    parts = without_invisible_edges(text).split(maxsplit=1)
    return (without_invisible_edges(parts[0]), parts[1].strip() if len(parts) > 1 else "") if parts else ("", "")


def without_bullet(line: str, place: int = 0) -> str:
    """The line without the bullets that it begins with, and the spaces around it.

    A number or a letter is one where it is the line's `place` in the list, counted from 1: `15. April` begins with a
    date, and `I) go` with a word.
    """
    while found := _BULLET.match(line) or _counted(line, place):
        line = line[found.end() :]
    return line.strip()


def _counted(line: str, place: int) -> re.Match[str] | None:
    found = _COUNTED.match(line)
    sign = next(filter(None, found.groups()), "") if found else ""
    number = int(sign) if sign.isdigit() else ord(sign.lower()) - ord("a") + 1 if sign else 0
    return found if sign and number == place else None


_JOINER = "\u200d"
"""It belongs to the emoji in front of it."""
_BLANKS = "\u2800\u3164\u115f\u1160\uffa0"
"""Unicode counts these among the letters and symbols."""
_EMPTY = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs"})


def _is_visible(character: str) -> bool:
    """Whether the character leaves a mark: letters, digits, signs; not spaces, controls, formats or lone accents."""
    return character not in _BLANKS and unicodedata.category(character)[0] in "LNPS"


def _is_empty(character: str) -> bool:
    """Whether nothing is seen of the character wherever it stands: an accent is seen with its letter."""
    return character in _BLANKS or unicodedata.category(character) in _EMPTY
