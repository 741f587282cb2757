"""What devices send for the inputs of a card.

The card protocol says `2027-04-15` for a date and `22:00` for a time. Phones also send a whole timestamp, seconds, or
the time as their own language writes it, and some put the day where the month belongs. None of that was typed: it is
brought to the protocol's form here, and what cannot be is read as if it had been typed.

A timestamp with a zone is a moment. Where that is another day or time at the service than the one that is written,
nobody knows which of both was picked, and it is asked back.
"""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from application.input_parsing.dates import YEARS, read_date, swiss, unfit
from application.input_parsing.times import read_time
from changes.labels import time_of
from changes.text import normalized
from language import invalid

_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[t ].*)?")
_STAMP = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[t ](\d{1,2}:\d\d)(?::\d\d(?:\.\d{1,9})?)?(?:z|[+-]\d\d:?\d\d)?")
_TIME = re.compile(r"(\d{1,2}:\d\d)(?::\d\d(?:\.\d{1,9})?)?(\s?[ap]\.?\s?m\.?)?z?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:z|[+-]\d\d:?\d\d)")


def device_date(value: str, today: date, zone: ZoneInfo) -> date:
    """The day in what a device sent for an Input.Date; a month above 12 is the day. Raises ValidationFailed."""
    text = normalized(value)
    if moment := _moment(text):
        written, there = moment.date(), moment.astimezone(zone).date()
        if written != there:
            raise unfit(
                "date",
                "“{typed}” is {date} in {zone}: type {date_there} for that, or {date_written} for {written}.",
                typed=value.strip(),
                date=there,
                zone=zone.key,
                date_there=swiss(there),
                date_written=swiss(written),
                written=written,
            )
    if found := _DAY.fullmatch(text):
        year, month, day = (int(each) for each in found.groups())
        if month > 12:
            month, day = day, month
        return read_date(f"{year:04d}-{month}-{day}", today)
    return read_date(value, today)


def device_time(value: str, zone: ZoneInfo) -> time:
    """The minute in what a device sent for an Input.Time; a zone without a day is ignored. Raises ValidationFailed."""
    text = normalized(value)
    if moment := _moment(text):
        written, there = time_of(moment), time_of(moment.astimezone(zone))
        if written != there:
            raise invalid(
                "time",
                "“{typed}” is {there} in {zone}: type {there} for that, or {written} for the time as written.",
                typed=value.strip(),
                there=there,
                zone=zone.key,
                written=written,
            )
    if found := _STAMP.fullmatch(text):
        return read_time(found[1])
    if found := _TIME.fullmatch(text):
        return read_time(f"{found[1]}{found[2] or ''}")
    return read_time(value)


def _moment(text: str) -> datetime | None:
    """The moment that a normalized timestamp with a zone names; None for any other text."""
    if not _MOMENT.fullmatch(text) or int(text[:4]) not in YEARS:
        return None
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None
