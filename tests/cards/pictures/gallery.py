"""A page in a headless browser on which cards hang as Teams draws them, to be looked at or to be pictured."""

import base64
import contextlib
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from local.playground import FOLDER
from local.playground.node import find_node, install
from tests.cards.pictures.png import Picture
from tests.e2e.playground import browser

Card = dict[str, Any]
Named = tuple[str, Card]

HERE = Path(__file__).parent
RENDERER = FOLDER / "node_modules" / "adaptivecards" / "dist" / "adaptivecards.min.js"
THEMES = ("light", "dark", "contrast", "playground")
"""As in `teams.css`, which says where their colours come from."""
AT_ONCE = 100
"""Cards that hang on the page together."""

HANG_AND_LOOK = """([cards, how, themes]) => {
    document.body.replaceChildren();
    document.body.dataset.theme = themes[0];
    draw(JSON.parse(cards), how);
    return faults(themes);
}"""
PANELS = """panels => {
    const row = box("panels");
    document.body.replaceChildren(row);
    for (const [card, how] of panels) draw([["", card]], how, row);
}"""
BESIDE = """async shots => {
    const row = box("panels");
    document.body.replaceChildren(row);
    for (const shot of shots) {
        const image = new Image();
        image.src = "data:image/png;base64," + shot;
        row.append(image);
        await image.decode();
    }
}"""


@dataclass(frozen=True, slots=True)
class Look:
    """How a card is drawn: on a phone of 320 px or at its full width, by a client that knows the `newer` elements or
    shows their fallbacks, with what is hidden `open`, in a theme of its own or in the page's."""

    phone: bool
    newer: bool
    open: bool = False
    theme: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something on a card that cannot be read. `theme` is empty where the colours do not matter."""

    card: str
    what: str
    text: str
    figures: str
    theme: str = ""

    def __str__(self) -> str:
        theme = f" [{self.theme}]" if self.theme else ""
        return f"{self.card}{theme}: “{self.text}” {self.what} ({self.figures})"


class Gallery:
    """The page. One thing hangs on it at a time."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def faults(self, cards: Sequence[Named], look: Look) -> list[Fault]:
        """What cannot be read on the cards, in any theme."""
        found: list[Fault] = []
        for start in range(0, len(cards), AT_ONCE):
            some = json.dumps(cards[start : start + AT_ONCE])  # as text: Playwright is slow with what has many parts
            faults = await self._page.evaluate(HANG_AND_LOOK, [some, asdict(look), THEMES])
            found += [Fault(**fault) for fault in faults]
        return found

    async def picture(self, panels: Sequence[tuple[Card, Look]]) -> Picture:
        """The cards side by side."""
        await self._page.evaluate(PANELS, [(card, asdict(look)) for card, look in panels])
        return await self._taken()

    async def beside(self, shots: Sequence[bytes]) -> Picture:
        """Screenshots side by side."""
        await self._page.evaluate(BESIDE, [base64.b64encode(each).decode() for each in shots])
        return await self._taken()

    async def _taken(self) -> Picture:
        taken = await self._page.locator(".panels").screenshot()
        reduced = await self._page.evaluate("png => reduce(png)", base64.b64encode(taken).decode())
        return Picture(**{**reduced, "lines": base64.b64decode(reduced["lines"])})


@contextlib.asynccontextmanager
async def gallery() -> AsyncIterator[Gallery]:
    """An empty gallery, with Microsoft's renderer installed where it is not yet.

    Raises NodeMissing or InstallFailed.
    """
    await install(FOLDER, await find_node())
    async with browser() as chromium:
        page = await chromium.new_page()
        await page.set_content("<!doctype html><body></body>")
        await page.add_style_tag(path=HERE / "teams.css")
        for script in (RENDERER, HERE / "draw.js", HERE / "faults.js", HERE / "reduce.js"):
            await page.add_script_tag(path=script)
        yield Gallery(page)


def with_its_panels(name: str, card: Card) -> Iterator[Named]:
    """The card, and what each button unfolds on it: that is drawn on a ground of its own."""
    yield name, card
    for action in _unfolding(card):
        inner = action["card"]
        items = inner.get("body") or [{"type": "TextBlock", "text": " "}]
        body = [{"type": "Container", "style": "emphasis", "bleed": True, "items": items}]
        panel = {"type": "AdaptiveCard", "version": "1.5", "msteams": card.get("msteams", {}), "body": body}
        yield from with_its_panels(f"{name}: {action['title']}", {**panel, "actions": inner.get("actions", [])})


def _unfolding(node: Any) -> Iterator[Card]:
    """The buttons on a card that unfold something, but not those within what they unfold."""
    if isinstance(node, list):
        for each in node:
            yield from _unfolding(each)
    elif isinstance(node, dict):
        if node.get("type") == "Action.ShowCard":
            yield node
            return
        for name, child in node.items():
            if name not in ("data", "fallback"):
                yield from _unfolding(child)
