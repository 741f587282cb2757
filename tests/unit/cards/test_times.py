"""Cards are drawn once and read later: none says how far away something is, nor anything else that only holds now."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from cards import card_for
from changes.model import ChangeType
from tests.cards.subjects import MESSAGES, PLAINLY, near, variants, view
from tests.unit.cards.looking import every_plain_card, says

ANY_TIME = re.compile(r"\b\d\d:\d\d\b")
FAR = re.compile(r"\bin \d+ (?:min|h)\b|\d (?:min|h)\b[^|]{0,12} ago\b")
LATER = timedelta(minutes=10)


@pytest.mark.thorough
@pytest.mark.parametrize("backend", ["vps_api", "dashboard"])
def test_a_card_that_nobody_redraws_says_the_same_ten_minutes_later(backend: str) -> None:
    """A card may offer something else once a date is past, but no time on it comes from the clock."""
    found: list[str] = []
    for kind in ChangeType:
        for name, of in variants(PLAINLY, kind):
            now = view(of, PLAINLY, backend, (), near() if backend == "dashboard" else ())
            later = replace(now, now=now.now + LATER)
            for card, message in MESSAGES.items():
                said, then = (says(card_for(card, each, message, "notice")) for each in (now, later))
                if ANY_TIME.findall(said) != ANY_TIME.findall(then):
                    found.append(f"{card}, {kind}, {name}: {said}\n{then}")
    assert not found, f"{len(found)}: " + "\n".join(found[:3])


@pytest.mark.thorough
def test_no_card_says_how_far_away_something_is() -> None:
    assert [name for name, card in every_plain_card().items() if FAR.search(says(card))] == []
