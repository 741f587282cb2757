"""What a stranger without a token costs, who learns nothing by it; no body of any kind breaks anything."""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime

import httpx
import pytest

from http_server import LARGEST_BODY
from tests.integration.attack import fuzz, raw
from tests.integration.attack.process import MOST_S, Served, cost_of, most_s, serving, signed
from tests.support.key_server import APP_ID, ISSUER
from tests.support.teams import Teams


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as bot:
        yield bot


ACTIVITY = b'{"type": "message", "text": "' + b"x" * (LARGEST_BODY - 100) + b'"}'
CLAIMS = {"iss": ISSUER, "aud": APP_ID, "exp": 2**33}
CHUNKED = {"Transfer-Encoding": "chunked"}
GZIP = {"Content-Encoding": "gzip"}


def _authorized(value: str) -> bytes:
    return raw.request(b"{}", {"Authorization": value})


def _open(headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """A request that says nothing true about its length."""
    return raw.request(body, headers, length=False)


def every_stranger() -> dict[str, tuple[bytes, set[int]]]:
    """What they send, and the statuses that may answer it; 0 is none at all."""
    bomb, long = raw.bomb(), CLAIMS | {"pad": "x" * 5800}
    socket_wanted = {"Connection": "Upgrade", "Upgrade": "websocket"}
    return {
        "no token": (raw.request(b"{}"), {401}),
        "no token, 256 KB": (raw.request(ACTIVITY), {401}),
        "no token, 4 MB": (raw.request(b"x" * 2**22), {401, 0}),
        "no token, gzip of 200 MB": (raw.request(bomb, GZIP), {415}),
        "no token, deflate": (raw.request(raw.bomb(2**24), {"Content-Encoding": "identity, DEFLATE"}), {415}),
        "a bad token, gzip of 200 MB": (raw.request(bomb, GZIP | {"Authorization": "Bearer garbage"}), {415}),
        "no token, chunked": (_open(CHUNKED, raw.chunked(ACTIVITY, 8192)), {401, 0}),
        "no token, chunks of one byte": (_open(CHUNKED, raw.chunked(ACTIVITY, 1)), {401, 0}),
        "no token, a compressed transfer": (
            _open({"Transfer-Encoding": "gzip, chunked"}, raw.chunked(bomb, 8192)),
            {415, 400, 0},
        ),
        "no token, waits to be invited": (_open({"Expect": "100-continue", "Content-Length": "1000"}), {401}),
        "garbage for a token": (_authorized("Bearer garbage"), {401}),
        "an unsigned token": (_authorized(raw.unsigned({"alg": "none", "kid": "A"}, CLAIMS, "")), {401}),
        # 401 where the keys have just been fetched for it.
        "a token with an unknown key": (_authorized(raw.unsigned({"alg": "RS256", "kid": "X"}, CLAIMS)), {503, 401}),
        "a token with a forged signature": (_authorized(signed()[:-12] + "A" * 12), {401}),
        "a token of 8,000 characters": (_authorized(raw.unsigned({"alg": "RS256", "kid": "A"}, long)), {401}),
        "a token of 60,000 characters": (_authorized("Bearer " + "a" * 60_000), {400, 0}),
        "a token that nests": (_authorized("Bearer e30." + "W1tb" * 1800 + ".AAAA"), {401}),
        "a method that is none": (raw.request(line="\x01\x02 / HTTP/1.1"), {400}),
        "a version that is none": (raw.request(line="POST /api/messages HTTP/9.9"), {400}),
        "a chunk that is none": (_open(CHUNKED, b"zz\r\n{}\r\n"), {400, 401}),
        "a chunk that is too long": (_open(CHUNKED, b"f" * 40 + b"\r\n{}"), {400, 401}),
        "two lengths": (_open({"Content-Length": "1", "content-length": "2"}, b"{}"), {400}),
        "a length that is none": (_open({"Content-Length": "-5"}, b"{}"), {400}),
        "both a length and chunks": (raw.request(raw.chunked(b"{}", 1), CHUNKED), {400}),
        "a line break in a header": (raw.request(headers={"X": "a\rEvil: b"}), {400}),
        "a header with a null": (raw.request(headers={"X": "a\0b"}), {400}),
        "a header of 100 KB": (raw.request(headers={"X": "x" * 100_000}), {400, 0}),
        "200 headers": (raw.request(headers={f"X{number}": "x" for number in range(200)}), {400}),
        "90 headers of 8 KB": (raw.request(headers={f"X{number}": "x" * 8000 for number in range(90)}), {401}),
        "an address that is none": (raw.request(line="POST http://[::1 HTTP/1.1"), {400, 404}),
        "a host that is none": (raw.request(b"{}", {"Host": "[:"}), {401}),
        "a greeting of TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500), {400}),
        "a socket": (raw.request(headers=socket_wanted) + b"\x81\xff" * 9000, {401}),
        "a tunnel": (raw.request(line="CONNECT evil.example:443 HTTP/1.1"), {400, 404, 405}),
        "alive, with a bomb": (raw.request(bomb, GZIP, line="GET /healthz HTTP/1.1"), {415}),
        "metrics, with a bomb": (raw.request(bomb, GZIP, line="GET /metrics HTTP/1.1"), {415}),
        "a document, with a bomb": (raw.request(bomb, GZIP, line="GET /export/x HTTP/1.1"), {415}),
        "nowhere, with a bomb": (raw.request(bomb, GZIP, line="PUT /nowhere HTTP/1.1"), {415}),
        "alive, with 256 KB": (raw.request(ACTIVITY, line="GET /healthz HTTP/1.1"), {200}),
        "a document that is none": (raw.request(line="GET /export/guess HTTP/1.1"), {404}),
        "a calendar that is none": (raw.request(line="GET /calendar/guess.ics HTTP/1.1"), {404}),
    }


def test_a_stranger_is_refused_before_a_body_is_read_or_inflated_and_costs_under_two_milliseconds(
    served: Served,
) -> None:
    for what, (sent, expected) in every_stranger().items():
        cost, statuses = cost_of(sent, served)
        print(f"{what}: {cost * 1000:.2f} ms, {sorted(statuses)}")  # noqa: T201
        assert statuses <= expected, what
        assert statuses != {0}, what  # whoever is still sending may miss the answer, but not every time
        assert cost < most_s(cost, served), what
    assert "turned away" in served.log.read_text()
    assert served.faults() == [], "nor does it write a traceback"


def test_requests_that_are_sent_in_one_go_are_refused_one_by_one(served: Served) -> None:
    before = served.spent()
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as connection:
        connection.sendall(raw.request(b"{}") * 200)
        answers = b""
        while answers.count(b"HTTP/1.1 401") < 200:
            more = connection.recv(65_536)
            assert more
            answers += more
    cost = (served.spent() - before) / 200
    assert cost < most_s(cost, served)


def test_whoever_sends_a_body_slowly_or_without_an_end_is_not_waited_for(served: Served) -> None:
    began = time.monotonic()

    slow = raw.exchange(served.port, raw.request(b"{", {"Content-Length": "1000"}, length=False))
    endless = raw.exchange(served.port, raw.request(b"1\r\n{\r\n", CHUNKED, length=False))

    assert (raw.status_of(slow), raw.status_of(endless)) == (401, 401)
    assert b"connection: close" in slow.lower()
    assert b"connection: close" in endless.lower()
    assert time.monotonic() - began < 5


UNINVITED = {
    "POST /api/messages": 401,
    "GET /healthz": 200,
    "GET /export/x": 404,
    "GET /calendar/x.ics": 404,
    "PUT /nowhere": 404,
    "POST /": 404,
    "POST /api/messages/": 404,
    "OPTIONS *": 404,
    "PUT /api/messages": 405,
    "POST /metrics": 405,
    "POST /export/x": 405,
}


def test_nobody_is_invited_to_send_a_body_before_they_are_known(served: Served) -> None:
    head = {"Expect": "100-continue", "Content-Length": "2"}
    for target, status in UNINVITED.items():
        answer = raw.exchange(served.port, raw.request(headers=head, line=f"{target} HTTP/1.1", length=False))
        assert (target, raw.status_of(answer)) == (target, status)

    with socket.create_connection(("127.0.0.1", served.port), timeout=raw.SECONDS) as connection:
        connection.sendall(raw.request(headers=head | {"Authorization": signed()}, length=False))
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        assert raw.status_of(raw.received(connection)) == 400  # it is no activity


def test_a_compressed_body_is_refused_with_a_sentence_from_teams_too(served: Served) -> None:
    answer = raw.exchange(served.port, raw.request(raw.packed(b"{}"), GZIP | {"Authorization": signed()}))

    assert raw.status_of(answer) == 415
    assert b"Content-Encoding" in answer.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("body", [b"zz\r\n{}\r\n", b"5\r\n{}"])
def test_a_body_that_breaks_off_or_is_malformed_is_no_error_of_ours(body: bytes, served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=raw.SECONDS) as connection:
        connection.sendall(raw.request(body, CHUNKED | {"Authorization": signed()}, length=False))
        connection.shutdown(socket.SHUT_WR)
        assert raw.status_of(raw.received(connection)) in (400, 0)
    assert raw.status_of(raw.exchange(served.port, raw.request(b"{}", {"Authorization": signed()}))) == 400


# ── Bodies of every kind, from strangers and from Teams, plain and compressed ──────────────────────────────────────

AT_ONCE = 8
FORGED = raw.unsigned({"alg": "RS256", "kid": "A"}, {"iss": ISSUER, "aud": APP_ID, "exp": 2**32})
BRING = ["", "Bearer garbage", FORGED, raw.unsigned({"alg": "none", "kid": "A"}, {"iss": ISSUER}, "")]
"""What they bring as their authorization."""
Make = Callable[[int, Teams], fuzz.Body]


@pytest.fixture
async def teams() -> AsyncIterator[Teams]:
    async with Teams("", lambda: datetime.now(UTC)) as started:  # noqa: TID251  # only for the record
        started.marks_were_typed = True  # by the fuzz
        yield started


def strangers(served: Served, numbers: range, make: Make, teams: Teams) -> tuple[Counter[int], float]:
    """Send them one after the other, each over a connection of its own: the statuses, and what one has cost."""
    statuses = Counter[int]()
    before = served.spent()
    for number in numbers:
        made, authorization = make(number, teams), BRING[number % len(BRING)]
        headers = made.headers | ({"Authorization": authorization} if authorization else {})
        statuses[raw.status_of(raw.exchange(served.port, raw.request(made.content, headers)))] += 1
    return statuses, (served.spent() - before) / len(numbers)


async def from_teams(served: Served, numbers: range, make: Make, teams: Teams) -> Counter[int]:
    """Send them as Teams does, some at once: the statuses."""
    statuses, left = Counter[int](), iter(numbers)
    authorization = {"Authorization": signed(serviceurl=teams.service_url)}

    async def send(client: httpx.AsyncClient) -> None:
        for number in left:
            made = make(number, teams)
            answer = await client.post("/api/messages", content=made.content, headers=made.headers | authorization)
            statuses[answer.status_code] += 1
            foreign = answer.status_code == 501 and fuzz.is_foreign_invoke(made.content)
            assert answer.status_code < 500 or foreign, (number, made.content, answer.text)
            assert "Traceback" not in answer.text

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}", timeout=60) as client:
        await asyncio.gather(*(send(client) for _ in range(AT_ONCE)))
    return statuses


async def test_no_body_gives_an_error_of_ours_or_a_traceback_and_no_stranger_costs_two_milliseconds(
    served: Served, teams: Teams, pytestconfig: pytest.Config
) -> None:
    count = pytestconfig.getoption("--bodies")
    fifth = range(count // 5)
    began = time.monotonic()
    plain, plain_s = await asyncio.to_thread(strangers, served, fifth, fuzz.body, teams)
    packed, packed_s = await asyncio.to_thread(strangers, served, fifth, fuzz.compressed, teams)
    packed_by_teams = await from_teams(served, range(count // 10), fuzz.compressed, teams)
    by_teams = await from_teams(served, range(count // 2), fuzz.body, teams)
    faults = served.faults()
    for what, statuses, cost in (
        ("strangers, plain", plain, f", {plain_s * 1000:.2f} ms each"),
        ("strangers, compressed", packed, f", {packed_s * 1000:.2f} ms each"),
        ("Teams, compressed", packed_by_teams, ""),
        ("Teams, plain", by_teams, ""),
    ):
        print(f"{what}: {statuses.total()} bodies, {dict(sorted(statuses.items()))}{cost}")  # noqa: T201
    print(f"in {time.monotonic() - began:.0f} s")  # noqa: T201

    assert faults == []
    assert set(plain) == {401}
    assert set(packed) == set(packed_by_teams) == {415}
    assert set(by_teams) <= {200, 400, 401, 403, 413, 501}
    assert by_teams[200] > count / 20  # many get all the way in
    assert max(plain_s, packed_s) < MOST_S
