"""How often something recurs, as it is chosen or typed as an RRULE, and as it is said in English and in French."""

from datetime import date, time

import pytest

from application.input_parsing.recurrence import monthly_like, parts_of, with_recurrence
from application.recurrence.rule import read_rule
from cards.request.series import rule_text
from changes.errors import ValidationFailed
from changes.recurrence.series import Series, WhenBlocked
from language import use_language
from tests.support.core import NADIA, plan

THURSDAY = date(2027, 4, 15)
SAID = [
    ("FREQ=MONTHLY;BYDAY=1TU", "every month on the first Tuesday", "tous les mois le premier mardi"),
    ("FREQ=MONTHLY;BYDAY=-1SU", "every month on the last Sunday", "tous les mois le dernier dimanche"),
    ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15", "every 3 months on day 15", "tous les 3 mois le 15"),
    ("FREQ=WEEKLY;BYDAY=TH", "every week on Thursday", "toutes les semaines le jeudi"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "every 2 weeks on Tuesday", "toutes les 2 semaines le mardi"),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day of the month", "tous les mois le dernier jour du mois"),
    ("FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15", "every year in April on day 15", "tous les ans en avril le 15"),
    (
        "FREQ=YEARLY;BYMONTH=8;BYDAY=2MO",
        "every year in August on the second Monday",
        "tous les ans en août le deuxième lundi",
    ),
    (
        "FREQ=MONTHLY;BYDAY=1TU,3TU",
        "by the rule FREQ=MONTHLY;BYDAY=1TU,3TU",
        "selon la règle FREQ=MONTHLY;BYDAY=1TU,3TU",
    ),
]


def series(rule: str = "FREQ=MONTHLY;BYDAY=3TH", first: date = THURSDAY) -> Series:
    change = "CHG-2027-0001"
    return Series(change, NADIA, plan(), rule, first, time(22), WhenBlocked.AFTER, first, (change,))


@pytest.mark.parametrize(("rule", "english", "french"), SAID)
def test_a_rule_is_said_in_words_and_chosen_as_it_is_said(rule: str, english: str, french: str) -> None:
    assert rule_text(rule) == english
    with use_language("fr"):
        assert rule_text(rule) == french
    assert read_rule(rule) == rule
    every, on = parts_of(rule)
    assert with_recurrence(series(), {"every": every, "on": on}, "", series()).rule == rule


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("rrule:freq=monthly;byday=-1su", "FREQ=MONTHLY;BYDAY=-1SU"),
        ("FREQ=MONTHLY;BYDAY=1TU;INTERVAL=3", "FREQ=MONTHLY;INTERVAL=3;BYDAY=1TU"),
        ("INTERVAL=1;FREQ=YEARLY;BYMONTHDAY=5;BYMONTH=1", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=5"),
        ("FREQ=WEEKLY;BYDAY=TU,TH", "FREQ=WEEKLY;BYDAY=TU,TH"),
    ],
)
def test_a_rule_is_kept_in_one_spelling(typed: str, rule: str) -> None:
    assert read_rule(typed) == rule
    assert with_recurrence(series(), {}, typed, series()).rule == rule


@pytest.mark.parametrize(
    "typed",
    [
        *("every month on the first Tuesday", "FREQ=DAILY;BYDAY=TU", "FREQ=MONTHLY;INTERVAL=0;BYDAY=1TU", "FREQ="),
        *("FREQ=MONTHLY;BYHOUR=3", "FREQ=MONTHLY;COUNT=3;BYDAY=1TU", "FREQ=MONTHLY", "BYDAY=1TU", "x" * 5000),
        *("FREQ=WEEKLY,MONTHLY;BYDAY=TU", "FREQ=MONTHLY;INTERVAL=1,2;BYDAY=1TU", "FREQ=MONTHLY;BYMONTHDAY=0", "NONE"),
        *("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=9TU", "FREQ=MONTHLY;BYMONTHDAY=99", ";BY=NONE"),
        *("FREQ=WEEKLY;BYDAY=1TU", "FREQ=MONTHLY;BYDAY=TU", "FREQ=WEEKLY;BYMONTHDAY=3", "FREQ=YEARLY;BYMONTH=13"),
        *(
            "FREQ=MONTHLY;BYMONTHDAY=1;BYMONTHDAY=2",
            "FREQ=MONTHLY;BYDAY=5TU",
            "FREQ=YEARLY;BYMONTHDAY=3",
            "FREQ=MONTHLY;BYDAY=1TU;BYSETPOS=2",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        with_recurrence(series(), {}, typed, series())
    assert str(refused.value.sentence).endswith(".")


def test_what_is_not_given_stays_and_another_rule_is_counted_anew() -> None:
    moved = series(first=date(2027, 5, 7))
    given = {"every": "FREQ=MONTHLY", "on": "BYDAY=3TH", "time": "20:30", "when_blocked": "skip"}
    same = with_recurrence(series(), given, "", moved)
    assert (same.rule, same.first, same.handled) == (series().rule, THURSDAY, THURSDAY), "never drifts"
    assert (same.at, same.when_blocked) == (time(20, 30), WhenBlocked.SKIP)
    other = with_recurrence(series(), {"every": "FREQ=MONTHLY;INTERVAL=3", "on": "BYDAY=3TH"}, "", moved)
    assert (other.first, other.handled, other.at) == (moved.first, moved.first, time(22))
    assert with_recurrence(series(), {"when_blocked": "whenever"}, "", moved) == series()


@pytest.mark.parametrize(("day", "on"), [(1, "1"), (7, "1"), (8, "2"), (28, "4"), (29, "-1"), (31, "-1")])
def test_offered_at_first_is_the_same_weekday_of_each_month(day: int, on: str) -> None:
    first = date(2027, 5, day)
    assert parts_of(monthly_like(first))[1][6:-2] == on
    assert read_rule(monthly_like(first))
