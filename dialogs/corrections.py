"""A command that was refused for one of its parts: what is typed next is that part, missing or corrected."""

from collections.abc import Mapping
from datetime import date

from application.input_parsing.dates import UnfitDate, read_date
from application.input_parsing.times import read_time
from application.input_parsing.windows import TypedWindow, parts_of_refused, take_window, with_length
from changes.errors import ValidationFailed
from changes.model import Change
from changes.policy import Service
from changes.text import beginnings, first_word, joined
from dialogs.keywords import SAME, YES, is_word
from language import _, translate

MOVE = "move"
_PARTS: Mapping[str, frozenset[str]] = {
    MOVE: frozenset({"date", "time", "minutes", "reason"}),
    "extend": frozenset({"extra_minutes"}),
    "assign": frozenset({"part", "implementer", "requester", "name"}),
    "accept": frozenset({"test"}),
    "finished": frozenset({"result"}),
    "tried": frozenset({"result"}),
    "confirm": frozenset({"vps_name"}),
}
"""The fields of each command that can be typed once more without the command."""
_BEGINS_WITH_NUMBER = frozenset({"extend", "accept"})
_MOST_WORDS = 6
"""Of a date."""


def question_for_part(what: str, change: Change, service: Service, wrong: ValidationFailed) -> str:
    """The refusal as a question for the part that is wrong; empty where another line has to be typed."""
    if not wrong.problems.keys() <= _PARTS.get(what, frozenset()):
        return ""
    asked = translate(wrong)
    if what == MOVE and wrong.problems.keys() == {"time"}:
        asked = joined(asked, _("`-` keeps the present time, {time}.", time=_present_time(change, service)))
    return asked


def is_new_window(what: str, text: str, change: Change, service: Service, today: date) -> bool:
    """Whether the answer to a question for a reason is no reason but another date, with its time or without."""
    if what != MOVE:
        return False
    day, rest = _day_and_rest(text, today)
    if not day:
        return _is_time(text)
    if not rest:
        return True
    try:
        window = take_window(f"{_present_day(change, service)} {rest}", today, service.zone)
    except ValidationFailed:
        return False
    # “Tomorrow 8 people are off” is a reason, and `18.12.2026 20:00 they are back` a date with one.
    # “5 May 2027 20 people are away” has no hour.
    return not window.rest or (day[0].isdigit() and not first_word(rest)[0].isdigit())


def is_unread(what: str, answer: str, wrong: ValidationFailed, today: date) -> bool:
    """Whether nothing in the answer to a question for a part of a window was a date, a time or a length."""
    return what == MOVE and wrong.problems.keys() == {"time"} and not _day_and_rest(answer, today)[0]


def arguments(
    what: str, typed: str, answer: str, change: Change, service: Service, today: date, *, is_length: bool = False
) -> tuple[str, ...]:
    """What may stand behind the change's id once the answer is put in, the likeliest first.

    `is_length`: of a window it is asked how long it lasts, or when it ends.
    """
    if what == MOVE:
        return (_window_line(typed, answer, change, service, today, is_length=is_length),)
    first, behind = first_word(typed)
    # A number that was refused is no part of the reason behind it.
    kept = behind if what in _BEGINS_WITH_NUMBER and any(each.isdigit() for each in first) else typed
    found = (f"{typed} {answer}", answer, f"{answer} {kept}", f"{first} {answer}")
    return tuple(dict.fromkeys(each.strip() for each in found))


def _window_line(typed: str, answer: str, change: Change, service: Service, today: date, *, is_length: bool) -> str:
    former_day, former_rest = _day_and_rest(typed, today)
    day, rest = _day_and_rest(answer, today)
    if day and not rest:
        return f"{day} {former_rest}".strip()
    present = former_day or _present_day(change, service)
    former = parts_of_refused(former_rest)
    line = answer if day else f"{present} {answer}"
    if not day and not is_length and is_word(answer, SAME | YES):
        line = f"{present} {_present_time(change, service)}"
    elif not day and is_length and former.start and (lasting := with_length(former.start, answer)):
        line = f"{present} {lasting}"
    new = _window(line, service, today)
    if new is None or new.rest:
        return line
    old = _window(f"{present} {former_rest}", service, today) or former
    minutes = old.minutes if new.minutes is None else None
    if old.rest and new.minutes is None and minutes is None:
        minutes = change.plan.window.minutes  # “3 disks are full” is no length
    kept = ("" if minutes is None else f"- {minutes} min", old.rest)
    return " ".join(each for each in (line, *kept) if each)


def _window(line: str, service: Service, today: date) -> TypedWindow | None:
    try:
        return take_window(line, today, service.zone)
    except ValidationFailed:
        return None


def _day_and_rest(text: str, today: date) -> tuple[str, str]:
    """The date at the beginning, also one that cannot stand, and what follows; no date, and the text, for any other."""
    for beginning, rest in beginnings(text, _MOST_WORDS):
        try:
            read_date(beginning, today)
        except UnfitDate:
            if not any(each.isdigit() for each in beginning) and rest:
                continue  # a weekday's name begins a sentence too
        except ValidationFailed:
            continue
        return beginning, rest
    return "", text.strip()


def _is_time(text: str) -> bool:
    if text.strip().isdigit():
        return False
    try:
        read_time(text)
    except ValidationFailed:
        return False
    return True


def _present_day(change: Change, service: Service) -> str:
    return f"{service.local(change.plan.window.start):%Y-%m-%d}"


def _present_time(change: Change, service: Service) -> str:
    return f"{service.local(change.plan.window.start):%H:%M}"
