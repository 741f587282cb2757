"""The Playground as a person uses it: choose a conversation, say something, fill a card, press a button.

Inputs have no ids in the page, only labels. The page's own web socket carries the cards, so the labels that belong to
the ids are read from there, and a test can name an input as the bot does.
"""

import contextlib
import datetime as dt
import json
import re
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page, Route, WebSocket, async_playwright, expect
from playwright.async_api import TimeoutError as NothingHappened

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
    # About one page in seventy stopped drawing while its conversation scrolled, and then nothing on it stands still
    # enough to be pressed: without animations there is nothing to get stuck in.
    *("--disable-smooth-scrolling", "--disable-threaded-animation", "--disable-threaded-scrolling"),
]
PERSONAL, CHANGES = "Personal Chat", "ISC Learn Platform - Changes"
SECONDS = 60.0
expect.set_options(timeout=SECONDS * 1000)
STILL_SECONDS = 3.0
FILLED_SECONDS = 3.0
OPENINGS = 4
SHOWN_ACTIONS = 6
CARD_IN_DIALOG = ".ac-adaptiveCard"
EDITOR = "[data-lexical-editor=true]"
IN_CONVERSATION = f":not([role=tree] *):not({EDITOR} *)"  # the list of conversations repeats each last message
KIND_OF_CONTROL = """control =>
    control.closest(".fui-DatePicker") ? "date" :
    control.closest(".fui-TimePicker") ? "time" :
    control.tagName === "SELECT" ? "select" :
    control.getAttribute("role") === "combobox" ? "list" :
    "text"
"""


def find_browser() -> str | None:
    """The path of a Chromium on this machine."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextlib.asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        try:
            yield chromium
        finally:
            await chromium.close()


@contextlib.asynccontextmanager
async def visit(url: str) -> AsyncIterator["PlaygroundPage"]:
    """Open the Playground at `url` in a browser of its own, in the personal chat."""
    async with browser() as chromium:
        context = await chromium.new_context(
            viewport={"width": 1400, "height": 900},  # narrower, the list of conversations is folded away
            device_scale_factor=1.5,
            locale="en-US",  # decides how dates and times are typed
            timezone_id="Europe/Zurich",
            reduced_motion="reduce",
        )
        page = await context.new_page()
        page.set_default_timeout(SECONDS * 1000)
        client = PlaygroundPage(page, url)
        await client.open()
        yield client


@dataclass
class Cards:
    """What the cards seen so far call their inputs and buttons; the newest card wins."""

    labels: dict[str, str] = field(default_factory=dict)
    actions: dict[str, str] = field(default_factory=dict)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    """What each choice of an input is called, by the input's id and the choice's value."""
    behind_dots: set[str] = field(default_factory=set)

    def see(self, document: object) -> None:
        """Remember the names in whatever part of the document is a card."""
        for element in _elements(document):
            kind, title = str(element.get("type", "")), element.get("title")
            if kind.startswith("Input.") and "id" in element:
                self.labels[element["id"]] = element.get("label") or title or element.get("placeholder", "")
                self.choices[element["id"]] = {each["value"]: each["title"] for each in element.get("choices", ())}
            elif kind.startswith("Action.") and title:
                self.actions[title] = kind
            for place, action in enumerate(element.get("actions", ())):
                behind = place >= SHOWN_ACTIONS or action.get("mode") == "secondary"
                (self.behind_dots.add if behind else self.behind_dots.discard)(action.get("title", ""))


@dataclass
class PlaygroundPage:
    """One open page. Each method waits for what it does to show; none sleeps."""

    page: Page
    url: str
    cards: Cards = field(default_factory=Cards)

    async def open(self) -> None:
        """Load the page. It then starts with an empty history: the Playground keeps none."""
        await self.page.route("**/*", self._only_the_playground)
        self.page.on("websocket", self._listen)
        async with self._answered("/installation"):
            await self.page.goto(self.url)
        await _click(self.page.get_by_title("Hide log panel"))
        await expect(self.page.locator(EDITOR)).to_have_count(1)

    async def choose(self, conversation: str) -> None:
        """Select PERSONAL or CHANGES."""
        await _click(self.page.get_by_role("treeitem", name=conversation, exact=True))
        composer = "Start a new post" if conversation == CHANGES else "Type a message..."
        await self.page.get_by_text(composer, exact=True).first.wait_for()

    async def say(self, text: str) -> None:
        """Send a message to the bot, in the personal chat."""
        await _click(self.page.locator(EDITOR).first)
        await self.page.keyboard.insert_text(text)
        async with self._answered("/messages"):
            await self.page.keyboard.press("Enter")

    async def wait_for_text(self, text: str | re.Pattern[str], seconds: float = SECONDS) -> Locator:
        """Wait until the conversation shows the text; gives the newest place that does."""
        found = self.page.get_by_text(text).and_(self.page.locator(IN_CONVERSATION)).filter(visible=True)
        await found.first.wait_for(timeout=seconds * 1000)
        return await self._newest(found)

    async def wait_for_card(self, text: str | re.Pattern[str], seconds: float = SECONDS) -> Locator:
        """Wait until a card shows the text; gives the newest such card."""
        found = self._all_cards.filter(has_text=text)
        await found.first.wait_for(timeout=seconds * 1000)
        return await self._newest(found)

    async def fill(self, values: Mapping[str, str]) -> None:
        """Fill inputs of the newest card that has them, each named by its id or by its label."""
        # After a change of conversation the first click draws the cards anew and empties them: let it hit no input.
        await (await self._newest(self._all_cards)).click(position={"x": 4, "y": 4})
        for name, value in values.items():
            await self._fill(name, value)

    async def press(self, title: str, seconds: float = SECONDS) -> None:
        """Press the button on the newest card that has it, and wait for the bot's answer to it."""
        button = await self._button(title, seconds)
        if self.cards.actions.get(title) not in ("Action.Execute", "Action.Submit"):
            await _click(button)
            return
        path = "/v1/invoke" if self.cards.actions[title] == "Action.Execute" else "/v1/submit"
        try:
            async with self.page.expect_response(lambda each: path in each.url, timeout=seconds * 1000) as response:
                await _click(button)
            answer = await response.value
        except NothingHappened:
            shown = await self._all_cards.filter(has=self.page.get_by_role("button", name=title)).all_inner_texts()
            raise AssertionError(f"Pressing {title!r} sent nothing. The cards that have it: {shown}") from None
        if body := await answer.body():
            self.cards.see(json.loads(body))

    async def open_dialog(self, command: str) -> Locator:
        """Choose that command of the app beside the compose box; the dialog that it opens, once it shows the answer.

        Whatever message was drawn within the 300 ms before empties the Playground's dialog: it is opened once more.
        """
        dialog = self.page.get_by_role("dialog")
        for _again in range(OPENINGS - 1):
            await self._open_dialog(dialog, command)
            try:
                await dialog.locator(CARD_IN_DIALOG).first.wait_for(timeout=FILLED_SECONDS * 1000)
            except NothingHappened:
                await _click(dialog.get_by_role("button", name="Close"))
                await expect(dialog).to_have_count(0)
            else:
                return dialog
        await self._open_dialog(dialog, command)
        return dialog

    async def _open_dialog(self, dialog: Locator, command: str) -> None:
        await _click(self.page.get_by_role("button", name="Trigger Message Extension App"))
        await _click(self.page.get_by_text("Action Command"))
        await dialog.get_by_role("textbox").fill(command)
        await self.press_in_dialog("Create")

    async def press_in_dialog(self, title: str) -> str:
        """Press the button in the dialog; the bot's answer to it, which the next message may already have hidden."""
        button = self.page.get_by_role("dialog").get_by_role("button", name=title, exact=True)
        async with self.page.expect_response(lambda each: "/v1/invoke" in each.url) as response:
            await _click(button)
        answer = await (await response.value).text()
        self.cards.see(json.loads(answer))
        return answer

    async def screenshot(self, path: Path, card: str | re.Pattern[str] | None = None) -> None:
        """Picture the page, or the newest card that shows `card`, in full height."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if card is None:
            await self.page.screenshot(path=path)
            return
        shown = await self.wait_for_card(card)
        size = self.page.viewport_size
        if size and (box := await shown.bounding_box()) and box["height"] + 200 > size["height"]:
            # What is taller than the page would be cut off: make the page taller for this one picture.
            await self.page.set_viewport_size({"width": size["width"], "height": int(box["height"]) + 300})
        await shown.screenshot(path=path)
        if size:
            await self.page.set_viewport_size(size)

    # ── where things are ──────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _threads(self) -> Locator:
        """The threads of a channel, the newest first; the first card of the column is where a post is written."""
        return self.page.locator("[role=group].fui-Card").filter(has=self.page.get_by_label("Send Message"))

    @property
    def _all_cards(self) -> Locator:
        return self.page.locator(".ac-preview-panel").filter(visible=True)

    async def _newest(self, found: Locator) -> Locator:
        """The lowest in a chat; in a channel the lowest of the highest thread."""
        for thread in await self._threads.all():
            within = thread.locator(found)
            if count := await within.count():
                return within.nth(count - 1)
        return found.last

    async def _button(self, title: str, seconds: float) -> Locator:
        """The button on the newest card that has it; one behind the `…` only if its card was waited for before."""
        name = "More options" if title in self.cards.behind_dots else title
        buttons = self._all_cards.get_by_role("button", name=name, exact=True)
        await buttons.first.wait_for(timeout=seconds * 1000)
        button = await self._newest(buttons)
        if name == title:
            return button
        await _click(button)
        return self.page.get_by_role("menuitem", name=title, exact=True)

    # ── how things are done ───────────────────────────────────────────────────────────────────────────────────────

    async def _only_the_playground(self, route: Route) -> None:
        """The page asks a content network for fonts; a test does not leave the machine."""
        if route.request.url.startswith((self.url, "data:")):
            await route.continue_()
        else:
            await route.abort()

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.cards.see(json.loads(frame)))

    @contextlib.asynccontextmanager
    async def _answered(self, path: str) -> AsyncIterator[None]:
        """Leave when the Playground has answered the request that the block causes."""
        async with self.page.expect_response(lambda each: path in each.url) as response:
            yield
        assert (await response.value).ok

    async def _fill(self, name: str, value: str) -> None:
        label = self.cards.labels.get(name) or name
        labels = self._all_cards.locator("label").filter(
            has_text=re.compile(rf"^\s*{re.escape(label)}(\s*\*)?\s*$")
        )  # the star of a required input
        await labels.first.wait_for()
        control = self.page.locator(f'[id="{await (await self._newest(labels)).get_attribute("for")}"]')
        match await control.evaluate(KIND_OF_CONTROL):
            case "date":
                day = dt.date.fromisoformat(value)
                await _type(control, f"{day:%B} {day.day}, {day.year}")
            case "time":
                time = dt.time.fromisoformat(value)
                # Typed, it is taken with 24 hours only; then it shows with 12, unless it was there before.
                await _type(control, f"{time:%H:%M}", shown=(f"{time:%H:%M}", f"{time:%I:%M %p}".removeprefix("0")))
            case "select":
                await control.select_option(value)
            case "list":
                await _click(control)
                await _click(self.page.get_by_role("option", name=self.cards.choices[name][value], exact=True))
            case _:
                await _type(control, value)


async def _click(target: Locator) -> None:
    """Click, also on a page that has stopped drawing.

    About one page in seventy does, in headless Chromium: scripts run and clicks arrive, but no frame is drawn any
    more, and Playwright would wait for ever for the target to stand still in two of them.
    """
    try:
        await target.click(timeout=STILL_SECONDS * 1000)
    except NothingHappened:
        await target.click(force=True)


async def _type(control: Locator, text: str, shown: tuple[str, ...] = ()) -> None:
    """Type and leave: a number, a date or a time is taken only then, and cleared if it was not understood."""
    await control.fill(text)
    await control.press("Tab")
    await expect(control).to_have_value(re.compile("|".join(f"^{re.escape(each)}$" for each in shown or (text,))))


def _elements(document: object) -> Iterator[dict[str, Any]]:
    """Every object in a JSON document, outer ones first."""
    if isinstance(document, dict):
        yield document
        # A fallback is what another client would show.
        document = [part for name, part in document.items() if name != "fallback"]
    if isinstance(document, list):
        for part in document:
            yield from _elements(part)
