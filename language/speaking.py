"""The language of the moment, and sentences, days and times in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from changes.errors import CommandRejected, ValidationFailed
from changes.labels import moment_label, time_of, window_label
from changes.model import Window
from changes.text import Message
from language.catalogues import ENGLISH, load
from language.cldr import written_date, written_day, written_length, written_list, written_time

LANGUAGES = ("en", "fr")
"""What the bot itself speaks; notices know German too."""
_language: ContextVar[str] = ContextVar("language", default="en")
_catalogue: ContextVar[NullTranslations] = ContextVar("catalogue", default=ENGLISH)


@contextmanager
def use_language(language: str, catalogue: NullTranslations | None = None) -> Iterator[None]:
    """Within the block everything is said in that language; what it has no catalogue for is said in English."""
    words = _catalogue.set(catalogue or load(language))
    named = _language.set(language)
    try:
        yield
    finally:
        _language.reset(named)
        _catalogue.reset(words)


def current_language() -> str:
    """The language of the moment, for example `fr`."""
    return _language.get()


def current_catalogue() -> NullTranslations:
    """The catalogue of the moment. With the language it is what a text depends on beside its facts."""
    return _catalogue.get()


def of_locale(locale: str | None) -> str:
    """The language for somebody whose Teams is set to this locale, for example `fr-CH`."""
    language = (locale or "").partition("-")[0].casefold()
    return language if language in LANGUAGES else "en"


def _(sentence: str, /, **facts: object) -> Message:
    """The sentence in the language of the moment, with the facts for its places."""
    text = _catalogue.get().gettext(sentence) if sentence else ""
    return (
        Message(text, **{name: translate(fact) for name, fact in facts.items()}) if facts else Message.from_markup(text)
    )


def invalid(field: str, template: str, /, **facts: object) -> ValidationFailed:
    """What refuses a command for this one field, in the language of the moment."""
    return ValidationFailed({field: _(template, **facts)})


def n_(one: str, many: str, number: int, /, **facts: object) -> Message:
    """The sentence for that number of things, which is its fact `n`."""
    text = _catalogue.get().ngettext(one, many, number)
    return Message(text, n=number, **{name: translate(fact) for name, fact in facts.items()})


def N_(sentence: str) -> str:  # noqa: N802  # gettext's own name for it
    """The sentence as it is, marked for the catalogues: `_` says it later."""
    return sentence


def translate(what: object) -> str:
    """What the core said, in the language of the moment: a refusal or a sentence. Anything else is text already."""
    match what:
        case CommandRejected(sentence=sentence):
            return translate(sentence)
        case Message() if _catalogue.get() is ENGLISH:
            return what
        case Message(template=template, facts=facts) if facts:
            return _(template, **facts)
        case Message():
            return _(str(what))
        case tuple():
            return written_list([translate(each) for each in what], current_language())
        case _:
            return written(what)


def written(fact: object) -> str:
    """A fact as the language of the moment writes it; what is a text already stays as it is."""
    match fact:
        case str():
            return fact
        case date():
            return written_date(fact, current_language())
        case time():
            return written_time(fact, current_language())
        case timedelta():
            return written_length(fact, current_language())
        case tuple():
            return written_list(fact, current_language())
        case _:
            return str(fact)


def labelled(what: str, said: str) -> Message:
    """What is said of something, or to somebody, behind its name; languages differ in what stands around the colon."""
    return _("{what}: {said}", what=what, said=said)


def date_text(day: date) -> str:
    """For example `Thu 15 Apr 2027`, `jeu. 15 avr. 2027`."""
    return written_date(day, current_language())


def day_text(day: date) -> str:
    """Without the year, which nobody misses in a day of the next months: `Thu 15 Apr`, `jeu. 15 avr.`."""
    return written_day(day, current_language())


def day_and_time_text(moment: datetime, zone: ZoneInfo) -> str:
    """The same with its time, where the zone is named beside or there is one only: `Thu 15 Apr, 22:00`."""
    local = moment.astimezone(zone)
    return f"{day_text(local.date())}, {written_time(time_of(local), current_language())}"


def moment_text(moment: datetime, zone: ZoneInfo) -> Message:
    """For example `Sat 3 Apr 2027, 22:00 (CEST)`."""
    # In UTC, where no two moments are written the same: by the clock of a place an hour may come twice.
    return _moment_text(moment.astimezone(UTC), zone, current_language(), _catalogue.get())


@lru_cache(maxsize=1024)
def _moment_text(moment: datetime, zone: ZoneInfo, _reader: str, _words: NullTranslations) -> Message:
    """A card tells some moments several times, and its copies all of them."""
    label = moment_label(moment, zone)
    return _(label.template, **label.facts)


def window_text(window: Window, zone: ZoneInfo) -> Message:
    """For example `Sat 3 Apr 2027, 22:00–23:30 (CEST)`."""
    return _window_text(window.start, window.end, zone, current_language(), _catalogue.get())


@lru_cache(maxsize=1024)
def _window_text(start: datetime, end: datetime, zone: ZoneInfo, _reader: str, _words: NullTranslations) -> Message:
    label = window_label(Window(start, end), zone)
    return _(label.template, **label.facts)
