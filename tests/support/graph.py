"""The part of Microsoft Graph that sends mails, over HTTP, with the ways in which it fails."""

import asyncio
import base64
import email
import email.policy
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import Enum
from functools import cached_property
from typing import Any, Self

import httpx
from aiohttp import web

SENDER = "change-bot@example.ch"
FILED_AFTER = timedelta(seconds=30)
"""So long after it was accepted a mail stands among those sent."""


class Fault(Enum):
    """What becomes of a call: whether the mail is accepted, the status (0: no answer), and whether it hangs."""

    THROTTLED = (False, 429, False)
    UNAVAILABLE = (False, 503, False)
    BROKEN = (False, 500, False)
    BROKEN_AFTER_ACCEPTING = (True, 500, False)
    GATEWAY_AFTER_ACCEPTING = (True, 504, False)
    RESET = (False, 0, False)
    RESET_AFTER_ACCEPTING = (True, 0, False)
    HANG = (False, 202, True)
    HANG_AFTER_ACCEPTING = (True, 202, True)


@dataclass(frozen=True)
class Accepted:
    """A mail that Exchange will send."""

    at: datetime
    message: EmailMessage

    @cached_property
    def to(self) -> str:
        return str(self.message["To"])

    @cached_property
    def sender(self) -> str:
        return str(self.message["From"])

    @cached_property
    def id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass(slots=True)
class Habits:
    """What Exchange makes of a mail before it is filed; nothing of it is promised, and installations differ.

    `first_addresses`: what it shows of whoever has several; `sends` says when what was taken leaves the drafts; `odd`
    are properties that are not what is documented, `broken` messages that are none.
    """

    replaces_ids: bool = False
    shows_headers: bool = False
    first_addresses: dict[str, str] = field(default_factory=dict)
    sends: bool = True
    clock: timedelta = timedelta(0)
    odd: dict[str, Any] = field(default_factory=dict)
    broken: list[Any] = field(default_factory=list)

    def id_of(self, number: int, mail: Accepted) -> str:
        """The Message-ID under which it is filed."""
        return f"<GV0P278MB{number:04}@GV0P278.PROD.OUTLOOK.COM>" if self.replaces_ids else mail.id

    def shown(self, number: int, mail: Accepted) -> dict[str, Any]:
        """The mail as it stands in the mailbox."""
        address, sender = (self.first_addresses.get(each, each) for each in (mail.to, mail.sender))
        found: dict[str, Any] = {
            "id": f"AAMk{number}",
            "isDraft": not self.sends,
            "internetMessageId": self.id_of(number, mail),
            "subject": str(mail.message["Subject"]),
            "from": {"emailAddress": {"name": sender, "address": sender.title()}},
            "toRecipients": [{"emailAddress": {"name": address, "address": address.title()}}],
            "sentDateTime": f"{mail.at + self.clock:%Y-%m-%dT%H:%M:%SZ}",
        }
        if self.shows_headers:
            headers = [{"name": name, "value": str(value)} for name, value in mail.message.items()]
            found["internetMessageHeaders"] = [each for each in headers if each["name"].startswith("X-")]
        return found | self.odd


@dataclass(slots=True)
class Graph:
    """`fault` says what becomes of the next mail; `refusal` of every call, as status, code and message."""

    now: Callable[[], datetime]
    fault: Callable[[], Fault | None] = lambda: None
    refusal: tuple[int, str, str] | None = None
    may_read: bool = True
    habits: Habits = field(default_factory=Habits)
    tokens: set[str] = field(default_factory=lambda: {"token"})
    accepted: list[Accepted] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    url: str = ""
    busy: int = 0
    busiest: int = 0
    hang_s: float = 1.0
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=4 * 2**20)
        app.router.add_post("/v1.0/users/{user}/sendMail", self._send)
        app.router.add_get("/v1.0/users/{user}/messages", self._messages)
        app.router.add_get("/v1.0/users/{user}/mailFolders/sentitems/messages", self._messages)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1.0"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _send(self, request: web.Request) -> web.Response:
        self.calls.append("send")
        if refused := self._refused(request):
            return refused
        assert request.content_type == "text/plain"
        assert request.match_info["user"] == SENDER
        raw = base64.b64decode(await request.read(), validate=True)
        self.busy += 1
        self.busiest = max(self.busy, self.busiest)
        try:
            return await self._answer(request, raw, self.fault())
        finally:
            self.busy -= 1

    async def _answer(self, request: web.Request, raw: bytes, fault: Fault | None) -> web.Response:
        accepted, status, hangs = fault.value if fault else (True, 202, False)
        if accepted:
            message = email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)
            self.accepted.append(Accepted(self.now(), message))
        if hangs:
            await asyncio.sleep(self.hang_s)
        if not status:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if status == 202:
            return web.Response(status=202)
        headers = {"Retry-After": "7"} if status == 429 else {}
        return web.json_response(_error("tooBad", "It did not work."), status=status, headers=headers)

    async def _messages(self, request: web.Request) -> web.Response:
        self.calls.append("look")
        if refused := self._refused(request):
            return refused
        if not self.may_read:
            return web.json_response(_error("ErrorAccessDenied", "Access is denied."), status=403)
        filed = [(number, each) for number, each in enumerate(self.accepted) if each.at + FILED_AFTER <= self.now()]
        if "sentitems" in request.path:  # what was received lies elsewhere
            filed = [mail for mail in filed if mail[1].sender == SENDER and self.habits.sends]
        wanted = request.query["$filter"]
        if named := re.fullmatch(r"internetMessageId eq '(<[^']+>)'", wanted):
            filed = [(number, each) for number, each in filed if self.habits.id_of(number, each) == named[1]]
        else:
            since = re.fullmatch(r"sentDateTime ge (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)", wanted)
            assert since, "Graph knows these filters only"
            filed = [mail for mail in filed if mail[1].at + self.habits.clock >= datetime.fromisoformat(since[1])]
        most, names = int(request.query["$top"]), ["id", *request.query["$select"].split(",")]
        assert most <= 1000, "Graph lists no more at once"
        found = [self.habits.shown(number, each) for number, each in filed[:most]]
        listed: dict[str, Any] = {"value": [{name: each[name] for name in names if name in each} for each in found]}
        listed["value"] += self.habits.broken
        return web.json_response(listed | ({"@odata.nextLink": f"{self.url}/next"} if len(filed) > most else {}))

    def _refused(self, request: web.Request) -> web.Response | None:
        if request.headers["Authorization"].removeprefix("Bearer ") not in self.tokens:
            return web.json_response(_error("InvalidAuthenticationToken", "The token has expired."), status=401)
        if self.refusal is None:
            return None
        status, code, message = self.refusal
        return web.json_response(_error(code, message), status=status)


@dataclass(slots=True)
class Tokens:
    """Gives `old` until a fresh one is wanted, then `fresh`."""

    old: str = "token"
    fresh: str = "token"

    async def __call__(self, *, fresh: bool = False) -> str:
        if fresh:
            self.old = self.fresh
        return self.old


def client(seconds: float = 10.0) -> httpx.AsyncClient:
    """A client that waits so long for an answer."""
    return httpx.AsyncClient(timeout=httpx.Timeout(seconds, connect=10, pool=10))


def _error(code: str, message: str) -> dict[str, object]:
    return {"error": {"code": code, "message": message}}
