"""The rule of a recurring change (RFC 5545) and its days. Expanded in local days: no clock change moves any."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr

from language import invalid

HORIZON = timedelta(days=3660)
"""A rule that has no day in ten years has none; 29 February comes every eight years at the latest."""
_LISTED = {
    "BYDAY": r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)",
    "BYMONTHDAY": r"-?([1-9]|[12]\d|3[01])",
    "BYMONTH": r"([1-9]|1[0-2])",
    "BYSETPOS": r"-?[1-9]\d?",
}
_PART = "|".join(f"{name}={value}(,{value})*" for name, value in _LISTED.items())
_RULE = re.compile(rf"FREQ=(WEEKLY|MONTHLY|YEARLY)(;(INTERVAL=[1-9]\d?|{_PART}))*")
LONGEST = 200


def read_rule(text: str, first: date) -> str:
    """The rule in one spelling. Raises ValidationFailed unless it has a day after `first`."""
    rule = text.strip().upper().removeprefix("RRULE:")
    try:
        if len(rule) > LONGEST or not _RULE.fullmatch(rule):
            raise ValueError(rule)
        found = next(days_after(rule, first, first), None)
    except ValueError:
        raise invalid(
            "rule",
            "I can't use this rule: give FREQ=WEEKLY, MONTHLY or YEARLY, with INTERVAL, BYDAY, BYMONTHDAY, BYMONTH or "
            "BYSETPOS, like `FREQ=MONTHLY;BYDAY=1TU`.",
        ) from None
    if found is None:
        raise invalid("rule", "This rule has no date in the next ten years. Give another.")
    return rule


def days_after(rule: str, first: date, after: date) -> Iterator[date]:
    """The days of the rule after that one, in order, for ten years; it is counted from `first`."""
    # Without an end it would look for a 31 February until the year 9999.
    until = datetime.combine(after, time.max) + HORIZON
    moments = rrulestr(f"{rule};UNTIL={until:%Y%m%dT%H%M%S}", dtstart=datetime.combine(first, time()))
    return (moment.date() for moment in moments if moment.date() > after)
