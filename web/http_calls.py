"""Calls to the organisation's other programs, bounded in time and size; each way to fail is a DeliveryError."""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address

import httpx

from application.limits.rate_limiter import retry_after_seconds
from application.ports import RetryableError
from application.ports.http_answer import HttpAnswer
from changes.text import Message

ANSWER_S = 10.0
"""Seconds for a whole call."""
LARGEST_ANSWER = 64 * 1024
"""Bytes of an answer that are read."""
_NAMES = ThreadPoolExecutor(64, thread_name_prefix="names")
"""Where names are looked up: one whose servers are silent keeps a thread for half a minute, whoever has given up. The
loop's own few threads look up Teams.
"""


def open_client() -> httpx.AsyncClient:
    """A client that follows nothing, remembers nothing and goes through no proxy; to be closed by the caller."""
    return httpx.AsyncClient(
        timeout=ANSWER_S,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # a session would go on for whoever is refused now
        limits=httpx.Limits(max_keepalive_connections=0),
        headers={"User-Agent": "change-bot", "Accept-Encoding": "identity"},
    )


def host_of(url: httpx.URL) -> str:
    """The host as it is written. Its letters, which httpx gives, Python would write otherwise: straße as strasse."""
    return url.raw_host.decode("ascii")


async def resolved(host: str, port: int | None) -> Sequence[str]:
    """The addresses of the host, in the order in which they should be tried. Raises OSError."""
    with suppress(ValueError):
        return [str(ip_address(host))]
    look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_NAMES, look_up)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


async def call(
    client: httpx.AsyncClient, request: httpx.Request, who: str, seconds: float = ANSWER_S, most: int = LARGEST_ANSWER
) -> HttpAnswer:
    """The answer of `who`, with at most so many bytes. Raises RetryableError where there is none in time."""
    try:
        async with asyncio.timeout(seconds):
            # The client asks again, where others would wait for it.
            await resolved(host_of(request.url), request.url.port)
            response = await client.send(request, stream=True)
            try:
                return HttpAnswer(response.status_code, response.headers, await _beginning(response, most))
            finally:
                await response.aclose()
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        why = str(error) or type(error).__name__
        raise RetryableError(Message("{who} gave no answer ({reason}).", who=who, reason=why)) from error


async def _beginning(response: httpx.Response, most: int) -> bytes:
    body = b""
    async for piece in response.aiter_raw():
        body += piece
        if len(body) >= most:
            break
    return body[:most]


def later(answer: HttpAnswer, who: str) -> RetryableError:
    """The error of an answer that is no success: try again when it says so, or after a while."""
    said = Message("{who} answered {status}.", who=who, status=answer.status)
    return RetryableError(said, retry_after_seconds(answer.headers), status=answer.status)
