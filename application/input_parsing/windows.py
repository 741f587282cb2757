"""Windows as people type them: a date, a time, and how long or until when, with a reason behind them perhaps.

What stands behind the time is its end, a duration or the reason. Where it may be two of these it is asked back.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from application.input_parsing.ambiguous_windows import Moment, end_or_length, is_it_the_end, two_readings
from application.input_parsing.dates import YEARS, take_date
from application.input_parsing.durations import take_duration
from application.input_parsing.times import DAY_MINUTES, clock, minutes_apart, minutes_of, read_time
from changes.errors import ValidationFailed
from changes.text import LONGEST_VALUE, beginnings, first_word
from language import invalid

MOST_WORDS, MOST_WORDS_OF_A_TIME = 7, 4
"""Of `from 20 h 30 to 22 h 30`, and of `at 20 h 30`."""
_FROM = re.compile(r"^(?:from|du|des|de|vom|von|ab)\s+")
_BETWEEN = re.compile(r"\s+(?:to|until|till|a|jusqu'a|bis|-)\s+|\s*-\s*")
_UNTIL = re.compile(
    r"\s*(?:[-–—,;:]\s*)?(?:(?:to|until|till|à|a|au|jusqu['’](?:à|au)|bis(?:\s+zum)?)\s+)?", re.IGNORECASE
)
_STAMP = re.compile(r"^(\s*\d{4}-\d\d-\d\d)[Tt](?=\d\d:)")
_OF_TWELVE = re.compile(r"(.*\d)\s?([ap]\.?\s?m)\.?")
_NO_HALF = re.compile(r"(?:1[0-2]|0?[1-9])(?:\s?[:.]\s?\d\d)?")
"""A time that may be one of the morning or of the evening."""
_ENDS = ",;:.)"


@dataclass(frozen=True, slots=True)
class TypedWindow:
    """When a window starts and how many minutes it lasts; None where no duration was typed. `rest` follows it."""

    day: date
    at: time
    minutes: int | None
    rest: str


def take_window(text: str, today: date, zone: ZoneInfo) -> TypedWindow:
    """The window at the beginning of `15.4.2027 20:00 90 min the reason`. Raises ValidationFailed."""
    day, rest = take_date(_STAMP.sub(r"\1 ", text, count=1), today)
    rest = re.sub(r"^[-–—,;:@]\s+", "", rest)
    if not rest:
        raise invalid("time", "Add the time, for example `15.4.2027 20:00`.")
    for beginning, after in beginnings(rest, MOST_WORDS):
        if span := _span(beginning, is_last=not after):
            if value := _value(after):
                raise is_it_the_end(value, span[0])
            return _window(day, span[0], _lasting(day, *span, zone), after)
    start, written, after = _take_start(rest)
    minutes, reason = _take_length(after, start, day, zone)
    more = f"{minutes_apart(written)} {first_word(reason)[0]}"
    if minutes is None and minutes_apart(written) and take_duration(f"- {more}"):
        hour = clock(start - minutes_apart(written))
        raise two_readings(f"{written} {first_word(reason)[0]}", clock(start), f"{hour} - {more}")
    return _window(day, start, minutes, reason)


@dataclass(frozen=True, slots=True)
class RefusedParts:
    """What can be told of a window that was refused, behind its date: the time as it was typed, or an empty text where
    there was none that can be read; the minutes where they are clear; and the reason.
    """

    start: str
    minutes: int | None
    rest: str


def parts_of_refused(text: str) -> RefusedParts:
    """The parts of the text, which stood behind the date of a window that was refused."""
    start, rest = _start_of_refused(text)
    lasting, value = take_duration(rest), _value(rest)
    behind = [each.rest for each in (lasting, value) if each]
    minutes = lasting.minutes if lasting and not value else None
    return RefusedParts(start, minutes, min(behind, key=len, default=rest))


def _start_of_refused(text: str) -> tuple[str, str]:
    for beginning, after in beginnings(text, MOST_WORDS_OF_A_TIME):
        try:
            read_time(beginning)
        except ValidationFailed:
            continue
        return beginning.rstrip(_ENDS), after
    word, after = first_word(text)
    is_length = ":" not in word and take_duration(text) is not None
    return "", text if is_length or not any(each.isdigit() for each in word) else after


def with_length(start: str, answer: str) -> str:
    """The start with the end or the length that was answered when it was asked for; empty where that is neither."""
    lasting, value = take_duration(answer), _value(answer)
    is_end = value is not None and not value.rest and value.minutes is not None
    if value and is_end and (not lasting or lasting.rest or ":" in value.typed):
        return f"{start}-{value.typed}"
    return f"{start} {answer}" if lasting and not lasting.rest else ""


def _window(day: date, start: int, minutes: int | None, reason: str) -> TypedWindow:
    """Raises ValidationFailed where a second end or duration stands behind the first, and nothing else."""
    lasting, value = take_duration(reason), _value(reason)
    if (lasting and not lasting.rest) or (value and not value.rest):
        raise invalid("minutes", "“{typed}” is one length too many: give the end or the duration.", typed=reason)
    return TypedWindow(day, time(*divmod(start, 60)), minutes, reason)


def _span(text: str, *, is_last: bool) -> tuple[int, int] | None:
    """The start and the end in a normalized `20:00-22:00`, in minutes since midnight; None where it is none.

    A bare number behind a word is the end where nothing follows, or where `from` leads it: not in `20:00 to 2 servers`.
    """
    bare = _FROM.sub("", text[:LONGEST_VALUE].removeprefix("(")).rstrip(_ENDS)
    found = _BETWEEN.search(bare)
    left, right = (bare[: found.start()], bare[found.end() :]) if found else ("", "")
    if not found or not left or not right:
        return None
    if right.isdigit() and found[0] != "-" and not is_last and not _FROM.match(text):
        return None
    try:
        start, end = minutes_of(left, "time"), minutes_of(right, "minutes", is_end=True)
    except ValidationFailed:
        return None
    start, end = _in_halves(text.strip("(" + _ENDS), left, right) or (start, end)
    if found[0] == " - " and end <= start and "h" in right and "h" not in left and (lasting := take_duration(right)):
        raise end_or_length(right, start, end, lasting.minutes)
    if start == end:
        raise invalid("minutes", "The window ends when it starts: give a later end, or how long it lasts.")
    return start, end


def _in_halves(typed: str, left: str, right: str) -> tuple[int, int] | None:
    """The start and the end where one of both says of which half of the day it is, and the other may be of it too.

    Raises ValidationFailed, with both readings, where that gives no window of less than half a day.
    """
    halves = [found[2][0] if (found := _OF_TWELVE.fullmatch(each)) else "" for each in (left, right)]
    if all(halves) or not any(halves) or not _NO_HALF.fullmatch(right if halves[0] else left):
        return None
    spans = {
        half: [
            minutes_of(each if own else f"{each} {half}m", "time")
            for each, own in zip((left, right), halves, strict=True)
        ]
        for half in "ap"
    }
    start, end = spans["".join(halves)]
    if 0 < end - start < DAY_MINUTES // 2 and not (right if halves[0] else left).startswith("0"):
        return start, end
    raise two_readings(typed, *("-".join(map(clock, each)) for each in spans.values()))


def _take_start(text: str) -> tuple[int, str, str]:
    """The start in minutes since midnight, how it was written, and what follows. Raises ValidationFailed."""
    wrong: ValidationFailed | None = None
    for beginning, after in beginnings(text, MOST_WORDS_OF_A_TIME):
        try:
            at = read_time(beginning)
        except ValidationFailed as refusal:
            wrong = refusal
        else:
            return at.hour * 60 + at.minute, beginning.rstrip(_ENDS), after
    raise wrong or invalid("time", "Add the time, for example `15.4.2027 20:00`.")


def _take_length(text: str, start: int, day: date, zone: ZoneInfo) -> tuple[int | None, str]:
    """The minutes behind the start, None where none stand there, and what follows. Raises ValidationFailed."""
    lasting, value = take_duration(text), _value(text)
    if value and not (lasting and (lasting.is_named or len(lasting.rest) < len(value.rest))):
        if value.minutes == DAY_MINUTES and value.typed[2:3] in (":", "."):
            return _lasting(day, start, DAY_MINUTES, zone), value.rest
        if lasting is None or len(value.rest) < len(lasting.rest) or value.minutes is None:
            raise is_it_the_end(value, start)
        # `22:00` may be both, and `22h` where that is later on the same day.
        if ":" in value.typed or value.minutes > start:
            raise end_or_length(value.typed, start, value.minutes, lasting.minutes)
    return (lasting.minutes, lasting.rest) if lasting else (None, text)


def _value(text: str) -> Moment | None:
    """The time or the date at the beginning of the text, also behind a word such as `until`; None for other texts.

    A number is none, except of four digits: `20:00 90` has a duration.
    """
    lead = _UNTIL.match(text)
    bare = text[lead.end() :] if lead else text
    try:
        rest = take_date(bare, date(min(YEARS), 1, 1))[1]
    except ValidationFailed:
        pass
    else:
        if bare[:1].isdigit():
            return Moment(None, bare.removesuffix(rest).strip(), rest)
    for beginning, rest in beginnings(bare, MOST_WORDS_OF_A_TIME):
        typed = beginning.strip("(" + _ENDS)
        if not typed.isdigit() or len(typed) == 4:
            try:
                return Moment(minutes_of(typed, "minutes", is_end=True), typed, rest)
            except ValidationFailed:
                continue
    return None


def _lasting(day: date, start: int, end: int, zone: ZoneInfo) -> int:
    """The minutes between two times of the wall clock, given as minutes since midnight; the end is after the start."""
    midnight = datetime.combine(day, time())
    moments = [midnight + timedelta(minutes=each) for each in (start, end if end > start else end + DAY_MINUTES)]
    first, last = (each.replace(tzinfo=zone).astimezone(UTC) for each in moments)
    return (last - first) // timedelta(minutes=1)
