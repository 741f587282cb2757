"""Every status and every exception of a call through httpx, as a row of the table in `infomaniak.call_errors`."""

from collections.abc import Mapping

import httpx

from application.ports.provider import ProviderError
from changes.snapshots import FailureReason
from infomaniak.call_errors import SHARED, Call, ErrorRule, in_doubt, nothing_happened, raised, refused

BY_STATUS: Mapping[int, ErrorRule] = {
    400: refused(
        "Infomaniak did not understand the request. An administrator should check the configured VPS paths and fields."
    ),
    401: refused(
        "Infomaniak does not accept the bot's token. An administrator must create a new one and set it as "
        "INFOMANIAK_TOKEN.",
        FailureReason.TOKEN,
    ),
    403: refused(
        "The bot's token may not do this at Infomaniak. An administrator must give it the right to manage this VPS.",
        FailureReason.RIGHT,
    ),
    404: refused(
        "Infomaniak does not know this server or snapshot. Check the VPS in services.toml and the "
        "configured VPS paths.",
        FailureReason.NOT_FOUND,
    ),
    408: in_doubt("Infomaniak gave up waiting for the request."),
    409: refused(
        "Infomaniak is busy with another operation on this server. Wait until it has ended, then try again.",
        FailureReason.BUSY,
    ),
    422: refused(
        "Infomaniak found a wrong value in the request. Check the name of the snapshot and the configured VPS fields."
    ),
    **SHARED,
}
"""Statuses that say something of their own; the others go by their hundred, in `_BY_HUNDRED`."""

_BY_HUNDRED: Mapping[int, ErrorRule] = {
    1: in_doubt("Infomaniak broke off its answer."),
    3: refused(
        "Infomaniak's API has another address than the one configured. An administrator should check INFOMANIAK_URL."
    ),
    4: refused("Infomaniak refused the request. An administrator should check the configured VPS paths."),
    5: in_doubt("Infomaniak has a fault on its side."),
}

_NOT_REACHED = nothing_happened("Infomaniak could not be reached. Nothing was started; try again later.")
_NOT_SENT = refused(
    "The request could not be sent as it is configured. An administrator should check INFOMANIAK_URL and "
    "INFOMANIAK_TOKEN."
)
_TOO_LATE = in_doubt("Infomaniak did not answer in time.")
_BROKEN_OFF = in_doubt("The connection to Infomaniak broke off before its answer came.")
_UNREADABLE = in_doubt("Infomaniak's answer could not be read.")

BY_EXCEPTION: Mapping[type[Exception], ErrorRule] = {
    **dict.fromkeys((httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ConnectError, httpx.ProxyError), _NOT_REACHED),
    **dict.fromkeys((httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL), _NOT_SENT),
    **dict.fromkeys((httpx.ReadTimeout, httpx.WriteTimeout, TimeoutError), _TOO_LATE),
    **dict.fromkeys((httpx.ReadError, httpx.WriteError, httpx.CloseError, httpx.RemoteProtocolError), _BROKEN_OFF),
    httpx.DecodingError: _UNREADABLE,
    httpx.TooManyRedirects: _BY_HUNDRED[3],
    httpx.RequestError: _BROKEN_OFF,
}
"""Every way in which httpx fails to bring an answer; a test holds it against httpx's own list.

`RequestError`, the last, stands for those that a later httpx may add: in doubt is the safe reading.
"""


def from_exception(error: Exception, call: Call) -> ProviderError:
    """The provider error for a call that brought no answer."""
    fault = next((BY_EXCEPTION[kind] for kind in type(error).__mro__ if kind in BY_EXCEPTION), _BROKEN_OFF)
    return raised(fault, call)


def from_status(status: int, call: Call, says: str = "", retry_after: float | None = None) -> ProviderError:
    """The provider error for an answer other than 2xx; `says` is the provider's own description, or empty."""
    fault = BY_STATUS.get(status) or _BY_HUNDRED.get(status // 100, _UNREADABLE)
    return raised(fault, call, says, retry_after, status)


def from_refusal(says: str) -> ProviderError:
    """The provider error for a 2xx answer whose envelope says `error`."""
    return raised(_BY_HUNDRED[4], Call.WRITE, says)


def unreadable(call: Call) -> ProviderError:
    """The provider error for a 2xx answer that is not what the API promises."""
    return raised(_UNREADABLE, call)
