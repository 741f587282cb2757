"""A mailbox in Exchange Online, through Microsoft Graph.

A mail goes as MIME and not as Graph's JSON: only so can it hold the text beside the page, and the calendar entry as an
alternative with its method, by which Outlook changes or removes an entry instead of showing a file. And its Message-ID
stays ours, so that a mail of which nobody knows whether it was taken can be looked for.
"""

import asyncio
import base64
import uuid
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote

import httpx

from changes.messages import Said
from changes.pace import Limit, Pace
from changes.ports import Unsure
from notices.graph_answers import of_failure, of_response
from notices.mailbox import SEEN_AFTER_S, Mail

SENDING, READING = "Mail.Send", "Mail.ReadBasic.All"
_ANSWER_S = 30.0
_CONNECT_S = 10.0
PER_MINUTE = Limit(30, 60)
AT_ONCE = 4
"""How fast one mailbox may be used."""


class Token(Protocol):
    """Signs calls."""

    async def __call__(self, *, fresh: bool = False) -> str:
        """The bearer token; a `fresh` one when the present one was refused. Raises Later."""
        ...


def open_mail_client(answer_seconds: float = _ANSWER_S) -> httpx.AsyncClient:
    """A client for Graph, to be closed by the caller."""
    return httpx.AsyncClient(timeout=httpx.Timeout(answer_seconds, connect=_CONNECT_S))


class GraphMailbox:
    """The Mailbox of `sender`."""

    def __init__(self, client: httpx.AsyncClient, url: str, sender: str, token: Token, pace: Pace) -> None:
        """`url` is Graph's, with the version. The app needs SENDING for the sender's mailbox, and READING to look."""
        self._client, self._sender, self._token, self._pace = client, sender, token, pace
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._place = f"mailbox {sender}"
        self._mailbox = f"{url.rstrip('/')}/users/{quote(sender, safe='@')}"

    async def send(self, mail: Mail) -> str:
        """Hand the mail over; 202 says that Exchange sends it. Raises Later, Never, or Unsure."""
        headers = {"Content-Type": "text/plain", "client-request-id": str(uuid.UUID(mail.name))}
        body = base64.b64encode(mail.written(self._sender))
        request = self._client.build_request("POST", f"{self._mailbox}/sendMail", content=body, headers=headers)
        answer = await self._call(request)
        if answer.status_code != HTTPStatus.ACCEPTED:
            raise of_response(answer, SENDING, self._sender)
        return ""

    async def took(self, mail: Mail) -> bool:
        """Whether the sender's mailbox has that mail. Raises Later or Never."""
        wanted = f"internetMessageId eq '{mail.message_id(self._sender)}'"
        request = self._client.build_request(
            "GET", f"{self._mailbox}/messages", params={"$filter": wanted, "$select": "isDraft", "$top": "5"}
        )
        answer = await self._call(request)
        if answer.status_code != HTTPStatus.OK:
            raise of_response(answer, READING, self._sender)
        try:
            drafts = [bool(each["isDraft"]) for each in answer.json()["value"]]
        except (ValueError, KeyError, TypeError) as error:
            raise Unsure(Said("Graph's list of mails cannot be read."), SEEN_AFTER_S) from error
        if drafts and all(drafts):
            raise Unsure(Said("Exchange has the mail and has not sent it yet."), SEEN_AFTER_S)
        return bool(drafts)

    async def _call(self, request: httpx.Request) -> httpx.Response:
        """The answer, with a second try where the token was not accepted: then nothing else was looked at."""
        answer = await self._signed(request, await self._token())
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            answer = await self._signed(request, await self._token(fresh=True))
        return answer

    async def _signed(self, request: httpx.Request, token: str) -> httpx.Response:
        request.headers["Authorization"] = f"Bearer {token}"
        async with self._gate:
            await self._pace(self._place)
            try:
                return await self._client.send(request)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise of_failure(error) from error
