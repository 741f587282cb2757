"""How often something recurs, as people type it: `every 3 months on the last Sunday at 20:00`, or an RRULE."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from application.input_parsing.dates import months, weekdays
from application.input_parsing.times import read_time
from application.recurrence.rule import read_rule
from changes.errors import ValidationFailed
from changes.recurrence.series import WhenBlocked
from changes.text import normalized
from language import invalid

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST = -1
_UNITS = {
    **dict.fromkeys(("week", "weeks", "weekly", "semaine", "semaines", "hebdomadaire"), ("WEEKLY", 1)),
    **dict.fromkeys(("month", "months", "monthly", "mois", "mensuel", "mensuelle"), ("MONTHLY", 1)),
    **dict.fromkeys(("quarter", "quarterly", "trimestre", "trimestriel", "trimestrielle"), ("MONTHLY", 3)),
    **dict.fromkeys(("year", "years", "yearly", "annually", "an", "ans", "annee", "annees", "annuel"), ("YEARLY", 1)),
}
_ORDINALS = {
    **dict.fromkeys(("first", "1st", "premier", "premiere", "1er"), 1),
    **dict.fromkeys(("second", "2nd", "deuxieme", "2e"), 2),
    **dict.fromkeys(("third", "3rd", "troisieme", "3e"), 3),
    **dict.fromkeys(("fourth", "4th", "quatrieme", "4e"), 4),
    **dict.fromkeys(("last", "dernier", "derniere"), LAST),
}
_FILLERS = frozenset(
    (
        *("every", "each", "on", "the", "of", "in", "and", "day", "days"),
        *("tous", "toutes", "chaque", "le", "la", "les", "l", "du", "de", "des", "d", "en", "et", "jour", "jours"),
    )
)
_BLOCKED = {
    **dict.fromkeys(("skip", "sauter", "omettre"), WhenBlocked.SKIP),
    **dict.fromkeys(("before", "avant"), WhenBlocked.BEFORE),
    **dict.fromkeys(("after", "apres"), WhenBlocked.AFTER),
}
_SAVE = frozenset({"save", "enregistrer"})
_NUMBER = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|e|\.)?")
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Recurrence:
    """What was typed; None for what was not. `is_agreed`: it was said back before, and is to be saved."""

    rule: str
    at: time | None
    when_blocked: WhenBlocked | None
    is_agreed: bool


def read_recurrence(text: str, first: date) -> Recurrence:
    """The recurrence of what takes place on the day `first`. Raises ValidationFailed, with examples."""
    words, left = normalized(text[:LONGEST]).replace(",", " ").split(), list[str]()
    if "freq=" in text[:LONGEST].lower():  # an RRULE has commas of its own, and is longer than what is normalized
        words = text[:LONGEST].split()
    at: time | None = None
    blocked: WhenBlocked | None = None
    is_agreed, index = False, 0
    while index < len(words):
        word, index = normalized(words[index]), index + 1
        if word in ("at", "a") and index < len(words):
            at, index = read_time(words[index]), index + 1
        elif word in _BLOCKED:
            blocked = _BLOCKED[word]
        elif word in _SAVE:
            is_agreed = True
        else:
            left.append(words[index - 1])
    is_rule = len(left) == 1 and "freq=" in left[0].lower()
    rule = left[0] if is_rule else _spelled_out(left, first)
    return Recurrence(read_rule(rule, first), at, blocked, is_agreed)


def _spelled_out(words: list[str], first: date) -> str:
    """The words as a rule; what they leave open is as on the day `first`."""
    unit, interval = "", 1
    on: list[str] = []
    ordinals, numbers, in_months = list[int](), list[int](), list[int]()
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        found = _NUMBER.fullmatch(word)
        if word in _UNITS:
            named, times = _UNITS[word]
            # “every 3 months on the last day of the month” says it twice.
            if unit and named != unit:
                raise _unread()
            unit, interval = named, interval * times
        elif word == "other" or (found and following in _UNITS):
            interval = int(found[1]) if found else 2
        elif word in weekdays():
            on.append(CODES[weekdays()[word]])
        elif word in _ORDINALS:
            ordinals.append(_ORDINALS[word])
        elif found:
            numbers.append(int(found[1]))
        elif word in months():
            in_months.append(months()[word])
        elif word not in _FILLERS:
            raise _unread()
    if not (unit or ordinals or numbers or on) or (on and numbers) or not interval:
        raise _unread()
    unit = unit or ("YEARLY" if in_months else "MONTHLY" if ordinals or numbers else "WEEKLY")
    rule = f"FREQ={unit}" + (f";INTERVAL={interval}" if interval != 1 else "")
    if (unit == "WEEKLY" and (ordinals or numbers)) or (unit != "YEARLY" and in_months):
        raise _unread()
    if unit == "WEEKLY":
        return f"{rule};BYDAY={','.join(on) or CODES[first.weekday()]}"
    if unit == "YEARLY":
        rule += f";BYMONTH={_listed(in_months or [first.month])}"
    if on and not ordinals:
        raise invalid(
            "rule",
            "Which of them? Say the first, second, third, fourth or last, like “every month on the last Sunday”.",
        )
    if on:
        return f"{rule};BYDAY={_listed(f'{ordinal}{each}' for ordinal in ordinals for each in on)}"
    return f"{rule};BYMONTHDAY={_listed(numbers or ordinals or [first.day])}"


def _listed(values: Iterable[object]) -> str:
    return ",".join(map(str, values))


def _unread() -> ValidationFailed:
    return invalid(
        "rule",
        "I can't read how often. Type for example “every month on the first Tuesday”, “every 3 months on day 15”, "
        "“every 2 weeks on Tuesday”, “every year”, “on the last day of the month”, or a rule like "
        "`FREQ=MONTHLY;BYDAY=-1SU`; behind it “at 20:00”, and “skip”, “before” or “after” for a day that is not free.",
    )
