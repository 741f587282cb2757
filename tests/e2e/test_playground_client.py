"""The page object itself, against a bot of ten lines: what it types arrives, what it waits for is really there."""

import asyncio
import datetime as dt
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from local.playground import FOLDER, Playground, PlaygroundError, start
from local.playground.node import NodeMissing, find_node
from tests.e2e.playground import CHANGES, GROUP, PlaygroundPage, find_browser, visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_browser() is None, reason="No Chromium was found on the PATH; this test drives one."),
]

FORM = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [
        {"type": "TextBlock", "text": "A form", "size": "Large"},
        {"type": "Input.Text", "id": "title", "label": "Title", "isRequired": True, "errorMessage": "Give it a title."},
        {"type": "Input.Text", "id": "what", "label": "What changes", "isMultiline": True},
        {"type": "Input.Date", "id": "date", "label": "Date"},
        {"type": "Input.Time", "id": "time", "label": "Start"},
        {"type": "Input.Number", "id": "minutes", "label": "Downtime in minutes"},
        {
            "type": "Input.ChoiceSet",
            "id": "service",
            "label": "Service",
            "choices": [{"title": "ISC Learn Platform", "value": "learn"}, {"title": "Wiki", "value": "wiki"}],
        },
        {
            "type": "Input.ChoiceSet",
            "id": "tests",
            "label": "Tests",
            "style": "expanded",
            "isMultiSelect": True,
            "choices": [{"title": "Log in", "value": "0"}, {"title": "Open a course", "value": "1"}],
        },
        {"type": "Input.Toggle", "id": "sure", "title": "I am sure"},
    ],
    "actions": [
        {"type": "Action.Execute", "title": "Send", "verb": "send", "data": {"change": "CHG-1"}},
        *({"type": "Action.Execute", "title": f"Other {n}", "verb": f"other.{n}"} for n in range(7)),
    ],
}


@dataclass
class Bot:
    """Answers a message with the form, a press with a sentence, and remembers both."""

    heard: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    answers: set[asyncio.Task[None]] = field(default_factory=set)

    async def receive(self, request: web.Request) -> web.Response:
        activity = await request.json()
        if activity["type"] == "invoke":
            self.heard.put_nowait(activity)
            card = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Thank you"}]}
            kind = "application/vnd.microsoft.card.adaptive"
            return web.json_response({"statusCode": 200, "type": kind, "value": card})
        if activity["type"] == "message":
            self.heard.put_nowait(activity)
            self.answers.add(asyncio.create_task(self.reply(activity)))
        return web.Response()

    async def reply(self, activity: dict[str, Any]) -> None:
        card = {"contentType": "application/vnd.microsoft.card.adaptive", "content": FORM}
        url = f"{activity['serviceUrl']}/v3/conversations/{activity['conversation']['id']}/activities"
        async with aiohttp.ClientSession() as session:
            for body in ({"text": f"You said *{activity['text']}*"}, {"attachments": [card]}):
                async with session.post(url, json={"type": "message", **body}) as response:
                    assert response.status == 201


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def a_bot() -> AsyncIterator[tuple[Bot, str]]:
    bot, port = Bot(), free_port()
    app = web.Application()
    app.router.add_post("/api/messages", bot.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield bot, f"http://127.0.0.1:{port}/api/messages"
    finally:
        await asyncio.gather(*bot.answers)
        await runner.cleanup()


@pytest.fixture
async def bot_and_playground(tmp_path: Path) -> AsyncIterator[tuple[Bot, Playground]]:
    try:
        await find_node()
    except NodeMissing as missing:
        pytest.skip(str(missing))
    async with a_bot() as (bot, url), await start(url, port=free_port(), log=tmp_path / "playground.log") as playground:
        yield bot, playground


@pytest.fixture
async def bot(bot_and_playground: tuple[Bot, Playground]) -> Bot:
    return bot_and_playground[0]


@pytest.fixture
async def client(bot_and_playground: tuple[Bot, Playground]) -> AsyncIterator[PlaygroundPage]:
    async with visit(bot_and_playground[1].url) as page:
        yield page


async def test_a_form_filled_by_input_id_arrives_as_it_was_typed(
    bot: Bot, client: PlaygroundPage, tmp_path: Path
) -> None:
    await client.say("/change new")
    assert (await bot.heard.get())["text"] == "/change new"
    await client.wait_for_text("You said")
    await client.wait_for_card("A form")

    await client.press("Send", sends=False)
    await client.wait_for_text("Give it a title.")
    assert bot.heard.empty()

    await client.fill(
        {
            "title": "Upgrade the database",
            "what": "PostgreSQL\n16 → 18",
            "date": dt.date(2026, 12, 30),
            "time": "22:05",
            "minutes": 45,
            "service": "wiki",
            "tests": ["1"],
            "I am sure": True,
        }
    )
    await client.screenshot(tmp_path / "form.png", card="A form")
    await client.press("Send")

    assert (await bot.heard.get())["value"]["action"]["data"] == {
        "change": "CHG-1",
        "title": "Upgrade the database",
        "what": "PostgreSQL\n16 → 18",
        "date": "2026-12-30",
        "time": "22:05",
        "minutes": "45",
        "service": "wiki",
        "tests": "1",
        "sure": "true",
    }
    await client.wait_for_card("Thank you")
    assert (tmp_path / "form.png").stat().st_size > 10_000


async def test_a_button_behind_the_dots_can_be_pressed(bot: Bot, client: PlaygroundPage) -> None:
    await client.say("form")
    await client.wait_for_card("A form")
    await client.fill({"title": "x"})

    await client.press("Other 6")

    await bot.heard.get()
    assert (await bot.heard.get())["value"]["action"]["verb"] == "other.6"


async def test_in_a_group_and_in_a_channel_the_bot_is_mentioned(bot: Bot, client: PlaygroundPage) -> None:
    await client.choose(GROUP)
    await client.say("list")
    assert (await bot.heard.get())["text"] == "<at>Change bot</at> list"
    await client.wait_for_card("A form")

    await client.choose(CHANGES)
    await client.say("first")
    first = await bot.heard.get()
    await client.wait_for_text("first")
    await client.wait_for_card("A form")
    await client.say("second")
    second = await bot.heard.get()
    await client.say("third", thread="first")
    third = await bot.heard.get()

    assert first["channelData"]["channel"]["id"] == "19:changes@thread.tacv2"
    assert first["conversation"]["id"] == third["conversation"]["id"] != second["conversation"]["id"]


async def test_a_playground_that_cannot_have_its_port_says_so(tmp_path: Path) -> None:
    async with a_bot() as (_, url):
        port = int(url.split(":")[2].split("/")[0])

        with pytest.raises(PlaygroundError, match=f"Port {port} is taken: end the demo that still runs"):
            await start(url, port=port, log=tmp_path / "playground.log")


async def test_a_playground_with_unreadable_people_shows_the_end_of_its_log(tmp_path: Path) -> None:
    folder = tmp_path / "playground"
    folder.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(FOLDER / name, folder)
    (folder / "m365agentsplayground.yml").write_text("version: 0.1.1", encoding="utf-8")

    with pytest.raises(PlaygroundError, match="tenantId"):
        await start("http://127.0.0.1:1/api/messages", free_port(), folder, tmp_path / "playground.log")
