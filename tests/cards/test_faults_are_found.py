"""The gallery finds what cannot be read: each of its checks fails on a card that is drawn badly on purpose."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.cards.pictures.gallery import THEMES, Card, Gallery, Look, gallery, with_its_panels
from tests.e2e.playground import find_browser

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.browser,
    pytest.mark.skipif(find_browser() is None, reason="No Chromium was found on the PATH; this test draws with one."),
]
PHONE = Look(phone=True, newer=False, open=True)
FULL = Look(phone=False, newer=True, open=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page() -> AsyncIterator[Gallery]:
    async with gallery() as opened:
        yield opened


def card(*body: dict[str, Any]) -> Card:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body)}


def text(words: str, **how: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": words, "wrap": True, **how}


def column(width: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Column", "width": width, "items": list(items)}


async def found(page: Gallery, drawn: Card, look: Look = PHONE) -> list[tuple[str, str]]:
    """What is wrong with the card, and in which theme."""
    return sorted({(fault.what, fault.theme) for fault in await page.faults(list(with_its_panels("it", drawn)), look)})


async def test_yellow_on_white_is_too_pale_and_its_figures_are_told(page: Gallery) -> None:
    [fault] = await page.faults([("it", card(text("Waiting", color="Warning")))], PHONE)
    assert str(fault) == "it [playground]: “Waiting” is too pale (1.47:1, #f8d22a on #ffffff)"


async def test_white_on_a_pale_ground_is_too_pale_except_in_high_contrast_and_on_dark(page: Gallery) -> None:
    ground = {"type": "Container", "style": "good", "items": [text("Ready", color="Light")]}
    light = [theme for theme in THEMES if theme in ("light", "playground")]
    assert await found(page, card(ground)) == [("is too pale", theme) for theme in light]


async def test_large_text_needs_less_contrast_than_small_text(page: Gallery) -> None:
    ground = {"type": "Container", "style": "attention", "items": [text("Incident", color="Attention")]}
    assert await found(page, card(ground)) == [("is too pale", "playground")]
    ground["items"] = [text("Incident", color="Attention", size="ExtraLarge", weight="Bolder")]
    assert await found(page, card(ground)) == []


async def test_a_column_that_is_wider_than_the_phone_stands_out_of_the_card(page: Gallery) -> None:
    wide = card({"type": "ColumnSet", "columns": [column("400px", text("Window")), column("stretch", text("today"))]})
    assert await found(page, wide) == [("stands out of the card", "")]
    assert await found(page, {**wide, "msteams": {"width": "Full"}}, FULL) == []


async def test_a_word_that_is_too_long_for_its_column_is_clipped_and_in_a_line_of_its_own_it_is_broken(
    page: Gallery,
) -> None:
    word = {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "x" * 200}]}
    assert await found(page, card(word)) == []
    badge = {"type": "Badge", "text": "Waiting for the approver", "fallback": "drop"}
    narrow = card({"type": "ColumnSet", "columns": [column("60px", badge), column("stretch", text("today"))]})
    assert await found(page, narrow, FULL) == [("is clipped at the side", "")]


@pytest.mark.parametrize("how", [{"wrap": False}, {"maxLines": 1}])
async def test_text_that_is_cut_off_is_clipped(page: Gallery, how: dict[str, Any]) -> None:
    [(what, theme)] = await found(page, card(text("Courses cannot be opened during the maintenance. " * 2, **how)))
    assert what.startswith("is clipped")
    assert theme == ""


async def test_a_button_whose_title_has_no_room_is_clipped(page: Gallery) -> None:
    actions = [{"type": "Action.Execute", "title": "Tell everybody who is affected about the new end of the work"}]
    assert await found(page, {**card(text("x")), "actions": actions}) == [("is clipped at the side", "")]


async def test_what_is_to_be_written_in_a_field_is_clipped_when_it_is_longer_than_the_field(page: Gallery) -> None:
    field = {"type": "Input.Text", "id": "end", "placeholder": "20:30, in 30 minutes, tomorrow at 8, or nothing at all"}
    assert await found(page, card(field)) == [("is clipped in its field", "")]
    assert await found(page, card({**field, "isMultiline": True})) == []


async def test_what_is_folded_or_hidden_is_looked_at_too(page: Gallery) -> None:
    pale = text("Waiting", color="Warning")
    assert await found(page, card({**pale, "isVisible": False})) == [("is too pale", "playground")]
    folded = {"type": "Action.ShowCard", "title": "More", "card": card(pale)}
    assert await found(page, {**card(text("x")), "actions": [folded]}) == [("is too pale", "playground")]


async def test_a_client_that_knows_badges_draws_them_and_one_that_does_not_their_fallback(page: Gallery) -> None:
    fallback = text("Waiting", color="Warning")
    badge = {"type": "Badge", "text": "Waiting", "style": "Warning", "fallback": fallback}
    assert await found(page, card(badge), FULL) == []
    assert await found(page, card(badge), PHONE) == [("is too pale", "playground")]
