"""Turns every way a call to Graph can end badly into a DeliveryError: nothing of httpx passes this module."""

from http import HTTPStatus

import httpx

from application.limits.rate_limiter import retry_after_seconds
from application.ports import DeliveryError, OutcomeUnknown, PermanentError, RetryableError
from changes.text import Message, joined
from notices.mailbox import SEEN_AFTER_S

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_UNSENDABLE = (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError)
_TURNED_AWAY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


def of_response(response: httpx.Response, permission: str, sender: str) -> DeliveryError:
    """The error that an answer other than success stands for; `permission` is what the call needs for `sender`."""
    status, reason = response.status_code, _reason(response)
    if status in _TURNED_AWAY:
        wait = Message("Graph asks to wait ({status}).", status=status)
        return RetryableError(wait, retry_after_seconds(response.headers), status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        return RetryableError(joined(Message("Graph does not accept the bot's token."), reason), status=status)
    if status == HTTPStatus.FORBIDDEN:
        lacking = Message(
            "Graph refuses: the app needs the application permission {permission} for {sender}.",
            permission=permission,
            sender=sender,
        )
        return PermanentError(joined(lacking, reason), status=status)
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # Only 503 says that the call was turned away; behind the others the mail may have been taken.
        unsure = Message("Graph answered {status}; it is not known whether it took the mail.", status=status)
        return OutcomeUnknown(unsure, SEEN_AFTER_S, status=status)
    refused = Message("Graph answered {status} and does not accept it.", status=status)
    return PermanentError(joined(refused, reason), status=status)


def of_failure(error: httpx.HTTPError | httpx.InvalidURL) -> DeliveryError:
    """The error that a call without an answer stands for."""
    if isinstance(error, _NEVER_LEFT):
        return RetryableError(Message("Graph cannot be reached."))
    if isinstance(error, _UNSENDABLE):
        return PermanentError(Message("Graph cannot be called: {reason}. Look at GRAPH_URL.", reason=error))
    return OutcomeUnknown(Message("Graph gave no answer; it is not known whether it took the mail."), SEEN_AFTER_S)


def _reason(response: httpx.Response) -> str:
    try:
        error = response.json()["error"]
        return f"{error['code']}: {error['message']}"
    except (ValueError, KeyError, TypeError):
        return ""
