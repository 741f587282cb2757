"""The language of the moment, and sentences in it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations

from changes.errors import Incomplete, Refusal
from changes.sayings import Said
from language.catalogues import load

LANGUAGES = ("en", "fr")
"""What the bot itself speaks; notices know German too."""
_ENGLISH = NullTranslations()
_SHORTEST = 12
"""A template with fewer letters of its own is too short to be recognised by them."""
MOST_SENTENCES = 12
"""The bot never writes down more at once: what follows is somebody's own."""
AT_ONCE = 3
"""So many sentences stand in one template at most."""
_SENTENCES = re.compile(r"(?<=[.!?:”]) (?=\S)")
_PLACE = re.compile(r"\{(\w+)\}")
_language: ContextVar[str] = ContextVar("language", default="en")
_catalogue: ContextVar[NullTranslations] = ContextVar("catalogue", default=_ENGLISH)


@contextmanager
def speaking(language: str, catalogue: NullTranslations | None = None) -> Iterator[None]:
    """Within the block everything is said in that language; what it has no catalogue for is said in English."""
    words = _catalogue.set(catalogue or load(language))
    named = _language.set(language)
    try:
        yield
    finally:
        _language.reset(named)
        _catalogue.reset(words)


def spoken() -> str:
    """The language of the moment, for example `fr`."""
    return _language.get()


def of_locale(locale: str | None) -> str:
    """The language for somebody whose Teams is set to this locale, for example `fr-CH`."""
    language = (locale or "").partition("-")[0].casefold()
    return language if language in LANGUAGES else "en"


def _(sentence: str, /, **facts: object) -> str:
    """The sentence in the language of the moment, with the facts in their places."""
    text = _catalogue.get().gettext(sentence) if sentence else ""
    return text.format(**{name: said(fact) for name, fact in facts.items()}) if facts else text


def n_(one: str, many: str, number: int, /, **facts: object) -> str:
    """The sentence for that number of things, which is its fact `n`."""
    text = _catalogue.get().ngettext(one, many, number)
    return text.format(n=number, **{name: said(fact) for name, fact in facts.items()})


def N_(sentence: str) -> str:  # noqa: N802  # gettext's own name for it
    """The sentence as it is, marked for the catalogues: `_` says it later."""
    return sentence


def said(what: object) -> str:
    """What the core said, in the language of the moment: a refusal or a sentence. Anything else is text already."""
    match what:
        case Incomplete(problems=problems):
            return " ".join(said(problem) for problem in problems.values())
        case Refusal(template=template, facts=facts):
            return _(template, **facts)
        case Said(template=template, facts=facts):
            return _(template, **facts)
        case _:
            return str(what)


def retold(text: str) -> str:
    """What the bot once wrote down in English, in the language of the moment: it is known by its words.

    Only for what the timeline or a provider's backend wrote, never for what a person did.
    """
    if isinstance(text, Said):
        return said(text)
    catalogue = _catalogue.get()
    if catalogue is _ENGLISH or not text:
        return text
    *parts, rest = _SENTENCES.split(text, MOST_SENTENCES)
    if rest and len(parts) < MOST_SENTENCES:
        parts, rest = [*parts, rest], ""
    said_again: list[str] = []
    while parts:
        # The most sentences that are known as one, then what follows them.
        for number in range(min(len(parts), AT_ONCE), 0, -1):
            if (known := _recognised(" ".join(parts[:number]), catalogue)) is not None or number == 1:
                said_again.append(known or parts[0])
                del parts[:number]
                break
    return " ".join([*said_again, *([rest] if rest else [])])


def _recognised(text: str, catalogue: NullTranslations) -> str | None:
    """The translation of what is known as one sentence of ours."""
    if (whole := catalogue.gettext(text)) != text:
        return whole
    for template, pattern in _patterns(tuple(_templates(catalogue))):
        if found := pattern.fullmatch(text):
            return _(template, **{name: retold(value) for name, value in found.groupdict().items()})
    return None


def _templates(catalogue: NullTranslations) -> Iterator[str]:
    known: Mapping[object, str] = getattr(catalogue, "_catalog", {})
    for key in known:
        if isinstance(key, str) and "{" in key and len(_PLACE.sub("", key)) >= _SHORTEST:
            yield key


@cache
def _patterns(templates: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """How each template reads once its places are filled; those with the most words of their own first."""
    ordered = sorted(templates, key=lambda each: -len(_PLACE.sub("", each)))
    return tuple((each, re.compile(_pattern(each), re.DOTALL)) for each in ordered)


def _pattern(template: str) -> str:
    seen: set[str] = set()
    parts = []
    for number, part in enumerate(_PLACE.split(template)):
        if number % 2 == 0:
            parts.append(re.escape(part.replace("{{", "{").replace("}}", "}")))
        elif part in seen:
            parts.append(f"(?P={part})")
        else:
            seen.add(part)
            parts.append(f"(?P<{part}>.+?)")
    return "".join(parts)
