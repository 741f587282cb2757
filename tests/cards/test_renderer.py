"""What Microsoft's own renderer says about every card (npm `adaptivecards`)."""

import json
from typing import Any

import pytest

from cards.elements.blocks import button, render_card, show_card_button, text_block, text_input
from tests.cards.conftest import Renderer
from tests.cards.subjects import HANDS, ODD_HANDS, PLAINLY, every_card


@pytest.mark.parametrize("hand", ["plainly", "emoji", "markup", "paragraphs", "quotes", "lines of one letter"])
async def test_every_card_with_its_fields_at_their_longest_is_parsed_without_a_validation_event(
    renderer: Renderer, hand: str
) -> None:
    written = {"plainly": PLAINLY, **HANDS, **ODD_HANDS}[hand]
    drawn = {json.dumps(card): name for name, card in every_card(written)}
    verdicts = await renderer.judge([json.loads(card) for card in drawn])
    wrong = {name: verdict["objections"] for name, verdict in zip(drawn.values(), verdicts, strict=True)}
    assert {name: objections for name, objections in wrong.items() if objections} == {}
    assert all(verdict["items"] for verdict in verdicts)


async def test_the_renderer_does_object_to_an_id_that_stands_on_a_card_twice(renderer: Renderer) -> None:
    asks = [
        show_card_button(title, [text_input("reason", "Why?")], button("Send", "go.refuse", "C", 1)) for title in "AB"
    ]
    [verdict] = await renderer.judge([render_card([], asks)])
    assert verdict["objections"] == ['Duplicate Id "reason".']


async def test_the_renderer_does_object_to_an_element_it_does_not_know_and_that_has_no_fallback(
    renderer: Renderer,
) -> None:
    card: dict[str, Any] = render_card([text_block("hello")])
    card["body"].append({"type": "ProgressRing"})
    [verdict] = await renderer.judge([card])
    assert verdict["objections"]
