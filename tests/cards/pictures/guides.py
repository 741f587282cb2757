"""The pictures of the pages for requesters and for approvers: some cards, each in one language."""

from collections.abc import Mapping

from tests.cards.pictures.chosen import file_name
from tests.cards.pictures.gallery import Card, Gallery, Look

PICTURED = (
    "form, with free dates",
    "summary card, normal, draft, vps_api",
    "status card, normal, corrections_requested, vps_api",
    "status card, normal, scheduled, vps_api",
    "day card, normal, in_progress, vps_api",
    "cutoff card, normal, cutoff asked, vps_api",
    "review card, normal, completed, vps_api",
    "precheck card, normal, corrected, vps_api",
    "go card, normal, preflight passed, vps_api",
    "incident card, normal, restore asked for, vps_api",
)
LANGUAGES = ("en", "fr")
LOOK = Look(phone=False, newer=True, theme="light")
MOST = 1024 * 1024
"""Bytes that these pictures may have together."""


def guide_file(name: str, language: str) -> str:
    """What the card's picture is called."""
    return f"{file_name(name).removesuffix('.png')}-{language}.png"


async def draw(page: Gallery, cards: Mapping[str, Mapping[str, Card]]) -> dict[str, bytes]:
    """A PNG of each, by its file's name."""
    return {
        guide_file(name, language): (await page.picture([(cards[name][language], LOOK)])).png()
        for name in PICTURED
        for language in LANGUAGES
    }
