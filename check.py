"""The installer's check: `python app.py check` looks at everything from outside, also at the public address itself.

Each finding is one line, or one for each mistake, `ok` or `!!` with what to do; none stops the next. Nothing is made by
looking but one remembered delivery.
"""

import asyncio
import socket
import ssl
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from alembic.script import ScriptDirectory
from sqlalchemy import URL, make_url, select, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine

from application.ports import Clock, RetryableError
from bot.auth.authentication import BOT_FRAMEWORK_METADATA, PROBE_ID
from bot.auth.credentials import MULTI_TENANT, BotToken
from bot.auth.signing_keys import KeysUnavailable, SigningKeys
from bot.connector.errors import NoToken
from changes.errors import DatabaseUnavailable
from changes.policy import Catalogue
from notices import GraphToken
from settings import Settings, SettingsError, load_services
from storage import CannotOpen, Store
from storage.engine import READ_ONLY, make_engine
from storage.errors import DRIVER_ERRORS
from storage.migrations import configuration

LONGEST_S = 10.0
"""Seconds for one finding."""
_ANSWER_S = 8.0
"""Seconds for one answer: less than the above, so that the silence is told by what was silent."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_NOBODY_BEHIND = frozenset({502, 503, 504})
Finding = tuple[bool, str]
"""Whether it is well, and the sentence; several mistakes of one kind have a line each."""
Look = Callable[[], Awaitable[Finding]]
Token = Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Microsoft:
    """Where the check asks Microsoft. `our_token` and `own_token` are the bot's tokens for Teams and for itself."""

    our_token: Token | None
    own_token: Token | None
    metadata: str = BOT_FRAMEWORK_METADATA

    @classmethod
    def of(cls, settings: Settings) -> "Microsoft":
        """As the settings have it; local mode has none of it."""
        if settings.local:
            return cls(None, None)
        secret = "" if settings.app_type == "UserAssignedMSI" else settings.app_password
        tenant = MULTI_TENANT if settings.app_type == "MultiTenant" else settings.tenant
        ours = BotToken(settings.app_id, secret, tenant)
        single = settings.app_type == "SingleTenant"
        own = BotToken(settings.app_id, secret, tenant, resource=settings.app_id) if single else None
        return cls(ours, own)


@dataclass(slots=True)
class Check:
    """What is looked at, in order."""

    settings: Settings
    microsoft: Microsoft
    clock: Clock
    client: httpx.AsyncClient
    catalogue: Catalogue | None = None
    longest_s: float = LONGEST_S
    _url: str = field(default="", init=False)
    _ours: bool = field(default=False, init=False)
    _guarded: bool = field(default=False, init=False)

    async def findings(self) -> AsyncIterator[Finding]:
        """Everything there is to find, one after the other."""
        local = self.settings.local
        self._url = _local_url(self.settings) if local else self.settings.public_url.rstrip("/")
        looks: list[Look] = [self._services, self._database, self._bindings, self._address]
        if self._url:
            looks += [self._alive, self._ready, self._closed]
        if not local:
            looks += [self._signs_in, self._keys, self._way_in]
        if self.settings.graph_sender and not local:
            looks.append(self._graph)
        for look in looks:
            yield await self._bounded(look)

    def _no_probe(self) -> str:
        """Why the bot cannot get in with a token of its own; empty when it can."""
        if self.microsoft.own_token is None:
            return f"a bot of the type {self.settings.app_type} gets none for itself; write to it in Teams instead"
        if self.settings.tenant.lower() not in {each.lower() for each in self.settings.served}:
            return "it is of the bot's own tenant, which CHANGE_TENANTS leaves out; write to the bot in Teams instead"
        return "" if self._url else "there is no address to try it at"

    async def _bounded(self, look: Look) -> Finding:
        try:
            async with asyncio.timeout(self.longest_s):
                return await look()
        except TimeoutError:
            return False, f"No answer within {self.longest_s:g} seconds while looking at {_name(look)}: try again."
        except Exception as error:  # noqa: BLE001  # whatever one stumbles over, the next is looked at all the same
            # Its words are left out: they may have a password in them.
            return False, f"Looking at {_name(look)} failed ({type(error).__name__}): look at the setting for it."

    async def _services(self) -> Finding:
        try:
            self.catalogue = load_services(self.settings.services).catalogue
        except SettingsError as error:
            return False, "\n".join(error.sentences)
        return True, f"{self.settings.services} describes {', '.join(self.catalogue.services)}."

    def _engine(self) -> AsyncEngine:
        """The database as it is. Raises CannotOpen: a file made by looking would belong to whoever looked."""
        try:
            address = make_url(self.settings.database_url)
        except ArgumentError:
            return make_engine(self.settings.database_url)
        file = address.database
        if address.get_backend_name() == "sqlite" and file and file != ":memory:" and not Path(file).exists():
            raise CannotOpen(f"There is no database at {file} yet: start the bot once, it makes its tables.")
        return make_engine(self.settings.database_url)

    async def _database(self) -> Finding:
        try:
            engine = self._engine()
        except CannotOpen as error:
            return False, str(error)
        where = engine.url.render_as_string(hide_password=True)
        scripts = ScriptDirectory.from_config(configuration())
        newest, known = scripts.get_current_head(), {each.revision for each in scripts.walk_revisions()}
        try:
            async with engine.connect() as connection:
                looking = await connection.execution_options(**{READ_ONLY: True})
                version = select(text("version_num")).select_from(text("alembic_version"))
                found = (await looking.execute(version)).scalar_one_or_none()
        except DRIVER_ERRORS as error:
            reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
            return False, (
                f"The database {where} cannot be read ({reason}): check that it is there and that this user may read "
                "it. If it is new, start the bot once, it makes its tables."
            )
        finally:
            await engine.dispose()
        if found is not None and found not in known:
            return False, f"The database is at version {found}, which is newer than this program: run the newer one."
        if found != newest:
            return False, f"The database is at version {found} and this program at {newest}: restart the bot."
        if open_file := _open_to_all(engine.url):
            return (
                False,
                f"Everybody on this machine may read {open_file}: run `chmod 600` on it and its -wal and -shm.",
            )
        return True, f"The database {where} is up to date ({found})."

    async def _bindings(self) -> Finding:
        if self.catalogue is None:
            return False, "Which services are bound can only be said once services.toml can be read."
        unread = False, "Which services are bound cannot be read; the line about the database says why."
        try:
            store = Store(self._engine())
        except CannotOpen:
            return unread
        try:
            async with store.units() as unit:
                unbound = [key for key in self.catalogue.services if await unit.bindings.get(key) is None]
        except (DatabaseUnavailable, *DRIVER_ERRORS):
            return unread
        finally:
            await store.close()
        if unbound:
            orders = ", ".join(f"`@Change bot bind {key}`" for key in unbound)
            return False, f"Not bound to a conversation: an admin types {orders} in the channel of its team."
        return True, "Every service is bound to a conversation."

    async def _address(self) -> Finding:
        if self.settings.local:
            return True, f"Local mode: the bot is looked at where it is, {self._url}."
        if not self._url:
            return False, "CHANGE_PUBLIC_URL is not set: set it to where Teams reaches the bot, https://…"
        if not self._url.startswith("https://"):
            return False, f"CHANGE_PUBLIC_URL is {self._url}: Teams calls https addresses only."
        return True, f"The bot is looked for at {self._url}."

    async def _alive(self) -> Finding:
        answer = await self._got("GET", "/healthz")
        if isinstance(answer, str):
            return False, answer
        self._ours = answer.status_code == httpx.codes.OK and _json(answer) == {"alive": True}
        if self._ours:
            return True, f"The bot answers at {self._url}."
        if answer.is_redirect:
            to = answer.headers.get("Location", "elsewhere")
            return False, f"{self._url}/healthz leads to {to}: Teams does not follow, so give the address itself."
        if answer.status_code in _NOBODY_BEHIND:
            return (
                False,
                f"{self._url}/healthz answers {answer.status_code}: the bot behind the proxy is away.",
            )
        if answer.status_code == httpx.codes.NOT_FOUND:
            return False, f"{self._url}/healthz answers 404: the proxy does not hand it on, or another program answers."
        return False, f"Another program answers at {self._url}/healthz ({answer.status_code}): look at the proxy."

    async def _ready(self) -> Finding:
        answer = await self._got("GET", "/readyz")
        if isinstance(answer, str):
            return False, answer
        status, said = answer.status_code, _json(answer)
        if status == httpx.codes.OK and isinstance(said, dict) and said.get("ready") is True:
            return True, "Its database and its worker are there."
        if status == httpx.codes.NOT_FOUND:
            return True, "Whether it is ready is not shown outside, which is well."
        if status == httpx.codes.SERVICE_UNAVAILABLE:
            return False, f"It is not ready ({answer.text[:120]}): look at its log."
        return False, f"/readyz is not answered as the bot does ({status}): look at the reverse proxy."

    async def _closed(self) -> Finding:
        """CASES.md 28: the very address that Teams calls, called as a stranger would."""
        answer = await self._got("POST", "/api/messages", json={})
        if isinstance(answer, str):
            return False, answer
        status, said = answer.status_code, _json(answer)
        explained = isinstance(said, dict) and isinstance(said.get("error"), str)
        if self.settings.local:
            return status == httpx.codes.BAD_REQUEST, f"/api/messages answers {status} to an empty activity."
        if status == httpx.codes.UNAUTHORIZED and explained:
            self._guarded = True
            return True, "/api/messages is reached from outside and turns strangers away."
        if status == httpx.codes.UNAUTHORIZED:
            return (
                False,
                "/api/messages asks for a login that Teams does not have: take it away for this path.",
            )
        if status in (httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED, *_NOBODY_BEHIND):
            return False, f"/api/messages answers {status}: the reverse proxy does not hand it on to the bot."
        if answer.is_success and not self._ours:
            return False, f"Another program answers at /api/messages ({status}): look at the reverse proxy."
        if answer.is_success or (status == httpx.codes.BAD_REQUEST and explained):
            return False, f"DANGER: /api/messages lets a stranger in ({status}). Stop it: is it in local mode?"
        return False, f"/api/messages answers {status} where 401 was expected: look at the reverse proxy."

    async def _signs_in(self) -> Finding:
        if self.microsoft.our_token is None:
            return False, "There is nobody to sign in to."
        try:
            await self.microsoft.our_token()
        except NoToken as error:
            return False, f"{error} {error.code}".strip()
        return True, "The bot signs in to Microsoft."

    async def _keys(self) -> Finding:
        keys = SigningKeys(self.client, self.microsoft.metadata, self.clock.now)
        try:
            await keys.find("any")
        except KeysUnavailable as error:
            return False, f"{error} Let this machine reach login.botframework.com."
        return True, "The keys that Teams signs with can be fetched."

    async def _way_in(self) -> Finding:
        """The whole way: signed, over the public address, through the proxy, to the bot."""
        reason, own_token = self._no_probe(), self.microsoft.own_token
        if reason or own_token is None:
            return True, f"The way in is not tried with a token: {reason}."
        if not (self._ours and self._guarded and _private(self._url)):
            # The token shows that its holder has the bot's secret: it goes to the bot only, and in private.
            return False, "The way in is not tried with a token before the lines about its address are all well."
        try:
            token = await own_token()
        except NoToken as error:
            return False, f"{error} {error.code}".strip()
        activity = {
            "type": "typing",
            "id": f"check-{uuid4()}",  # one seen before would not go all the way
            "channelId": "msteams",
            "serviceUrl": f"{self._url}/",
            "from": {"id": PROBE_ID},
            "recipient": {"id": "bot"},
            "conversation": {"id": PROBE_ID},
            "channelData": {"tenant": {"id": self.settings.tenant}},
        }
        headers = {"Authorization": f"Bearer {token}"}
        answer = await self._got("POST", "/api/messages", json=activity, headers=headers)
        if isinstance(answer, str):
            return False, answer
        if answer.status_code == httpx.codes.OK and not answer.content:
            return True, "A signed activity gets all the way in."
        return False, f"A signed activity is refused ({answer.status_code}): {answer.text[:200]}"

    async def _graph(self) -> Finding:
        try:
            await GraphToken(self.settings.app_id, self.settings.app_password, self.settings.tenant)()
        except RetryableError as error:
            return False, str(error)
        return True, f"The bot may ask Graph; mails go out as {self.settings.graph_sender}."

    async def _got(self, method: str, path: str, **more: object) -> httpx.Response | str:
        """The answer, or the sentence why there was none."""
        try:
            return await self.client.request(method, f"{self._url}{path}", **more)  # type: ignore[arg-type]
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return _unreached(f"{self._url}{path}", error)


def _open_to_all(address: URL) -> Path | None:
    """SQLite's file, if it and its folder let anybody read it; an earlier version created it so."""
    file = Path(address.database or "")
    if address.get_backend_name() != "sqlite" or not file.is_file():
        return None
    is_open = file.stat().st_mode & stat.S_IROTH and file.absolute().parent.stat().st_mode & stat.S_IXOTH
    return file if is_open else None


def _unreached(url: str, error: Exception) -> str:
    """Why there was no answer, each cause with what to do about it."""
    host = urlsplit(url).hostname
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return f"{url} is no address: correct CHANGE_PUBLIC_URL."
    if isinstance(error, httpx.ConnectTimeout):
        return f"{url} cannot be reached: nobody answers. Does the firewall let its port through?"
    if isinstance(error, httpx.TimeoutException):
        return f"{url} gave no answer in {_ANSWER_S:g} seconds: somebody is there, but does the bot behind it run?"
    for cause in _causes(error):
        match cause:
            case socket.gaierror():
                return f"{url} cannot be reached: the name {host} is not known. Enter it in the DNS."
            case ssl.SSLCertVerificationError():
                return (
                    f"{url} cannot be reached: its certificate is not good ({cause.verify_message}). Teams wants one "
                    "for this very name, with its whole chain, from an authority that everybody trusts."
                )
            case ssl.SSLError():
                return f"{url} cannot be reached: no HTTPS is spoken there. Look at the reverse proxy."
            case ConnectionRefusedError():
                return f"{url} cannot be reached: nobody listens there. Start the reverse proxy."
            case _:
                continue
    return f"{url} gave no answer ({type(error).__name__}): look at the reverse proxy."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _json(answer: httpx.Response) -> Any:
    """What the answer says; None when it is no JSON."""
    try:
        return answer.json()
    except ValueError:
        return None


def _private(url: str) -> bool:
    """Whether nobody on the way reads along."""
    return url.startswith("https://") or urlsplit(url).hostname in _LOOPBACK


def _local_url(settings: Settings) -> str:
    return f"http://{settings.host}:{settings.port}"


def _name(look: Look) -> str:
    return getattr(look, "__name__", "it").strip("_").replace("_", " ")


async def run(read: Callable[[], Settings], clock: Clock, microsoft: Microsoft | None = None) -> int:
    """Print every finding; the exit status is 1 when something has to be done. `read` may raise SettingsError."""
    try:
        settings = read()
    except SettingsError as error:
        for sentence in error.sentences:
            print(f"!!  {sentence}")
        return 1
    print(f"ok  The settings can be read: {settings.mode} mode, role {settings.role}.")
    well = True
    async with httpx.AsyncClient(timeout=_ANSWER_S) as client:
        async for good, sentence in Check(settings, microsoft or Microsoft.of(settings), clock, client).findings():
            for line in sentence.splitlines():
                print(f"{'ok' if good else '!!'}  {line}")
            well = well and good
    return 0 if well else 1
