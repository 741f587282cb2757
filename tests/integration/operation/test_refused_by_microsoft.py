"""What the check says where Microsoft's sign-in or Graph refuses the bot: the number, what it means, and the repair."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from application.retry_log import RetryLog
from bot.auth.bot_auth import BotToken
from check.graph import Graph
from check.microsoft import Microsoft
from notices import GraphToken
from settings import Settings

APP, TENANT, SECRET = "5d2c1a70-1111-4222-8333-944455556666", "7a3e4b10-2222-4333-8444-955566667777", "s3cret~value"
SENDER = "change-bot@school.example"


@dataclass
class SignIn:
    """Microsoft's sign-in on loopback, which refuses by that number."""

    number: int
    error: str = "invalid_client"
    asked: list[str] = field(default_factory=list)
    port: int = 0

    async def discover(self, request: web.Request) -> web.Response:
        """What the tenant's endpoints are; an unknown tenant has none."""
        if self.number in (90002, 900023):
            return self._refusal(request)
        at = f"https://login.microsoftonline.com/{TENANT}"
        found = {
            "token_endpoint": f"{at}/oauth2/v2.0/token",
            "authorization_endpoint": f"{at}/a",
            "issuer": f"{at}/v2.0",
        }
        return web.json_response(found)

    async def refuse(self, request: web.Request) -> web.Response:
        """No token, as Entra words it."""
        body = (await request.post()).get("client_secret")
        assert body == SECRET
        return self._refusal(request)

    def _refusal(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        said = f"AADSTS{self.number}: Something about '{APP}'. Trace ID: 0 Correlation ID: 1 Timestamp: 2027-01-01"
        return web.json_response(
            {"error": self.error, "error_description": said, "error_codes": [self.number]}, status=400
        )

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """A client that finds Microsoft here."""

        def to_loopback(request: httpx.Request) -> None:
            request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self.port)

        with httpx.Client(event_hooks={"request": [to_loopback]}) as client:
            yield client


@asynccontextmanager
async def refusing(number: int) -> AsyncIterator[SignIn]:
    sign_in = SignIn(number)
    application = web.Application()
    application.router.add_get("/{path:.*}", sign_in.discover)
    application.router.add_post("/{path:.*}", sign_in.refuse)
    async with TestServer(application) as server:
        sign_in.port = server.port or 0
        yield sign_in


NUMBERS = {
    7000222: "The client secret has expired. Make a new client secret",
    7000215: "its id was copied instead of its value",
    700016: "There is no such app in this tenant. Compare MicrosoftAppId and MicrosoftAppTenantId",
    90002: "There is no such tenant. Correct MicrosoftAppTenantId",
    900023: "MicrosoftAppTenantId is no tenant id.",
    7000229: "no enterprise application (service principal) in this tenant",
    7000112: "The app was disabled.",
    65001: "Nobody has allowed the app what it asks for",
    53003: "Conditional Access",
    90033: "busy or down. Wait some minutes",
    7777777: "Microsoft explains it at https://login.microsoftonline.com/error?code=7777777.",
}


@pytest.mark.parametrize("number", NUMBERS)
async def test_a_refused_sign_in_is_told_with_its_number_its_meaning_and_its_repair(number: int) -> None:
    async with refusing(number) as sign_in, httpx.AsyncClient() as client:
        with sign_in.client() as http:
            good, said = await Microsoft(BotToken(APP, SECRET, TENANT, RetryLog(), http), None).signs_in()
        with sign_in.client() as http:
            mails = GraphToken(APP, SECRET, TENANT, RetryLog(), http)
            well, of_mails = await Graph(Settings(graph_sender=SENDER), client, mails).mails()
    assert not good
    assert not well
    for each in (said, of_mails):
        assert f"AADSTS{number}" in each
        assert NUMBERS[number] in each
        assert each.endswith(".")
        assert SECRET not in each
        assert "Trace ID" not in each
    assert sign_in.asked


async def test_a_sign_in_that_is_not_reached_is_told_as_that() -> None:
    with SignIn(0, port=9).client() as http:
        good, said = await Microsoft(BotToken(APP, SECRET, TENANT, RetryLog(), http), None).signs_in()
    assert not good
    assert said.endswith("gave no answer the bot can use. Let this machine reach login.microsoftonline.com.")


ANSWERS: tuple[tuple[tuple[int, str], tuple[int, str], bool, str], ...] = (
    ((400, "ErrorMimeContentInvalidBase64String"), (200, ""), True, "The bot may ask Graph; mails go out as"),
    ((403, "ErrorAccessDenied"), (200, ""), False, "(403 ErrorAccessDenied): the app lacks the permission. Give it"),
    ((400, "x"), (403, "ErrorAccessDenied"), True, "without the role “Application Mail.ReadBasic”, a mail that Graph"),
    ((401, "InvalidAuthenticationToken"), (401, ""), False, "does not accept the bot's token (401 InvalidAuth"),
    (
        (404, "ErrorInvalidUser"),
        (404, ""),
        False,
        f"no mailbox of {SENDER} (404 ErrorInvalidUser): correct GRAPH_SENDER",
    ),
    (
        (400, "x"),
        (404, "MailboxNotEnabledForRESTAPI"),
        False,
        "(404 MailboxNotEnabledForRESTAPI): correct GRAPH_SENDER",
    ),
    ((429, "ApplicationThrottled"), (200, ""), False, "Graph asks to wait (429 ApplicationThrottled)"),
    ((503, ""), (200, ""), False, "Graph asks to wait (503)"),
    ((500, ""), (200, ""), False, "Graph has trouble of its own (500)"),
    ((410, ""), (200, ""), False, "Graph does not take the bot's calls (410)"),
)


@pytest.mark.parametrize(("sending", "reading", "well", "sentence"), ANSWERS)
async def test_what_graph_refuses_is_told_with_the_permission_that_is_missing_and_nothing_is_sent(
    sending: tuple[int, str], reading: tuple[int, str], *, well: bool, sentence: str
) -> None:
    bodies: list[bytes] = []

    def answer(status: int, code: str) -> web.Response:
        return web.json_response({"error": {"code": code, "message": "No."}} if code else {}, status=status)

    async def send(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer t0ken"
        assert request.match_info["user"] == SENDER
        bodies.append(await request.read())
        return answer(*sending)

    async def read(_: web.Request) -> web.Response:
        return answer(*reading)

    async def token(*, fresh: bool = False) -> str:
        assert not fresh
        return "t0ken"

    application = web.Application()
    application.router.add_post("/v1.0/users/{user}/sendMail", send)
    application.router.add_get("/v1.0/users/{user}/messages", read)
    async with TestServer(application) as server, httpx.AsyncClient() as client:
        settings = Settings(graph_url=str(server.make_url("/v1.0")), graph_sender=SENDER)
        good, said = await Graph(settings, client, token).mails()
    assert good is well
    assert sentence in said
    assert said.endswith((".", "?"))
    assert bodies == [b"-"], "neither a mail nor base64"


async def test_a_graph_that_is_not_reached_is_named_with_its_address() -> None:
    async def token(*, fresh: bool = False) -> str:
        return json.dumps(fresh)

    async with httpx.AsyncClient() as client:
        settings = Settings(graph_url="http://127.0.0.1:9/v1.0", graph_sender=SENDER)
        good, said = await Graph(settings, client, token).mails()
    assert not good
    assert said == "Graph gave no answer at http://127.0.0.1:9/v1.0 (ConnectError): let this machine reach it."
