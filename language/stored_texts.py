"""Texts that the bot wrote down in English as plain text, in the language of the moment: known by their words.

Events, effects, operations and logs have plain texts, so that what earlier versions stored is read like what this one
stores. Nothing else is to be looked for in a text: a Message that was not stored keeps its template and facts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from gettext import NullTranslations

from changes.text.messages import Message
from language.catalogues import ENGLISH
from language.cldr import rewritten_dates
from language.speaking import _, current_catalogue, current_language, translate

_SHORTEST = 12
"""A template with fewer letters of its own is too short to be recognised by them."""
MOST_SENTENCES = 12
"""Maximum number of stored sentences that are translated; the rest of the text is kept as it is."""
AT_ONCE = 3
"""Maximum number of sentences in one message template."""
LONGEST = 2000
"""Maximum length of a stored text that is translated, in characters; a longer one is kept as it is."""
DEEPEST = 3
"""Maximum nesting of translated sentences: a placeholder may hold a sentence, whose placeholder may hold another."""
DATE_PLACES = frozenset(
    ("begun", "day", "due", "end", "ends_at", "first", "last", "limit", "slots", "start", "taken", "when", "window")
)
"""The places of templates that hold dates or labels with dates."""
_SENTENCES = re.compile(r"(?<=[.!?:”]) (?=\S)")
_PLACE = re.compile(r"\{(\w+)\}")


def translate_stored(text: str) -> str:
    """What the bot once wrote down in English, in the language of the moment: it is known by its words.

    Only for what the timeline or a provider's backend wrote, never for what a person did. It is plain text, as that is.
    """
    return _retold(text, DEEPEST)


def _retold(text: str, deep: int) -> str:
    if isinstance(text, Message):
        return str(translate(text))
    catalogue = current_catalogue()
    if catalogue is ENGLISH or not text or not deep or len(text) > LONGEST:
        return text
    *parts, rest = _SENTENCES.split(text, MOST_SENTENCES)
    if rest and len(parts) < MOST_SENTENCES:
        parts, rest = [*parts, rest], ""
    said_again: list[str] = []
    while parts:
        # The most sentences that are known as one, then what follows them.
        for number in range(min(len(parts), AT_ONCE), 0, -1):
            if (known := _recognised(" ".join(parts[:number]), catalogue, deep)) is not None or number == 1:
                said_again.append(known or parts[0])
                del parts[:number]
                break
    return " ".join([*said_again, *([rest] if rest else [])])


def _recognised(text: str, catalogue: NullTranslations, deep: int) -> str | None:
    """The translation of what is known as one sentence of ours."""
    if (whole := catalogue.gettext(text)) != text:
        return whole
    for template, parts, places in _patterns(catalogue):
        if (values := _filled(text, parts, places)) is not None:
            return str(_(template, **{name: _fact_again(name, value, deep - 1) for name, value in values.items()}))
    return None


def _fact_again(place: str, value: str, deep: int) -> str:
    """A name may look like a date: only what stands in the place of one is rewritten."""
    return rewritten_dates(value, current_language()) if place in DATE_PLACES else _retold(value, deep)


def _templates(catalogue: NullTranslations) -> Iterator[str]:
    known: Mapping[object, str] = getattr(catalogue, "_catalog", {})
    for key in known:
        if isinstance(key, str) and "{" in key and len(_PLACE.sub("", key)) >= _SHORTEST:
            yield key


@cache
def _patterns(catalogue: NullTranslations) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """Each template with its own words, and the names of the places between them; the most words of their own first."""
    ordered = sorted(_templates(catalogue), key=lambda each: -len(_PLACE.sub("", each)))
    split = ((each, _PLACE.split(each)) for each in ordered)
    return tuple((each, tuple(map(_unescaped, parts[::2])), tuple(parts[1::2])) for each, parts in split)


def _unescaped(part: str) -> str:
    return part.replace("{{", "{").replace("}}", "}")


def _filled(text: str, parts: Sequence[str], places: Sequence[str]) -> dict[str, str] | None:
    """What stands in the places between these parts, each place filled as shortly as can be; None for another text.

    Every part is looked for once, from left to right: a regular expression would try again from every place.
    """
    first, last = parts[0], parts[-1]
    if not (text.startswith(first) and text.endswith(last)):
        return None
    at, end = len(first), len(text) - len(last)
    values: dict[str, str] = {}
    for name, part in zip(places, (*parts[1:-1], None), strict=True):
        found = end if part is None else text.find(part, at + 1, end)
        if found <= at or values.setdefault(name, text[at:found]) != text[at:found]:
            return None
        at = found + len(part or "")
    return values
