"""Teams as a bot meets it: people who type and press over HTTP, a Connector that takes the answers, and its keys.

It lives in the process that measures. A turn ends when the Connector has taken its answer, not when the bot has said
200: what the bot still has to do before people see something is part of the turn.
"""

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from bench.processes import Running

APP_ID = "00000000-0000-0000-0000-00000000b070"
TENANT = "00000000-0000-0000-0000-000000000001"
ISSUER = "https://api.botframework.com"
BOT = {"id": "28:bot", "name": "Change bot"}
PATIENCE_S = 120.0
"""Seconds that one answer is waited for."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Teams, with a chat of their own."""

    number: int
    object_id: str

    @property
    def name(self) -> str:
        return f"Person {self.number:02}"

    @property
    def chat(self) -> str:
        return f"chat-{self.number}"


@dataclass(slots=True)
class _Waiting:
    """For the messages of an answer: `over` is when the last of them came."""

    left: int
    over: "asyncio.Future[float]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def take(self, now: float) -> None:
        self.left -= 1
        if not self.left and not self.over.done():
            self.over.set_result(now)


@dataclass(slots=True)
class Teams:
    """What came out of the bots, and when. `delay_s` is how long the Connector takes for an answer."""

    client: aiohttp.ClientSession
    key: rsa.RSAPrivateKey
    url: str = ""
    delay_s: float = 0.0
    deliveries: int = 0
    last_at: float = 0.0
    at_once: int = 0
    most_at_once: int = 0
    posted: "Counter[str]" = field(default_factory=Counter)
    """New messages in each conversation; edits are none."""
    log: list[tuple[float, str]] | None = None
    """When and in which conversation something was delivered, while somebody wants to know it."""
    _waiting: dict[str, "_Waiting"] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(time.time_ns()))
    _token: str = ""

    # ── What the bot calls ────────────────────────────────────────────────────────────────────────────────────────

    async def take(self, request: web.Request) -> web.Response:
        """A message, an edit or a new thread."""
        body = await request.read()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        self.at_once -= 1
        now = time.perf_counter()
        place = request.match_info.get("conversation", "")
        self.deliveries += 1
        self.last_at = now
        if self.log is not None:
            self.log.append((now, place))
        number = next(self._numbers)
        if not place:
            channel = json.loads(body)["channelData"]["channel"]["id"]
            made = {"id": f"{channel};messageid={number}", "activityId": f"root-{number}"}
            return web.json_response(made, status=201)
        if request.method == "POST":
            self.posted[place] += 1
            if (waiting := self._waiting.get(place)) is not None:
                waiting.take(now)
        return web.json_response({"id": f"out-{number}"}, status=201)

    async def members(self, _: web.Request) -> web.Response:
        return web.json_response({"members": []})

    async def metadata(self, _: web.Request) -> web.Response:
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}keys"})

    async def keys(self, _: web.Request) -> web.Response:
        listed: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return web.json_response({"keys": [listed | {"kid": "A", "use": "sig", "endorsements": ["msteams"]}]})

    # ── What people do ────────────────────────────────────────────────────────────────────────────────────────────

    async def type(self, bot: Running, who: Person, text: str, messages: int = 1) -> float:
        """Type the text in one's own chat; the seconds until so many messages answered it. Raises TimeoutError."""
        activity = self._activity(who, who.chat, "personal") | {"type": "message", "textFormat": "plain", "text": text}
        waiting = self._waiting[who.chat] = _Waiting(messages)
        began = time.perf_counter()
        await self._post(bot, activity)
        async with asyncio.timeout(PATIENCE_S):
            return await waiting.over - began

    async def press(self, bot: Running, who: Person, thread: str, verb: str, data: dict[str, object]) -> dict[str, Any]:
        """Press a button in a channel's thread; the bot's answer to the press."""
        action = {"type": "Action.Execute", "verb": verb, "data": data}
        activity = self._activity(who, thread, "channel") | {
            "type": "invoke",
            "name": "adaptiveCard/action",
            "value": {"action": action, "trigger": "manual"},
            "replyToId": "root-1",
        }
        return json.loads(await self._post(bot, activity))  # type: ignore[no-any-return]

    async def quiet(self, seconds: float) -> None:
        """Wait until nothing has been delivered for so long."""
        began = time.perf_counter()
        async with asyncio.timeout(PATIENCE_S):
            while time.perf_counter() - max(began, self.last_at) < seconds:  # noqa: ASYNC110  # nobody tells of silence
                await asyncio.sleep(seconds / 10)

    async def until(self, deliveries: int, seconds: float = PATIENCE_S) -> None:
        """Wait until so many were delivered in all. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while self.deliveries < deliveries:  # noqa: ASYNC110  # counted by every bot's messages
                await asyncio.sleep(0.002)

    async def _post(self, bot: Running, activity: dict[str, Any]) -> bytes:
        headers = {"Authorization": f"Bearer {self.token()}"} if bot.checks else {}
        async with self.client.post(bot.messages, json=activity, headers=headers) as response:
            response.raise_for_status()
            return await response.read()

    def token(self) -> str:
        """What Teams signs its requests with; one is good for hours."""
        if not self._token:
            now = datetime.now(UTC)
            claims = {
                "iss": ISSUER,
                "aud": APP_ID,
                "nbf": int(now.timestamp()),
                "exp": int((now + timedelta(hours=12)).timestamp()),
                "serviceurl": self.url,
            }
            self._token = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "A"})
        return self._token

    def _activity(self, who: Person, conversation: str, kind: str) -> dict[str, Any]:
        data: dict[str, Any] = {"tenant": {"id": TENANT}}
        if kind == "channel":
            data |= {"team": {"id": "19:team@thread.tacv2"}, "channel": {"id": conversation.partition(";")[0]}}
        return {
            "id": f"in-{next(self._numbers)}",
            "timestamp": datetime.now(UTC).isoformat(),
            "channelId": "msteams",
            "serviceUrl": self.url,
            "from": {"id": f"29:{who.number}", "name": who.name, "aadObjectId": who.object_id},
            "recipient": BOT,
            "conversation": {"id": conversation, "conversationType": kind, "tenantId": TENANT},
            "channelData": data,
            "locale": "en-GB",
        }


@asynccontextmanager
async def teams() -> AsyncIterator[Teams]:
    """Teams on a free port of this machine."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=PATIENCE_S)) as client:
        started = Teams(client, rsa.generate_private_key(public_exponent=65537, key_size=2048))
        app = web.Application(client_max_size=2**22)
        app.router.add_post("/v3/conversations", started.take)
        app.router.add_post("/v3/conversations/{conversation}/activities", started.take)
        app.router.add_post("/v3/conversations/{conversation}/activities/{activity}", started.take)
        app.router.add_put("/v3/conversations/{conversation}/activities/{activity}", started.take)
        app.router.add_get("/v3/conversations/{conversation}/pagedmembers", started.members)
        app.router.add_get("/openid", started.metadata)
        app.router.add_get("/keys", started.keys)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        started.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        try:
            yield started
        finally:
            await runner.cleanup()
