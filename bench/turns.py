"""How many turns a second: our adapter and connector against the SDK's own, both as an echo bot.

Each bot is a process of its own. This one is Teams: it posts messages to the bot, takes the echoes as the Connector
service, and counts a turn when its echo has arrived. The bots take turns being measured, so that whatever else the
machine does falls on both. There is no database on either side: it is the edge that is measured, not the product.
"""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import aiohttp
from aiohttp import web
from botbuilder.core import TurnContext
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication

from bot.connector.client import Connector, pooled_client
from bot.turn.activities import parse_activity
from bot.turn.adapter import TurnAdapter

ROUNDS = 3
SECONDS = 2.0
AT_ONCE = 16
WARM_UP = 50
WORKERS = 8


# ── The two bots ──────────────────────────────────────────────────────────────────────────────────────────────────


async def echo(context: TurnContext) -> None:
    await context.send_activity(f"you said: {context.activity.text}")


class Echo:
    async def on_turn(self, context: TurnContext) -> None:
        await echo(context)


class NoCredentials:
    APP_ID = ""
    APP_PASSWORD = ""
    APP_TYPE = "MultiTenant"


async def serve_stock() -> None:
    adapter = CloudAdapter(ConfigurationBotFrameworkAuthentication(NoCredentials()))
    bot = Echo()

    async def messages(request: web.Request) -> web.StreamResponse:
        response: web.StreamResponse = await adapter.process(request, bot)
        return response

    await _serve(messages)


async def serve_ours() -> None:
    adapter = TurnAdapter()
    outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def messages(request: web.Request) -> web.Response:
        activity = parse_activity(await request.read(), request.headers["Content-Type"])
        for each in await adapter.run(activity, echo):
            outbox.put_nowait(each)
        return web.Response()

    async def work(connector: Connector) -> None:
        while True:
            each = await outbox.get()
            await connector.send(each["serviceUrl"], each["conversation"]["id"], each)

    async with pooled_client() as client, asyncio.TaskGroup() as tasks:
        for _ in range(WORKERS):
            tasks.create_task(work(Connector(client)))
        await _serve(messages)


async def _serve(messages: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> None:
    app = web.Application()
    app.router.add_post("/api/messages", messages)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


# ── Teams ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Teams:
    """Waits for the echo of each message it posts."""

    client: aiohttp.ClientSession
    url: str = ""
    waiting: dict[str, asyncio.Event] = field(default_factory=dict)
    posted: int = 0

    async def take_echo(self, request: web.Request) -> web.Response:
        text = (await request.json())["text"]
        self.waiting.pop(text.removeprefix("you said: ")).set()
        return web.json_response({"id": "1"})

    async def turn(self, bot: str) -> float:
        """One message and its echo; how many seconds that took."""
        self.posted += 1
        number = str(self.posted)
        echoed = self.waiting[number] = asyncio.Event()
        began = time.perf_counter()
        async with self.client.post(bot, json=self.message(number)) as response:
            response.raise_for_status()
        await echoed.wait()
        return time.perf_counter() - began

    async def turns(self, bot: str, seconds: float, at_once: int) -> list[float]:
        """As many turns as fit, `at_once` at a time."""
        until = time.perf_counter() + seconds
        took: list[float] = []

        async def talk() -> None:
            while time.perf_counter() < until:
                took.append(await self.turn(bot))

        async with asyncio.TaskGroup() as tasks:
            for _ in range(at_once):
                tasks.create_task(talk())
        return took

    def message(self, number: str) -> dict[str, Any]:
        return {
            "type": "message",
            "id": number,
            "timestamp": "2026-11-23T08:00:00.000Z",
            "channelId": "msteams",
            "serviceUrl": self.url,
            "from": {"id": "29:alex", "name": "Alex Wilber", "aadObjectId": "00000000-0000-0000-0000-000000000020"},
            "recipient": {"id": "28:bot", "name": "Change bot"},
            "conversation": {"id": "19:team@thread.tacv2;messageid=17", "conversationType": "channel", "isGroup": True},
            "channelData": {"tenant": {"id": "00000000-0000-0000-0000-0000000000aa"}},
            "text": number,
        }


@asynccontextmanager
async def teams() -> AsyncIterator[Teams]:
    async with aiohttp.ClientSession() as client:
        started = Teams(client)
        app = web.Application()
        app.router.add_post("/{anything:.*}", started.take_echo)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        started.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        yield started
        await runner.cleanup()


@asynccontextmanager
async def running(which: str) -> AsyncIterator[str]:
    """A bot in a process of its own; its address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-m", "bench.turns", which, stdout=PIPE
    )
    assert process.stdout is not None  # noqa: S101 - asked for above
    try:
        port = (await process.stdout.readline()).decode().strip()
        yield f"http://127.0.0.1:{port}/api/messages"
    finally:
        process.terminate()
        await process.wait()


async def measure() -> None:
    rates: dict[str, list[float]] = {"stock": [], "ours": []}
    single: dict[str, list[float]] = {"stock": [], "ours": []}
    async with teams() as channel, running("stock") as stock, running("ours") as ours:
        bots = {"stock": stock, "ours": ours}
        for bot in bots.values():
            for _ in range(WARM_UP):
                await channel.turn(bot)
        for _ in range(ROUNDS):
            for name, bot in bots.items():
                single[name].append(median(await channel.turns(bot, SECONDS, 1)) * 1000)
                rates[name].append(len(await channel.turns(bot, SECONDS, AT_ONCE)) / SECONDS)
    print(f"turns: echo bots on Python {sys.version.split()[0]}, median of {ROUNDS} rounds (lowest and highest)")
    for name, title in (("stock", "botbuilder 4.17.1 as documented"), ("ours", "this project's edge")):
        print(
            f"  {title:<32} {_figures(rates[name], '.0f')} turns/s with {AT_ONCE} at once;"
            f" {_figures(single[name], '.1f')} ms from message to echo, one at a time"
        )
    print(
        f"  ratio                            {median(rates['ours']) / median(rates['stock']):.1f} times as many turns;"
        f" {median(single['stock']) / median(single['ours']):.1f} times as quick"
    )


def _figures(values: list[float], form: str) -> str:
    return f"{median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def main() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["stock"]:
            asyncio.run(serve_stock())
        case ["ours"]:
            asyncio.run(serve_ours())
        case _:
            main()
