"""DokuWiki, by the one call that is needed of it, in either of its two ways."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from xml.sax.saxutils import escape  # nosec B406  # it writes, and reads nothing

import httpx

from application.ports import PermanentError, RetryableError
from changes.text import Message, template
from web.http_calls import call, later

LOCKED, LOCKED_AGAIN_S = 133, 300.0
"""Somebody edits the page: the code of that, and the seconds until it is tried again. A lock lasts a quarter hour."""
LONGEST_REASON = 200
"""Characters of what a wiki says."""
_XML = """<?xml version="1.0"?>
<methodCall><methodName>wiki.putPage</methodName><params>
<param><value><string>{page}</string></value></param>
<param><value><string>{text}</string></value></param>
<param><value><struct><member><name>sum</name><value><string>{summary}</string></value></member></struct></value></param>
</params></methodCall>"""
_XML_TRUE = re.compile(rb"<params>\s*<param>\s*<value>\s*<boolean>1</boolean>\s*</value>\s*</param>\s*</params>")
_XML_FAULT = re.compile(rb"<name>faultCode</name>\s*<value>\s*<(?:int|i4)>(-?\d{1,9})</")
_XML_REASON = re.compile(rb"<name>faultString</name>\s*+<value>\s*+(?:<string>)?+([^<]*+)<")
_WHO = Message("The wiki")


@dataclass(frozen=True, slots=True)
class DokuWiki:
    """A wiki at `url`; an old one is spoken to in XML-RPC, with a name, a colon and a password as the token."""

    client: httpx.AsyncClient
    url: str
    token: str
    is_old: bool = False

    async def save(self, page: str, text: str, summary: str) -> None:
        """Make that the text of the page. Raises RetryableError, and PermanentError where an admin has to help."""
        written = self._by_xml if self.is_old else self._by_json
        answer = await call(self.client, written(page, text, summary), _WHO)
        if answer.status in _REFUSED:
            raise PermanentError(Message(_REFUSED[answer.status], page=page), status=answer.status)
        is_true, code, reason = (_read_xml if self.is_old else _read_json)(answer.body)
        if is_true and answer.is_success:
            return
        if code == LOCKED or (code is None and answer.is_success):  # a release before 2024 gives no reason for anything
            said = Message("The wiki does not save the page {page}: perhaps somebody is editing it.", page=page)
            raise RetryableError(said, LOCKED_AGAIN_S, status=answer.status)
        if code is None or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise later(answer, _WHO)
        said = Message("The wiki did not save the page {page}: {reason}", page=page, reason=reason)
        raise PermanentError(said, status=answer.status)

    def _by_json(self, page: str, text: str, summary: str) -> httpx.Request:
        body = {"page": page, "text": text, "summary": summary, "isminor": False}
        # Some web servers keep Authorization to themselves; the wiki looks at either.
        headers = {"Authorization": f"Bearer {self.token}", "X-DokuWiki-Token": self.token}
        return self.client.build_request(
            "POST", f"{self.url}/lib/exe/jsonrpc.php/core.savePage", json=body, headers=headers
        )

    def _by_xml(self, page: str, text: str, summary: str) -> httpx.Request:
        body = _XML.format(page=escape(page), text=escape(text), summary=escape(summary)).encode()
        request = self.client.build_request(
            "POST", f"{self.url}/lib/exe/xmlrpc.php", content=body, headers={"Content-Type": "text/xml; charset=utf-8"}
        )
        return next(httpx.BasicAuth(*self.token.split(":", 1)).auth_flow(request))


_REFUSED: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: template(
        "The wiki rejected the bot's credentials (401) for the page {page}. Correct CHANGE_WIKI_TOKEN, restart the "
        "bot, and select *Resend*."
    ),
    HTTPStatus.FORBIDDEN: template(
        "The wiki does not let the bot write the page {page}. Give its user the right to create and edit pages there, "
        "and name it in the wiki's setting remoteuser; then select *Resend*."
    ),
    HTTPStatus.NOT_FOUND: template(
        "The wiki, or its remote API, was not found (404) for the page {page}. Check its url in services.toml, and "
        'switch on its setting remote; with a release before 2024, set api = "xml". Restart the bot, and select '
        "*Resend*."
    ),
}
"""What an admin has to do."""
Read = tuple[bool, int | None, str]
"""Whether the answer is `true` and nothing else, and the code and the words of a refusal."""


def _read_json(body: bytes) -> Read:
    try:
        found = json.loads(body)
        error = found.get("error") or {}
        code = int(error.get("code") or 0) or None
        return found.get("result") is True and code is None, code, str(error.get("message", ""))[:LONGEST_REASON]
    except (ArithmeticError, AttributeError, RecursionError, TypeError, ValueError):  # a code may be infinite
        return False, None, ""


def _read_xml(body: bytes) -> Read:
    code, reason = _XML_FAULT.search(body), _XML_REASON.search(body)
    said = reason[1].decode("utf-8", "replace")[:LONGEST_REASON] if reason else ""
    return code is None and _XML_TRUE.search(body) is not None, int(code[1]) if code else None, said
