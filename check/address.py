"""Whether the bot is reached at its public address, as Teams will reach it."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from bot.auth.authentication import PROBE_ID
from bot.connector.errors import NoToken
from check.finding import ANSWER_S, Finding
from check.microsoft import Token, refusal
from settings import Settings
from settings.values import is_loopback

_NOBODY_BEHIND = frozenset({502, 503, 504})


@dataclass(slots=True)
class PublicAddress:
    """The address at which the bot is looked for; what one look finds, a later one builds on."""

    settings: Settings
    client: httpx.AsyncClient
    own_token: Token | None
    _ours: bool = field(default=False, init=False)
    _guarded: bool = field(default=False, init=False)

    @property
    def url(self) -> str:
        """The public address, or this machine's in local mode; empty when it is not set."""
        if self.settings.local:
            return f"http://{self.settings.host}:{self.settings.port}"
        return self.settings.public_url.rstrip("/")

    async def address(self) -> Finding:
        """Whether there is an address that Teams would call."""
        if self.settings.local:
            return True, f"Local mode: the bot is looked at where it is, {self.url}."
        if not self.url:
            return False, "CHANGE_PUBLIC_URL is not set: set it to where Teams reaches the bot, https://…"
        if not self.url.startswith("https://"):
            return False, f"CHANGE_PUBLIC_URL is {self.url}: Teams calls https addresses only."
        return True, f"The bot is looked for at {self.url}."

    async def alive(self) -> Finding:
        """Whether the bot answers there."""
        answer = await self._got("GET", "/healthz")
        if isinstance(answer, str):
            return False, answer
        self._ours = answer.status_code == httpx.codes.OK and _json(answer) == {"alive": True}
        if self._ours:
            return True, f"The bot answers at {self.url}."
        if answer.is_redirect:
            to = answer.headers.get("Location", "elsewhere")
            return False, f"{self.url}/healthz leads to {to}: Teams does not follow, so give the address itself."
        if answer.status_code in _NOBODY_BEHIND:
            return (False, f"{self.url}/healthz answers {answer.status_code}: the bot behind the proxy is away.")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return False, f"{self.url}/healthz answers 404: the proxy does not hand it on, or another program answers."
        return False, f"Another program answers at {self.url}/healthz ({answer.status_code}): look at the proxy."

    async def ready(self) -> Finding:
        """Whether its database and its worker are there."""
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

    async def closed(self) -> Finding:
        """docs/process.md, P95: the very address that Teams calls, called as a stranger would."""
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
            return (False, "/api/messages asks for a login that Teams does not have: take it away for this path.")
        if status in (httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED, *_NOBODY_BEHIND):
            return False, f"/api/messages answers {status}: the reverse proxy does not hand it on to the bot."
        if answer.is_success and not self._ours:
            return False, f"Another program answers at /api/messages ({status}): look at the reverse proxy."
        if answer.is_success or (status == httpx.codes.BAD_REQUEST and explained):
            return False, f"DANGER: /api/messages lets a stranger in ({status}). Stop it: is it in local mode?"
        return False, f"/api/messages answers {status} where 401 was expected: look at the reverse proxy."

    async def way_in(self) -> Finding:
        """The whole way: signed, over the public address, through the proxy, to the bot."""
        reason, own_token = self._no_probe(), self.own_token
        if reason or own_token is None:
            return True, f"The way in is not tried with a token: {reason}."
        if not (self._ours and self._guarded and _private(self.url)):
            # The token shows that its holder has the bot's secret: it goes to the bot only, and in private.
            return False, "The way in is not tried with a token before the lines about its address are all well."
        try:
            token = await own_token()
        except NoToken as error:
            return False, refusal(error)
        activity = {
            "type": "typing",
            "id": f"check-{uuid4()}",  # one seen before would not go all the way
            "channelId": "msteams",
            "serviceUrl": f"{self.url}/",
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

    def _no_probe(self) -> str:
        """Why the bot cannot get in with a token of its own; empty when it can."""
        if self.own_token is None:
            return f"a bot of the type {self.settings.app_type} gets none for itself; write to it in Teams instead"
        if self.settings.tenant.lower() not in {each.lower() for each in self.settings.served}:
            return "it is of the bot's own tenant, which CHANGE_TENANTS leaves out; write to the bot in Teams instead"
        return "" if self.url else "there is no address to try it at"

    async def _got(self, method: str, path: str, **more: object) -> httpx.Response | str:
        """The answer, or the sentence why there was none."""
        try:
            return await self.client.request(method, f"{self.url}{path}", **more)  # type: ignore[arg-type]
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return _unreached(f"{self.url}{path}", error)


def _unreached(url: str, error: Exception) -> str:
    """Why there was no answer, each cause with what to do about it."""
    host = urlsplit(url).hostname
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return f"{url} is no address: correct CHANGE_PUBLIC_URL."
    if isinstance(error, httpx.ConnectTimeout):
        return f"{url} cannot be reached: nobody answers. Does the firewall let its port through?"
    if isinstance(error, httpx.TimeoutException):
        return f"{url} gave no answer in {ANSWER_S:g} seconds: somebody is there, but does the bot behind it run?"
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
                start = "bot" if is_loopback(host or "") else "reverse proxy"
                return f"{url} cannot be reached: nobody listens there. Start the {start}."
            case _:
                continue
    return f"{url} gave no answer ({type(error).__name__}): look at the reverse proxy."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _private(url: str) -> bool:
    return url.startswith("https://") or is_loopback(urlsplit(url).hostname)
