"""The tasks of a plan as people type them, one a line: `-2d @Nadia: Order the certificate 15m !` (P130)."""

import re
from collections.abc import Sequence

from application.input_parsing.lists import read_tests
from application.input_parsing.people import people_called, read_person
from changes.errors import ValidationFailed
from changes.model import Person, PlanTask
from changes.text import beginnings
from language import invalid, translate

_SIGNS = re.compile(r"(?m)^([^\S\n]*[-+\u2010-\u2015\u2212])[^\S\n]+(?=\d)")
"""`- 2d` is no item of a list that is called `2d`."""
_DUE = re.compile(
    r"(?:[jdst] ?(?P<j>-)|(?P<sign>[-+]?)) ?(?P<number>\d{1,5}) ?(?:(?P<day>d|days?|j|jours?)|"
    r"(?P<hour>h|hours?|heures?)(?P<more>\d{2})?|(?P<minute>m|min|minutes?))?"
    r"(?: (?:(?P<before>before|avant)|(?P<after>after|apres)))?:?",
    re.ASCII,
)
"""Also `J-2` and `2 days before`."""
_END = re.compile(
    r"\s(?:(?P<mark>!|blocking|bloquante?)|(?P<hours>\d{1,2})h(?P<more>\d{2})?|"
    r"(?P<minutes>\d{1,3}) ?(?:m|min|minutes?))$",
    re.ASCII | re.IGNORECASE,
)
LONGEST_NAME = 6
"""Words of a name."""


def read_tasks(text: str, asker: Person, people: Sequence[Person]) -> tuple[PlanTask, ...]:
    """The tasks in the lines. Raises ValidationFailed, with a sentence about the first that is not understood."""
    found = []
    for number, line in enumerate(read_tests(_SIGNS.sub(r"\1", text)), 1):
        try:
            found.append(_read(line, asker, people))
        except ValidationFailed as wrong:
            problem = translate(next(iter(wrong.problems.values())))
            raise invalid("tasks", "Line {number}: {problem}", number=number, problem=problem) from wrong
    return tuple(found)


def _read(line: str, asker: Person, people: Sequence[Person]) -> PlanTask:
    days, minutes, title = _due(line)
    planned, blocking, assignee = 0, False, None
    while (found := _END.search(title)) and not (blocking if found["mark"] else planned):
        title = title[: found.start()]
        blocking = blocking or bool(found["mark"])
        planned = planned or int(found["hours"] or 0) * 60 + int(found["more"] or 0) + int(found["minutes"] or 0)
    if title.startswith("@"):
        assignee, title = _person(title[1:].strip(), asker, people)
    title = title.strip(" :")
    if not any(each.isalnum() for each in title):
        raise invalid("tasks", "say what is to be done.")
    return PlanTask(title, assignee, days, minutes, planned, blocking)


def _due(line: str) -> tuple[int, int, str]:
    """The days before the window, or the minutes after its start, and what follows."""
    for beginning, rest in beginnings(line, 4):
        if found := _DUE.fullmatch(beginning):
            number, after = int(found["number"]), found["sign"] == "+" or bool(found["after"])
            minutes = number * 60 + int(found["more"] or 0) if found["hour"] else number
            if (found["day"] or found["j"]) and not after and number:
                return number, 0, rest
            said = found["sign"] or found["before"] or found["after"] or not number
            if said and (found["hour"] or found["minute"] or not (number or found["day"] or found["j"])):
                return 0, minutes if after else -minutes, rest
    raise invalid(
        "tasks",
        "begin with when it is due: `-2d` (days before the window), `-3h` or `+1h` (before or after its start).",
    )


def _person(text: str, asker: Person, people: Sequence[Person]) -> tuple[Person, str]:
    """Who is meant behind the `@`, and the rest: up to the colon, or the longest beginning that is somebody's name."""
    before, colon, _rest = text.partition(": ")
    words = text.split()
    for most in range(min(LONGEST_NAME, len(words)), 1, -1):
        name = " ".join(words[:most])
        if name == f"{before}:" or (not colon and len(people_called(name, people)) == 1):
            break
    else:
        most = 1
    said, rest = " ".join(words[:most]), " ".join(words[most:])
    return read_person(said.rstrip(":,") or "-", asker, people), rest
