"""Days as people type them. What can be read in two ways is asked back with both, never guessed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from babel.dates import get_day_names, get_month_names

from application.input_parsing.phrases import FROM_TODAY
from changes.errors import ValidationFailed
from changes.text import beginnings, normalized
from language import _, date_text, invalid

_LANGUAGES = ("en", "fr", "de")
_SHORT_WEEKDAYS = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
"""Those of English that CLDR does not list."""
_SHORT_MONTHS = {"sept": 9, "febr": 2, "maerz": 3}


@cache
def months() -> Mapping[str, int]:
    """The number of each month by its name, whole or short, as `normalized` spells it and without a dot."""
    return _numbers(get_month_names) | _SHORT_MONTHS


@cache
def weekdays() -> Mapping[str, int]:
    """The number of each weekday, Monday is 0, by its name."""
    return _numbers(get_day_names) | _SHORT_WEEKDAYS


def _numbers(names_of: object) -> dict[str, int]:
    found: dict[str, int] = {}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in names_of(width, context, language).items():  # type: ignore[operator]
                    found[normalized(str(name)).rstrip(".")] = int(number)
    return found


YEARS = range(2000, 2200)
"""The years in which a date can lie."""
MOST_WORDS = 6
"""Of a date: `Thu, 15 of April 2027`."""
_BEFORE = re.compile(r"(?:(?:on|the|le|la|au|am|den|dem|der)\s+)+")
_WEEKDAY = re.compile(r"([a-z]+)[.,]{0,2}(?:\s+|$)")
_ISO = re.compile(r"(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_DOTTED = re.compile(r"(\d{1,2})\s?\.\s?(\d{1,2})(?:\s?\.(?:\s?(\d{4}|\d\d))?)?")
_SLASHED = re.compile(r"(\d{1,2})\s?([-/])\s?(\d{1,2})(?:\s?\2\s?(\d{4}|\d\d))?")
_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|e|\.)?(?:\s?-\s?|\s+(?:of|de)\s+|\s*)([a-z]+)\.?(?:[\s,-]+(\d{4}|\d\d))?"
)
_MONTH_FIRST = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?")
_AFTER = re.compile(r"(?:in|dans)\s+(\d{1,3})\s+([a-z]+)")
_DAYS = {
    **dict.fromkeys(("day", "days", "jour", "jours", "tag", "tage", "tagen"), 1),
    **dict.fromkeys(("week", "weeks", "semaine", "semaines", "woche", "wochen"), 7),
}


def read_date(text: str, today: date, field: str = "date") -> date:
    """The day that is meant; one without a year is the next such day, today included.

    Raises ValidationFailed, for the `field`, with what is expected, what does not agree, or both readings.
    """
    return _read(normalized(text), today, field, text)


def take_date(text: str, today: date, field: str = "date") -> tuple[date, str]:
    """The day at the beginning of the text, and what follows it as it was typed. Raises ValidationFailed."""
    wrong: ValidationFailed | None = None
    for beginning, rest in beginnings(text, MOST_WORDS):
        try:
            return _read(beginning, today, field, beginning), rest
        except ValidationFailed as refusal:
            # Of several refusals the one that understood most says what is wrong.
            if wrong is None or isinstance(refusal, UnfitDate):
                wrong = refusal
    raise wrong or _unknown(field)


class UnfitDate(ValidationFailed):
    """It is a date, but not one that can stand."""


def unfit(field: str, template: str, /, **facts: object) -> UnfitDate:
    """What refuses such a date, in the language of the moment."""
    return UnfitDate({field: _(template, **facts)})


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A day as it was written; the year with four digits, two, or none."""

    year: str
    month: int
    day: int

    def of(self, today: date) -> date | None:
        """The day, the next one from today on where no year was given; None where the calendar has none.

        A year of two digits is none before the present one: in `15 April 20 Uhr` an hour stands there.
        """
        years: Iterable[int] = range(today.year, today.year + 9)  # 29 February after 2096: 8 years
        if self.year:
            years = [year] if (year := int(self.year)) > 99 else [2000 + year] * (2000 + year >= today.year)
        for year in years:
            try:
                day = date(year, self.month, self.day)
            except ValueError:
                continue
            if self.year or day >= today:
                return day
        return None


def _read(text: str, today: date, field: str, typed: str) -> date:
    text = text.strip(" ,;").rstrip(" .:")
    if (ahead := FROM_TODAY.get(text)) is not None:
        return today + timedelta(days=ahead)
    if (found := _AFTER.fullmatch(text)) and found[2] in _DAYS:
        return today + timedelta(days=int(found[1]) * _DAYS[found[2]])
    text, weekday = _without_weekday(_BEFORE.sub("", text, count=1) if _BEFORE.match(text) else text)
    if weekday is not None and not text:
        return _coming(weekday, today, field)
    written = list(written_dates(text))
    if not written:
        raise _unknown(field)
    days = sorted({day for each in written if (day := each.of(today)) is not None and day.year in YEARS})
    if weekday is not None and days:
        days = _on(weekday, days, field)
    if not days and any(len(each.year) == 2 for each in written):
        raise unfit(field, "Give the year with four digits: two mean one from {year} on.", year=str(today.year))
    if not days:
        raise unfit(field, "There is no such date: give one like 15.4.2027 or 2027-04-15.")
    if len(days) > 1:
        raise unfit(
            field,
            "“{typed}” could be two dates: type {first} for {first_date}, or {second} for {second_date}.",
            typed=typed.strip(),
            first=swiss(days[0]),
            first_date=days[0],
            second=swiss(days[1]),
            second_date=days[1],
        )
    return days[0]


def written_dates(text: str) -> Iterator[WrittenDate]:
    """Every way in which the text can be read as a day."""
    if found := _ISO.fullmatch(text):
        yield WrittenDate(found[1], int(found[3]), int(found[4]))
    elif found := _COMPACT.fullmatch(text):
        yield WrittenDate(found[1], int(found[2]), int(found[3]))
    elif found := _DOTTED.fullmatch(text):
        yield WrittenDate(found[3] or "", int(found[2]), int(found[1]))
    elif found := _SLASHED.fullmatch(text):
        # With slashes half the world writes the month first.
        yield WrittenDate(found[4] or "", int(found[3]), int(found[1]))
        yield WrittenDate(found[4] or "", int(found[1]), int(found[3]))
        if found[4] and len(found[4]) == 2 and len(found[1]) == 2:
            yield WrittenDate(found[1], int(found[3]), int(found[4]))  # `27-04-05`, the year first
    elif (found := _DAY_FIRST.fullmatch(text)) and found[2] in months():
        yield WrittenDate(found[3] or "", months()[found[2]], int(found[1]))
    elif (found := _MONTH_FIRST.fullmatch(text)) and found[1] in months():
        yield WrittenDate(found[3] or "", months()[found[1]], int(found[2]))


def is_weekday(text: str) -> bool:
    """Whether the normalized text is a weekday's name alone."""
    rest, weekday = _without_weekday(_BEFORE.sub("", text, count=1))
    return weekday is not None and not rest


def _without_weekday(text: str) -> tuple[str, int | None]:
    found = _WEEKDAY.match(text)
    if found is None or found[1] not in weekdays():
        return text, None
    rest = _BEFORE.sub("", text[found.end() :], count=1)
    if found[1] in months() and _MONTH_FIRST.fullmatch(text):
        return text, None  # `Mar 15` is in March
    return rest.lstrip(" ,"), weekdays()[found[1]]


def _coming(weekday: int, today: date, field: str) -> date:
    """The next such day. On such a day it may be today or in a week."""
    ahead = (weekday - today.weekday()) % 7
    if ahead:
        return today + timedelta(days=ahead)
    later = today + timedelta(days=7)
    raise unfit(
        field,
        "Today is that weekday: type {first} for today, or {second} for {second_date}.",
        first=swiss(today),
        second=swiss(later),
        second_date=later,
    )


def _on(weekday: int, days: list[date], field: str) -> list[date]:
    """Those of the days that fall on the weekday. Raises ValidationFailed where none does."""
    fitting = [day for day in days if day.weekday() == weekday]
    if not fitting:
        raise unfit(
            field,
            "The weekday does not match the date: that day is {date}. Type the date alone, or correct it.",
            date=" / ".join(map(date_text, days)),
        )
    return fitting


def swiss(day: date) -> str:
    """The day as it can be typed."""
    return f"{day.day}.{day.month}.{day.year}"


def _unknown(field: str) -> ValidationFailed:
    return invalid(field, "Give the date like 15.4.2027, 15 April 2027 or 2027-04-15.")
