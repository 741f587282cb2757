"""The installer's check: `python app.py check` looks at everything from outside, also at the public address itself.

Each finding is one line, `ok` or `!!` with what to do; none stops the next.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import httpx
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.connector_errors import NoToken
from bot.sign_in import MULTI_TENANT, BotToken
from bot.signing_keys import KeysUnavailable, SigningKeys
from bot.tokens import BOT_FRAMEWORK_METADATA
from changes.errors import Unavailable
from changes.policy import Catalogue
from changes.ports import Clock, Later
from notices import GraphToken
from settings import Settings, SettingsError, load_services
from storage import CannotOpen, Store
from storage.engine import make_engine
from storage.migrations import configuration

LONGEST_S = 10.0
Finding = tuple[bool, str]
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
    _url: str = field(default="", init=False)

    async def findings(self) -> AsyncIterator[Finding]:
        """Everything there is to find, one after the other."""
        local = self.settings.local
        self._url = (self.settings.public_url or (_local_url(self.settings) if local else "")).rstrip("/")
        looks: list[Look] = [self._services, self._database, self._bindings, self._address]
        if self._url:
            looks += [self._alive, self._ready, self._closed]
        if not local:
            looks += [self._signs_in, self._keys]
        if self.microsoft.own_token is not None and self._url:
            looks.append(self._way_in)
        if self.settings.graph_sender and not local:
            looks.append(self._graph)
        for look in looks:
            try:
                async with asyncio.timeout(LONGEST_S):
                    yield await look()
            except TimeoutError:
                yield False, f"No answer within {LONGEST_S:.0f} seconds while looking at {_name(look)}: try again."

    async def _services(self) -> Finding:
        try:
            self.catalogue = load_services(self.settings.services).catalogue
        except SettingsError as error:
            return False, str(error)
        return True, f"{self.settings.services} describes {', '.join(self.catalogue.services)}."

    async def _database(self) -> Finding:
        try:
            engine = make_engine(self.settings.database_url)
        except CannotOpen as error:
            return False, str(error)
        where = engine.url.render_as_string(hide_password=True)
        newest = ScriptDirectory.from_config(configuration()).get_current_head()
        try:
            async with engine.connect() as connection:
                found = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one_or_none()
        except (SQLAlchemyError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
            return False, f"The database {where} cannot be read ({reason}): start the bot once, it makes its tables."
        finally:
            await engine.dispose()
        if found != newest:
            return False, f"The database is at version {found} and this program at {newest}: restart the bot."
        return True, f"The database {where} is up to date ({found})."

    async def _bindings(self) -> Finding:
        if self.catalogue is None:
            return False, "Which services are bound can only be said once services.toml can be read."
        store = Store(make_engine(self.settings.database_url))
        try:
            async with store.units() as unit:
                unbound = [key for key in self.catalogue.services if await unit.bindings.get(key) is None]
        except (Unavailable, SQLAlchemyError):
            return False, "Which services are bound cannot be read; the line about the database says why."
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
        try:
            answer = await self.client.get(f"{self._url}/healthz")
        except httpx.ConnectTimeout:
            return False, f"Nobody answers at {self._url}: does the firewall let port 443 through?"
        except httpx.ConnectError as error:
            return False, f"{self._url} cannot be reached ({error}): look at DNS, the certificate, and whether it runs."
        except httpx.HTTPError as error:
            return False, f"{self._url} gave no answer ({type(error).__name__}): look at the reverse proxy."
        try:
            ours = answer.json() == {"alive": True}
        except ValueError:
            ours = False
        if not ours:
            return False, f"Another program answers at {self._url}/healthz ({answer.status_code}): look at the proxy."
        return True, "The bot answers at its public address."

    async def _ready(self) -> Finding:
        answer = await self._got("GET", "/readyz")
        if isinstance(answer, str):
            return False, answer
        if answer.status_code == httpx.codes.OK:
            return True, "Its database and its worker are there."
        if answer.status_code == httpx.codes.NOT_FOUND:
            return True, "Whether it is ready is not shown outside, which is well."
        return False, f"It is not ready ({answer.text[:120]}): look at its log."

    async def _closed(self) -> Finding:
        """CASES.md 28: the very address that Teams calls, called as a stranger would."""
        answer = await self._got("POST", "/api/messages", json={})
        if isinstance(answer, str):
            return False, answer
        status = answer.status_code
        if self.settings.local:
            return status == httpx.codes.BAD_REQUEST, f"/api/messages answers {status} to an empty activity."
        if status == httpx.codes.UNAUTHORIZED:
            return True, "/api/messages is reached from outside and turns strangers away."
        if status in (httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED, httpx.codes.BAD_GATEWAY):
            return False, f"/api/messages answers {status}: the reverse proxy does not hand it on to the bot."
        if answer.is_success or status == httpx.codes.BAD_REQUEST:
            return (
                False,
                f"DANGER: /api/messages lets a stranger in ({status}). Stop it: is it in local mode?",
            )
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
        if self.microsoft.own_token is None:
            return False, "There is no token to come in with."
        try:
            token = await self.microsoft.own_token()
        except NoToken as error:
            return False, f"{error} {error.code}".strip()
        activity = {
            "type": "typing",
            "id": "check",
            "channelId": "msteams",
            "serviceUrl": f"{self._url}/",
            "from": {"id": "check"},
            "recipient": {"id": "bot"},
            "conversation": {"id": "check"},
            "channelData": {"tenant": {"id": self.settings.served[0]}},
        }
        headers = {"Authorization": f"Bearer {token}"}
        answer = await self._got("POST", "/api/messages", json=activity, headers=headers)
        if isinstance(answer, str):
            return False, answer
        if answer.status_code == httpx.codes.OK:
            return True, "A signed activity gets all the way in."
        return False, f"A signed activity is refused ({answer.status_code}): {answer.text[:200]}"

    async def _graph(self) -> Finding:
        try:
            await GraphToken(self.settings.app_id, self.settings.app_password, self.settings.tenant)()
        except Later as error:
            return False, str(error)
        return True, f"The bot may ask Graph; mails go out as {self.settings.graph_sender}."

    async def _got(self, method: str, path: str, **more: object) -> httpx.Response | str:
        """The answer, or the sentence why there was none."""
        try:
            return await self.client.request(method, f"{self._url}{path}", **more)  # type: ignore[arg-type]
        except httpx.HTTPError as error:
            return f"{self._url}{path} gave no answer ({type(error).__name__})."


def _local_url(settings: Settings) -> str:
    return f"http://{settings.host}:{settings.port}"


def _name(look: Look) -> str:
    return getattr(look, "__name__", "it").strip("_").replace("_", " ")


async def run(settings: Settings, clock: Clock, microsoft: Microsoft | None = None) -> int:
    """Print every finding; the exit status is 1 when something has to be done."""
    well = True
    async with httpx.AsyncClient(timeout=LONGEST_S) as client:
        async for good, sentence in Check(settings, microsoft or Microsoft.of(settings), clock, client).findings():
            print(f"{'ok' if good else '!!'}  {sentence}")
            well = well and good
    return 0 if well else 1
