"""People as others name them: by name, by a part of it, or by id."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html import unescape

from application.input_parsing.phrases import MYSELF
from changes.errors import NotFound, ValidationFailed
from changes.model import Person, normalized_id
from changes.reporting.search import comparable
from changes.text import stripped
from changes.text.messages import listed
from language import _, invalid

_ID = re.compile(r"\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?|former-[0-9a-f]+", re.ASCII | re.IGNORECASE)
_MENTION = re.compile(r"</?at(?:\s[^<>]*)?>", re.IGNORECASE)
_STROKES = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that Unicode does not take apart, and that whoever has not got them types without."""
LONGEST_NAME = 200
"""Maximum length of a name that is compared, in characters."""
_ENDING = 6
"""Number of characters of an id that are shown to tell people of one name apart."""


def read_person(text: str, default: Person, people: Sequence[Person]) -> Person:
    """The person by id, by name or a part of it, whatever the case and the accents; `default` for an empty text.

    Raises ValidationFailed when nobody, or more than one, is called that.
    """
    typed = named(text)
    if comparable(typed) in {"", *MYSELF}:
        return default
    found = people_called(typed, (*people, default))
    if len(found) == 1:
        return found[0]
    if found:
        labels = distinct_names((*people, default))
        names = listed(sorted(labels[person.id] for person in found))
        raise invalid("implementer", "Several people are called that: {names}. Give the whole name.", names=names)
    if is_unknown_id(typed, people):
        raise ValidationFailed({"implementer": not_known_any_more()})
    raise invalid(
        "implementer",
        "I have not met “{name}” yet. Name somebody I know: a team member, or whoever has written to me.",
        name=typed[:40],
    )


def is_myself(text: str) -> bool:
    """Whether whoever types it means themselves."""
    return comparable(text) in MYSELF


def named(text: str) -> str:
    """The name or id that was typed: without the marks of a mention, and `&amp;` as the `&` that it stands for."""
    return stripped(unescape(_MENTION.sub("", text[: 2 * LONGEST_NAME]))[:LONGEST_NAME]).removeprefix("@").strip()


def is_unknown_id(text: str, people: Iterable[Person]) -> bool:
    """Whether the text is an id, and none of those people's: they were forgotten since it was chosen."""
    typed = named(text)
    return _ID.fullmatch(typed) is not None and all(normalized_id(typed) != each.id for each in people)


def not_known_any_more() -> str:
    """What is said about such an id: it is not shown again."""
    return _("Whoever was chosen here is not known any more: choose somebody else.")


def people_called(text: str, people: Iterable[Person]) -> list[Person]:
    """Those with that id; else those of that name, whatever the case, the accents and the order of its words; else
    those with it in theirs.
    """
    typed = named(text)
    wanted, wanted_id = _folded(typed), normalized_id(typed).casefold()
    if not wanted:
        return []
    known = {person.id: person for person in people}
    labels = {each: _folded(label) for each, label in distinct_names(known.values()).items()}
    names = {each: _folded_name(person) for each, person in known.items()}
    return (
        [person for person in known.values() if person.id.casefold() == wanted_id]
        or [person for each, person in known.items() if labels[each] == wanted]
        or [person for each, person in known.items() if names[each] == wanted]
        or [person for each, person in known.items() if _words(names[each]) == _words(wanted)]
        or [person for each, person in known.items() if wanted in names[each]]
    )


def one_called(text: str, people: Iterable[Person]) -> Person:
    """The one of them whom `people_called` finds. Raises NotFound, naming those it may be."""
    known = list(people)
    found = people_called(text, known)
    if len(found) != 1:
        names = listed(person.name for person in (found or known) if person.name)
        raise NotFound("No match for “{wanted}”. Choose one of: {names}.", wanted=text[:40], names=names)
    return found[0]


def distinct_names(people: Iterable[Person]) -> dict[str, str]:
    """What each is called, by id: those who have the very same name, with the end of their id behind it."""
    known = {person.id: person for person in people}
    count = Counter(map(_folded_name, known.values()))
    return {
        each.id: f"{each.name} ({each.id[-_ENDING:]})" if each.name and count[_folded_name(each)] > 1 else each.name
        for each in known.values()
    }


def _folded_name(person: Person) -> str:
    return _folded(person.name[:LONGEST_NAME])


def _folded(name: str) -> str:
    return comparable(name).translate(_STROKES)


def _words(name: str) -> list[str]:
    """The words of a folded name whatever their order: directories also write `André, Pierre`."""
    return sorted(name.replace(",", " ").split())
