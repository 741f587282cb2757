"""The tasks of a plan as people type them, one a line: `-2d @Nadia: Order the certificate 15m !` (P130)."""

import re
from collections.abc import Sequence

from application.input_parsing.durations import read_duration, take_duration
from application.input_parsing.lists import read_tests
from application.input_parsing.people import read_person
from application.input_parsing.times import DAY_MINUTES
from changes.errors import ValidationFailed
from changes.model import Person, PlanTask
from language import invalid, translate

_BEFORE = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
"""Phones and text processors have their own ideas of a minus."""
_PARTS = re.compile(r"^(.*?)(?: ([1-9]\d?h(?:[0-5]\d)?|[1-9]\d{0,3}(?:m|min)))?( !)?$", re.ASCII)
"""What is to be done, how long it takes, and whether it blocks."""


def read_tasks(text: str, asker: Person, people: Sequence[Person]) -> tuple[PlanTask, ...]:
    """The tasks in the lines. Raises ValidationFailed, with a sentence about the first that is not understood."""
    found = []
    for number, line in enumerate(read_tests(text), 1):
        try:
            found.append(_read(line, asker, people))
        except ValidationFailed as wrong:
            problem = translate(next(iter(wrong.problems.values())))
            raise invalid("tasks", "Line {number}: {problem}", number=number, problem=problem) from wrong
    return tuple(found)


def _read(line: str, asker: Person, people: Sequence[Person]) -> PlanTask:
    due, _, rest = line.partition(" ")
    days, minutes = _due(due)
    title, planned, blocks = _PARTS.findall(rest)[0]
    assignee = None
    if title.startswith("@"):
        name, colon, after = title[1:].partition(": ")
        name, _, title = (name, colon, after) if colon else title[1:].partition(" ")
        assignee = read_person(name.rstrip(":,") or "-", asker, people)
    if not any(each.isalnum() for each in title):
        raise invalid("tasks", "say what is to be done.")
    return PlanTask(title, assignee, days, minutes, read_duration(planned) if planned else 0, bool(blocks))


def _due(word: str) -> tuple[int, int]:
    """The whole days before the window, or the minutes after its start."""
    sign, length = word[:1], take_duration(word[1:])
    if (sign != "+" and sign not in _BEFORE) or length is None or length.rest or word[1:].isdigit():
        raise invalid(
            "tasks",
            "begin with when it is due: `-2d` (days before the window), `-3h` or `+1h` (before or after its start).",
        )
    if sign == "+":
        return 0, length.minutes
    days, left = divmod(length.minutes, DAY_MINUTES)
    return (0, -length.minutes) if left else (days, 0)
