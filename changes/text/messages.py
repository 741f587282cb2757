"""Messages: sentences of ours that keep apart what is ours and what is a fact; and text that turns nothing around."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Self

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MOST_PARTS = 50
"""What is listed in a sentence beyond them nobody reads."""


class Message(str):
    """A sentence of ours: `template`, with a place `{name}` for each of the `facts`.

    Its value as a string is plain text. What a channel shows is made by language/rendering.py, which escapes each fact
    for that channel: so markup, like `**`, stands in the template and never in a fact. A fact that is a Message itself
    is rendered as one. A date (with its weekday), a time of day, a length of time and a list (a tuple) are facts as
    they are: each is written in the reader's language. Any other string is somebody's text, whatever it says.
    """

    __slots__ = ("facts", "template")
    template: str
    facts: Mapping[str, object]

    def __new__(cls, template: str, /, **facts: object) -> Self:
        """Fill the template. Raises KeyError when a place has no fact, TypeError for a moment: it needs its zone."""
        message = super().__new__(cls, template.format(**{name: _english(fact) for name, fact in facts.items()}))
        message.template, message.facts = template, facts
        return message

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        return (self.template,), dict(self.facts)

    @classmethod
    def from_markup(cls, text: str) -> Self:
        """Text that is markup of ours already, with nothing left to fill in or to escape."""
        message = super().__new__(cls, text)  # whole notices are such: nothing is filled in anew
        message.template, message.facts = text.replace("{", "{{").replace("}", "}}"), {}
        return message


def english_date(day: date) -> str:
    """For example `Sat 3 Apr 2027`. Raises TypeError for a moment, whose time and zone would be lost."""
    if isinstance(day, datetime):
        raise TypeError("a moment is said with its zone: changes.labels.moment_label")
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def english_length(length: timedelta) -> str:
    """For example `1 h 30 min`, `45 min` or `2 h`; seconds do not count."""
    hours, rest = divmod(length // timedelta(minutes=1), 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _english(fact: object) -> object:
    match fact:
        case str():  # nearly all are, and each question takes its time
            return fact
        case date():
            return english_date(fact)
        case time():
            return f"{fact:%H:%M}"
        case timedelta():
            return english_length(fact)
        case tuple():
            *first, last = (str(_english(each)) for each in within_reason(fact))
            return f"{', '.join(first)} and {last}" if first else last
        case _:
            return fact


def listed(parts: Iterable[str]) -> Message:
    """The parts as a list, in the reader's language; each is rendered as what it is, and empty ones are left out."""
    found = tuple(part for part in parts if part)
    return Message("{list}", list=found) if found else Message("")


def within_reason(parts: Sequence[object]) -> list[object]:
    """As many parts of a list as anybody reads; `…` says that there are more."""
    return list(parts) if len(parts) <= MOST_PARTS else [*parts[:MOST_PARTS], "…"]


def joined(*parts: str, by: str = " ") -> Message:
    """The parts one behind the other, each rendered as what it is; empty ones leave no gap."""
    said = [part for part in parts if part]
    places = by.join(f"{{part{number}}}" for number in range(len(said)))
    return Message(places, **{f"part{number}": part for number, part in enumerate(said)})


def capitalized(text: str) -> str:
    """The sentence with a capital, where nothing stands in front of it: no name that it calls to, for example."""
    if not isinstance(text, Message) or not text.facts:
        whole = text[:1].upper() + text[1:]
        return Message.from_markup(whole) if isinstance(text, Message) else whole
    first = _FIRST.match(text.template)
    if first is None:
        begun = text.template[:1].upper() + text.template[1:]
        return Message(begun, **text.facts)
    fact = text.facts[first[1]]
    return Message(text.template, **{**text.facts, first[1]: capitalized(fact)}) if isinstance(fact, Message) else text


_FIRST = re.compile(r"\{(\w+)\}")
_TURNING = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def strip_bidi_controls(text: str) -> str:
    """The text without marks that change the direction of writing: they would turn around what stands beside it."""
    return str(text) if text.isascii() else text.translate(_TURNING)


def template(sentence: str) -> str:
    """The sentence as it is, marked for the catalogues: it is a template whose places are filled later."""
    return sentence
