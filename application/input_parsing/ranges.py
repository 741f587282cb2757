"""Days from one to another, as people type them."""

import re
from datetime import date, timedelta

from application.input_parsing.dates import UnfitDate, is_weekday, read_date, swiss, take_date, unfit, written_dates
from changes.errors import ValidationFailed
from changes.text import normalized
from language import invalid

_BETWEEN_DAYS = re.compile(
    r"\s+(?:(?:to|until|till|through)(?:\s+the)?|jusqu'au|jusqu'a|au|a|bis(?:\s+(?:zum|am))?)\s+|\s*[-/]\s*"
)
"""The longest first."""
_FROM = re.compile(r"^(?:from|du|des|de|vom|von|ab)\s+(?:the\s+|le\s+|dem\s+)?")
_DAY_ALONE = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|\.)?")
_LAST_ALONE = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|\.)?(?:,?\s+(\d{4}))?")
_TWO_NUMBERS = re.compile(r"(\d{1,2})\s?-\s?(\d{1,2})")
_HAS_YEAR = re.compile(r"\d{4}|\d\s?[./-]\s?\d{1,2}\s?[./-]\s?\d\d")
_YEAR = timedelta(days=364)
_LEAD = re.compile(r"^(?:(?:and|to|until|et|au|und|bis)\s+|[-–,;\s]+)", re.IGNORECASE)
MOST_DAYS = 2


def read_days(text: str, today: date) -> tuple[date, date]:
    """The first and the last day of a range, or the same day twice. Raises ValidationFailed."""
    wanted = _FROM.sub("", normalized(text))
    if found := _TWO_NUMBERS.fullmatch(wanted):
        raise _without_month(wanted, int(found[1]), int(found[2]), today)
    try:
        day = read_date(wanted, today)
    except ValidationFailed as wrong:
        refusal = wrong
    else:
        return day, day
    for found in _BETWEEN_DAYS.finditer(wanted):
        try:
            return _first_and_last(wanted[: found.start()], wanted[found.end() :], today)
        except UnfitDate as wrong:
            refusal = wrong  # it says more than that the whole is no date
        except ValidationFailed:
            continue
    days = _days_in_a_row(text, today)
    if len(days) > MOST_DAYS:
        raise invalid("date", "Those are more than two dates: give the first and the last day, like 12.7.-30.7.2027.")
    if len(days) < MOST_DAYS:
        raise refusal
    return days[0], days[1]


def _first_and_last(left: str, right: str, today: date) -> tuple[date, date]:
    """Both days; what one leaves out, its month or year, it has from the other. Raises ValidationFailed."""
    if is_weekday(right):
        first = read_date(left, today)
        return first, read_date(right, first + timedelta(days=1))
    if (found := _LAST_ALONE.fullmatch(right)) and not _DAY_ALONE.fullmatch(left):
        first = read_date(f"{left} {found[2]}" if found[2] else left, today)
        return first, read_date(f"{found[1]}.{first.month}.{first.year}", today)
    last = read_date(right, today)
    if found := _DAY_ALONE.fullmatch(left):
        return read_date(f"{found[1]}.{last.month}.{last.year}", today), last
    is_whole = _HAS_YEAR.search(left) or not any(each.isdigit() for each in left)
    return read_date(left, today if is_whole else last - _YEAR), last


def _without_month(typed: str, first: int, last: int, today: date) -> ValidationFailed:
    """`12-14` has no month, or its two numbers are a day and a month."""
    days = (day for each in written_dates(typed) if (day := each.of(today)))
    month = today.month if first >= today.day else today.month % 12 + 1
    return unfit(
        "date",
        "“{typed}” may be two days of a month or one date: type it like {days}, or like {day}.",
        typed=typed,
        days=f"{first}.{month}.-{last}.{month}.",
        day=swiss(next(days, today)),
    )


def _days_in_a_row(text: str, today: date) -> list[date]:
    """The dates that stand one after the other, one more than a range has at most; none when something else does."""
    days: list[date] = []
    while text and len(days) <= MOST_DAYS:
        try:
            day, text = take_date(_LEAD.sub("", text), today)
        except ValidationFailed:
            return []
        days.append(day)
    return days
