"""Every card, however people write: it fits, Microsoft's own renderer understands it, and it has no unknown field.

A card may have 28 KB (FACTS: Teams takes about 100 KB, webhooks 28), whatever people write.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from cards.approval.decisions import go_card, precheck_card
from cards.elements.blocks import text_block
from cards.elements.controls import LARGEST, button, render_card, show_card_button, size, text_input
from changes.model import State
from changes.notification.notices import NoticeKind
from notices.renderer import NoticeRenderer
from tests.cards.subjects import HANDS, MRIS, ODD_HANDS, PLAINLY, change, every_card, view
from tests.cards.test_fields import unknown_fields
from tests.support.node import told_by_node
from tests.unit.cards.looking import looked_at, unlike_cards

KB = 1024
JUDGED = {"plainly", "emoji", "markup", "paragraphs", "quotes", "lines of one letter"}
"""The hands whose cards the renderer reads too."""


def written(card: dict[str, Any]) -> str:
    return json.dumps(card, ensure_ascii=False, separators=(",", ":"))


async def judged(cards: Iterable[str]) -> list[dict[str, Any]]:
    """What Microsoft's renderer says of each card, as any client: its `objections`, and how many `items` it has."""
    library = "adaptivecards/dist/adaptivecards.js"
    verdicts: list[dict[str, Any]] = await told_by_node(
        Path(__file__).parent / "judge.cjs", library, f"[{','.join(cards)}]"
    )
    return verdicts


def bytes_of(text: str) -> int:
    """The larger of its UTF-16 and its UTF-8."""
    return max(len(text.encode("utf-16-le")), len(text.encode()))


@pytest.mark.parametrize("hand", ["plainly", *HANDS, *ODD_HANDS])
async def test_every_card_with_its_fields_at_their_longest_fits_and_is_parsed(
    hand: str, pytestconfig: pytest.Config
) -> None:
    """Even full of what JSON writes twice as long, it leaves Teams half of its room."""
    largest = (50 if hand in ODD_HANDS else 28) * KB
    drawn: dict[str, str] = {}
    wanted = unlike_cards() if hand in ("plainly", "words") else looked_at(pytestconfig)
    for name, card in every_card({"plainly": PLAINLY, **HANDS, **ODD_HANDS}[hand], wanted):
        text = written(card)
        assert bytes_of(text) <= largest, name
        assert hand != "words" or list(unknown_fields(card)) == [], name
        drawn[text] = name
    if hand in JUDGED:
        verdicts = await judged(drawn)
        wrong = {name: verdict["objections"] for name, verdict in zip(drawn.values(), verdicts, strict=True)}
        assert {name: objections for name, objections in wrong.items() if objections} == {}
        assert all(verdict["items"] for verdict in verdicts)


async def test_the_renderer_does_object_to_an_id_that_stands_twice_and_to_an_unknown_element() -> None:
    asks = [
        show_card_button(title, [text_input("reason", "Why?")], button("Send", "go.refuse", "C", 1)) for title in "AB"
    ]
    unknown: dict[str, Any] = render_card([text_block("hello")])
    unknown["body"].append({"type": "ProgressRing"})
    twice, odd = await judged([written(render_card([], asks)), written(unknown)])
    assert twice["objections"] == ['Duplicate Id "reason".']
    assert odd["objections"], "it has no fallback"


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
    assert bytes_of(written(go_card(seen, "go:1", notice))) <= 28 * KB


def test_a_notice_that_is_too_long_for_the_go_card_says_that_it_goes_on() -> None:
    card = go_card(view(change(State.GO_PENDING, PLAINLY)), "go:1", "\n\n".join(["A paragraph of it."] * 400))
    assert "Shortened here: the announcement goes on." in str(card)
    assert bytes_of(written(card)) <= 28 * KB
