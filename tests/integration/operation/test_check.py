"""`python app.py check`: what an installer reads when all is well, and when it is not."""

import asyncio
import ipaddress
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from sqlalchemy import text

from application.ports import Binding
from application.retry_log import RetryLog
from bot.connector.errors import NoToken
from check.command import Check
from check.microsoft import Microsoft
from settings import Settings
from storage import open_store
from tests.support.key_server import KeyServer, key_server, private_key
from tests.support.production import House, production
from tests.support.running import START, environment, running
from tests.support.services import services_toml

ROOT = Path(__file__).parents[3]
REAL = "3f2b8c1e-6a57-4d0f-9b1c-2e7d5a9c4b10"
Handler = Callable[[web.Request], "web.Response | None"]


@asynccontextmanager
async def public(
    bot_url: str, instead: Handler = lambda _: None, certificate: Path | None = None
) -> AsyncIterator[str]:
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
    server = TestServer(application)
    if certificate is None:
        await server.start_server()
    else:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate)
        await server.start_server(ssl=tls)
    try:
        yield str(server.make_url("")).rstrip("/")
    finally:
        await server.close()


def certificate_in(folder: Path) -> Path:
    """A certificate for this machine, with its key, that nobody trusts who was not told to."""
    key, now = private_key("tls"), datetime.now(UTC)  # noqa: TID251  # certificates live by real time
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(hours=1), now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "certificate.pem"
    file.write_bytes(private + made.public_bytes(pem))
    return file


@dataclass
class Installed:
    """A bot in production mode, with the keys that Teams signs with."""

    house: House
    keys: KeyServer

    @property
    def url(self) -> str:
        return str(self.house.client.base_url).rstrip("/")

    def has(self, **settings: Any) -> None:
        """Let it have other settings."""
        self.house.app.settings = replace(self.house.app.settings, **settings)

    async def found(self, url: str, client: httpx.AsyncClient | None = None, **other: object) -> dict[str, bool]:
        """Every sentence of the check, and whether it is good."""

        async def token() -> str:
            return self.house.signed(serviceurl=f"{url}/").removeprefix("Bearer ")

        settings: Settings = replace(self.house.app.settings, public_url=url)
        microsoft = replace(Microsoft(token, token, self.keys.metadata_url), **other)  # type: ignore[arg-type]
        async with client or httpx.AsyncClient() as caller:
            looked = Check(settings, microsoft, self.house.app.clock, caller)
            return {sentence: good async for good, sentence in looked.findings()}


@pytest.fixture
async def installed(tmp_path: Path) -> AsyncIterator[Installed]:
    with key_server() as keys:
        async with production(tmp_path, keys) as house:
            # The people of the tests are those of the example, whom the check does not take for real ones.
            house.app.settings.services.write_text(services_toml(REAL, admins=[REAL]), encoding="utf-8")
            yield Installed(house, keys)


def bad(findings: dict[str, bool]) -> str:
    return "\n".join(sentence for sentence, good in findings.items() if not good)


async def test_the_installers_check_calls_the_public_endpoint_itself(installed: Installed) -> None:
    """docs/process.md, P95."""
    asked: list[str] = []

    def seen(request: web.Request) -> None:
        asked.append(f"{request.method} {request.path} {'Authorization' in request.headers}")

    async with public(installed.url, seen) as url:
        findings = await installed.found(url)
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
    "another program": (
        lambda request: web.Response(text="It works!"),
        "Another program answers at /api/messages (200)",
    ),
    "another program answers readiness": (
        lambda request: web.Response(text="It works!") if request.path == "/readyz" else None,
        "/readyz is not answered as the bot does (200)",
    ),
    "a login in front": (
        lambda request: web.Response(status=401) if request.path == "/api/messages" else None,
        "/api/messages asks for a login that Teams does not have",
    ),
    "it leads away": (
        lambda request: web.Response(status=301, headers={"Location": "https://www.example.ch/"}),
        "/healthz leads to https://www.example.ch/: Teams does not follow",
    ),
    "health is not handed on": (
        lambda request: web.Response(status=404) if request.path == "/healthz" else None,
        "/healthz answers 404: the proxy does not hand it on, or another program answers.",
    ),
    "anybody is let in": (
        lambda request: web.Response(status=200) if request.path == "/api/messages" else None,
        "DANGER: /api/messages lets a stranger in (200).",
    ),
    "not ready": (
        lambda request: web.json_response({"missing": "worker"}, status=503) if request.path == "/readyz" else None,
        "It is not ready",
    ),
}
NOT_THE_BOT = "another program", "anybody is let in", "a login in front", "the bot is down behind it", "it leads away"


async def test_what_is_wrong_at_the_public_address_is_said_and_the_bots_own_token_shown_to_nobody_else(
    installed: Installed,
) -> None:
    """Whoever had the token could speak to the bot as anybody."""
    for what, (instead, sentence) in ANSWERS.items():
        shown: list[str] = []

        def noted(request: web.Request, instead: Handler = instead, shown: list[str] = shown) -> "web.Response | None":
            shown.extend(request.headers.getall("Authorization", []))
            return instead(request)

        async with public(installed.url, noted) as url:
            said = bad(await installed.found(url))
        assert sentence in said, what
        if what in NOT_THE_BOT:
            assert "The way in is not tried with a token" in said, what
            assert shown == [], what


async def test_where_all_is_well_nothing_is_to_be_done(installed: Installed, tmp_path: Path) -> None:
    await installed.house.unit.bindings.put(
        Binding("learn", installed.house.teams.service_url, "19:changes", is_channel=True)
    )
    trusted = certificate_in(tmp_path)
    client = httpx.AsyncClient(verify=ssl.create_default_context(cafile=trusted))

    async with public(installed.url, certificate=trusted) as url:
        findings = await installed.found(url, client)

    assert url.startswith("https://")
    assert bad(findings) == ""
    assert findings["A signed activity gets all the way in."]


async def test_no_https_and_a_certificate_that_nobody_trusts_are_named_as_the_cause(
    installed: Installed, tmp_path: Path
) -> None:
    async with public(installed.url, certificate=certificate_in(tmp_path)) as url:
        said = bad(await installed.found(url))
    assert f"{url}/healthz cannot be reached: its certificate is not good (self-signed certificate)." in said
    async with public(installed.url) as url:
        said = bad(await installed.found(url.replace("http:", "https:")))
    assert "no HTTPS is spoken there" in said


NO_NAME = httpx.ConnectError("no")
NO_NAME.__cause__ = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
SILENT: dict[str, Exception] = {
    "healthz cannot be reached: nobody answers. Does the firewall let its port": httpx.ConnectTimeout("late"),
    " seconds: somebody is there, but does the bot behind it run?": httpx.ReadTimeout("late"),
    "healthz gave no answer (RemoteProtocolError)": httpx.RemoteProtocolError("odd"),
    "the name bot.example is not known. Enter it in the DNS.": NO_NAME,
}


async def test_a_silence_is_told_by_what_was_silent(installed: Installed) -> None:
    for sentence, error in SILENT.items():

        def silent(_: httpx.Request, error: Exception = error) -> httpx.Response:
            raise error

        client = httpx.AsyncClient(transport=httpx.MockTransport(silent))
        assert sentence in bad(await installed.found("https://bot.example", client))


async def test_the_bots_own_token_does_not_travel_where_others_read_along(installed: Installed) -> None:
    shown: list[str] = []

    def bot(request: httpx.Request) -> httpx.Response:
        shown.extend(request.headers.get_list("Authorization"))
        if request.url.path == "/healthz":
            return httpx.Response(200, json={"alive": True})
        return httpx.Response(401, json={"error": "Send a bearer token with the request."})

    client = httpx.AsyncClient(transport=httpx.MockTransport(bot))
    said = bad(await installed.found("http://bot.example", client))
    assert "The way in is not tried with a token" in said
    assert shown == []


UNTRIED: tuple[tuple[dict[str, Any], dict[str, Any], str], ...] = (
    ({"app_type": "MultiTenant"}, {"own_token": None}, "a bot of the type MultiTenant gets none for itself"),
    ({"app_type": "UserAssignedMSI"}, {"own_token": None}, "a bot of the type UserAssignedMSI gets none for itself"),
    ({"tenants": ("00000000-0000-0000-0000-0000000000ee",)}, {}, "which CHANGE_TENANTS leaves out"),
    ({}, {"url": ""}, "there is no address to try it at"),
)


async def test_where_the_way_in_cannot_be_tried_it_is_said_why(installed: Installed) -> None:
    settings = installed.house.app.settings
    for changed, other, reason in UNTRIED:
        installed.house.app.settings = replace(settings, **changed)
        findings = await installed.found(**({"url": installed.url} | other))
        [(said, good)] = [(each, ok) for each, ok in findings.items() if each.startswith("The way in is not tried")]
        assert reason in said
        assert good, "nothing has to be done"


async def test_checking_a_second_time_goes_all_the_way_again(installed: Installed) -> None:
    ids: list[str] = []

    async with public(installed.url) as url:

        async def noted(request: httpx.Request) -> None:
            if "Authorization" in request.headers:
                ids.append(request.content.decode().partition('"id":"check-')[2][:36])

        for _ in range(2):
            client = httpx.AsyncClient(event_hooks={"request": [noted]})
            assert (await installed.found(url, client))["A signed activity gets all the way in."]
    assert len(set(ids)) == 2


async def test_an_address_that_is_none_or_a_database_that_does_not_open_stops_nothing_else(
    installed: Installed,
) -> None:
    keys = "The keys that Teams signs with can be fetched."
    for url, sentence in (
        ("https://bot.example:port", "https://bot.example:port/healthz is no address: correct CHANGE_PUBLIC_URL."),
        ("bot.example", "bot.example/healthz is no address: correct CHANGE_PUBLIC_URL."),
        ("", "CHANGE_PUBLIC_URL is not set"),
    ):
        findings = await installed.found(url)
        assert sentence in bad(findings)
        assert findings[keys]
    for database, sentence in (
        ("mysql://x/y", "mysql cannot keep the changes"),
        ("postgresql://change:very-secret@127.0.0.1:9/change", "cannot be read"),
        ("not a url", "The database URL cannot be used: it cannot be read"),
    ):
        installed.has(database_url=database)
        findings = await installed.found("")
        assert sentence in bad(findings)
        assert "very-secret" not in "".join(findings)
        assert "Which services are bound cannot be read; the line about the database says why." in bad(findings)
        assert findings[keys]


async def test_a_database_that_everybody_may_read_is_named_and_left_as_it_is(
    installed: Installed, tmp_path: Path
) -> None:
    folder = tmp_path / "var"
    file = folder / "old.db"
    url = f"sqlite+aiosqlite:///{file}"
    installed.has(database_url=url)
    await (await open_store(url, RetryLog())).close()
    file.chmod(0o644)
    assert "Everybody" not in bad(await installed.found("")), "the folder is the bot's own"
    folder.chmod(0o755)
    await (await open_store(url, RetryLog())).close()
    assert f"Everybody on this machine may read {file}: run `chmod 600` on it" in bad(await installed.found(""))
    assert file.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("version", "sentence"),
    [("0001", "restart the bot."), ("9999", "which is newer than this program: run the newer one.")],
)
async def test_a_database_of_another_version_is_said_and_left_as_it_is(
    version: str, sentence: str, installed: Installed, tmp_path: Path
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/old.db"
    store = await open_store(url, RetryLog())
    async with store.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    installed.has(database_url=url)

    said = bad(await installed.found(""))

    async with store.engine.connect() as connection:
        kept = (await connection.exec_driver_sql("SELECT version_num FROM alembic_version")).scalar_one()
    await store.close()
    assert f"The database is at version {version}" in said
    assert sentence in said
    assert kept == version


async def test_nobody_listens_no_token_no_keys_and_no_database_are_each_said(
    installed: Installed, tmp_path: Path
) -> None:
    installed.keys.status = 500

    async def refused() -> str:
        raise NoToken(code="invalid_client")

    installed.has(database_url=f"sqlite:///{tmp_path}/other/changes.db")
    said = bad(await installed.found("http://127.0.0.1:9", our_token=refused))
    for sentence in (
        "http://127.0.0.1:9/healthz cannot be reached: nobody listens there. Start the bot.",
        "http://127.0.0.1:9/api/messages cannot be reached",
        "Check MicrosoftAppId, MicrosoftAppPassword and MicrosoftAppTenantId. invalid_client",
        "Let this machine reach login.botframework.com.",
        "start the bot once, it makes its tables",
    ):
        assert sentence in said
    assert not (tmp_path / "other").exists(), "made by an administrator, it could not be written to by the bot"


@pytest.mark.parametrize("role", ["all", "worker"])
async def test_a_host_that_is_not_this_machines_is_named_for_a_worker_too(installed: Installed, role: str) -> None:
    installed.has(host="192.0.2.1", role=role)
    said = bad(await installed.found(""))
    assert re.search(
        r"^The bot cannot listen on 192\.0\.2\.1 \(.+\): set CHANGE_HOST to an address of this", said, re.MULTILINE
    )


async def test_in_local_mode_it_looks_at_the_bot_where_it_is(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        facts = environment(tmp_path, CHANGE_PORT=str(bot.app.port), PATH="/usr/bin:/bin")
        program = [sys.executable, str(ROOT / "app.py"), "check"]
        ran = await asyncio.to_thread(
            subprocess.run, program, cwd=tmp_path, env=facts, capture_output=True, text=True, check=False
        )
    assert ran.stderr == ""
    assert f"ok  The bot answers at http://127.0.0.1:{bot.app.port}." in ran.stdout
    assert "ok  The settings can be read: local mode, role all." in ran.stdout
    assert "ok  Every service is bound to a conversation." in ran.stdout
    assert "!!" not in ran.stdout
    assert ran.returncode == 0
