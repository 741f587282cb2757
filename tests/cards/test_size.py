"""How large a card may get: 28 KB, whatever people write (FACTS: Teams takes about 100 KB, webhooks 28)."""

import json
from typing import Any

import pytest

from cards.approval.decisions import go_card, precheck_card
from cards.elements.blocks import LARGEST, size
from changes.model import State
from changes.notification.notices import NoticeKind
from notices.renderer import NoticeRenderer
from tests.cards.subjects import HANDS, MRIS, ODD_HANDS, PLAINLY, change, every_card, view

KB = 1024


def bytes_of(card: dict[str, Any]) -> int:
    """The larger of its UTF-16 and its UTF-8."""
    text = json.dumps(card, ensure_ascii=False, separators=(",", ":"))
    return max(len(text.encode("utf-16-le")), len(text.encode()))


@pytest.mark.parametrize("hand", HANDS)
def test_every_card_with_its_fields_at_their_longest_stays_within_28_kb(hand: str) -> None:
    found = {name: bytes_of(card) for name, card in every_card(HANDS[hand])}
    assert {name: length for name, length in found.items() if length > 28 * KB} == {}


@pytest.mark.parametrize("hand", ODD_HANDS)
def test_even_fields_full_of_what_json_writes_twice_as_long_leave_teams_half_of_its_room(hand: str) -> None:
    found = {name: bytes_of(card) for name, card in every_card(ODD_HANDS[hand])}
    assert {name: length for name, length in found.items() if length > 50 * KB} == {}


def test_people_who_get_a_view_of_their_own_are_dropped_from_the_end_when_the_card_is_full() -> None:
    of = change(State.PRECHECK_PENDING, HANDS["words"])
    full = precheck_card(view(of, HANDS["words"], mris=MRIS), "precheck:1")
    viewers = full["refresh"]["userIds"]
    assert 0 < len(viewers) < 60
    assert tuple(viewers) == MRIS[: len(viewers)]
    assert size(full) <= LARGEST


@pytest.mark.parametrize("hand", ["words", "emoji", "markup"])
def test_the_notice_in_three_languages_fits_on_the_go_card(hand: str) -> None:
    seen = view(change(State.GO_PENDING, HANDS[hand]), HANDS[hand])
    notice = NoticeRenderer().preview(NoticeKind.PLANNED, seen.change, seen.service, seen.now)
    assert bytes_of(go_card(seen, "go:1", notice)) <= 28 * KB


def test_a_notice_that_is_too_long_for_the_go_card_says_that_it_goes_on() -> None:
    card = go_card(view(change(State.GO_PENDING, PLAINLY)), "go:1", "\n\n".join(["A paragraph of it."] * 400))
    assert "The notice goes on." in str(card)
    assert bytes_of(card) <= 28 * KB
