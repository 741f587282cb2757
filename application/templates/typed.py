"""What is typed of templates: which one is meant, which fields, and what is to become of them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from application.input_parsing.cleaning import clean
from application.input_parsing.dates import read_date
from changes.errors import NotFound, invalid
from changes.reporting.search import comparable
from changes.templates import LONGEST_NAME, TEMPLATED, Mark, Template
from changes.text import first_word, units
from changes.text.messages import listed
from language import _

ACTS: Mapping[str, str] = {
    **dict.fromkeys(("save", "enregistrer"), "save"),
    **dict.fromkeys(("", "list", "liste"), "list"),
    **dict.fromkeys(("show", "voir"), "show"),
    **dict.fromkeys(("use", "utiliser"), "use"),
    **dict.fromkeys(("edit", "modifier"), "edit"),
    **dict.fromkeys(("retire", "retirer"), "retire"),
    **dict.fromkeys(("approve", "approuver"), "approve"),
}
_MARKS: Mapping[str, Mark] = {
    **dict.fromkeys(("lock", "verrouiller"), Mark.LOCKED),
    **dict.fromkeys(("default", "liberer"), Mark.DEFAULT),
    **dict.fromkeys(("require", "exiger"), Mark.REQUIRED),
}
_FROM, _UNTIL = frozenset({"from", "depuis"}), frozenset({"until", "jusqu'au"})
_VERSION = re.compile(r"\bv(\d{1,6})$")
MOST_WORDS, MOST_NAMED = 30, 10


def read_name(text: str) -> str:
    """The name for a new template. Raises ValidationFailed for one that could not be typed again."""
    name = " ".join(clean(text).split())
    if units(name) > LONGEST_NAME or not comparable(name) or comparable(name).startswith("chg-"):
        raise invalid(
            "name",
            "Give the template a name of at most {limit} characters: `/change template save ID NAME`.",
            limit=LONGEST_NAME,
        )
    return name


def take_template(text: str, templates: Sequence[Template], *, is_alone: bool = True) -> tuple[Template, str]:
    """The template whose name the text begins with, in quotes or not, the longest such name; and the rest.

    Raises NotFound, and ValidationFailed where more may follow than the name (not `is_alone`), and two could be meant.
    """
    by_length = sorted(templates, key=lambda each: len(each.name), reverse=True)
    text = " ".join(clean(text).split())
    for each in by_length:
        if text.startswith(f'"{each.name}"'):
            return each, text[len(each.name) + 2 :].strip()
    known, words = {comparable(each.name): each for each in templates}, text.split()
    lengths = range(min(len(words), MOST_WORDS), 0, -1)
    begins = ((n, " ".join(words[:n])) for n in lengths)
    keys = ((n, comparable(each)) for n, each in begins if len(each) <= LONGEST_NAME)
    found = [(known[key], n) for n, key in keys if key in known]
    if len(found) > 1 and not is_alone:
        names = listed(f'"{each.name}"' for each, _words in found)
        raise invalid("name", "Which one is meant: {names}? Write its name in quotes.", names=names)
    if found:
        return found[0][0], " ".join(words[found[0][1] :])
    usable = [each.name for each in templates if not each.retired]
    names = listed([*usable[:MOST_NAMED], *(["…"] if usable[MOST_NAMED:] else [])]) or _("none")
    raise NotFound("There is no template called “{typed}”. There are: {names}.", typed=text[:40], names=names)


def read_edit(text: str) -> tuple[Mapping[str, Mark], str]:
    """The marks that fields are to have, or else from which change everything is taken. Raises ValidationFailed."""
    word, rest = first_word(text)
    word = comparable(word[:LONGEST_NAME])
    if word in _FROM and rest:
        return {}, rest
    if (mark := _MARKS.get(word)) is not None and rest:
        return {_field(each): mark for each in rest.split(",")}, ""
    raise invalid(
        "template",
        "Say what to edit behind the name: `lock FIELDS`, `require FIELDS`, `default FIELDS` with commas between "
        "them, or `from ID` for all texts of that change.",
    )


def _field(text: str) -> str:
    """The key of the field: by itself, or by its label in English or in the language of the moment."""
    typed = comparable(text[:LONGEST_NAME])
    for each in TEMPLATED:
        if typed in {comparable(name) for name in (each.key, each.label, _(each.label))}:
            return each.key
    names = listed(_(each.label) for each in TEMPLATED)
    raise invalid("template", "“{typed}” is no field of a template: {names}.", typed=text.strip()[:40], names=names)


def read_approval(text: str, today: date) -> tuple[date | None, int | None]:
    """Until when a pre-approval holds, and which version it is about; None for each that is not said.

    Raises ValidationFailed.
    """
    version = int(found[1]) if (found := _VERSION.search(text)) else None
    text = _VERSION.sub("", text).strip()
    if not text:
        return None, version
    word, rest = first_word(text)
    until = read_date(rest if comparable(word[:LONGEST_NAME]) in _UNTIL else text, today)
    if until <= today:
        raise invalid("date", "{date} is in the past: choose a later date.", date=until)
    return until, version
