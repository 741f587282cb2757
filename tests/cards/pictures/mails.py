"""The announcements as mail: on a phone of 320 px and in a window, by a client that is light and by a dark one."""

import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Literal

from playwright.async_api import Page

from tests.cards.pictures.gallery import HERE, Fault, Gallery
from tests.e2e.playground import browser
from tests.golden.subject import texts

PHONE, WINDOW = 320, 640
HEIGHT = 200
"""The picture is as high as its mail, and not less than so many pixels."""
Scheme = Literal["light", "dark"]
LOOK_AT_IT = """() => {
    document.body.classList.add("card");
    document.body.dataset.name = document.title;
    return faults([""]);
}"""


@dataclass(frozen=True, slots=True)
class Client:
    """What a mail is read with: the width of its window in pixels, and its colours."""

    width: int
    scheme: Scheme


CLIENTS = tuple(Client(width, scheme) for width in (PHONE, WINDOW) for scheme in ("light", "dark"))
PANELS: tuple[tuple[Client, Client], ...] = (
    (Client(PHONE, "dark"), Client(WINDOW, "light")),
    (Client(PHONE, "light"), Client(WINDOW, "dark")),
)
"""In turn, from picture to picture."""
LANGUAGES = ("en", "fr", "de")


def mails() -> Mapping[str, str]:
    """Each announcement in each language as HTML, by its name, for example `fr/extension`."""
    return {f"{path.parent.name}/{path.stem}": text for path, text in texts().items() if path.suffix == ".html"}


class Mailbox:
    """A page that shows one mail at a time."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def open(self, mail: str, client: Client) -> None:
        """Show the mail as that client does."""
        await self._page.emulate_media(color_scheme=client.scheme)
        await self._page.set_viewport_size({"width": client.width, "height": HEIGHT})
        await self._page.set_content(mail)

    async def faults(self, mail: str, client: Client) -> list[Fault]:
        """What cannot be read of it."""
        await self.open(mail, client)
        await self._page.add_script_tag(path=HERE / "faults.js")
        found = [Fault(**fault) for fault in await self._page.evaluate(LOOK_AT_IT)]
        if (width := await self._page.evaluate("document.documentElement.scrollWidth")) > client.width:
            found.append(Fault("", "runs out of the window", await self._page.title(), f"{width} px"))
        return found

    async def shot(self, mail: str, client: Client) -> bytes:
        """A picture of the whole mail, as PNG."""
        await self.open(mail, client)
        return await self._page.screenshot(full_page=True)


@contextlib.asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    """An empty one."""
    async with browser() as chromium:
        yield Mailbox(await chromium.new_page())


async def draw(page: Gallery) -> dict[str, bytes]:
    """A PNG of each announcement, in one of the languages, by its name."""
    async with mailbox() as box:
        return {name: await _side_by_side(page, box, mail, panels) for name, mail, panels in _chosen()}


async def _side_by_side(page: Gallery, box: Mailbox, mail: str, panels: tuple[Client, Client]) -> bytes:
    return (await page.beside([await box.shot(mail, client) for client in panels])).png()


def _chosen() -> Iterator[tuple[str, str, tuple[Client, Client]]]:
    every = mails()
    # Their variants differ by a sentence: the check looks at them, a picture of each would show nothing new.
    kinds = sorted({name.partition("/")[2] for name in every if "-" not in name})
    for kind, language, panels in zip(kinds, cycle(LANGUAGES), cycle(PANELS), strict=False):
        yield f"mail {kind} {language}", every[f"{language}/{kind}"], panels
