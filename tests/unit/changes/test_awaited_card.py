"""Which card a change waits on, as it goes through its day: the one that must never be lost."""

from collections.abc import Callable

import pytest

from changes import commands as c
from changes.notification.cards import CardKind, awaited_card, cards_in_use
from tests.support.builder import a_change
from tests.support.core import NADIA, Story, at, night

CARD = CardKind


@pytest.mark.parametrize(
    ("stands", "card"),
    [
        *(("submitted", None), ("pre-check asked", CARD.PRECHECK), ("pre-checked", None), ("GO asked", CARD.GO)),
        *(("scheduled", None), ("snapshot requested", CARD.PROGRESS), ("ready", CARD.DAY), ("in progress", CARD.DAY)),
        *(("completed", None), ("reviewed", None)),
    ],
)
def test_the_card_that_is_waited_for_is_that_of_what_comes_next(stands: str, card: CardKind | None) -> None:
    assert awaited_card(a_change(stands).now_it_is) is card


def test_the_review_is_waited_for_from_the_day_on_which_it_is_asked_for() -> None:
    assert awaited_card(a_change("completed").until(at(2027, 4, 16)).now_it_is) is CARD.REVIEW


def cut_off() -> Story:
    return a_change("trouble").until(night(23))


IN_USE: dict[str, tuple[Callable[[], Story], tuple[CardKind, ...]]] = {
    "an issue leaves the tests": (lambda: a_change("trouble"), (CARD.DAY,)),
    "from the cutoff on it is that, and the tests are still needed": (cut_off, (CARD.CUTOFF, CARD.DAY)),
    "until it is answered": (lambda: cut_off().then(night(23, 5), c.SolveTrouble(NADIA)), (CARD.DAY,)),
    "in an incident it is that": (lambda: a_change("incident"), (CARD.INCIDENT,)),
    "while the data is put back also everything that is known": (
        lambda: a_change("restoring"),
        (CARD.INCIDENT, CARD.HANDOVER),
    ),
    "handed over too": (lambda: a_change("handed over"), (CARD.INCIDENT, CARD.HANDOVER)),
}


@pytest.mark.parametrize("what", IN_USE)
def test_the_cards_in_use(what: str) -> None:
    make, cards = IN_USE[what]
    assert cards_in_use(make().now_it_is) == cards


@pytest.mark.parametrize("stands", ["cancelled", "postponed", "NO-GO", "draft"])
def test_what_is_given_up_or_not_begun_waits_on_its_live_card(stands: str) -> None:
    assert cards_in_use(a_change(stands).now_it_is) == ()
