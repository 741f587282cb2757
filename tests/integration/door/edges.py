"""The same bot behind two front doors: the SDK's own adapter as its documentation says, and ours."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx
from aiohttp import web
from aiohttp.test_utils import TestServer
from botbuilder.core import TurnContext
from botbuilder.core.integration import aiohttp_error_middleware
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botframework.connector.auth import ChannelValidation

from bot.auth.authentication import Issuer, TokenValidator, Unauthorised
from bot.auth.signing_keys import KeysUnavailable
from bot.connector.client import Connector, pooled_client
from bot.connector.errors import ConnectorError
from bot.messenger.outgoing import Outgoing
from bot.turn.activities import BadActivity, delivery_key, parse_activity
from bot.turn.adapter import TurnAdapter
from tests.support.key_server import APP_ID, ISSUER, KeyServer
from tests.support.recording_teams import TENANT

Logic = Callable[[TurnContext], Awaitable[None]]


class Bot(Protocol):
    """What both doors lead to."""

    async def on_turn(self, turn_context: TurnContext) -> None:
        """Handle one activity."""


@dataclass(slots=True)
class Edge:
    """A running bot as its callers see it."""

    client: httpx.AsyncClient
    url: str
    reported: list[Exception] = field(default_factory=list)
    settled: Callable[[], Awaitable[None]] = field(default=lambda: asyncio.sleep(0))

    async def post(self, activity: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """Deliver an activity as Teams does."""
        if activity is not None:
            options["json"] = activity
        return await self.client.post(f"{self.url}/api/messages", **options)

    async def alive(self) -> httpx.Response:
        """Ask whether the process answers at all."""
        return await self.client.get(f"{self.url}/healthz")


class Door(Protocol):
    """Opens one of the two."""

    def __call__(self, bot: Bot, keys: KeyServer | None = None) -> AbstractAsyncContextManager[Edge]:
        """Start the bot on a free port; with `keys` it has an app id and checks tokens."""


@dataclass(frozen=True, slots=True)
class Config:
    """The object the SDK reads its settings from."""

    APP_ID: str
    APP_PASSWORD: str
    APP_TYPE: str = "MultiTenant"
    APP_TENANTID: str = ""


@asynccontextmanager
async def stock(bot: Bot, keys: KeyServer | None = None) -> AsyncIterator[Edge]:
    """The SDK's CloudAdapter, set up as in its samples."""
    config = Config(APP_ID, "secret") if keys else Config("", "")
    reported: list[Exception] = []

    async def on_error(_: TurnContext, error: Exception) -> None:
        reported.append(error)

    adapter = CloudAdapter(ConfigurationBotFrameworkAuthentication(config))
    adapter.on_turn_error = on_error
    before = ChannelValidation.open_id_metadata_endpoint
    ChannelValidation.open_id_metadata_endpoint = keys.metadata_url if keys else before

    async def messages(request: web.Request) -> web.StreamResponse:
        response: web.StreamResponse = await adapter.process(request, bot)
        return response

    try:
        async with _serve(messages, [aiohttp_error_middleware]) as edge:
            edge.reported = reported
            yield edge
    finally:
        ChannelValidation.open_id_metadata_endpoint = before


@asynccontextmanager
async def ours(bot: Bot, keys: KeyServer | None = None) -> AsyncIterator[Edge]:
    """Our modules, with lists where the product has tables."""
    reported: list[Exception] = []
    outbox: asyncio.Queue[Outgoing] = asyncio.Queue()
    seen: dict[str, web.Response] = {}

    adapter = TurnAdapter()

    async def messages(request: web.Request) -> web.Response:
        try:
            caller = await check(request.headers.get("Authorization")) if check is not None else None
            activity = parse_activity(await request.read(), request.headers.get("Content-Type", ""))
            if caller is not None:
                caller.speaks_for(activity)
        except BadActivity as bad:
            return web.json_response({"error": str(bad)}, status=400)
        except Unauthorised as refused:
            return web.json_response({"error": str(refused)}, status=401)
        except KeysUnavailable as away:
            return web.json_response({"error": str(away)}, status=503)
        if delivery_key(activity) in seen:
            return web.Response(status=200)
        result = await adapter.run(activity, bot.on_turn)
        seen[delivery_key(activity)] = web.Response()
        if result.failed is not None:
            reported.append(result.failed)
        for each in result.outgoing:
            outbox.put_nowait(each)
        if result.invoke is None:
            return web.Response(status=200)
        return web.json_response(result.invoke.body, status=result.invoke.status)

    async def work(connector: Connector) -> None:
        while True:
            outgoing = await outbox.get()
            try:
                await connector.send(outgoing.service_url, outgoing.conversation_id, outgoing.activity)
            except ConnectorError as error:
                reported.append(error)
            outbox.task_done()

    async with pooled_client() as client, httpx.AsyncClient() as keyed, _serve(messages, []) as edge:
        issuers = (Issuer(ISSUER, keys.metadata_url),) if keys else ()
        check = TokenValidator(APP_ID, issuers, keyed, _now, {TENANT}) if keys else None
        worker = asyncio.create_task(work(Connector(client)))
        edge.reported, edge.settled = reported, outbox.join
        yield edge
        worker.cancel()


@asynccontextmanager
async def _serve(messages: Callable[[web.Request], Awaitable[web.StreamResponse]], around: Any) -> AsyncIterator[Edge]:
    async def healthz(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application(middlewares=around)
    app.router.add_post("/api/messages", messages)
    app.router.add_get("/healthz", healthz)
    async with TestServer(app) as server, httpx.AsyncClient(timeout=30) as client:
        yield Edge(client, str(server.make_url("")).rstrip("/"))


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # tokens live by real time
