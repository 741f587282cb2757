"""Every card as Teams draws it can be read: enough contrast in every theme, nothing cut off, nothing beyond its edge.

`pictures/` draws them with Microsoft's own renderer, everything unfolded: on a phone of 320 px, one that lags behind
and one that does not, and at full width. `make pictures` makes pictures of the same.
"""

import json
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from language import use_language
from tests.cards.pictures.chosen import chosen
from tests.cards.pictures.gallery import Fault, Gallery, Look, Named, gallery, with_its_panels
from tests.cards.subjects import HANDS, ODD_HANDS, PLAINLY, every_card
from tests.e2e.playground import find_browser
from tests.unit.cards.looking import every_plain_card, looked_at, unlike_cards

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.browser,
    pytest.mark.skipif(find_browser() is None, reason="No Chromium was found on the PATH; this test draws with one."),
]
ON_A_PHONE = (Look(phone=True, newer=False, open=True), Look(phone=True, newer=True, open=True))
AT_FULL_WIDTH = Look(phone=False, newer=True, open=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page() -> AsyncIterator[Gallery]:
    async with gallery() as opened:
        yield opened


def laid_open(cards: Iterator[Named]) -> list[Named]:
    """The cards and what unfolds on them, each only once."""
    different = {json.dumps(card): (name, card) for each in cards for name, card in with_its_panels(*each)}
    return list(different.values())


def told(faults: list[Fault]) -> str:
    """One line for all that is wrong with the same text in the same way, and on how many cards it is."""
    alike: dict[tuple[str, str, str], list[Fault]] = {}
    for fault in faults:
        alike.setdefault((fault.text, fault.what, fault.theme), []).append(fault)
    return "\n".join(["", *(f"{len({each.card for each in same}):4} × {same[0]}" for same in alike.values())])


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_everything_on_every_card_can_be_read_in_every_theme(
    page: Gallery, language: str, pytestconfig: pytest.Config
) -> None:
    wanted = unlike_cards() if language == "en" else looked_at(pytestconfig)
    with use_language(language):
        cards = laid_open(every_card(PLAINLY, wanted))
    faults = [fault for look in (*ON_A_PHONE, AT_FULL_WIDTH) for fault in await page.faults(cards, look)]
    assert not faults, told(faults)


@pytest.mark.parametrize("hand", ["words", "lines of one letter"])
async def test_nothing_is_cut_off_on_a_phone_however_much_people_write(page: Gallery, hand: str) -> None:
    pictured = set(chosen(every_plain_card()))
    cards = laid_open(every_card({**HANDS, **ODD_HANDS}[hand], pictured))
    faults = [fault for look in ON_A_PHONE for fault in await page.faults(cards, look) if not fault.theme]
    assert not faults, told(faults)
