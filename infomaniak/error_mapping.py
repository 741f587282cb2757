"""Whatever can go wrong in one call, translated into the tree of `changes.snapshots`.

What decides is what the provider may have done: refused, nothing at all, or perhaps what was asked. The last
is in doubt only for a call that changes something; a lost answer to a reading call costs nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum
from types import MappingProxyType

import httpx

from changes.snapshots import FailureReason, ProviderError, ProviderRefused, ProviderUncertain, ProviderUnreachable
from changes.text.messages import Said

_LONGEST_QUOTE = 200


class Call(Enum):
    """Whether a call only looks or asks for something to be done."""

    READ = "read"
    WRITE = "write"


class CallOutcome(Enum):
    """What the provider may have done with a call that went wrong."""

    REFUSED = "refused"
    NOTHING_HAPPENED = "nothing happened"
    IN_DOUBT = "in doubt"


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """One row of the table: what it means and the sentence for people."""

    meaning: CallOutcome
    sentence: str
    cause: FailureReason = FailureReason.INVALID


_IN_DOUBT_ADVICE = Said(
    "It is not known whether the request was accepted: look at the list of snapshots before anything is asked again."
)
_READ_ADVICE = Said("Nothing was changed; it can be asked again.")

BY_STATUS: Mapping[int, ErrorRule] = MappingProxyType(
    {
        400: ErrorRule(
            CallOutcome.REFUSED,
            Said(
                "Infomaniak did not understand the request. An administrator should check the configured VPS paths "
                "and fields."
            ),
        ),
        401: ErrorRule(
            CallOutcome.REFUSED,
            Said(
                "Infomaniak does not accept the bot's token. An administrator must create a new one and set it as "
                "INFOMANIAK_TOKEN."
            ),
            FailureReason.TOKEN,
        ),
        403: ErrorRule(
            CallOutcome.REFUSED,
            Said(
                "The bot's token may not do this at Infomaniak. An administrator must give it the right to manage "
                "this VPS."
            ),
            FailureReason.RIGHT,
        ),
        404: ErrorRule(
            CallOutcome.REFUSED,
            Said(
                "Infomaniak does not know this server or snapshot. Check the VPS in services.toml and the "
                "configured VPS paths."
            ),
            FailureReason.NOT_FOUND,
        ),
        408: ErrorRule(CallOutcome.IN_DOUBT, Said("Infomaniak gave up waiting for the request.")),
        409: ErrorRule(
            CallOutcome.REFUSED,
            Said("Infomaniak is busy with another operation on this server. Wait until it has ended, then try again."),
            FailureReason.BUSY,
        ),
        413: ErrorRule(
            CallOutcome.REFUSED,
            Said(
                "The snapshot quota at Infomaniak is used up. Delete a snapshot that is no longer needed on the "
                "dashboard, then try again."
            ),
            FailureReason.QUOTA,
        ),
        422: ErrorRule(
            CallOutcome.REFUSED,
            Said(
                "Infomaniak found a wrong value in the request. Check the name of the snapshot and the configured "
                "VPS fields."
            ),
        ),
        429: ErrorRule(
            CallOutcome.NOTHING_HAPPENED,
            Said("Infomaniak takes no more calls from the bot for the moment. Nothing was started."),
        ),
    }
)
"""Statuses that say something of their own; the others go by their hundred, in `_BY_HUNDRED`."""

_BY_HUNDRED: Mapping[int, ErrorRule] = MappingProxyType(
    {
        1: ErrorRule(CallOutcome.IN_DOUBT, Said("Infomaniak broke off its answer.")),
        3: ErrorRule(
            CallOutcome.REFUSED,
            Said(
                "Infomaniak's API has another address than the one configured. An administrator should check "
                "INFOMANIAK_URL."
            ),
        ),
        4: ErrorRule(
            CallOutcome.REFUSED,
            Said("Infomaniak refused the request. An administrator should check the configured VPS paths."),
        ),
        5: ErrorRule(CallOutcome.IN_DOUBT, Said("Infomaniak has a fault on its side.")),
    }
)

_NOT_REACHED = ErrorRule(
    CallOutcome.NOTHING_HAPPENED, Said("Infomaniak could not be reached. Nothing was started; try again later.")
)
_NOT_SENT = ErrorRule(
    CallOutcome.REFUSED,
    Said(
        "The request could not be sent as it is configured. An administrator should check INFOMANIAK_URL and "
        "INFOMANIAK_TOKEN."
    ),
)
_TOO_LATE = ErrorRule(CallOutcome.IN_DOUBT, Said("Infomaniak did not answer in time."))
_BROKEN_OFF = ErrorRule(CallOutcome.IN_DOUBT, Said("The connection to Infomaniak broke off before its answer came."))
_UNREADABLE = ErrorRule(CallOutcome.IN_DOUBT, Said("Infomaniak's answer could not be read."))

BY_EXCEPTION: Mapping[type[Exception], ErrorRule] = MappingProxyType(
    {
        httpx.ConnectTimeout: _NOT_REACHED,
        httpx.PoolTimeout: _NOT_REACHED,
        httpx.ConnectError: _NOT_REACHED,
        httpx.ProxyError: _NOT_REACHED,
        httpx.UnsupportedProtocol: _NOT_SENT,
        httpx.LocalProtocolError: _NOT_SENT,
        httpx.InvalidURL: _NOT_SENT,
        httpx.ReadTimeout: _TOO_LATE,
        httpx.WriteTimeout: _TOO_LATE,
        TimeoutError: _TOO_LATE,
        httpx.ReadError: _BROKEN_OFF,
        httpx.WriteError: _BROKEN_OFF,
        httpx.CloseError: _BROKEN_OFF,
        httpx.RemoteProtocolError: _BROKEN_OFF,
        httpx.DecodingError: _UNREADABLE,
        httpx.TooManyRedirects: _BY_HUNDRED[3],
        httpx.RequestError: _BROKEN_OFF,
    }
)
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
    return raised(fault, call, says, retry_after)


def from_refusal(says: str) -> ProviderError:
    """The provider error for a 2xx answer whose envelope says `error`."""
    return raised(_BY_HUNDRED[4], Call.WRITE, says)


def unreadable(call: Call) -> ProviderError:
    """The provider error for a 2xx answer that is not what the API promises."""
    return raised(_UNREADABLE, call)


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """The delay in seconds that the provider asks for, in either form of `Retry-After`; None without one.

    A date is measured against the answer's own `Date`, so that neither clock has to be right.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        delay = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    return max(0.0, delay.total_seconds())


def raised(fault: ErrorRule, call: Call, says: str = "", retry_after: float | None = None) -> ProviderError:
    """The error that the fault is in this call, with the provider's own words and its wish for a pause in seconds."""
    sentence = " ".join(part for part in (fault.sentence, _quote(says)) if part)
    if fault.meaning is CallOutcome.REFUSED:
        return ProviderRefused(sentence, fault.cause)
    if fault.meaning is CallOutcome.NOTHING_HAPPENED:
        return ProviderUnreachable(f"{sentence} {_delay(retry_after)}".strip(), retry_after)
    if call is Call.READ:
        return ProviderUnreachable(f"{sentence} {_READ_ADVICE}", retry_after)
    return ProviderUncertain(f"{sentence} {_IN_DOUBT_ADVICE}")


def _quote(says: str) -> str:
    words = " ".join("".join(c if c.isprintable() else " " for c in says).split())
    if not words:
        return ""
    return Said(
        "Infomaniak says: “{what}”", what=words if len(words) <= _LONGEST_QUOTE else words[: _LONGEST_QUOTE - 1] + "…"
    )


def _delay(seconds: float | None) -> str:
    if seconds is None:
        return ""
    count = max(1, round(seconds))
    if count == 1:
        return Said("It asks for a pause of 1 second.")
    return Said("It asks for a pause of {count} seconds.", count=count)
