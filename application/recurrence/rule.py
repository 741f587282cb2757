"""The rule of a recurring change (RFC 5545) and its days. Expanded in local days: no clock change moves any."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time

from dateutil.rrule import rrulestr

from language import invalid

_WEEKDAY = r"(?:MO|TU|WE|TH|FR|SA|SU)"
_WHICH, _DAY = rf"(?:[1-4]|-1){_WEEKDAY}", r"(?:[1-9]|[12]\d|3[01]|-1)"
_IN_MONTH = rf"(?:BYDAY={_WHICH}(?:,{_WHICH})*|BYMONTHDAY=(?P<day>{_DAY}))"
_RULE = re.compile(
    rf"FREQ=(?:WEEKLY(?:;INTERVAL=[2-9])?;BYDAY={_WEEKDAY}(?:,{_WEEKDAY})*"
    rf"|(?:MONTHLY(?:;INTERVAL=[2-9])?|YEARLY(?:;INTERVAL=[2-9])?;BYMONTH=(?P<month>[1-9]|1[0-2]));{_IN_MONTH})"
)
"""Rules that never come to an end: dateutil looks for a 31 February until the year 9999."""
_ORDER = "FREQ;INTERVAL;BYMONTH;BYDAY;BYMONTHDAY"
LONGEST = 200


def read_rule(text: str) -> str:
    """The rule in one spelling. Raises ValidationFailed unless each of its weeks, months or years may have a day."""
    parts = text[:LONGEST].strip().upper().removeprefix("RRULE:").split(";")
    rule = ";".join(sorted(parts, key=lambda each: _ORDER.find(each.partition("=")[0]))).replace(";INTERVAL=1;", ";")
    found = _RULE.fullmatch(rule)
    if found is None or (found["month"] and int(found["day"] or 1) > monthrange(2001, int(found["month"]))[1]):
        raise invalid(
            "rule",
            "Every week takes a weekday; every month or year one like the first Tuesday, or a day that it has. A rule "
            "is typed like `FREQ=MONTHLY;INTERVAL=3;BYDAY=1TU`.",
        )
    return rule


def days_after(rule: str, first: date, after: date) -> Iterator[date]:
    """The days of the rule after that one, in order and without an end; it is counted from `first`."""
    moments = rrulestr(rule, dtstart=datetime.combine(first, time()))
    return (moment.date() for moment in moments if moment.date() > after)
