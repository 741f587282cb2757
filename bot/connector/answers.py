"""Turns every way a call to Teams can end badly into one of our errors; nothing of aiohttp passes this module."""

import json
from http import HTTPStatus
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientHttpProxyError,
    ClientProxyConnectionError,
    ConnectionTimeoutError,
    InvalidURL,
    NonHttpUrlClientError,
)

from application.limits.rate_limiter import retry_after_seconds
from application.ports.http_answer import HttpAnswer
from bot.connector.errors import ConnectorError, ConversationUnavailable, Rejected, Throttled, Transient, Unconfirmed
from changes.text import Message, joined

GONE = {
    (403, "BotNotInConversationRoster"): Message(
        "The bot is no longer in this conversation. Add it to the team or chat again."
    ),
    (403, "BotDisabledByAdmin"): Message("A Teams administrator has disabled the bot. Ask them to allow it again."),
    (403, "ConversationBlockedByUser"): Message("This person has blocked the bot, so messages have to go by mail."),
    (404, "ConversationNotFound"): Message(
        "This conversation no longer exists in Teams. Bind the service to another channel."
    ),
}
_THROTTLED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.PRECONDITION_FAILED})
_FINAL_5XX = frozenset({HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED})
_NEVER_LEFT = (ClientConnectorError, ClientHttpProxyError, ClientProxyConnectionError, ConnectionTimeoutError)
_UNSENDABLE = (InvalidURL, NonHttpUrlClientError, ValueError)


def of_response(response: HttpAnswer) -> ConnectorError:
    """The error that an answer other than success stands for."""
    status, (code, detail) = response.status, _reason(response)
    if (status, code) in GONE:
        return ConversationUnavailable(GONE[status, code], status=status, code=code)
    if status in _THROTTLED:
        return Throttled(status=status, code=code, retry_after=retry_after_seconds(response.headers))
    if status == HTTPStatus.REQUEST_TIMEOUT or (status >= 500 and status not in _FINAL_5XX):
        # Only 503 says that the call was turned away; behind the others it may have been carried out.
        maybe = status != HTTPStatus.SERVICE_UNAVAILABLE
        return (Unconfirmed if maybe else Transient)(status=status, code=code)
    answered = Message("Teams answered {status} and does not accept this message as it is.", status=status)
    said = ": ".join(each for each in (code, detail) if each)
    return Rejected(
        joined(answered, Message("It said: {words}", words=said)) if said else answered,
        status=status,
        code=code,
    )


def of_failure(failure: Exception) -> ConnectorError:
    """The error that a call without an answer stands for."""
    if isinstance(failure, _NEVER_LEFT):
        return Transient()
    if isinstance(failure, _UNSENDABLE):
        return Rejected(Message("The conversation's service address is not one the bot can call."))
    return Unconfirmed()


def _reason(response: HttpAnswer) -> tuple[str, str]:
    """The code and the message of the error body, each empty when there is none."""
    error = object_in(response).get("error")
    if not isinstance(error, dict):
        return "", ""
    return text_of(error.get("code")), text_of(error.get("message"))


def text_of(value: object) -> str:
    """The value as text that can be stored, and "" for none: JSON may name halves of characters, and NUL."""
    return str(value or "").replace("\0", "").encode(errors="replace").decode()


def object_in(response: HttpAnswer) -> dict[str, Any]:
    """The JSON object in the body, or an empty one."""
    body = _json(response)
    return body if isinstance(body, dict) else {}


def objects_in(values: object) -> list[dict[str, Any]]:
    """The JSON objects in a list; none where it is no list."""
    return [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []


def list_in(response: HttpAnswer) -> list[dict[str, Any]]:
    """The JSON objects in the body, where that is a list."""
    return objects_in(_json(response))


def _json(response: HttpAnswer) -> object:
    try:
        body: object = json.loads(response.body)
    except (ValueError, RecursionError):
        return None
    return body
