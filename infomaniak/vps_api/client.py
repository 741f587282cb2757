"""One call to Infomaniak's REST API: the documented envelope in, data or an error out; never repeated."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext
from urllib.parse import quote

import httpx

from application.limits.rate_limiter import retry_after_seconds
from changes.text import Message
from infomaniak.call_errors import Call
from infomaniak.vps_api.error_mapping import from_exception, from_refusal, from_status, unreadable

Row = Mapping[str, object]
"""One JSON object of an answer."""

_PER_PAGE = 100
_MOST_PAGES = 50
_LONGEST_REASON = 200


@cache
def _trusted() -> SSLContext:
    """The certificates of the public authorities: loading them takes longer than a call."""
    return httpx.create_ssl_context()


def open_client(
    url: str,
    token: str,
    *,
    connect_seconds: float = 5.0,
    answer_seconds: float = 30.0,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """A client for the API at `url` that carries the bearer `token`; the caller closes it.

    Redirects are not followed: they would take the token elsewhere or repeat a write.
    """
    return httpx.AsyncClient(
        base_url=url,
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        timeout=httpx.Timeout(answer_seconds, connect=connect_seconds),
        transport=transport,
        follow_redirects=False,
        verify=_trusted(),
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """An accepted answer. `pages` is the number of pages that a listing has."""

    data: object
    pages: int = 1


class ApiClient:
    """Makes the calls. `whole_call_seconds` bounds one call even when the answer drips in byte by byte."""

    def __init__(self, client: httpx.AsyncClient, *, whole_call_seconds: float = 60.0) -> None:
        self._client = client
        self._whole_call_seconds = whole_call_seconds

    async def failure_reason(self, path: str, task: str) -> str:
        """Why the asynchronous task failed, read at `path`; else empty. Raises ProviderRefused, ProviderUnreachable."""
        match (await self._call(Call.READ, "GET", path.format(uuid=quote(task, safe="")))).data:
            case {"status": "failed", "error": {"description": str(text)}}:
                return Message("Infomaniak says: “{words}”", words=" ".join(text.split())[:_LONGEST_REASON])
            case _:
                return ""

    async def rows(self, path: str) -> list[Row]:
        """The listing at `path`, all pages of it. Raises ProviderRefused or ProviderUnreachable."""
        found: list[Row] = []
        for page in range(1, _MOST_PAGES + 1):
            reply = await self._call(Call.READ, "GET", path, params={"page": page, "per_page": _PER_PAGE})
            if not isinstance(reply.data, list) or not all(isinstance(row, dict) for row in reply.data):
                raise unreadable(Call.READ)
            found.extend(reply.data)
            if page >= reply.pages:
                break
        return found

    async def write(self, path: str, body: Row) -> None:
        """Ask once for something to be done; returns when it was accepted, which is not yet done.

        Raises any ProviderError; ProviderUncertain when it may have been accepted.
        """
        await self._call(Call.WRITE, "POST", path, body=body)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _call(
        self, call: Call, method: str, path: str, *, params: Mapping[str, int] | None = None, body: Row | None = None
    ) -> Reply:
        try:
            async with asyncio.timeout(self._whole_call_seconds):
                response = await self._client.request(method, path, params=params, json=body)
        except (httpx.RequestError, httpx.InvalidURL, TimeoutError) as error:
            raise from_exception(error, call) from error
        return _open_envelope(response, call)


def _open_envelope(response: httpx.Response, call: Call) -> Reply:
    try:
        envelope = response.json()
    except ValueError:
        envelope = None
    if not response.is_success:
        raise from_status(response.status_code, call, _description(envelope), retry_after_seconds(response.headers))
    match envelope:
        case {"result": "success" | "asynchronous", "data": data}:
            pages = envelope.get("pages")
            return Reply(data, pages if isinstance(pages, int) else 1)
        case {"result": "success" | "asynchronous"}:
            return Reply(None)
        case {"result": "error"}:
            raise from_refusal(_description(envelope))
        case _:
            raise unreadable(call)


def _description(envelope: object) -> str:
    match envelope:
        case {"error": {"description": str(text)}}:
            return text
        case {"error": {"code": str(code)}}:
            return code
        case _:
            return ""
