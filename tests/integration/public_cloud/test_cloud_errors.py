"""Whatever openstacksdk and keystoneauth can raise has its meaning: the map is complete, and nothing is guessed."""

import importlib
import inspect
import pkgutil
import socket
from collections.abc import Iterator
from types import ModuleType

import keystoneauth1.exceptions
import openstack.exceptions
import pytest
import requests
from keystoneauth1.session import Session

from application.ports.provider import ProviderUncertain, ProviderUnreachable
from infomaniak.call_errors import Call
from infomaniak.public_cloud.errors import BY_EXCEPTION, BY_STATUS, CAUGHT, from_cloud


def modules() -> Iterator[ModuleType]:
    yield openstack.exceptions
    for each in pkgutil.iter_modules(keystoneauth1.exceptions.__path__, "keystoneauth1.exceptions."):
        yield importlib.import_module(each.name)


EXCEPTIONS = sorted(
    {kind for each in modules() for _, kind in inspect.getmembers(each, inspect.isclass) if issubclass(kind, Exception)}
    - {Exception},
    key=lambda kind: f"{kind.__module__}.{kind.__qualname__}",
)
ROOTS = {
    openstack.exceptions.SDKException,
    keystoneauth1.exceptions.ClientException,
    openstack.exceptions.HttpException,
    keystoneauth1.exceptions.HttpError,
}


@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
def test_every_exception_of_both_libraries_is_caught_and_has_a_row_nearer_than_the_root(kind: type[Exception]) -> None:
    assert issubclass(kind, CAUGHT)
    speaks_http = issubclass(kind, openstack.exceptions.HttpException | keystoneauth1.exceptions.HttpError)
    nearest = next(each for each in kind.__mro__ if each in BY_EXCEPTION)
    assert kind in ROOTS or nearest not in ROOTS or speaks_http


def answer(status: int, headers: dict[str, str]) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers)
    response._content = b'{"overLimit": {"code": 0, "message": "No."}}'
    return response


@pytest.mark.parametrize("status", [*BY_STATUS, 402, 418, 500, 501, 502, 503, 504, 599])
def test_a_status_means_the_same_from_either_library_but_for_signing_in(status: int) -> None:
    response = answer(status, {"Content-Type": "application/json"})
    with pytest.raises(openstack.exceptions.HttpException) as raised:
        openstack.exceptions.raise_from_response(response)
    read, write = from_cloud(raised.value, Call.READ), from_cloud(raised.value, Call.WRITE)
    signing_in = from_cloud(keystoneauth1.exceptions.from_response(response, "POST", "x"), Call.READ)

    in_doubt = status >= 500 or status == 408
    assert isinstance(write, ProviderUncertain) == in_doubt
    assert isinstance(read, ProviderUnreachable) == isinstance(signing_in, ProviderUnreachable)
    assert isinstance(read, ProviderUnreachable) == (in_doubt or status == 429)
    assert "“No.”" in str(write)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "17"}, 17.0),
        ({"Retry-After": "Mon, 15 Mar 2027 12:00:40 GMT", "Date": "Mon, 15 Mar 2027 12:00:00 GMT"}, 40.0),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_the_pause_that_a_throttled_call_is_asked_to_make_survives(
    headers: dict[str, str], seconds: float | None
) -> None:
    response = answer(429, headers)
    with pytest.raises(openstack.exceptions.HttpException) as raised:
        openstack.exceptions.raise_from_response(response)

    for error in (raised.value, keystoneauth1.exceptions.from_response(response, "GET", "x")):
        met = from_cloud(error, Call.WRITE)
        assert isinstance(met, ProviderUnreachable)
        assert met.seconds == seconds


def failing(url: str) -> Exception:
    session = Session(timeout=0.2)
    try:
        with pytest.raises(keystoneauth1.exceptions.ConnectionError) as raised:
            session.post(url, authenticated=False, json={})
    finally:
        session.session.close()
    return raised.value


def test_nobody_at_the_address_means_that_nothing_happened() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    met = from_cloud(failing(f"http://127.0.0.1:{port}/"), Call.WRITE)

    assert isinstance(met, ProviderUnreachable)
    assert "could not be reached" in str(met)


def test_silence_after_the_call_was_sent_is_in_doubt_though_the_library_calls_it_a_failed_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        error = failing(f"http://127.0.0.1:{server.getsockname()[1]}/")

    assert isinstance(error, keystoneauth1.exceptions.ConnectTimeout)
    assert isinstance(from_cloud(error, Call.WRITE), ProviderUncertain)
    assert isinstance(from_cloud(error, Call.READ), ProviderUnreachable)
