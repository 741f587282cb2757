"""Whether mails can go out through Microsoft Graph: nothing is sent, it is only asked what Graph would refuse."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

import httpx

from application.ports import RetryableError
from check.finding import Finding
from check.sign_in_codes import repair
from notices import Token
from settings import Settings

_ROLES = "as docs/install.md says under Mail; it may take two hours until it holds"
_WAITS = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_NO_MAIL = b"-"
"""Neither a mail nor base64: Graph refuses it, whoever may send."""


@dataclass(frozen=True, slots=True)
class Graph:
    """What Graph lets the bot do with the mailbox that mails come from."""

    settings: Settings
    client: httpx.AsyncClient
    token: Token

    async def mails(self) -> Finding:
        """Whether the bot may send as the sender, and look whether a mail went out."""
        try:
            token = await self.token()
        except RetryableError as error:
            return False, f"{error} {repair(str(error))}".strip()
        mailbox = f"{self.settings.graph_url.rstrip('/')}/users/{quote(self.settings.graph_sender, safe='@')}"
        signed = {"Authorization": f"Bearer {token}"}
        try:
            plain = signed | {"Content-Type": "text/plain"}
            sending = await self.client.post(f"{mailbox}/sendMail", content=_NO_MAIL, headers=plain)
            reading = await self.client.get(
                f"{mailbox}/messages", params={"$top": "1", "$select": "id"}, headers=signed
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            at = self.settings.graph_url
            return False, f"Graph gave no answer at {at} ({type(error).__name__}): let this machine reach it."
        if wrong := self._refused(sending):
            return False, wrong
        sender = self.settings.graph_sender
        if reading.status_code == HTTPStatus.FORBIDDEN:
            unsure = "a mail that Graph does not confirm waits for a person"
            return True, f"Mails go out as {sender}; without the role “Application Mail.ReadBasic”, {unsure}."
        if reading.status_code != HTTPStatus.OK and (wrong := self._refused(reading)):
            return False, wrong
        return True, f"The bot may ask Graph; mails go out as {sender}."

    def _refused(self, answer: httpx.Response) -> str:
        """Why Graph would not do it, and what to do; empty where it is only the mail that is none."""
        status, sender = answer.status_code, self.settings.graph_sender
        said = f"{status} {_code(answer)}".strip()
        match status:
            case HTTPStatus.BAD_REQUEST | HTTPStatus.OK | HTTPStatus.ACCEPTED:
                return ""
            case HTTPStatus.UNAUTHORIZED:
                return f"Graph does not accept the bot's token ({said}): is GRAPH_URL the Graph of the tenant's cloud?"
            case HTTPStatus.FORBIDDEN:
                return (
                    f"Graph refuses to send as {sender} ({said}): the app lacks the permission. Give it the role "
                    f"“Application Mail.Send” for that mailbox, {_ROLES}."
                )
            case HTTPStatus.NOT_FOUND:
                return (
                    f"Graph finds no mailbox of {sender} ({said}): correct GRAPH_SENDER, which is the address of a "
                    "mailbox in Exchange Online, or GRAPH_URL, which ends with the version, as /v1.0."
                )
            case _ if status in _WAITS:
                return f"Graph asks to wait ({said}): check again in some minutes."
            case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                return f"Graph has trouble of its own ({said}): check again in some minutes."
            case _:
                return f"Graph does not take the bot's calls ({said}): look at GRAPH_URL and GRAPH_SENDER."


def _code(answer: httpx.Response) -> str:
    """Graph's word for its reason, where it gave one."""
    try:
        word = str(answer.json()["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return ""
    return word[:60] if word.isprintable() else ""
