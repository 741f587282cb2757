"""A mailbox in Exchange Online, through Microsoft Graph.

A mail goes as MIME and not as Graph's JSON: only so can it hold the text beside the page, and the calendar entry as an
alternative with its method, by which Outlook changes or removes an entry instead of showing a file. And its Message-ID
may stay ours, so that a mail of which nobody knows whether it was taken can be looked for; where Exchange replaced it,
the mail is known by something else (notices/sent_mail.py).
"""

import asyncio
import base64
import uuid
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote

import httpx

import sign_in
from application.limits.rate_limiter import Limit, RateLimiter
from application.ports import OutcomeUnknown, PermanentError, RetryableError
from application.retry_log import RetryLog
from changes.text import Message, template
from notices.graph_answers import of_failure, of_response
from notices.mailbox import LOOK_BACK, SEEN_AFTER_S, Mail
from notices.sent_mail import FIELDS, Match, Wanted

SENDING, READING = "Mail.Send", "Mail.ReadBasic.All"
_ANSWER_S = 30.0
_CONNECT_S = 10.0
PER_MINUTE = Limit(30, 60)
AT_ONCE = 4
"""How fast one mailbox may be used."""
MOST_LISTED = 1000
"""Maximum number of messages in one listing; no second page is read, because each call counts against the limits."""
UNCERTAIN = template(
    "It is not known whether the mail went out: Graph did not confirm it, and a mail in the mailbox of {sender} could "
    "be it. Look there for “{subject}” among the sent mails. If it is missing, send it again."
)
_EVERYWHERE, _SENT_ITEMS = "messages", "mailFolders/sentitems/messages"
_KNOWN = frozenset({Match.SENT, Match.NOT_SENT_YET})


class Token(Protocol):
    """Signs calls."""

    async def __call__(self, *, fresh: bool = False) -> str:
        """The bearer token; a `fresh` one when the present one was refused. Raises RetryableError."""


class GraphToken:
    """Gives the bearer token; an instance is a Token."""

    def __init__(
        self,
        app_id: str,
        secret: str,
        tenant: str,
        retries: RetryLog,
        http: httpx.Client | None = None,
    ) -> None:
        self._token = sign_in.AppToken(app_id, secret, tenant, sign_in.GRAPH, retries, http)

    async def __call__(self, *, fresh: bool = False) -> str:
        """The token for now; a `fresh` one when the present one was refused. Raises RetryableError."""
        try:
            return await self._token(fresh=fresh)
        except sign_in.SignInFailed as failed:
            if failed.code is not None:
                said = Message("Microsoft's sign-in refused the bot a token ({reason}).", reason=failed.code)
                raise RetryableError(said) from failed
            raise RetryableError(Message("Microsoft's sign-in gave no answer the bot can use.")) from failed


def open_mail_client(answer_seconds: float = _ANSWER_S) -> httpx.AsyncClient:
    """A client for Graph, to be closed by the caller."""
    return httpx.AsyncClient(timeout=httpx.Timeout(answer_seconds, connect=_CONNECT_S))


class GraphMailbox:
    """The Mailbox of `sender`."""

    def __init__(self, client: httpx.AsyncClient, url: str, sender: str, token: Token, pace: RateLimiter) -> None:
        """`url` is Graph's, with the version. The app needs SENDING for the sender's mailbox, and READING to look."""
        self._client, self._sender, self._token, self._pace = client, sender, token, pace
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._place = f"mailbox {sender}"
        self._mailbox = f"{url.rstrip('/')}/users/{quote(sender, safe='@')}"

    async def send(self, mail: Mail) -> str:
        """Hand the mail over; 202 means that Exchange sends it. Raises DeliveryError."""
        headers = {"Content-Type": "text/plain", "client-request-id": str(uuid.UUID(mail.name))}
        body = base64.b64encode(mail.written(self._sender))
        request = self._client.build_request("POST", f"{self._mailbox}/sendMail", content=body, headers=headers)
        answer = await self._call(request)
        if answer.status_code != HTTPStatus.ACCEPTED:
            raise of_response(answer, SENDING, self._sender)
        return ""

    async def was_sent(self, mail: Mail, asked: datetime, others: frozenset[str]) -> bool:
        """Whether the sender's mailbox has that mail. Raises DeliveryError where that is not known."""
        wanted = Wanted(mail, self._sender, asked, others)
        named = f"internetMessageId eq '{mail.message_id(self._sender)}'"
        found = await self._look(_EVERYWHERE, named, wanted)
        if not found & _KNOWN:
            since = " ".join(("sentDateTime", "ge", f"{(asked - LOOK_BACK).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"))
            found = await self._look(_EVERYWHERE, since, wanted)
            if found - {Match.ANOTHER} == {Match.OF_ANOTHER_SENDER}:
                # The mailbox may have several addresses and show another one than ours: what lies here it sent itself.
                sent = await self._look(_SENT_ITEMS, since, wanted)
                found = {Match.UNCERTAIN} if sent - {Match.ANOTHER} else set()
        if Match.SENT in found:
            return True
        if Match.NOT_SENT_YET in found:
            raise OutcomeUnknown(Message("Exchange has the mail and has not sent it yet."), SEEN_AFTER_S)
        if Match.UNCERTAIN in found:
            raise PermanentError(Message(UNCERTAIN, subject=mail.subject, sender=self._sender))
        return False

    async def _look(self, where: str, which: str, wanted: Wanted) -> set[Match]:
        """What these messages of the mailbox are; among it UNCERTAIN where there are more than Graph lists at once."""
        query = {"$filter": which, "$select": FIELDS, "$top": str(MOST_LISTED)}
        answer = await self._call(self._client.build_request("GET", f"{self._mailbox}/{where}", params=query))
        if answer.status_code != HTTPStatus.OK:
            raise of_response(answer, READING, self._sender)
        try:
            listed = answer.json()
            found = wanted.among(listed["value"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise OutcomeUnknown(Message("Graph's list of mails cannot be read."), SEEN_AFTER_S) from error
        return found | {Match.UNCERTAIN} if "@odata.nextLink" in listed else found

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
