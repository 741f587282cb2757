"""How people write dates, times, durations, lists and names. Each reader raises Incomplete with what it expects."""

import re
from collections.abc import Sequence
from datetime import date, time

from changes.conflicts import LONGEST_SHOWN
from changes.errors import Incomplete
from changes.model import Person, normalized_id
from changes.recipients import is_address
from language import _

_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$", re.ASCII)
_SWISS = re.compile(r"^(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})$", re.ASCII)
_TIME = re.compile(r"^(\d{1,2})(?:\s*(?::|\.|h)\s*(\d{2})?)?$|^(\d{2})(\d{2})$", re.ASCII | re.IGNORECASE)
_HOURS = re.compile(
    r"^(?:(\d{1,3})\s*h(?:ours?|eures?)?)?\s*(?:(\d{1,5})\s*(?:m|min|minutes?|')?)?$", re.ASCII | re.IGNORECASE
)
_BULLETS = re.compile(r"^(?:\s*(?:[-*•]|\d{1,2}[.)])\s+)+")


YEARS = range(2000, 2200)
"""The years in which a date can lie."""
_BETWEEN = re.compile(r"[,;\s]+")
_ID = re.compile(r"\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?|former-[0-9a-f]+", re.ASCII | re.IGNORECASE)
_MYSELF = ("-", "me", "myself", "moi", "moi-même")


def read_date(text: str) -> date:
    """`2027-04-15`, `15.4.2027` or `15.04.27`."""
    text = text.strip()
    try:
        if found := _ISO.match(text):
            return _near(date(int(found[1]), int(found[2]), int(found[3])))
        if found := _SWISS.match(text):
            year = int(found[3])
            return _near(date(year + 2000 if year < 100 else year, int(found[2]), int(found[1])))
    except ValueError:
        raise Incomplete({"date": _("There is no such date: give one like 2027-04-15 or 15.4.2027.")}) from None
    raise Incomplete({"date": _("Give the date like 2027-04-15 or 15.4.2027.")})


def _near(day: date) -> date:
    """The day, if it is of these two centuries. Raises ValueError for any other, with which nobody can reckon."""
    if day.year not in YEARS:
        raise ValueError("no year to reckon with")
    return day


def read_time(text: str) -> time:
    """`22:00`, `22h`, `22h30`, `22.30` or `2230`."""
    found = _TIME.match(text.strip())
    if found:
        hour, minute = int(found[1] or found[3]), int(found[2] or found[4] or 0)
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise Incomplete({"time": _("Give the start time like 22:00 or 22h30.")})


def read_minutes(text: str) -> int:
    """`90`, `90 min`, `1h30` or `2h`, in minutes."""
    found = _HOURS.match(text.strip())
    if found and (found[1] or found[2]):
        return int(found[1] or 0) * 60 + int(found[2] or 0)
    raise Incomplete({"minutes": _("Give the downtime in minutes, like 90, or like 1h30.")})


def read_tests(text: str) -> tuple[str, ...]:
    """The tests without their bullets: one a line or, where all stand on one line, between semicolons."""
    tests = _without_bullets(text.strip().splitlines())
    return _without_bullets(tests[0].split(";")) if len(tests) == 1 else tests


def _without_bullets(lines: Sequence[str]) -> tuple[str, ...]:
    bare = (" ".join(_BULLETS.sub("", line).split()) for line in lines)
    return tuple(line for line in bare if line)


def read_addresses(text: str) -> tuple[str, ...]:
    """The mail addresses, between which stand commas, semicolons, blanks or ends of lines."""
    found = tuple(each for each in _BETWEEN.split(text) if each)
    if wrong := next((each for each in found if not is_address(each)), ""):
        raise Incomplete(
            {
                "notify": _(
                    "“{what}” is no e-mail address: give addresses like name@example.ch, with commas between them.",
                    what=wrong[:LONGEST_SHOWN],
                )
            }
        )
    return found


def is_unknown_id(text: str, people: Sequence[Person]) -> bool:
    """Whether the text is an id, and none of those people's: they were forgotten since it was chosen."""
    return _ID.fullmatch(text.strip()) is not None and all(normalized_id(text.strip()) != each.id for each in people)


def not_known_any_more() -> str:
    """What is said about such an id: it is not shown again."""
    return _("Whoever was chosen here is not known any more: choose somebody else.")


def read_person(text: str, default: Person, people: Sequence[Person]) -> Person:
    """The person by id or by name, or part of it; `default` for an empty text."""
    wanted = normalized_id(text.strip()).casefold()
    if not wanted or wanted in _MYSELF:
        return default
    known = {person.id: person for person in (*people, default)}
    by_id = [person for person in known.values() if person.id.casefold() == wanted]
    by_name = [person for person in known.values() if person.name.casefold() == wanted]
    by_part = [person for person in known.values() if wanted in person.name.casefold()]
    found = by_id or by_name or by_part
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(sorted(person.name for person in found))
        raise Incomplete(
            {"implementer": _("Several people are called that: {names}. Give the whole name.", names=names)}
        )
    if is_unknown_id(text, people):
        raise Incomplete({"implementer": not_known_any_more()})
    raise Incomplete(
        {
            "implementer": _(
                "I have not met “{what}” yet. Name somebody I know: a team member, or whoever has written to me.",
                what=text.strip()[:40],
            )
        }
    )
