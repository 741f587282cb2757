"""The whole main job in a real browser: from `/change new` to the review, as requester and as approver."""

import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

import app as composition
from local import people, playground
from local.clock import MovableClock
from local.playground.node import NodeMissing
from settings import from_environment
from tests.e2e.playground import CHANGES, PERSONAL, PlaygroundPage, find_browser, visit
from tests.support.running import FORM, ZURICH, environment

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_browser() is None, reason="No Chromium was found on the PATH; this test drives one."),
]

START = datetime(2027, 3, 15, 10, 0, 5, tzinfo=ZURICH)
PICTURES = Path("var/pictures")
CHANGE = "CHG-2027-0001"
PRECHECK, GO, HALF = "Will this work as it stands?", "GO sends this notice", "about 50 %"
READY, REVIEW = "Everything is ready.", "What went well, and what should be done better next time?"
FILLED = ("title", "what", "why", "date", "time", "minutes", "tests", "risks", "rollback", "affected")


@dataclass
class Walk:
    """One person at the Playground, and where the pictures go."""

    page: PlaygroundPage
    taken: int = 0

    async def say(self, text: str, answer: str) -> None:
        """Say something in the personal chat and wait for what comes back."""
        await self.page.choose(PERSONAL)
        await self.page.say(text)
        await self.page.wait_for_text(answer)

    async def clock_until(self, shown: str, most: int = 6) -> None:
        """`/clock next` until the channel shows it."""
        for _ in range(most):
            await self.page.choose(PERSONAL)
            before = await self.page.page.get_by_text("It is ").count()
            await self.page.say("/clock next")
            await self.page.page.wait_for_function(
                "n => document.body.innerText.split('It is ').length - 1 > n", arg=before
            )
            await self.page.choose(CHANGES)
            if await self.page.page.get_by_text(shown).count():
                return
        raise AssertionError(f"the channel never showed {shown!r}")

    async def post(self, name: str, text: str) -> None:
        """A picture of the post in the channel with that text."""
        self.taken += 1
        shown = self.page.page.locator("[role=group].fui-Card").filter(has_text=text).first
        await shown.screenshot(path=PICTURES / f"{self.taken:02d}-{name}.png")

    async def picture(self, name: str, card: str | None = None) -> None:
        """A picture of the newest card with that text, or of the page."""
        self.taken += 1
        await self.page.screenshot(PICTURES / f"{self.taken:02d}-{name}.png", card)


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[Walk]:
    """The bot, the simulator, the Playground and a browser, as `make demo` starts them."""
    running = await composition.build(from_environment(environment(folder), dotenv=folder / ".env"))
    try:
        assert isinstance(running.clock, MovableClock)
        await running.clock.move_to(START, running.store.units)
        await running.start()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        try:
            started = await playground.start(
                f"http://127.0.0.1:{running.port}/api/messages", port, log=folder / "playground.log"
            )
        except NodeMissing as missing:
            pytest.skip(str(missing))
        async with started:
            await people.bind(running.store.units, "learn", started.url)
            async with visit(started.url) as page:
                yield Walk(page)
    finally:
        await running.close()


async def test_a_newcomer_carries_a_change_from_the_request_to_the_review(tmp_path: Path) -> None:
    async with demo(tmp_path) as walk:
        page = walk.page
        await walk.say("/change new", "Fill in the form")
        await page.fill({name: FORM[name] for name in FILLED})
        await walk.picture("form", "Request a change")
        await page.press("Continue")
        await page.wait_for_card("Submit")
        await walk.picture("summary", CHANGE)
        await page.press("Submit")
        await page.wait_for_text("is handed in")

        await walk.clock_until(PRECHECK)
        await walk.say("/as Pierre", "You act as")
        await page.choose(CHANGES)
        await walk.picture("precheck", PRECHECK)
        await page.press("Approve")
        await page.wait_for_text(re.compile("approved the pre-check of"))

        await walk.clock_until(GO)
        await page.choose(CHANGES)
        await walk.picture("go", GO)
        await page.press("GO")
        await page.wait_for_text(re.compile("Planned maintenance"))
        await walk.post("planned-maintenance", "Planned maintenance")
        await walk.say("/as me", "You are yourself again")

        await walk.clock_until(HALF, most=8)
        await walk.picture("progress", HALF)
        await walk.clock_until(READY, most=4)
        await page.press("Start")
        await page.wait_for_text(re.compile("Maintenance has started"))
        await page.press("Pass")
        await page.wait_for_card(re.compile("passed, Nadia Favre"))
        await walk.picture("tests", "Log in as a teacher")
        await walk.say("/clock +40m", "22:40")
        await page.choose(CHANGES)
        await page.press("Pass")
        await page.press("Complete")
        await page.wait_for_text(re.compile("Maintenance finished"))
        await walk.post("end-notice", "Maintenance finished")

        await walk.clock_until(REVIEW)
        await walk.picture("review", REVIEW)
        await page.fill({"comment": "All went as planned. Start the snapshot a little earlier next time."})
        await page.press("Save")
        await page.wait_for_text(re.compile("wrote the review of"))
