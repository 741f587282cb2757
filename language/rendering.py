"""A message as each channel shows it: markup is the template's, and every fact is escaped here, by nobody before.

A string that is no Message is somebody's text as a whole. No link, mention, image or other markup can be made of a
fact; nor does Teams make a link of a bare address in one: a title or a name that is an address is no link of the bot's.
What people wrote at length stands on cards as text runs, which know no Markdown, as it was written.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from urllib.parse import quote

from changes.text import Message, strip_bidi_controls
from language.escaping import WORD_JOINER, escaped, unlinked
from language.speaking import written

Escape = Callable[[str], str]
MOST_FACTS = 256
"""Maximum number of facts in a message without markup; it would not be read to its end."""
_SHORT = 120
"""What people wrote at length is not to stay in the memory of facts."""
_FIRST_PLACE = 0xE000
_PLACE_OF = re.compile(f"[{chr(_FIRST_PLACE)}-{chr(_FIRST_PLACE + MOST_FACTS - 1)}]")
_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^()\s]*\)")
_ESCAPED = re.compile(r"\\([^\w\s]|_)")
_AT_THE_START = re.compile(r"^[ \t]*(?:[#>]+|[-*](?=\s))[ \t]*", re.MULTILINE)
_CODE = re.compile(r"`+")
_EMPHASIS = re.compile(r"\*+")
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
    plain = strip_bidi_controls(text)
    return _CARD_DATE.sub(WORD_JOINER, plain) if "{" in plain else plain


def without_markup(message: str) -> str:
    """The message for a place that draws no markup at all; facts stay as they were written, whatever they look like."""
    facts: list[str] = []
    plain = _ESCAPED.sub(r"\1", _LINK.sub(r"\1", _AT_THE_START.sub("", _skeleton(message, facts))))
    return _PLACE_OF.sub(lambda found: facts[ord(found[0]) - _FIRST_PLACE], plain)


def rendered(message: str, fact: Escape) -> str:
    """The message in a Markdown of its own, where `fact` escapes."""
    return _rendered(message, Channel(fact, _in_code, str))


def _skeleton(message: str, facts: list[str]) -> str:
    """The message's own words, with a character of private use in the place of each fact; these go to `facts`."""
    if not isinstance(message, Message):
        if len(facts) == MOST_FACTS:
            return ""
        facts.append(strip_bidi_controls(message))
        return chr(_FIRST_PLACE + len(facts) - 1)
    if not message.facts:
        return _PLACE_OF.sub("", _without_marks(str(message)))
    found = []
    for words, place, _within in _parts(message.template, _without_marks):
        found.append(_PLACE_OF.sub("", words))
        if place:
            fact = message.facts[place]
            found.append(_skeleton(written(fact), facts))
    return "".join(found)


def _rendered(message: str, channel: Channel) -> str:
    if not isinstance(message, Message):
        return channel.fact(str(message))
    if not message.facts:
        # Whole notices and documents are such: they are not to stay in the memory of templates.
        return channel.template(str(message))
    found = []
    for words, place, within in _parts(message.template, channel.template):
        found.append(words)
        if place:
            found.append(_fact(message.facts[place], within, channel))
    return "".join(found)


def _fact(fact: object, within: str, channel: Channel) -> str:
    if within == "](":
        return quote(strip_bidi_controls(str(fact)), safe=_IN_A_LINK)
    if within == "`":
        return channel.code(as_text(str(fact)))
    return _rendered(written(fact), channel)


@lru_cache(maxsize=4096)
def _parts(template: str, shown: Escape) -> tuple[tuple[str, str, str], ...]:
    """The words before each place as they are shown, its name, and whether it lies in code or is a link's address."""
    return tuple((shown(words), place, within) for words, place, within in _places(template))


def _places(template: str) -> Iterator[tuple[str, str, str]]:
    is_code = False
    for words, place, _spec, _conversion in Formatter().parse(template):
        is_code ^= len(_CODE.findall(words)) % 2 == 1
        yield words, place or "", "`" if is_code else "](" if words.endswith("](") else ""


def _markdown(text: str) -> str:
    return escaped(unlinked(text))


def _in_code(text: str) -> str:
    """Within code nothing is escaped: what could end it, or be taken for a mention by Teams, looks like it only."""
    return " ".join(strip_bidi_controls(text).translate(_LOOKALIKES).split())


def _card_fact(text: str) -> str:
    return _short_fact(text) if len(text) <= _SHORT else _escaped_fact(text)


def _escaped_fact(text: str) -> str:
    return _CARD_DATE.sub(WORD_JOINER, _markdown(text))


_short_fact = lru_cache(maxsize=2048)(_escaped_fact)
"""Names, titles and dates come back on every card."""


def _card_words(words: str) -> str:
    """Markup of ours on a card; a whole notice is such, with what people wrote in it."""
    plain = words.replace("`", "")
    return _CARD_DATE.sub(WORD_JOINER, plain) if "{" in plain else plain


def _without_marks(words: str) -> str:
    return _EMPHASIS.sub("", words.replace("`", ""))


_CHAT = Channel(_markdown, _in_code, str)
_CARD = Channel(_card_fact, _card_fact, _card_words)
_TEXT = Channel(strip_bidi_controls, strip_bidi_controls, _without_marks)
