"""Which changes somebody wants to see: by state, service, person, time and words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from unicodedata import combining, normalize
from zoneinfo import ZoneInfo

from changes.errors import ValidationFailed
from changes.model import IMPLEMENTING, IN_INCIDENT, OPEN, Change, Person, State
from changes.plan_fields import PLAN_FIELDS
from changes.policy import Service
from changes.reporting.periods import Period
from changes.text import plain, read_number, without_invisible

_STATES: dict[str, frozenset[State]] = {
    **dict.fromkeys(("open", "ouvert", "ouverts"), OPEN),
    **dict.fromkeys(("all", "tout", "tous"), frozenset(State)),
    **dict.fromkeys(("running", "now", "encours"), IMPLEMENTING | IN_INCIDENT),
    **dict.fromkeys(("done", "completed", "termine", "termines"), frozenset({State.COMPLETED})),
    **dict.fromkeys(("cancelled", "canceled", "annule", "annules"), frozenset({State.CANCELLED})),
    **dict.fromkeys(("postponed", "reporte", "reportes"), frozenset({State.POSTPONED, State.NO_GO})),
    **dict.fromkeys(("drafts", "draft", "brouillon", "brouillons"), frozenset({State.DRAFT})),
}
_MINE = ("mine", "mes", "miens", "moi", "me")
_PAGE = ("page", "p")
MOST_WORDS = 12
"""Maximum number of words that are searched for."""
MOST_PARTS = 2 * MOST_WORDS
"""Maximum number of words that are read, filters included; the rest is ignored, and not shown as searched for."""
LONGEST_WORD = 40
"""Maximum length of a word that is searched for, in characters; the rest is ignored."""
LONGEST_FOLDED = 10_000
"""Maximum length of a text that is compared, in characters: more than a plan with every field full has."""
_AT_ONCE = 32
"""Text is normalised in pieces of so many characters: a long run of accents takes time by the square of its length."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is wanted. No states means any; `requester` is an Entra object id, and so is `person`, who is its requester
    or, unless it is private, its implementer; an `operation` of that kind was asked of the provider; its window with
    every extension touches the time from `since` until `until`; `words` are folded and all must occur.

    `viewer` is who looks: of private ones only their own are found, unless it is None. `newest_first`: the latest
    window comes first. `page` counts from 1; `typed` is what was typed without it.
    """

    states: Collection[State] = frozenset()
    service: str = ""
    requester: str = ""
    person: str = ""
    operation: str = ""
    since: datetime | None = None
    until: datetime | None = None
    words: Sequence[str] = ()
    newest_first: bool = False
    viewer: str | None = None
    page: int = 1
    typed: str = ""


EVERYTHING = Search()


def read_search(typed: str, services: Mapping[str, Service], me: str, usual: Collection[State] | None = None) -> Search:
    """What `list mine 2027-q2 forum page 2` asks for; what is no filter is a word to look for.

    Without a word about states the `usual` ones are meant, or else the open changes, or all where words are looked for.
    """
    zone = next(iter(services.values())).zone if services else ZoneInfo("UTC")
    found, states = Search(viewer=me), frozenset[State]()
    # Two more may be a page, as the buttons write it behind what was kept.
    parts = [part[:LONGEST_WORD] for part in typed.split(maxsplit=MOST_PARTS + 2)[: MOST_PARTS + 2]]
    kept: list[str] = []
    while parts:
        part = parts.pop(0)
        word = comparable(part)
        if word in _PAGE and parts and (page := read_number(parts[0])) is not None:
            found, parts = replace(found, page=max(1, page)), parts[1:]
            continue
        if not word or len(kept) == MOST_PARTS:
            continue
        kept.append(part)
        if word in _STATES:
            states |= _STATES[word]
        elif word in _MINE:  # whatever services are called: it decides who reads the answer
            found = replace(found, person=me)
        elif word in services:
            found, zone = replace(found, service=word), services[word].zone
        elif period := _period(word, zone):
            found = replace(found, since=period[0], until=period[1])
        else:
            found = replace(found, words=read_words(" ".join((*found.words, part))))
    if not states:
        states = frozenset(usual or (State if found.words or found.since else OPEN))
    if states == {State.DRAFT} and not found.person:
        found = replace(found, requester=me)
    elif not found.person:
        states -= {State.DRAFT}  # it is nobody else's business yet
    return replace(found, states=states, typed=" ".join(kept), newest_first=bool(states - OPEN))


def read_words(text: str) -> tuple[str, ...]:
    """The words that are looked for: each once, folded, and of too many the first."""
    words = (folded(without_invisible(each[:LONGEST_WORD])) for each in text.split())
    return tuple(dict.fromkeys(filter(None, words)))[:MOST_WORDS]


def is_filter(word: str) -> bool:
    """Whether a folded word means something else in a search than a service that is called so."""
    return word in _STATES or word in _MINE or word in _PAGE or _period(word, ZoneInfo("UTC")) is not None


def folded(text: str) -> str:
    """The text, of LONGEST_FOLDED characters at most, without capitals and accents, to be compared with."""
    text = text[:LONGEST_FOLDED]
    if text.isascii():
        return " ".join(text.casefold().split())
    parts = (normalize("NFKD", text[start : start + _AT_ONCE]) for start in range(0, len(text), _AT_ONCE))
    bare = "".join(each for part in parts for each in part if not combining(each))
    return " ".join(normalize("NFKC", bare.casefold()).split())


def comparable(text: str) -> str:
    """The text as words, names and ids are compared: folded, with plain hyphens and without what nobody sees."""
    return folded(plain(text[:LONGEST_FOLDED]))


def words_of(change: Change) -> str:
    """Everything in a change that is searched, folded."""
    plan = change.plan
    texts = (_searched(getattr(plan, each.key)) for each in PLAN_FIELDS if each.searched)
    return folded(" ".join((change.id, *texts, change.requester.name)))


def _searched(value: str | tuple[object, ...] | Person) -> str:
    if isinstance(value, Person):
        return value.name
    return " ".join((value,) if isinstance(value, str) else (str(getattr(each, "typed", each)) for each in value))


def _period(word: str, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """`2027`, `2027-04` or `2027-q2` (also `t2`) as from when until when; None for anything else."""
    try:
        return Period.read(word).bounds(zone)
    except ValidationFailed:
        return None
