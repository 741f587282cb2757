"""The calls a bot makes to Teams, over one pool of connections. Each call is made once; see bot.connector.errors."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from pydantic_core import to_json
from yarl import URL

from application.limits.rate_limiter import Limit, RateLimiter
from application.ports import RateLimited
from application.ports.http_answer import HttpAnswer
from bot.connector.answers import list_in, object_in, objects_in, of_failure, of_response, text_of
from bot.connector.errors import RateLimitReached, Rejected, Throttled, TooLarge
from bot.connector.proxies import Proxies
from cards.request.dialog import DIALOG_MARK, with_dialogs
from changes.text import display_name

TokenProvider = Callable[[], Awaitable[str]]

PER_CONVERSATION_LIMITS = (Limit(7, 1), Limit(8, 2), Limit(60, 30), Limit(1800, 3600))
TENANT_LIMITS = (Limit(50, 1),)
"""What Teams takes from a bot in one conversation, and in all conversations of a tenant."""

MAX_BYTES = 80 * 1024
"""The largest message we send, counted in UTF-16 as Teams does; it refuses at about 100 KB."""

LONGEST_CALL_S = 30.0
"""Seconds for a connection and the whole answer."""
LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes, unpacked: all members of a large team in one list are a few million."""
_PAGE = 200
_SCHEMES = frozenset({"http", "https"})
_NO_PAGES = frozenset({404, 405, 501})


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a conversation: the channel's id, the Entra object id (empty where unknown), the name to show."""

    id: str
    aad_object_id: str
    name: str


def pooled_client(longest_call_seconds: float = LONGEST_CALL_S) -> aiohttp.ClientSession:
    """The one client for all calls to Teams: connections are kept, and nothing waits longer than Teams itself would.

    Made on the event loop that uses it.
    """
    return aiohttp.ClientSession(
        # More than the worker has under way at once: an answer never waits for the connection of what hangs.
        connector=aiohttp.TCPConnector(limit=150, keepalive_timeout=60),
        cookie_jar=aiohttp.DummyCookieJar(),
        # In all too: an answer that comes byte by byte would hold up whatever is sent with it.
        timeout=aiohttp.ClientTimeout(total=longest_call_seconds, connect=10, sock_connect=5, sock_read=15),
    )


class Connector:
    """Teams as the bot sees it. `token` gives the bearer token; without one (local mode) calls are not signed.

    Every method raises a ConnectorError, and nothing else.
    """

    def __init__(
        self,
        client: aiohttp.ClientSession,
        token: TokenProvider | None = None,
        pace: RateLimiter | None = None,
        *,
        has_dialogs: bool = False,
    ) -> None:
        """`pace` keeps Teams' limits; the Playground has none, and opens no dialog from a button either."""
        self._client, self._token, self._pace = client, token, pace
        self._has_dialogs = has_dialogs
        self._proxies = Proxies()

    async def send(self, service_url: str, conversation_id: str, activity: dict[str, Any]) -> str:
        """Post a message and return its id, or "" where the channel gave none."""
        path = ["conversations", conversation_id, "activities"]
        answer = await self._paced(conversation_id, "POST", service_url, path, activity)
        return text_of(object_in(answer).get("id"))

    async def update(self, service_url: str, conversation_id: str, activity_id: str, activity: dict[str, Any]) -> None:
        """Replace a message."""
        path = ["conversations", conversation_id, "activities", activity_id]
        await self._paced(conversation_id, "PUT", service_url, path, activity | {"id": activity_id})

    async def create_conversation(self, service_url: str, parameters: dict[str, Any]) -> tuple[str, str]:
        """Open a thread or a chat: its id, and that of the first message ("" where none was posted)."""
        channel = str(parameters.get("channelData", {}).get("channel", {}).get("id", ""))
        made = object_in(await self._paced(channel, "POST", service_url, ["conversations"], parameters))
        thread, message = text_of(made.get("id")), text_of(made.get("activityId"))
        if not thread:
            raise Rejected("Teams opened no conversation: its answer names none.")
        return thread, message

    async def members(self, service_url: str, conversation_id: str) -> list[Member]:
        """Everyone in the conversation, the bot excepted."""
        found: list[Member] = []
        page: dict[str, str] = {"pageSize": str(_PAGE)}
        try:
            while True:
                path = ["conversations", conversation_id, "pagedmembers"]
                answer = object_in(await self._call("GET", service_url, path, query=page))
                found += [_member(each) for each in objects_in(answer.get("members"))]
                following = answer.get("continuationToken")
                if not following or following == page.get("continuationToken"):
                    return found
                page["continuationToken"] = str(following)
        except Rejected as refusal:
            if found or refusal.status not in _NO_PAGES:
                raise
        # A channel without pages has the older call, which answers with the bare list.
        answered = await self._call("GET", service_url, ["conversations", conversation_id, "members"])
        return [_member(each) for each in list_in(answered)]

    def _encode(self, body: dict[str, Any]) -> bytes:
        """The body as JSON, with the buttons that this client knows. Raises TooLarge."""
        content = to_json(body)
        if self._has_dialogs and DIALOG_MARK in content:  # few messages have such a button
            content = to_json(_opening_dialogs(body))
        if 2 * len(content) > MAX_BYTES and len(content.decode().encode("utf-16-le")) > MAX_BYTES:
            raise TooLarge
        return content

    async def _paced(
        self, conversation: str, method: str, service_url: str, path: list[str], body: dict[str, Any] | None = None
    ) -> HttpAnswer:
        """The call, under Teams' limits. The threads of a channel are counted as one conversation."""
        if self._pace is None:
            return await self._call(method, service_url, path, body)
        place = conversation.partition(";")[0]
        try:
            await self._pace(place)
        except RateLimited as full:
            raise RateLimitReached(full.seconds or 1.0) from full
        try:
            return await self._call(method, service_url, path, body)
        except Throttled as throttled:
            await self._pace.hold(place, throttled.seconds or 0.0)
            raise

    async def _call(
        self,
        method: str,
        service_url: str,
        path: list[str],
        body: dict[str, Any] | None = None,
        query: dict[str, str] | None = None,
    ) -> HttpAnswer:
        headers = {"Accept": "application/json"}
        content = None
        if body is not None:
            content = self._encode(body)
            headers["Content-Type"] = "application/json; charset=utf-8"
        if self._token is not None:
            headers["Authorization"] = f"Bearer {await self._token()}"
        address = "/".join([service_url.rstrip("/"), "v3", *(quote(part, safe="") for part in path)])
        if query:
            address += "?" + urlencode(query)
        try:
            # Quoted already: an id with a slash or a colon in it stays one part of the path.
            url = URL(address, encoded=True)
            if url.scheme not in _SCHEMES:
                raise aiohttp.NonHttpUrlClientError(address)
            async with self._client.request(
                method, url, data=content, headers=headers, allow_redirects=False, proxy=self._proxies.of(url)
            ) as response:
                answer = HttpAnswer(response.status, response.headers, await _body(response))
        except (aiohttp.ClientError, TimeoutError, ValueError) as failure:
            raise of_failure(failure) from failure
        if not answer.is_success:
            raise of_response(answer)
        return answer


async def _body(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for part in response.content.iter_any():
        body += part
        if len(body) > LARGEST_ANSWER:
            raise aiohttp.ClientPayloadError("too_large")
    return bytes(body)


def _opening_dialogs(body: dict[str, Any]) -> dict[str, Any]:
    """The message, or the conversation that opens with one, with buttons that open a dialog."""
    if isinstance(activity := body.get("activity"), dict):
        return body | {"activity": _opening_dialogs(activity)}
    attachments = [each | {"content": with_dialogs(each["content"])} for each in body.get("attachments") or ()]
    return body | {"attachments": attachments} if attachments else body


def _member(raw: dict[str, Any]) -> Member:
    return Member(
        id=text_of(raw.get("id")),
        aad_object_id=text_of(raw.get("aadObjectId") or raw.get("objectId")),
        name=display_name(text_of(raw.get("name"))),
    )
