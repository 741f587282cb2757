"""Every status and every failure of a call at Infomaniak: its place in the tree of errors and its cause."""

import httpx
import pytest

from application.limits.rate_limiter import retry_after_seconds
from application.ports.provider import ProviderError, ProviderRefused, ProviderUncertain, ProviderUnreachable
from changes.snapshots import FailureReason
from infomaniak.call_errors import Call
from infomaniak.vps_api import error_mapping


def test_every_failure_that_httpx_knows_has_its_own_row_in_the_table() -> None:
    bases: set[type] = {
        httpx.HTTPError,
        httpx.TransportError,
        httpx.TimeoutException,
        httpx.NetworkError,
        httpx.ProtocolError,
    }
    bases.add(httpx.HTTPStatusError)  # only raise_for_status raises it, which is never called
    kinds = [kind for kind in vars(httpx).values() if isinstance(kind, type)]
    known = {kind for kind in kinds if issubclass(kind, httpx.HTTPError | httpx.InvalidURL)}
    assert known - bases == set(error_mapping.BY_EXCEPTION) - {TimeoutError}


REFUSED_BY_STATUS = {
    **dict.fromkeys((301, 400, 405, 418, 422), FailureReason.INVALID),
    401: FailureReason.TOKEN,
    403: FailureReason.RIGHT,
    404: FailureReason.NOT_FOUND,
    409: FailureReason.BUSY,
    413: FailureReason.QUOTA,
}
IN_DOUBT_BY_STATUS = (100, 408, 500, 501, 502, 503, 504, 599, 999)


def meaning(error: ProviderError) -> tuple[type[ProviderError], FailureReason]:
    return type(error), error.cause


@pytest.mark.parametrize("call", list(Call))
def test_each_status_has_its_sentence_its_place_in_the_tree_and_its_cause(call: Call) -> None:
    for status in (*range(100, 200), *range(300, 600), 999):
        error = error_mapping.from_status(status, call)
        assert type(error) in (ProviderRefused, ProviderUnreachable, ProviderUncertain), status
        assert str(error).endswith("."), status
    met = {status: meaning(error_mapping.from_status(status, call)) for status in (*REFUSED_BY_STATUS, 429)}
    assert met == {
        **{status: (ProviderRefused, cause) for status, cause in REFUSED_BY_STATUS.items()},
        429: (ProviderUnreachable, FailureReason.AWAY),
    }
    assert set(error_mapping.BY_STATUS) <= {*REFUSED_BY_STATUS, 429, *IN_DOUBT_BY_STATUS}


@pytest.mark.parametrize("status", IN_DOUBT_BY_STATUS)
def test_a_fault_on_the_providers_side_leaves_only_a_write_in_doubt(status: int) -> None:
    assert meaning(error_mapping.from_status(status, Call.READ)) == (ProviderUnreachable, FailureReason.AWAY)
    assert meaning(error_mapping.from_status(status, Call.WRITE)) == (ProviderUncertain, FailureReason.LOST)


NOON = "Mon, 15 Mar 2027 12"
NOT_ACCEPTED = (httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ConnectError, httpx.ProxyError)
NOT_SENT = (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL, httpx.TooManyRedirects)


@pytest.mark.parametrize("kind", list(error_mapping.BY_EXCEPTION), ids=lambda kind: kind.__name__)
def test_a_time_out_before_acceptance_leaves_nothing_in_doubt_and_one_after_it_does(kind: type[Exception]) -> None:
    away, lost = (ProviderUnreachable, FailureReason.AWAY), (ProviderUncertain, FailureReason.LOST)
    refused = (ProviderRefused, FailureReason.INVALID)
    met = tuple(meaning(error_mapping.from_exception(kind("s3cret"), call)) for call in (Call.READ, Call.WRITE))
    assert met == ((refused, refused) if kind in NOT_SENT else (away, away if kind in NOT_ACCEPTED else lost))


def test_a_failure_that_a_later_httpx_may_add_leaves_a_write_in_doubt() -> None:
    class Novel(httpx.TransportError):
        """One that this version does not have."""

    assert meaning(error_mapping.from_exception(Novel("new"), Call.WRITE)) == (ProviderUncertain, FailureReason.LOST)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, 0.0),
        ({"Retry-After": "9" * 400}, 3600.0),
        ({"Retry-After": f"{NOON}:01:30 GMT", "Date": f"{NOON}:00:00 GMT"}, 90.0),
        ({"Retry-After": "Mon, 15 Mar 2027 11:00:00 GMT", "Date": f"{NOON}:00:00 GMT"}, 0.0),
        ({"Retry-After": f"{NOON}:01:30 GMT"}, None),
        ({"Retry-After": f"{NOON}:01:30 GMT", "Date": f"{NOON}:00:00 -0000"}, 90.0),
    ],
)
def test_retry_after_is_read_in_both_its_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_seconds(httpx.Headers(headers)) == seconds
