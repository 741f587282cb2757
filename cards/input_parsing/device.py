"""What devices send for the inputs of a card.

The card protocol says `2027-04-15` for a date and `22:00` for a time. Phones also send a whole timestamp, seconds, or
the time as their own language writes it, and some put the day where the month belongs. None of that was typed: it is
brought to the protocol's form here, and what cannot be is read as if it had been typed.
"""

import re
from datetime import date, time

from cards.input_parsing.dates import read_date
from cards.input_parsing.times import read_time
from changes.spelling import normalized

_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[t ].*)?")
_STAMP = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[t ](\d{1,2}):(\d\d)(?::\d\d(?:\.\d{1,9})?)?(?:z|[+-]\d\d:?\d\d)?")
_SECONDS = re.compile(r"(\d{1,2}):(\d\d):\d\d(?:\.\d{1,9})?")


def device_date(value: str, today: date) -> date:
    """The day in what a device sent for an Input.Date. Raises Incomplete.

    A time or a zone behind it has no meaning: the input knows none. A month above 12 is the day, since nothing else
    can be meant.
    """
    if found := _DAY.fullmatch(normalized(value)):
        year, month, day = (int(each) for each in found.groups())
        if month > 12:
            month, day = day, month
        return read_date(f"{year:04d}-{month}-{day}", today)
    return read_date(value, today)


def device_time(value: str) -> time:
    """The time in what a device sent for an Input.Time, to the minute. Raises Incomplete."""
    text = normalized(value)
    if found := _STAMP.fullmatch(text) or _SECONDS.fullmatch(text):
        return read_time(f"{found[1]}:{found[2]}")
    return read_time(value)
