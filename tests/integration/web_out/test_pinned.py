"""A webhook goes to the address that was looked at, and to no other, whatever its host is resolved to meanwhile."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import httpx
import pytest

from application.ports import RetryableError
from changes.effects import CallWebhook
from tests.support.core import REQUESTED, plan
from tests.support.server import CATALOGUE, Server
from web.webhooks.sender import Endpoint, WebhookSender

PUBLIC, OTHER, PRIVATE = "93.184.216.34", "93.184.216.35", "127.0.0.1"
ENDPOINT = Endpoint("deploy", "https://hooks.example.ch:8443/changes?of=learn", ("whsec_" + "A" * 43 + "=",))


class Clock:
    """It is the moment of the request."""

    def now(self) -> datetime:
        return REQUESTED


class Network:
    """What a host is resolved to, each time anew, and the requests that came to an address."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.away: set[str] = set()
        self.requests: list[httpx.Request] = []
        self.asked = ("", 0)

    async def resolve(self, host: str, port: int) -> list[str]:
        self.asked = (host, port)
        return self.answers.pop(0)

    async def take(self, request: httpx.Request) -> httpx.Response:
        if request.url.host in self.away:
            raise httpx.ConnectError("away")
        self.requests.append(request)
        return httpx.Response(200, content=_nothing())


async def _nothing() -> AsyncIterator[bytes]:
    yield b""


async def send(network: Network, times: int = 1, endpoint: Endpoint = ENDPOINT) -> None:
    """Send the first event of a change so many times."""
    server = Server()
    change = await server.request(plan(), REQUESTED)
    async with httpx.AsyncClient(transport=httpx.MockTransport(network.take)) as client:
        clock = Clock()
        units = server.memory.units
        endpoints = {"deploy": endpoint}
        sender = WebhookSender(units, units, CATALOGUE, clock, client, endpoints, "", clock, resolve=network.resolve)
        for _ in range(times):
            await sender(CallWebhook("key", change.id, "deploy", 2))


async def test_it_goes_to_that_address_under_the_name_of_the_host_and_with_its_certificate() -> None:
    network = Network([PUBLIC])
    await send(network)
    [request] = network.requests
    assert network.asked == ("hooks.example.ch", 8443)
    assert str(request.url) == f"https://{PUBLIC}:8443/changes?of=learn"
    assert request.headers["Host"] == "hooks.example.ch:8443"
    assert request.extensions["sni_hostname"] == "hooks.example.ch"


async def test_a_host_that_is_resolved_to_a_private_address_the_next_time_gets_nothing_more() -> None:
    network = Network([PUBLIC], [PRIVATE], [PUBLIC, PRIVATE])
    with pytest.raises(RetryableError, match="in a private network"):
        await send(network, 2)
    with pytest.raises(RetryableError, match="in a private network"):
        await send(network)
    assert [each.url.host for each in network.requests] == [PUBLIC]
    assert network.answers == []


async def test_an_address_that_cannot_be_reached_is_not_the_last() -> None:
    network = Network([PUBLIC, OTHER], [PUBLIC, OTHER])
    network.away = {PUBLIC}
    await send(network)
    assert [each.url.host for each in network.requests] == [OTHER]
    network.away = {PUBLIC, OTHER}
    with pytest.raises(RetryableError, match="gave no answer"):
        await send(network)


async def test_a_host_with_a_letter_that_two_rules_write_otherwise_is_the_one_that_is_written() -> None:
    network = Network([PUBLIC])
    await send(network, endpoint=replace(ENDPOINT, url="https://xn--strae-oqa.example/"))
    [request] = network.requests
    assert network.asked == ("xn--strae-oqa.example", 443), "not strasse.example, which is somebody else's"
    assert request.headers["Host"] == request.extensions["sni_hostname"] == "xn--strae-oqa.example"
