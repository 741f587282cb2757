"""The connector against a Connector service of the test's own."""

import asyncio
import gzip
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from application.ports import OutcomeUnknown
from bot.connector.answers import GONE, of_failure
from bot.connector.client import LARGEST_ANSWER, MAX_BYTES, Connector, Member, pooled_client
from bot.connector.errors import (
    ConnectorError,
    ConversationUnavailable,
    NoToken,
    Rejected,
    Throttled,
    TooLarge,
    Transient,
    Unconfirmed,
)
from tests.support.recording_teams import ALEX, THREAD, Teams, recording_teams, segments

HELLO = {"type": "message", "text": "Grüezi"}


@pytest.fixture
async def teams() -> AsyncIterator[Teams]:
    async with recording_teams() as started:
        yield started


@pytest.fixture
async def connector() -> AsyncIterator[Connector]:
    async with pooled_client() as client:
        yield Connector(client)


async def test_messages_and_edits_go_to_the_address_that_names_them_whatever_ids_are_made_of(
    teams: Teams, connector: Connector
) -> None:
    for slash in ("", "/"):
        assert (await connector.send(teams.url.rstrip("/") + slash, THREAD, HELLO)).startswith("1:")
        call = teams.calls[-1]
        assert (call.method, segments(call), call.body) == (
            "POST",
            ["v3", "conversations", THREAD, "activities"],
            HELLO,
        )
    assert "Authorization" not in teams.calls[-1].headers, "in local mode"
    await connector.update(teams.url, THREAD, "7", HELLO)
    call = teams.calls[-1]
    assert (call.method, segments(call)[-1], call.body) == ("PUT", "7", HELLO | {"id": "7"})
    await connector.update(teams.url, "a:1/../b?c#d", "19:x@y;messageid=1 %", HELLO)
    ids = ["v3", "conversations", "a:1/../b?c#d", "activities", "19:x@y;messageid=1 %"]
    assert segments(teams.calls[-1]) == ids
    await connector.send(f"{teams.url}emea/", THREAD, HELLO)
    assert segments(teams.calls[-1])[:2] == ["emea", "v3"]
    teams.will_answer(201, {"id": THREAD, "activityId": "17"})
    made = await connector.create_conversation(teams.url, {"isGroup": True, "activity": HELLO})
    assert (made, segments(teams.calls[-1])) == ((THREAD, "17"), ["v3", "conversations"])
    assert teams.connections == 1, "one connection carries call after call"


async def test_members_are_read_page_by_page_or_where_there_are_none_at_once_and_of_what_is_gone_not_twice(
    teams: Teams, connector: Connector
) -> None:
    megan = {"id": "29:megan", "name": "Megan Bowen", "objectId": "00000000-0000-0000-0000-000000000021"}
    teams.will_answer(200, {"members": [ALEX], "continuationToken": "page 2"})
    teams.will_answer(200, {"members": [megan]})

    members = await connector.members(teams.url, THREAD)

    assert members == [
        Member("29:alex", ALEX["aadObjectId"], "Alex Wilber"),
        Member("29:megan", megan["objectId"], "Megan Bowen"),
    ]
    assert [call.query.get("continuationToken") for call in teams.calls] == [None, "page 2"]
    teams.will_answer(404, {})
    teams.will_answer(200, [ALEX])
    assert [member.name for member in await connector.members(teams.url, THREAD)] == ["Alex Wilber"]
    teams.will_answer(404, {"error": {"code": "ConversationNotFound"}})
    with pytest.raises(ConversationUnavailable):
        await connector.members(teams.url, THREAD)
    assert [segments(call)[-1] for call in teams.calls[2:]] == ["pagedmembers", "members", "pagedmembers"]


async def test_calls_are_signed_with_the_token_of_the_moment_and_without_one_nothing_is_sent(teams: Teams) -> None:
    tokens = iter(["first", "second"])

    async def token() -> str:
        if known := next(tokens, ""):
            return known
        raise NoToken(code="invalid_client")

    async with pooled_client() as client:
        connector = Connector(client, token)
        await connector.send(teams.url, THREAD, HELLO)
        await connector.send(teams.url, THREAD, HELLO)
        with pytest.raises(NoToken, match="Check MicrosoftAppId"):
            await connector.send(teams.url, THREAD, HELLO)

    assert [call.headers["Authorization"] for call in teams.calls] == ["Bearer first", "Bearer second"]


async def test_a_message_too_large_for_teams_is_not_sent(teams: Teams, connector: Connector) -> None:
    await connector.send(teams.url, THREAD, {"type": "message", "text": "a" * (MAX_BYTES // 2 - 40)})
    for text in ("a" * (MAX_BYTES // 2), "🛠" * (MAX_BYTES // 4)):
        with pytest.raises(TooLarge):
            await connector.send(teams.url, THREAD, {"type": "message", "text": text})
    assert len(teams.calls) == 1


# ── What Teams answers ────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_conversation_closed_to_the_bot_is_gone_for_good_and_says_why(
    teams: Teams, connector: Connector
) -> None:
    for (status, code), why in GONE.items():
        teams.will_answer(status, {"error": {"code": code, "message": "…"}})
        with pytest.raises(ConversationUnavailable) as raised:
            await connector.send(teams.url, THREAD, HELLO)
        assert (raised.value.status, raised.value.code, str(raised.value)) == (status, code, why)


NOW = "Mon, 23 Nov 2026 08:00:00 GMT"
DELAYS: tuple[tuple[dict[str, str], float | None], ...] = (
    ({"Retry_After": "12"}, 12.0),
    ({"Retry_After": "-3"}, 0.0),
    ({"Retry_After": "soon"}, None),
    ({}, None),
    ({"Retry_After": "Mon, 23 Nov 2026 08:00:30 GMT", "Date": NOW}, 30.0),
    ({"Retry_After": "Mon, 23 Nov 2026 07:59:00 GMT", "Date": NOW}, 0.0),
    ({"Retry_After": "Mon, 23 Nov 99999999999999 08:00:00 GMT", "Date": NOW}, None),
    ({"Retry_After": "Mon, 23 Nov 2026 08:00:00 +99999999999999999999"}, None),
    ({"Retry_After": "Mon, 23 Nov 2026 08:00:30 -0000", "Date": NOW}, 30.0),
)


@pytest.mark.parametrize("status", [429, 412])
async def test_writing_too_much_names_the_time_to_wait(status: int, teams: Teams, connector: Connector) -> None:
    for headers, seconds in DELAYS:
        teams.will_answer(status, {}, **headers)
        with pytest.raises(Throttled) as raised:
            await connector.send(teams.url, THREAD, HELLO)
        assert raised.value.seconds == seconds, headers


async def test_a_passing_fault_says_whether_the_message_may_have_arrived_and_the_call_is_not_repeated(
    teams: Teams, connector: Connector
) -> None:
    for number, (status, maybe) in enumerate(((503, False), (502, True), (504, True), (500, True), (408, True)), 1):
        teams.will_answer(status, None)
        with pytest.raises(Transient) as raised:
            await connector.update(teams.url, THREAD, "7", HELLO)
        assert (raised.value.status, isinstance(raised.value, OutcomeUnknown)) == (status, maybe)
        assert len(teams.calls) == number


async def test_any_other_refusal_is_final_and_quotes_what_teams_said(teams: Teams, connector: Connector) -> None:
    for status in (301, 400, 401, 403, 404, 413, 501):
        teams.will_answer(status, {"error": {"code": "BadSyntax", "message": "card is not valid"}})
        with pytest.raises(Rejected, match=f"answered {status}.*BadSyntax: card is not valid") as raised:
            await connector.send(teams.url, THREAD, HELLO)
        assert (raised.value.status, raised.value.code) == (status, "BadSyntax")
    teams.will_answer(202, None)
    with pytest.raises(Rejected, match="names none"):  # a thread without an id was not opened
        await connector.create_conversation(teams.url, {"isGroup": True})
    without_a_reason: tuple[Any, ...] = (None, [], "text", {"error": "text"}, {"error": None})
    for body in without_a_reason:
        teams.will_answer(400, body)
        with pytest.raises(Rejected):
            await connector.send(teams.url, THREAD, HELLO)


@asynccontextmanager
async def answering(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """The address of a server that reads the head of a request and then does that."""

    async def read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await answer(reader, writer)
        writer.close()

    async with await asyncio.start_server(read, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_connection_cut_before_the_answer_may_have_taken_the_message(connector: Connector) -> None:
    async def hang_up(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        return

    async with answering(hang_up) as url:
        with pytest.raises(Transient) as raised:
            await connector.send(url, THREAD, HELLO)
    assert isinstance(raised.value, OutcomeUnknown)


async def test_an_answer_that_does_not_end_is_waited_for_no_longer_than_any_call() -> None:
    hung_up = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        listening = asyncio.create_task(reader.read())
        while not listening.done():
            writer.write(b" ")
            await asyncio.wait([listening], timeout=0.05)
        hung_up.set()

    async with answering(drip) as url, pooled_client(0.5) as client, asyncio.timeout(5):
        with pytest.raises(Unconfirmed):
            await Connector(client).send(url, THREAD, HELLO)
        await hung_up.wait()


async def test_an_answer_that_unpacks_to_more_than_any_is_not_read_to_its_end(connector: Connector) -> None:
    packed = gzip.compress(b"a" * 4 * LARGEST_ANSWER)

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % len(packed) + packed)
        await writer.drain()

    async with answering(answer) as url:
        with pytest.raises(Transient) as raised:
            await connector.send(url, THREAD, HELLO)
    assert str(raised.value.__cause__) == "too_large"


async def test_what_the_proxy_turns_away_has_not_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async def turn_away(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")

    async with answering(turn_away) as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        async with pooled_client() as client:
            with pytest.raises(Transient) as raised:
                await Connector(client).send("https://teams.example/", THREAD, HELLO)
    assert not isinstance(raised.value, Unconfirmed)


@pytest.mark.parametrize("named", [{"http_proxy": "http://{}"}, {"http_proxy": "{}"}, {"all_proxy": "{}"}])
async def test_the_proxy_of_the_environment_is_used_however_it_is_written(
    named: dict[str, str], teams: Teams, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in named.items():
        monkeypatch.setenv(name, value.format(teams.url.removeprefix("http://").rstrip("/")))
    async with pooled_client() as client:
        assert await Connector(client).send("http://teams.example/", THREAD, HELLO) == "1:1"
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        await Connector(client).send(teams.url, THREAD, HELLO)


async def test_what_a_netrc_says_is_nothing_for_teams(
    teams: Teams, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def token() -> str:
        return "mine"

    (tmp_path / "netrc").write_text("default login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with pooled_client() as client:
        await Connector(client, token).send(teams.url, THREAD, HELLO)

    assert teams.calls[0].headers["Authorization"] == "Bearer mine"


async def test_an_answer_that_cannot_be_read_or_stored_is_no_reason_to_send_it_again(connector: Connector) -> None:
    bodies = ((b"[" * 100_000, ""), (b'{"id": "1\\ud800\\u0000"}', "1?"), (b"\xff", ""), (b'{"id": 17}', "17"))
    for body, sent in bodies:

        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes = body) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()

        async with answering(answer) as url:
            assert await connector.send(url, THREAD, HELLO) == sent


async def test_an_address_that_cannot_be_called_is_refused_and_where_nobody_listens_nothing_was_taken(
    connector: Connector,
) -> None:
    for address in ("ftp://teams.example/", "ws://127.0.0.1:9", "", "http://[::1", "//teams.example", "teams.example"):
        with pytest.raises(Rejected, match="service address"):
            await connector.send(address, THREAD, HELLO)
    with pytest.raises(Transient) as raised:
        await connector.send("http://127.0.0.1:9/", THREAD, HELLO)
    assert not isinstance(raised.value, OutcomeUnknown)


def test_every_way_aiohttp_can_fail_is_one_of_ours() -> None:
    classes: list[type] = [TimeoutError, *(each for _, each in inspect.getmembers(aiohttp, inspect.isclass))]
    failures: list[Exception] = [
        each.__new__(each) for each in classes if issubclass(each, aiohttp.ClientError | TimeoutError)
    ]
    ours = {type(each).__name__: of_failure(each) for each in failures}

    assert all(isinstance(each, ConnectorError) for each in ours.values())
    never_left = {
        name for name, each in ours.items() if isinstance(each, Transient) and not isinstance(each, OutcomeUnknown)
    }
    assert never_left == {
        "ClientConnectorCertificateError",
        "ClientConnectorDNSError",
        "ClientConnectorError",
        "ClientConnectorSSLError",
        "ClientHttpProxyError",
        "ClientProxyConnectionError",
        "ClientSSLError",
        "ConnectionTimeoutError",
    }
    unsendable = {name for name, each in ours.items() if isinstance(each, Rejected)}
    assert unsendable == {
        "InvalidURL",
        "InvalidUrlClientError",
        "InvalidUrlRedirectClientError",
        "NonHttpUrlClientError",
        "NonHttpUrlRedirectClientError",
    }
