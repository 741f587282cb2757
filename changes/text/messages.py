"""Messages: sentences of ours that keep apart what is ours and what is a fact; and text that turns nothing around."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Self

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Message(str):
    """A sentence of ours: `template`, with a place `{name}` for each of the `facts`.

    Its value as a string is plain text. What a channel shows is made by language/rendering.py, which escapes each fact
    for that channel: so markup, like `**`, stands in the template and never in a fact. A fact that is a Message itself
    is rendered as one, and a date is written in the reader's language, with its weekday. Any other string is somebody's
    text, whatever it says.
    """

    __slots__ = ("facts", "template")
    template: str
    facts: Mapping[str, object]

    def __new__(cls, template: str, /, **facts: object) -> Self:
        """Fill the template. Raises KeyError when a place has no fact, TypeError for a moment: it needs its zone."""
        plain = {name: english_date(fact) if isinstance(fact, date) else fact for name, fact in facts.items()}
        message = super().__new__(cls, template.format(**plain))
        message.template, message.facts = template, facts
        return message

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        return (self.template,), dict(self.facts)

    @classmethod
    def from_markup(cls, text: str) -> Self:
        """Text that is markup of ours already, with nothing left to fill in or to escape."""
        return cls(text.replace("{", "{{").replace("}", "}}"))


def english_date(day: date) -> str:
    """For example `Sat 3 Apr 2027`. Raises TypeError for a moment, whose time and zone would be lost."""
    if isinstance(day, datetime):
        raise TypeError("a moment is said with its zone: changes.labels.moment_label")
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def joined(*parts: str, by: str = " ") -> Message:
    """The parts one behind the other, each rendered as what it is; empty ones leave no gap."""
    said = [part for part in parts if part]
    places = by.join(f"{{part{number}}}" for number in range(len(said)))
    return Message(places, **{f"part{number}": part for number, part in enumerate(said)})


_TURNING = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def strip_bidi_controls(text: str) -> str:
    """The text without marks that change the direction of writing: they would turn around what stands beside it."""
    return text.translate(_TURNING)


def template(sentence: str) -> str:
    """The sentence as it is, marked for the catalogues: it is a template whose places are filled later."""
    return sentence
