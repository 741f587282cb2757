"""`make pictures`: every card in every state, and every announcement as mail, into `docs/cards/`, with a page.

The pictures of the pages for requesters and approvers go into `docs/guides/`.
"""

import asyncio
import sys
from dataclasses import replace
from itertools import cycle
from pathlib import Path

from language import use_language
from tests.cards.pictures import guides, mails
from tests.cards.pictures.chosen import chosen, file_name, heading
from tests.cards.pictures.gallery import Card, Look, gallery
from tests.cards.subjects import PLAINLY, every_card
from tests.e2e.playground import find_browser

FOLDER = Path("docs", "cards")
GUIDES = Path("docs", "guides")
MOST = 3 * 1024 * 1024
"""Bytes that the pictures may have together."""

PHONE, FULL = Look(phone=True, newer=False), Look(phone=False, newer=True)
PANELS = (
    (("fr", replace(PHONE, theme="dark")), ("en", replace(FULL, theme="light"))),
    (("en", replace(PHONE, theme="light")), ("fr", replace(FULL, theme="dark"))),
)
"""In turn, from picture to picture: all four on each would have more than `MOST`."""
IN_HIGH_CONTRAST = {
    *("form-empty.png", "precheck-precheck-pending.png", "go-go-pending.png", "status-scheduled.png"),
    *("day-trouble.png", "cutoff-cutoff-asked.png", "incident-restore-asked-for.png"),
}
"""Also pictured as the theme of high contrast shows them, at the width of a phone and in full."""
CONTRASTED = (("fr", replace(PHONE, theme="contrast")), ("en", replace(FULL, theme="contrast")))
INTRODUCTION = """\
# Every card in every state

Drawn by `make pictures` from the cards of `tests/cards/subjects.py`, with Microsoft's own renderer and in Teams'
colours: on the left a phone of 320 px, on the right the full width; one in English, one in French; one light, one dark.
The phone lags behind: it shows the text that stands in for badges, icons and progress bars. Some stand there in high
contrast too.

At the end stand the announcements as mail, by a client that is light and by one that is dark, each in one language.
"""


def cards() -> dict[str, dict[str, Card]]:
    """The cards to picture by their name, each in English and in French."""
    with use_language("en"):
        english = dict(every_card())
    names = list(chosen(english))
    with use_language("fr"):
        french = dict(every_card(PLAINLY, set(names)))
    return {name: {"en": english[name], "fr": french[name]} for name in names}


async def draw(subjects: dict[str, dict[str, Card]]) -> dict[str, bytes]:
    """A PNG of each card, by its name."""
    async with gallery() as page:
        drawn = {
            name: (await page.picture([(card[language], look) for language, look in panels])).png()
            for (name, card), panels in zip(subjects.items(), cycle(PANELS), strict=False)
        }
        for name, card in subjects.items():
            if file_name(name) in IN_HIGH_CONTRAST:
                panels = [(card[language], look) for language, look in CONTRASTED]
                drawn[f"{heading(name)}, high contrast"] = (await page.picture(panels)).png()
        return drawn | await mails.draw(page)


def write(pictures: dict[str, bytes], folder: Path) -> None:
    """Put the pictures, and a page that shows them, in the place of what is in the folder."""
    put({file_name(name): picture for name, picture in pictures.items()}, folder)
    shown = [f"## {heading(name).capitalize()}\n\n![{heading(name)}]({file_name(name)})\n" for name in pictures]
    (folder / "README.md").write_text("\n".join([INTRODUCTION, *shown]), encoding="utf-8")


async def draw_guides(subjects: dict[str, dict[str, Card]]) -> dict[str, bytes]:
    """The pictures of the guides, by their files' names."""
    async with gallery() as page:
        return await guides.draw(page, subjects)


def put(pictures: dict[str, bytes], folder: Path) -> None:
    """Put the pictures in the place of those in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    for name, picture in pictures.items():
        (folder / name).write_bytes(picture)


def ensure_small(pictures: dict[str, bytes], most: int) -> None:
    """Leave the program, in one line, if the pictures would have more than `most` bytes together."""
    if (total := sum(map(len, pictures.values()))) > most:
        sys.exit(
            f"The pictures would have {total / 1024 / 1024:.1f} MB together; {most / 1024 / 1024:.0f} MB is the most."
        )


def main() -> None:
    """Make the pictures, unless they would be too large."""
    if find_browser() is None:
        sys.exit("No Chromium was found on the PATH; it draws the pictures.")
    subjects = cards()
    pictures, of_guides = asyncio.run(draw(subjects)), asyncio.run(draw_guides(subjects))
    ensure_small(pictures, MOST)
    ensure_small(of_guides, guides.MOST)
    write(pictures, FOLDER)
    put(of_guides, GUIDES)


if __name__ == "__main__":
    main()
