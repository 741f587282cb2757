"""One person at the Playground with the whole demo behind it, and where the pictures go."""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

import app as composition
from application.change_service import draft, execute
from changes import commands as c
from changes.model import Plan
from local import demo_users, playground
from local.clock import MovableClock
from local.playground.node import NodeMissing
from service import App
from settings import from_environment
from tests.e2e.playground import CHANGES, PERSONAL, PlaygroundPage, find_browser, visit
from tests.support.running import START, environment

IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(find_browser() is None, reason="No Chromium was found on the PATH; this test drives one."),
]
PICTURES = Path("var/pictures")

_REPORTS = "() => [...document.querySelectorAll('button')].filter(each => each.innerText.startsWith('Next')).length"
"""How many reports of the clock stand in the chat."""


@dataclass
class Walk:
    """A page of the Playground, the bot behind it, and how its pictures are called."""

    page: PlaygroundPage
    app: App
    prefix: str = ""
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
            before = await self.page.page.evaluate(_REPORTS)
            await self.page.say("/clock next")
            await self.page.page.wait_for_function(f"n => ({_REPORTS})() > n", arg=before)
            await self.page.choose(CHANGES)
            if await self.page.page.get_by_text(shown).count():
                return
        raise AssertionError(f"the channel never showed {shown!r}")

    async def clock_to(self, moment: datetime) -> None:
        """Let time go on to the moment, and look at the channel."""
        await it_is(self.app, moment)
        await self.page.choose(CHANGES)

    async def post(self, name: str, text: str) -> None:
        """A picture of the post in the channel with that text."""
        self.taken += 1
        shown = self.page.page.locator("[role=group].fui-Card").filter(has_text=text).first
        await shown.screenshot(path=PICTURES / f"{self.prefix}{self.taken:02d}-{name}.png")

    async def picture(self, name: str, card: str | None = None) -> None:
        """A picture of the newest card with that text, or of the page."""
        self.taken += 1
        await self.page.screenshot(PICTURES / f"{self.prefix}{self.taken:02d}-{name}.png", card)


async def it_is(app: App, moment: datetime) -> None:
    """Let time go on to the moment, by the worker itself."""
    clock, units = app.clock, app.store.units
    assert isinstance(clock, MovableClock)
    await app.worker.run_due()
    await app.worker.advance(moment, lambda each: clock.move_to(each, units))


async def do(app: App, change: str, command: c.Command, at: datetime | None = None) -> None:
    """Somebody types that, when it is `at`: nobody has to press what has a walk of its own."""
    if at is not None:
        await it_is(app, at)
    async with app.store.units() as unit:
        await execute(unit, app.catalogue, change, command, app.clock.now(), "chat")
    await app.worker.run_due()


async def requested(app: App, plan: Plan) -> str:
    """The change with that plan is handed in; its id."""
    async with app.store.units() as unit:
        made = await draft(unit, app.catalogue, c.Draft(plan.implementer, plan), app.clock.now(), "chat")
    await do(app, made.id, c.Submit(plan.implementer))
    return made.id


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _nothing(_: App) -> None:
    """Nothing happened before."""


@asynccontextmanager
async def demo(
    folder: Path, prefix: str = "", before: Callable[[App], Awaitable[None]] = _nothing, **more: str
) -> AsyncIterator[Walk]:
    """The bot, the simulator, the Playground and a browser, as `make demo` starts them.

    The page is opened when `before` has happened: what it need not show goes ten times faster without it.
    """
    running = await composition.build(from_environment(environment(folder, **more), dotenv=folder / ".env"))
    try:
        assert isinstance(running.clock, MovableClock)
        await running.clock.move_to(START, running.store.units)
        await running.start()
        try:
            started = await playground.start(
                f"http://127.0.0.1:{running.port}/api/messages", free_port(), log=folder / "playground.log"
            )
        except NodeMissing as missing:
            pytest.skip(str(missing))
        async with started:
            await demo_users.bind(running.store.units, "learn", started.url)
            await before(running)
            async with visit(started.url) as page:
                yield Walk(page, running, prefix)
    finally:
        await running.close()
