"""Whatever openstacksdk and keystoneauth can raise, translated into the tree of `changes.snapshots`.

What decides is what the provider may have done. Both libraries call a lost answer a failed
connection, so for those the error below theirs is asked. A test walks their modules: the map is complete.
"""

from collections.abc import Mapping

import keystoneauth1.exceptions as auth
import openstack.exceptions as sdk
import requests
import urllib3.exceptions as transport

from application.limits.rate_limiter import retry_after_seconds
from application.ports.provider import ProviderError
from changes.snapshots import FailureReason
from infomaniak.call_errors import SHARED, Call, CallOutcome, ErrorRule, in_doubt, nothing_happened, raised, refused

_CREDENTIAL = refused(
    "Infomaniak's Public Cloud does not accept the bot's credentials. An administrator must create a new "
    "application credential and put it into clouds.yaml.",
    FailureReason.TOKEN,
)
_NO_CLOUD = refused(
    "The bot cannot use the cloud that OS_CLOUD names. An administrator should check its name, its address and "
    "its credentials in clouds.yaml."
)
_NO_STORAGE = refused(
    "Infomaniak's Public Cloud shows no block storage for these credentials. An administrator should check the "
    "project and the region in clouds.yaml."
)
_UNFIT = refused(
    "Infomaniak cannot restore this snapshot: it must be the newest of its volume and as large as it. Recover "
    "the files from a backup, or ask Infomaniak's support.",
    FailureReason.UNFIT,
)
_BUSY = refused(
    "Infomaniak is busy with this volume or snapshot, or the volume is attached. Look at it on the dashboard, "
    "wait or detach it, then try again.",
    FailureReason.BUSY,
)
_REFUSED = refused(
    "Infomaniak's Public Cloud refused the request. An administrator should check clouds.yaml and the volume."
)
_SERVER = in_doubt("Infomaniak's Public Cloud has a fault on its side.")
_NOT_REACHED = nothing_happened("Infomaniak's Public Cloud could not be reached. Nothing was started; try again later.")
_TOO_LATE = in_doubt("Infomaniak's Public Cloud did not answer in time.")
_BROKEN_OFF = in_doubt("The connection to Infomaniak's Public Cloud broke off before its answer came.")
_UNREADABLE = in_doubt("The answer of Infomaniak's Public Cloud could not be read.")

BY_STATUS: Mapping[int, ErrorRule] = {
    400: refused("Infomaniak's Public Cloud did not understand the request."),
    401: _CREDENTIAL,
    403: refused(
        "The bot's application credential may not do this at Infomaniak. An administrator must give it the "
        "right to manage volumes and their snapshots.",
        FailureReason.RIGHT,
    ),
    404: refused(
        "Infomaniak's Public Cloud does not know this volume or snapshot. Check the reference of the data "
        "volume in services.toml.",
        FailureReason.NOT_FOUND,
    ),
    408: in_doubt("Infomaniak's Public Cloud gave up waiting for the request."),
    409: _BUSY,
    422: refused("Infomaniak's Public Cloud found a wrong value in the request."),
    **SHARED,
}
"""Statuses that say something of their own; the others go by their hundred."""

_BY_HUNDRED: Mapping[int, ErrorRule] = {3: _NO_CLOUD, 4: _REFUSED, 5: _SERVER}

BY_EXCEPTION: Mapping[type[BaseException], ErrorRule] = (
    dict.fromkeys((auth.AuthorizationFailure, auth.MissingAuthMethods, auth.ServiceProviderNotFound), _CREDENTIAL)
    # Every AuthPluginException is about how to sign in: the settings, or what stands at the address in them.
    | dict.fromkeys((auth.AuthPluginException, sdk.ConfigException, sdk.ServiceDisabledException), _NO_CLOUD)
    | dict.fromkeys((auth.CatalogException, auth.EndpointNotFound, sdk.EndpointNotFound), _NO_STORAGE)
    # What can be asked for is found out before anything is; an outage there looks like a missing service.
    | dict.fromkeys(
        (auth.DiscoveryFailure, auth.ImpliedVersionMismatch, sdk.ServiceDiscoveryException, sdk.NotSupported),
        _NOT_REACHED,
    )
    | dict.fromkeys((auth.ConnectTimeout, sdk.ResourceTimeout), _TOO_LATE)
    | dict.fromkeys((auth.ConnectionError, auth.RetriableConnectionFailure), _BROKEN_OFF)
    | dict.fromkeys((auth.InvalidResponse, sdk.InvalidResponse), _UNREADABLE)
    # Refused by openstacksdk itself, before anything was sent.
    | dict.fromkeys(
        (
            sdk.InvalidRequest,
            sdk.InvalidResourceQuery,
            sdk.MethodNotSupported,
            sdk.ValidationException,
            sdk.DuplicateResource,
        ),
        _REFUSED,
    )
    | dict.fromkeys((auth.HttpServerError, sdk.ResourceFailure, auth.ClientException, sdk.SDKException), _SERVER)
    | dict.fromkeys((auth.HTTPClientError,), _REFUSED)
    # Below both libraries, and what their reading stumbles over.
    | dict.fromkeys((requests.ConnectTimeout, requests.exceptions.ProxyError), _NOT_REACHED)
    | dict.fromkeys((requests.Timeout, TimeoutError), _TOO_LATE)
    | dict.fromkeys((requests.RequestException, OSError), _BROKEN_OFF)
    | dict.fromkeys((requests.exceptions.InvalidJSONError, ValueError, LookupError, TypeError), _UNREADABLE)
    | dict.fromkeys((requests.exceptions.ContentDecodingError, AttributeError, Warning), _UNREADABLE)
)
"""Every exception without an HTTP status by its nearest class."""

CAUGHT = tuple(BY_EXCEPTION)
"""What a call through openstacksdk is guarded against."""


def from_cloud(error: BaseException, call: Call, *, revert: bool = False) -> ProviderError:
    """The provider error for a call that failed with `error`; a `revert` is refused for reasons of its own."""
    response = getattr(error, "response", None)
    status = response.status_code if response is not None else getattr(error, "http_status", 0)
    if not status:
        return raised(_without_status(error), call)
    fault = BY_STATUS.get(status) or _BY_HUNDRED.get(status // 100, _UNREADABLE)
    if revert and status == 400:
        fault = _UNFIT
    if isinstance(error, auth.HttpError) and status not in (401, 403, 413) and fault.meaning is CallOutcome.REFUSED:
        fault = _NO_CLOUD  # keystoneauth raises these only where it signs in: what the service says comes by the SDK
    seconds = None if response is None else retry_after_seconds(response.headers)
    return raised(fault, call, _says(error) if status >= 400 else "", seconds, status)


def unreadable(call: Call) -> ProviderError:
    """The provider error for an accepted call whose answer is not what the API promises."""
    return raised(_UNREADABLE, call)


def _without_status(error: BaseException) -> ErrorRule:
    below = error.__cause__ or error.__context__
    if isinstance(error, auth.ConnectionError) and isinstance(below, requests.RequestException):
        return _NOT_REACHED if _never_connected(below) else _nearest(below)
    return _nearest(error)


def _nearest(error: BaseException) -> ErrorRule:
    return next((BY_EXCEPTION[kind] for kind in type(error).__mro__ if kind in BY_EXCEPTION), _SERVER)


def _never_connected(error: requests.RequestException) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, transport.NewConnectionError | transport.ConnectTimeoutError | transport.ProxyError)


def _says(error: BaseException) -> str:
    """The provider's own words: openstacksdk has them as details, keystoneauth as a message with the status."""
    words: object = getattr(error, "details", None)
    if not words and isinstance(error, auth.HttpError):
        words = str(error).removesuffix(f" (HTTP {error.http_status})")
    return words if isinstance(words, str) else ""
