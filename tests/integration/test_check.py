"""`python app.py check`: what an installer reads when all is well, and when it is not."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

import check
from bot.connector_errors import NoToken
from settings import Settings
from tests.integration.key_server import KeyServer, key_server
from tests.integration.test_door import House, production
from tests.support.running import START, environment, running

ROOT = Path(__file__).parents[2]
Handler = Callable[[web.Request], "web.Response | None"]


@asynccontextmanager
async def public(bot_url: str, instead: Handler = lambda _: None) -> AsyncIterator[str]:
    """The public address: a reverse proxy in front of the bot; `instead` answers in its place."""

    async def forward(request: web.Request) -> web.Response:
        if (answer := instead(request)) is not None:
            return answer
        async with httpx.AsyncClient() as client:
            headers = {
                name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers
            }
            got = await client.request(
                request.method, f"{bot_url}{request.path}", content=await request.read(), headers=headers
            )
        return web.Response(status=got.status_code, text=got.text, content_type="application/json")

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", forward)
    async with TestServer(application) as server:
        yield str(server.make_url("")).rstrip("/")


async def found(house: House, keys: KeyServer, url: str, **other: object) -> dict[str, bool]:
    """Every sentence of the check, and whether it is good."""

    async def token() -> str:
        return house.signed(serviceurl=f"{url}/").removeprefix("Bearer ")

    settings: Settings = replace(house.app.settings, public_url=url)
    microsoft = replace(check.Microsoft(token, token, keys.metadata_url), **other)  # type: ignore[arg-type]
    async with httpx.AsyncClient() as client:
        looked = check.Check(settings, microsoft, house.app.clock, client)
        return {sentence: good async for good, sentence in looked.findings()}


@pytest.fixture
async def installed(tmp_path: Path) -> AsyncIterator[tuple[House, KeyServer]]:
    with key_server() as keys:
        async with production(tmp_path, keys) as house:
            yield house, keys


def bad(findings: dict[str, bool]) -> str:
    return "\n".join(sentence for sentence, good in findings.items() if not good)


async def test_the_installers_check_calls_the_public_endpoint_itself(installed: tuple[House, KeyServer]) -> None:
    """CASES.md 28."""
    house, keys = installed
    asked: list[str] = []

    def seen(request: web.Request) -> None:
        asked.append(f"{request.method} {request.path} {'Authorization' in request.headers}")

    async with public(str(house.client.base_url).rstrip("/"), seen) as url:
        findings = await found(house, keys, url)
    assert asked == [
        "GET /healthz False",
        "GET /readyz False",
        "POST /api/messages False",
        "POST /api/messages True",
    ]
    assert findings["/api/messages is reached from outside and turns strangers away."]
    assert findings["A signed activity gets all the way in."]
    # Nobody has bound the service yet, and this public address has no certificate.
    assert bad(findings).splitlines() == [
        "Not bound to a conversation: an admin types `@Change bot bind learn` in the channel of its team.",
        f"CHANGE_PUBLIC_URL is {url}: Teams calls https addresses only.",
    ]


ANSWERS: dict[str, tuple[Handler, str]] = {
    "the proxy hands nothing on": (
        lambda request: web.Response(status=404) if request.path == "/api/messages" else None,
        "/api/messages answers 404: the reverse proxy does not hand it on to the bot.",
    ),
    "the bot is down behind it": (
        lambda request: web.Response(status=502),
        "/api/messages answers 502: the reverse proxy does not hand it on to the bot.",
    ),
    "another program": (lambda request: web.Response(text="It works!"), "Another program answers at"),
    "anybody is let in": (
        lambda request: web.Response(status=200) if request.path == "/api/messages" else None,
        "DANGER: /api/messages lets a stranger in (200).",
    ),
    "not ready": (
        lambda request: web.json_response({"missing": "worker"}, status=503) if request.path == "/readyz" else None,
        "It is not ready",
    ),
}


@pytest.mark.parametrize("what", list(ANSWERS))
async def test_what_is_wrong_at_the_public_address_is_said(what: str, installed: tuple[House, KeyServer]) -> None:
    house, keys = installed
    instead, sentence = ANSWERS[what]
    async with public(str(house.client.base_url).rstrip("/"), instead) as url:
        assert sentence in bad(await found(house, keys, url))


async def test_nobody_listens_no_token_no_keys_and_no_database_are_each_said(
    installed: tuple[House, KeyServer], tmp_path: Path
) -> None:
    house, keys = installed
    keys.status = 500

    async def refused() -> str:
        raise NoToken(code="invalid_client")

    house.app.settings = replace(house.app.settings, database_url=f"sqlite:///{tmp_path}/other/changes.db")
    said = bad(await found(house, keys, "http://127.0.0.1:9", our_token=refused))
    for sentence in (
        "cannot be reached",
        "http://127.0.0.1:9/api/messages gave no answer",
        "Check MicrosoftAppId, MicrosoftAppPassword and MicrosoftAppTenantId. invalid_client",
        "Let this machine reach login.botframework.com.",
        "start the bot once, it makes its tables",
    ):
        assert sentence in said


async def test_in_local_mode_it_looks_at_the_bot_where_it_is(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        facts = environment(tmp_path, CHANGE_PORT=str(bot.app.port), PATH="/usr/bin:/bin")
        program = [sys.executable, str(ROOT / "app.py"), "check"]
        ran = await asyncio.to_thread(
            subprocess.run, program, cwd=tmp_path, env=facts, capture_output=True, text=True, check=False
        )
    assert ran.stderr == ""
    assert "ok  The bot answers at its public address." in ran.stdout
    assert "ok  Every service is bound to a conversation." in ran.stdout
    assert "!!" not in ran.stdout
    assert ran.returncode == 0
