"""A message as each channel shows it: markup is the template's, and every fact is escaped here, by nobody before.

A string that is no Message is somebody's text as a whole. What stays is that Teams and mail readers make links of bare
addresses: such a link shows the very address that it leads to, and people write addresses to be followed. A link whose
words say something else, a mention, an image or any other markup cannot be made of a fact.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from urllib.parse import quote

from changes.sayings import Message, upright

Escape = Callable[[str], str]
_CODE = re.compile(r"`+")
_EMPHASIS = re.compile(r"\*+")
_MARKDOWN = str.maketrans({each: f"\\{each}" for each in "\\`*_[]~"} | {"&": "&amp;", "<": "&lt;"})
_AT_THE_START = re.compile(r"^(?:[#>+=-]|\d+(?=[.)](?:\s|$)))")
_CARD_DATE = re.compile(r"(?<=\{)(?=\{\s*(?:DATE|TIME)\()")
_LOOKALIKES = str.maketrans({"`": "\N{PRIME}", "<": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"})
_IN_A_LINK = "-._~:/?#[]@!$&'*+,;=%"
"""What may stand in an address as it is; brackets would end it."""


@dataclass(frozen=True, slots=True)
class Channel:
    """How a channel shows a fact among words and one within code, and what is left of the template's own markup."""

    fact: Escape
    code: Escape
    template: Escape


def in_chat(message: str) -> str:
    """The message in the Markdown of Teams' chats."""
    return _rendered(message, _CHAT)


def on_card(message: str) -> str:
    """The message for a text of a card, which knows bold, italic and links, and no code."""
    return _rendered(message, _CARD)


def as_text(message: str) -> str:
    """The message where no markup is known: a field's name, a text run, a subject."""
    return _rendered(message, _TEXT)


def as_run(text: str) -> str:
    """What somebody wrote for a text run of a card, where only dates between braces have a meaning."""
    return _CARD_DATE.sub("\N{WORD JOINER}", upright(text))


def rendered(message: str, fact: Escape) -> str:
    """The message in a Markdown of its own, where `fact` escapes."""
    return _rendered(message, Channel(fact, _in_code, str))


def _rendered(message: str, channel: Channel) -> str:
    if not isinstance(message, Message):
        return channel.fact(str(message))
    found = []
    for words, place, within in _parts(message.template):
        found.append(channel.template(words))
        if place:
            found.append(_fact(message.facts[place], within, channel))
    return "".join(found)


def _fact(fact: object, within: str, channel: Channel) -> str:
    if within == "](":
        return quote(upright(str(fact)), safe=_IN_A_LINK)
    if within == "`":
        return channel.code(as_text(str(fact)))
    return _rendered(fact if isinstance(fact, str) else str(fact), channel)


@lru_cache(maxsize=4096)
def _parts(template: str) -> tuple[tuple[str, str, str], ...]:
    """The words before each place, its name, and whether it lies within code or is the address of a link."""
    return tuple(_places(template))


def _places(template: str) -> Iterator[tuple[str, str, str]]:
    is_code = False
    for words, place, _spec, _conversion in Formatter().parse(template):
        is_code ^= len(_CODE.findall(words)) % 2 == 1
        yield words, place or "", "`" if is_code else "](" if words.endswith("](") else ""


def _markdown(text: str) -> str:
    """The text, in one line, so that Teams' Markdown shows it as it was written.

    Only what would have a meaning is escaped: on phones a card shows the backslashes of escapes. Longer texts that
    people wrote stand on cards as text runs, which know no Markdown.
    """
    return _AT_THE_START.sub(_harmless, " ".join(upright(text).split()).translate(_MARKDOWN))


def _harmless(start: re.Match[str]) -> str:
    """A list, heading or quote begins with a mark; behind an invisible character the mark is only a mark."""
    return f"\N{WORD JOINER}{start[0]}"


def _in_code(text: str) -> str:
    """Within code nothing is escaped: what could end it, or be taken for a mention by Teams, looks like it only."""
    return " ".join(upright(text).translate(_LOOKALIKES).split())


def _card_fact(text: str) -> str:
    return _CARD_DATE.sub("\N{WORD JOINER}", _markdown(text))


def _without_code(words: str) -> str:
    return words.replace("`", "")


def _without_marks(words: str) -> str:
    return _EMPHASIS.sub("", words.replace("`", ""))


_CHAT = Channel(_markdown, _in_code, str)
_CARD = Channel(_card_fact, _card_fact, _without_code)
_TEXT = Channel(str, str, _without_marks)
