"""A Connector service on the loopback that writes down every call, and what Teams would post to a bot."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.support.teams_rules import refusal

BOT = {"id": "28:bot", "name": "Change bot"}
ALEX = {"id": "29:alex", "name": "Alex Wilber", "aadObjectId": "00000000-0000-0000-0000-000000000020"}
THREAD = "19:team@thread.tacv2;messageid=17"
TENANT = "00000000-0000-0000-0000-0000000000aa"


@dataclass(frozen=True, slots=True)
class Call:
    """One request as Teams received it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    connection: int


@dataclass(slots=True)
class Teams:
    """`answers` are used up one a call, as (status, body, headers); then every call succeeds."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: deque[tuple[int, Any, dict[str, str]]] = field(default_factory=deque)
    delay: float = 0.0
    answered: list[float] = field(default_factory=list)
    _connections: list[asyncio.BaseTransport] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The texts of the messages it was sent."""
        return [call.body["text"] for call in self.calls if call.method == "POST"]

    @property
    def connections(self) -> int:
        """How many connections the calls came over."""
        return len(self._connections)

    def will_answer(self, status: int, body: Any = None, **headers: str) -> None:
        """Put an answer in the queue; underscores in the names of headers stand for hyphens."""
        self.answers.append((status, body, {name.replace("_", "-"): value for name, value in headers.items()}))

    async def handle(self, request: web.Request) -> web.Response:
        """Write the call down and answer it."""
        transport = request.transport
        assert transport is not None
        if transport not in self._connections:
            self._connections.append(transport)
        self.calls.append(
            Call(
                request.method,
                request.raw_path.partition("?")[0],
                dict(request.query),
                dict(request.headers),
                await request.json() if request.can_read_body else None,
                self._connections.index(transport),
            )
        )
        await asyncio.sleep(self.delay)
        self.answered.append(asyncio.get_running_loop().time())
        if self.answers:
            status, body, headers = self.answers.popleft()
            return web.json_response(body, status=status, headers=headers)
        sent = self.calls[-1].body
        if isinstance(sent, dict) and (why := refusal(sent.get("activity", sent))):
            return web.json_response({"error": {"code": "BadSyntax", "message": why}}, status=400)
        return web.json_response({"id": f"1:{len(self.calls)}"})


@asynccontextmanager
async def recording_teams() -> AsyncIterator[Teams]:
    """Start the service on a free port."""
    teams = Teams()
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", teams.handle)
    async with TestServer(app) as server:
        teams.url = str(server.make_url("/"))
        yield teams


def segments(call: Call) -> list[str]:
    """The parts of a call's path, decoded."""
    return [unquote(part) for part in call.path.split("/") if part]


def message(teams: Teams, text: str = "hello", **fields: Any) -> dict[str, Any]:
    """A message that Alex writes in a channel's thread."""
    return {
        "type": "message",
        "id": "1700000000001",
        "timestamp": "2026-11-23T08:00:00.000Z",
        "channelId": "msteams",
        "serviceUrl": teams.url,
        "from": ALEX,
        "recipient": BOT,
        "conversation": {"id": THREAD, "conversationType": "channel", "isGroup": True, "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
        "text": text,
    } | fields


def press(teams: Teams, **fields: Any) -> dict[str, Any]:
    """Alex presses a button of a card."""
    value = {"action": {"type": "Action.Execute", "verb": "go.give", "data": {"change": "CHG-2026-0007"}}}
    invoke = {"type": "invoke", "id": "f:1", "name": "adaptiveCard/action", "value": value}
    return message(teams, **(invoke | fields))
