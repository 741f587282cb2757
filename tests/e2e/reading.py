"""The pages as a person reads them: in a browser of any width and theme, or with a screen reader."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, ViewportSize

from local.playground import FOLDER
from tests.support.running import Bot

WIDE, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=320, height=900)
COLOURS = "color-contrast"
"""What else than colours axe looks at is the same in every theme."""
_AXE = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
_VIOLATIONS = """async only => {
    // Selectors are made for what is wrong alone: of all that is right they took longer than the looking.
    const options = {resultTypes: ["violations"], ...(only ? {runOnly: [only]} : {})};
    return (await axe.run(document, options)).violations.map(each =>
        `${each.id}: ${each.help} ${each.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | ")}`);
}"""
_STICKS_OUT = """() => [...document.querySelectorAll("#live .entry *, #live td *, #live th *")].filter(each =>
    each.getBoundingClientRect().right > each.closest(".entry, td, th").getBoundingClientRect().right + 1
).map(each => `sticks out: ${each.outerHTML.slice(0, 160)}`)"""


@asynccontextmanager
async def opened(chromium: Browser, bot: Bot, **look: Any) -> AsyncIterator[Page]:
    """A page of a browser that has seen nothing of the bot yet."""
    context = await chromium.new_context(base_url=bot.app.public_url(), **look)
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def has_axe(page: Page) -> None:
    """Bring axe to the page that is open."""
    await page.evaluate(_AXE.read_text(encoding="utf-8"))


async def faults(page: Page, theme: str, only: str = "") -> list[str]:
    """What axe finds on the page in that theme, and what does not fit on it."""
    await page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    found: list[str] = await page.evaluate(_VIOLATIONS, only)
    size = page.viewport_size
    if size and await page.evaluate("document.documentElement.scrollWidth") > size["width"]:
        found.append("something goes beyond the edge")
    return found + list(await page.evaluate(_STICKS_OUT))
