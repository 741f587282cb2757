"""How often something recurs, as it is chosen on its card or typed as an RRULE: `every` month, and `on` which day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from application.input_parsing.times import read_time
from application.recurrence.rule import read_rule
from changes.recurrence.series import Series, WhenBlocked

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
INPUTS = frozenset({"every", "on", "time", "when_blocked"})
"""The ids of the inputs of the card: the beginning of a rule, its last part, and what stands in no rule."""
WHICH = ("1", "2", "3", "4", "-1")
"""Which weekday of a month: the fifth is its last."""


def parts_of(rule: str) -> tuple[str, str]:
    """What is chosen for the rule as `every` and `on`."""
    every, _separator, on = rule.rpartition(";")
    return every, on


def monthly_like(first: date) -> str:
    """The rule of the same weekday of each month, like its third Thursday."""
    return f"FREQ=MONTHLY;BYDAY={WHICH[(first.day - 1) // 7]}{WEEKDAYS[first.weekday()]}"


def with_recurrence(series: Series, given: Mapping[str, str], typed: str, since: Series) -> Series:
    """The series as it was chosen, or with the rule that was typed: what is not given stays. Raises ValidationFailed.

    Another rule is counted from where the series `since` begins.
    """
    rule = typed or ";".join(filter(None, (given.get("every"), given.get("on")))) or series.rule
    at = read_time(given["time"]) if given.get("time") else series.at
    blocked = next((each for each in WhenBlocked if each == given.get("when_blocked")), series.when_blocked)
    series = replace(series, at=at, when_blocked=blocked)
    if (rule := read_rule(rule)) == series.rule:
        return series
    return replace(series, rule=rule, first=since.first, handled=max(series.handled, since.handled))
