"""A call to another program: bounded in time and size, to the address that was looked at, and nothing is remembered."""

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor, wait

import httpx
import pytest
from aiohttp import web

from application.ports import Priority, RetryableError
from changes.deliveries import ordering_key
from changes.effects import CallWebhook, SyncSilence, WriteWikiIndex, WriteWikiPage
from scheduler.outbox import AT_ONCE
from settings.services_schema import MOST_WEBHOOKS
from tests.integration.web_out.receiver import answering, receiving
from web.http_calls import _NAMES, LARGEST_ANSWER, call, open_client, resolved
from web.webhooks.addresses import checked, is_public

MOST_AT_WORK = 10
"""Changes whose silences wait at the same time."""
HOOKS = httpx.URL("https://hooks.example.ch/changes")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with open_client() as opened:
        yield opened


async def test_who_does_not_answer_in_time_gave_no_answer(client: httpx.AsyncClient) -> None:
    async with receiving() as receiver:
        receiver.open.clear()
        with pytest.raises(RetryableError, match="gave no answer"):
            await call(client, client.build_request("POST", receiver.url), "It", 0.2)
        assert len(receiver.received) == 1


async def test_who_answers_a_byte_at_a_time_gave_no_answer(client: httpx.AsyncClient) -> None:
    async with answering(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.01) as url:
        with pytest.raises(RetryableError):
            await call(client, client.build_request("GET", url), "It", 0.2)


async def test_of_an_answer_without_an_end_the_beginning_is_read(client: httpx.AsyncClient) -> None:
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n", b"x" * 10_000) as url:
        answer = await call(client, client.build_request("GET", url), "It")
        assert (answer.status, len(answer.body)) == (200, LARGEST_ANSWER)


async def test_a_name_whose_servers_are_silent_keeps_nobody_else_waiting(client: httpx.AsyncClient) -> None:
    silent = threading.Event()
    waiting = [_NAMES.submit(silent.wait) for _ in range(64)]
    try:
        with pytest.raises(RetryableError, match="TimeoutError"):
            await call(client, client.build_request("GET", "http://localhost:9"), "It", 0.2)
        # Where the loop looks up Teams, there is room.
        assert await asyncio.get_running_loop().getaddrinfo("localhost", 80)
    finally:
        silent.set()
        await asyncio.to_thread(wait, waiting)


async def test_names_are_looked_up_though_the_threads_of_the_others_are_taken() -> None:
    taken, one = threading.Event(), ThreadPoolExecutor(1)
    asyncio.get_running_loop().set_default_executor(one)
    one.submit(taken.wait)
    try:
        async with asyncio.timeout(20):
            assert {"127.0.0.1", "::1"} & set(await resolved("localhost", 80))
    finally:
        taken.set()


async def test_no_session_goes_on_for_whoever_comes_next(client: httpx.AsyncClient) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: web.Response(headers={"Set-Cookie": "session=1; Path=/"})
        for _ in range(2):
            await call(client, client.build_request("GET", receiver.url), "It")
        assert ["cookie" in each.headers for each in receiver.received] == [False, False]


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",  # noqa: S104  # nobody listens there
            "224.0.0.1",
        ),
        *(
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fe80::1%eth0",
            "fc00::1",
            "fec0::1",
            "ff02::1",
            "::ffff:10.0.0.1",
        ),
        *("64:ff9b::a00:1", "2002:a00:1::1", "2001:0:0:0:0:0:0:1", "no address"),
    ],
)
def test_what_only_some_reach_is_private_however_it_is_written(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_what_everybody_reaches_is_public(address: str) -> None:
    assert is_public(address)


async def test_a_host_with_one_private_address_is_refused_and_asked_for_once() -> None:
    asked = []

    async def both(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["93.184.216.34", "127.0.0.1"]

    with pytest.raises(RetryableError, match="allow_private = true"):
        await checked(HOOKS, both, 1, "It", allow_private=False)
    assert await checked(HOOKS, both, 1, "It", allow_private=True) == [
        "93.184.216.34",
        "127.0.0.1",
    ]
    assert asked == [("hooks.example.ch", 443)] * 2


async def test_a_host_that_is_never_found_out_is_not_waited_for() -> None:
    async def silent(_host: str, _port: int) -> list[str]:
        return await asyncio.Future()

    with pytest.raises(RetryableError, match="its host name was not found"):
        await checked(HOOKS, silent, 0.1, "It", allow_private=False)


def test_all_that_other_programs_may_hang_in_leaves_places_for_each_of_them() -> None:
    numbers = range(1, 400)
    hooks = {ordering_key(CallWebhook("", f"CHG-2027-{each:04}", "deploy", 1)) for each in numbers}
    written = (kind("", f"CHG-2027-{each:04}") for kind in (WriteWikiPage, WriteWikiIndex) for each in numbers)
    pages = set(map(ordering_key, written))
    silences = {ordering_key(SyncSilence("", f"CHG-2027-{each:04}")) for each in numbers}
    assert len(silences) == len(numbers), "the monitoring of one service may be away, and that of another wait"
    assert MOST_WEBHOOKS * len(hooks) + len(pages) + MOST_AT_WORK <= AT_ONCE[Priority.TOOLS]
