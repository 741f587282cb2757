"""The HTTP server in front of the routes: what a request may cost before anybody knows who sent it."""

import asyncio
import errno
import ipaddress
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import HttpVersion11, hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

LARGEST_BODY = 256 * 1024
"""Bytes. Teams' own messages end at about 100 KB."""
LONGEST_BODY_S = 10.0
"""Seconds in which a body has to have arrived: Teams itself has given up by then."""
API = "/api/v1"
"""Where the API of other programs begins: there every refusal is a problem+json (RFC 9457)."""
_LARGEST_DISCARDED = 2 * LARGEST_BODY
"""Bytes of a refused body that are taken off the connection, so that its sender reads why; of a larger one none."""
_DISCARD_S = 0.5
_READ_AHEAD = 4096
"""Bytes of a body, and 1/16 as many chunks, that are parsed before somebody asks for them."""
_MOST_HEADERS = 96
"""Of 8 KB at most; Teams and the proxies on its way send about thirty short ones."""
_KEEP_ALIVE_S = 180.0
"""Longer than a proxy keeps a connection, 120 s with Caddy; also the time in which the first headers have to come."""

_MALFORMED = (HttpProcessingError, web.RequestPayloadError)
UNREADABLE = (*_MALFORMED, ConnectionError)
"""What reading a body raises when it is malformed or its sender hangs up: the sender's doing, and no fault here."""
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _ServerLog(logging.LoggerAdapter[logging.Logger]):
    """aiohttp's log. A request that cannot be read is one line without its text; anything else keeps its traceback."""

    def exception(self, msg: object, *args: object, exc_info: Any = True, **more: Any) -> None:
        error = exc_info if isinstance(exc_info, BaseException) else sys.exception()
        if isinstance(error, _MALFORMED):
            self.warning("turned away: a request that cannot be read (%s)", type(error).__name__)
        else:
            super().exception(msg, *args, exc_info=exc_info, **more)


class CannotListen(Exception):
    """The address or port cannot be used: the sentence says what to set."""


async def listen(runner: web.AppRunner, host: str, port: int, setting: str = "CHANGE_PORT") -> int:
    """Let the server take requests; the port, where 0 takes a free one. Raises CannotListen: it names the setting."""
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise CannotListen(cannot_listen(host, port, setting, error)) from error
    found: int = runner.addresses[0][1]
    return found


def cannot_listen(host: str, port: int, setting: str, error: OSError) -> str:
    """Why not, and which setting mends it."""
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} is taken: stop what listens there, or set {setting}."
        case errno.EACCES:
            return f"Port {port} is for administrators only: set {setting} to one from 1024 on."
        case _:
            return f"The bot cannot listen on {host} ({error}): set CHANGE_HOST to an address of this machine."


def make_runner(application: web.Application, shutdown_seconds: float) -> web.AppRunner:
    """The server of an application that strangers reach. `shutdown_seconds` are left to requests when it ends."""
    return web.AppRunner(
        application,
        access_log=None,
        shutdown_timeout=shutdown_seconds,
        logger=_ServerLog(logging.getLogger(__name__)),
        auto_decompress=False,  # aiohttp would inflate what has arrived before any handler runs
        lingering_time=0,  # it would read on for so long, however much comes; _discard_body has a bound in bytes too
        read_bufsize=_READ_AHEAD,
        keepalive_timeout=_KEEP_ALIVE_S,
        max_headers=_MOST_HEADERS,
    )


@web.middleware
async def without_unread_bodies(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Refuse encoded bodies, whoever sends them, and close the connection where more of a body would follow."""
    try:
        response = _unsupported(request) if _is_encoded(request.headers) else await handler(request)
    except web.HTTPException as refused:
        if not await _discard_body(request):
            refused.force_close()
        raise
    if not await _discard_body(request):
        response.force_close()
    return response


@web.middleware
async def only_this_machine(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Refuse whoever calls under another name than this machine's own, or from a page of another's: in local mode."""
    # A web page somewhere may lead its own name to this machine, and its reader's browser with it.
    origin = request.headers.get(hdrs.ORIGIN)
    try:
        called = [request.url.host, *([] if origin is None else [URL(origin).host])]
    except ValueError:  # one of them is no address
        called = [""]
    if all(map(_is_this_machine, called)):
        return await handler(request)
    return _refusal(request, "In local mode the bot is reached as localhost only.", 403)


def _is_this_machine(name: str | None) -> bool:
    try:
        return name == "localhost" or ipaddress.ip_address(name or "").is_loopback
    except ValueError:
        return False


async def no_continue(_: web.Request) -> None:
    """Handle `Expect`: nobody is told to send a body before a handler wants one; see `invite_body`."""


class NoSuchRoute(web.PlainResource):
    """Answers 404 or 405 to what no other resource of the router answers, without telling anybody to send a body.

    aiohttp's own answer to these tells everybody. Registered under `/`, it is looked at after every longer path.
    A request without a path (CONNECT, `PUT http://bot.example`) does not get here; no proxy hands one on.
    """

    def __init__(self, router: web.UrlDispatcher) -> None:
        super().__init__("/")
        self._others = [each for each in router.resources() if each is not self]

    async def resolve(self, request: web.Request) -> tuple[web.UrlMappingMatchInfo, set[str]]:
        """Match every request."""
        allowed = set[str]()
        for each in self._others:
            allowed |= (await each.resolve(request))[1]

        async def refuse(_: web.Request) -> web.StreamResponse:
            raise web.HTTPMethodNotAllowed(request.method, allowed) if allowed else web.HTTPNotFound

        route = web.ResourceRoute(hdrs.METH_ANY, refuse, self, expect_handler=no_continue)
        return web.UrlMappingMatchInfo({}, route), set()


async def invite_body(request: web.Request) -> None:
    """Tell a caller who waits for it to send the body."""
    if request.version == HttpVersion11 and request.headers.get(hdrs.EXPECT, "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # it is no part of the answer


async def read_body(request: web.Request) -> bytes:
    """The body, from somebody who may send one. Raises Unreadable, with the status and the sentence for its sender."""
    try:
        async with asyncio.timeout(LONGEST_BODY_S):
            await invite_body(request)
            return await request.read()
    except TimeoutError:
        raise Unreadable("The body did not arrive in time.", 408) from None
    except UNREADABLE as broken:
        raise Unreadable("The body cannot be read.", 400) from broken
    except web.HTTPRequestEntityTooLarge:
        raise Unreadable(f"The body is larger than {LARGEST_BODY} bytes.", 413) from None


class Unreadable(Exception):
    """A body that is not taken; its text is the reason in a sentence."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


def error_response(sentence: str, status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer for whoever runs the calling program: why the request is refused, in English."""
    return web.json_response({"error": sentence}, status=status, headers=headers)


def problem_response(
    sentence: str, status: int, headers: Mapping[str, str] | None = None, **more: object
) -> web.Response:
    """The same as RFC 9457 has it, for whoever calls the API; `more` are members beside the usual ones."""
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": sentence, **more}
    return web.json_response(said, status=status, headers=headers, content_type="application/problem+json")


def _refusal(
    request: web.Request, sentence: str, status: int, headers: Mapping[str, str] | None = None
) -> web.Response:
    is_of_api = request.path == API or request.path.startswith(f"{API}/")
    return (problem_response if is_of_api else error_response)(sentence, status, headers)


def _is_encoded(headers: Mapping[str, str]) -> bool:
    coded = headers.get(hdrs.CONTENT_ENCODING, ""), headers.get(hdrs.TRANSFER_ENCODING, "")
    codings = {each.strip().lower() for header in coded for each in header.split(",")}
    return not codings <= {"", "identity", "chunked"}


def _unsupported(request: web.Request) -> web.Response:
    said = "Send the body as it is: Content-Encoding and compressed transfers are not supported."
    return _refusal(request, said, 415, {hdrs.ACCEPT_ENCODING: "identity"})


async def _discard_body(request: web.Request) -> bool:
    """Take the rest of the body off the connection, if it is small and comes at once; whether nothing is left of it."""
    content, length = request.content, request.content_length
    if content.is_eof():
        return True
    # Chunks may cost far more than their bytes, and who waits for an invitation sends nothing without it.
    if length is None or length > _LARGEST_DISCARDED or hdrs.EXPECT in request.headers:
        return False
    content.set_read_chunk_size(LARGEST_BODY)
    try:
        async with asyncio.timeout(_DISCARD_S):
            while await content.readany():
                pass
    except (TimeoutError, *UNREADABLE):
        return False
    return content.is_eof()
