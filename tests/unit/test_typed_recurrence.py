"""How often something recurs, as people type it in English and in French."""

from datetime import date, time

import pytest

from application.input_parsing.recurrence import read_recurrence
from cards.request.series import rule_text
from changes.errors import ValidationFailed
from changes.recurrence.series import WhenBlocked
from language import use_language

THURSDAY = date(2027, 4, 15)
READ = [
    ("every month on the first Tuesday", "FREQ=MONTHLY;BYDAY=1TU", "tous les mois le premier mardi"),
    ("last Sunday", "FREQ=MONTHLY;BYDAY=-1SU", "tous les mois le dernier dimanche"),
    ("every 3 months on day 15", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15", "tous les 3 mois le 15"),
    ("every 2 weeks on Tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "toutes les 2 semaines le mardi"),
    ("every other week", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "toutes les 2 semaines le jeudi"),
    ("weekly", "FREQ=WEEKLY;BYDAY=TH", "toutes les semaines le jeudi"),
    ("every year", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15", "tous les ans le 15 avril"),
    ("every year on 5 January", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=5", "tous les ans le 5 janvier"),
    ("on the last day of the month", "FREQ=MONTHLY;BYMONTHDAY=-1", "tous les mois le dernier jour du mois"),
    ("every quarter", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15", "tous les 3 mois le 15"),
    ("the first and third Tuesday", "FREQ=MONTHLY;BYDAY=1TU,3TU", "selon la règle FREQ=MONTHLY;BYDAY=1TU,3TU"),
    ("rrule:freq=monthly;byday=-1su", "FREQ=MONTHLY;BYDAY=-1SU", "tous les mois le dernier dimanche"),
    ("tous les mois le premier mardi", "FREQ=MONTHLY;BYDAY=1TU", "tous les mois le premier mardi"),
    ("Toutes les 2 semaines le mardi", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "toutes les 2 semaines le mardi"),
    ("chaque année", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=15", "tous les ans le 15 avril"),
    ("le dernier jour du mois", "FREQ=MONTHLY;BYMONTHDAY=-1", "tous les mois le dernier jour du mois"),
]


@pytest.mark.parametrize(("typed", "rule", "said"), READ)
def test_what_is_typed_is_read_and_said_back(typed: str, rule: str, said: str) -> None:
    assert read_recurrence(typed, THURSDAY).rule == rule
    with use_language("fr"):
        assert rule_text(rule) == said
    assert read_recurrence(str(rule_text(rule)).removeprefix("by the rule "), THURSDAY).rule == rule, "and can be typed"


def test_the_time_and_what_to_do_stand_behind_it() -> None:
    read = read_recurrence("every month on day 15 at 20h30 before save", THURSDAY)
    assert (read.at, read.when_blocked, read.is_agreed) == (time(20, 30), WhenBlocked.BEFORE, True)
    read = read_recurrence("tous les mois le 15 à 8h sauter", THURSDAY)
    assert (read.at, read.when_blocked, read.is_agreed) == (time(8), WhenBlocked.SKIP, False)
    assert read_recurrence("FREQ=YEARLY;BYMONTH=4 after", THURSDAY).when_blocked is WhenBlocked.AFTER


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "now and then",
            "every Tuesday in month 3",
            "every month on Tuesday",
            "every 0 months",
            "day 0",
            "day 32",
        ),
        *("every week and every month", "every week on the first Tuesday", "every month at noonish", "tuesday 15"),
        *(
            "FREQ=DAILY",
            "FREQ=MONTHLY;INTERVAL=0",
            "FREQ=MONTHLY;BYHOUR=3",
            "FREQ=MONTHLY;COUNT=3",
            "FREQ=",
            "x" * 5000,
        ),
        *("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=9TU", "FREQ=MONTHLY;BYMONTHDAY=99", "at 20:00"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        read_recurrence(typed, THURSDAY)
    assert str(refused.value.sentence).endswith((".", "?"))
