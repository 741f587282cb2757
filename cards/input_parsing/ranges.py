"""Spans as people type them: days from one to another, and a window."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cards.input_parsing.dates import UnfitDate, read_date, take_date
from cards.input_parsing.durations import take_duration
from cards.input_parsing.times import DAY_MINUTES, minutes_of, read_time
from changes.errors import Incomplete
from changes.spelling import beginnings, normalized
from language import _

_BETWEEN_DAYS = re.compile(r"\s+(?:to|until|till|through|au|a|jusqu'au|bis|bis zum)\s+|\s*[-/]\s*")
_FROM = re.compile(r"^(?:from|du|des|de|vom|von|ab)\s+(?:the\s+|le\s+|dem\s+)?")
_DAY_ALONE = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|\.)?")
_HAS_YEAR = re.compile(r"\d{4}|\d\s?[./-]\s?\d{1,2}\s?[./-]\s?\d\d")
_YEAR = timedelta(days=364)
_BETWEEN_TIMES = re.compile(r"\s*(?:-|\bto\b|\buntil\b|\btill\b|\ba\b|\bjusqu'a\b|\bbis\b)\s*")
_LEAD = re.compile(r"^(?:(?:and|to|until|et|au|und|bis)\s+|[-–,;\s]+)", re.IGNORECASE)
MOST_DAYS, MOST_WORDS_OF_TIMES = 2, 6


@dataclass(frozen=True, slots=True)
class TypedWindow:
    """When a window starts and how many minutes it lasts; None where no duration was typed. `rest` follows it."""

    day: date
    at: time
    minutes: int | None
    rest: str


def read_days(text: str, today: date) -> tuple[date, date]:
    """The first and the last day of a range, or the same day twice. Raises Incomplete."""
    wanted = _FROM.sub("", normalized(text))
    try:
        day = read_date(wanted, today)
    except Incomplete as wrong:
        refusal = wrong
    else:
        return day, day
    for found in _BETWEEN_DAYS.finditer(wanted):
        try:
            return _first_and_last(wanted[: found.start()], wanted[found.end() :], today)
        except UnfitDate as wrong:
            refusal = wrong  # it says more than that the whole is no date
        except Incomplete:
            continue
    days = _days_in_a_row(text, today)
    if len(days) > MOST_DAYS:
        raise Incomplete(
            {"date": _("Those are more than two dates: give the first and the last day, like 12.7.-30.7.2027.")}
        )
    if len(days) < MOST_DAYS:
        raise refusal
    return days[0], days[1]


def _first_and_last(left: str, right: str, today: date) -> tuple[date, date]:
    """Both days; what the first leaves out, its month or year, it has from the last. Raises Incomplete."""
    last = read_date(right, today)
    if found := _DAY_ALONE.fullmatch(left):
        return read_date(f"{found[1]}.{last.month}.{last.year}", today), last
    is_whole = _HAS_YEAR.search(left) or not any(each.isdigit() for each in left)
    return read_date(left, today if is_whole else last - _YEAR), last


def _days_in_a_row(text: str, today: date) -> list[date]:
    """The dates that stand one after the other, one more than a range has at most; none when something else does."""
    days: list[date] = []
    while text and len(days) <= MOST_DAYS:
        try:
            day, text = take_date(_LEAD.sub("", text), today)
        except Incomplete:
            return []
        days.append(day)
    return days


def take_window(text: str, today: date, zone: ZoneInfo) -> TypedWindow:
    """The window at the beginning of `15.4.2027 20:00 90 min the reason`, or `… 20:00-24:00`. Raises Incomplete."""
    day, rest = take_date(text, today)
    if not rest:
        raise Incomplete({"time": _("Add the time, for example `15.4.2027 20:00`.")})
    for beginning, after in beginnings(rest, MOST_WORDS_OF_TIMES):
        parts = _BETWEEN_TIMES.split(_FROM.sub("", beginning))
        if len(parts) == 2 and all(parts):
            try:
                start, end = minutes_of(parts[0], "time"), minutes_of(parts[1], "minutes", is_end=True)
            except Incomplete:
                continue
            return TypedWindow(day, time(*divmod(start, 60)), _lasting(day, start, end, zone), after)
    wrong: Incomplete | None = None
    for beginning, after in beginnings(rest, 3):
        try:
            at = read_time(beginning)
        except Incomplete as refusal:
            wrong = refusal
            continue
        lasting = take_duration(after)
        return TypedWindow(day, at, lasting[0], lasting[1]) if lasting else TypedWindow(day, at, None, after)
    raise wrong or Incomplete({"time": _("Add the time, for example `15.4.2027 20:00`.")})


def _lasting(day: date, start: int, end: int, zone: ZoneInfo) -> int:
    """The minutes between two times of the wall clock, given as minutes since midnight; the end is after the start."""
    midnight = datetime.combine(day, time())
    moments = [midnight + timedelta(minutes=each) for each in (start, end if end > start else end + DAY_MINUTES)]
    first, last = (each.replace(tzinfo=zone).astimezone(UTC) for each in moments)
    return (last - first) // timedelta(minutes=1)
