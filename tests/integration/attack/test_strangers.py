"""What somebody without a token costs, who learns nothing by it: measured at the process of the bot itself."""

import math
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from bot.server import LARGEST_BODY
from tests.integration.attack import raw
from tests.integration.attack.process import Served, serving, signed
from tests.support.key_server import APP_ID, ISSUER

MOST_S = 0.002
"""Seconds of processor time that one refused stranger may cost."""
MOST_ROUNDS = 8
TIMES_THE_CHEAPEST = 6
"""How many times dearer than one without a token, where the machine is too slow or too busy for MOST_S."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as bot:
        yield bot


def cost_of(sent: bytes, served: Served, count: int = 6) -> tuple[float, set[int]]:
    """Seconds that one such request costs, and the statuses of the answers: the best of two rounds or more.

    The machine does other things too, which makes some rounds dearer; none makes them cheaper.
    """
    best, statuses = math.inf, set[int]()
    for number in range(MOST_ROUNDS):
        before = served.spent()
        for _ in range(count):
            statuses.add(raw.status_of(raw.exchange(served.port, sent)))
        best = min(best, (served.spent() - before) / count)
        if number and best < MOST_S:
            break
    return best, statuses


def most_s(cost: float, served: Served) -> float:
    """What a stranger may cost here: more than MOST_S only on a machine where the cheapest costs several times more."""
    return MOST_S if cost < MOST_S else max(MOST_S, TIMES_THE_CHEAPEST * cost_of(raw.request(b"{}"), served)[0])


def _authorized(value: str) -> bytes:
    return raw.request(b"{}", {"Authorization": value})


ACTIVITY = b'{"type": "message", "text": "' + b"x" * (LARGEST_BODY - 100) + b'"}'
CLAIMS = {"iss": ISSUER, "aud": APP_ID, "exp": 2**33}
CHUNKED = {"Transfer-Encoding": "chunked"}
GZIP = {"Content-Encoding": "gzip"}
DEEP = "Bearer e30." + "W1tb" * 1800 + ".AAAA"

STRANGERS: dict[str, tuple[Callable[[], bytes], set[int]]] = {
    "no token": (lambda: raw.request(b"{}"), {401}),
    "no token, 256 KB": (lambda: raw.request(ACTIVITY), {401}),
    "no token, 4 MB": (lambda: raw.request(b"x" * 2**22), {401, 0}),
    "no token, gzip of 200 MB": (lambda: raw.request(raw.bomb(), GZIP), {415}),
    "no token, deflate": (lambda: raw.request(raw.bomb(2**24), {"Content-Encoding": "identity, DEFLATE"}), {415}),
    "a bad token, gzip of 200 MB": (
        lambda: raw.request(raw.bomb(), GZIP | {"Authorization": "Bearer garbage"}),
        {415},
    ),
    "no token, chunked": (lambda: raw.request(raw.chunked(ACTIVITY, 8192), CHUNKED, length=False), {401, 0}),
    "no token, chunks of one byte": (
        lambda: raw.request(raw.chunked(ACTIVITY, 1), CHUNKED, length=False),
        {401, 0},
    ),
    "no token, a compressed transfer": (
        lambda: raw.request(raw.chunked(raw.bomb(), 8192), {"Transfer-Encoding": "gzip, chunked"}, length=False),
        {415, 400, 0},
    ),
    "no token, waits to be invited": (
        lambda: raw.request(headers={"Expect": "100-continue", "Content-Length": "1000"}, length=False),
        {401},
    ),
    "garbage for a token": (lambda: _authorized("Bearer garbage"), {401}),
    "an unsigned token": (lambda: _authorized(raw.unsigned({"alg": "none", "kid": "A"}, CLAIMS, "")), {401}),
    "a token with an unknown key": (
        lambda: _authorized(raw.unsigned({"alg": "RS256", "kid": "X"}, CLAIMS)),
        {503, 401},  # 401 where the keys have just been fetched for it
    ),
    "a token with a forged signature": (lambda: _authorized(signed()[:-12] + "A" * 12), {401}),
    "a token of 8,000 characters": (
        lambda: _authorized(raw.unsigned({"alg": "RS256", "kid": "A"}, CLAIMS | {"pad": "x" * 5800})),
        {401},
    ),
    "a token of 60,000 characters": (lambda: _authorized("Bearer " + "a" * 60_000), {400, 0}),
    "a token that nests": (lambda: _authorized(DEEP), {401}),
    "a method that is none": (lambda: raw.request(line="\x01\x02 / HTTP/1.1"), {400}),
    "a version that is none": (lambda: raw.request(line="POST /api/messages HTTP/9.9"), {400}),
    "a chunk that is none": (lambda: raw.request(b"zz\r\n{}\r\n", CHUNKED, length=False), {400, 401}),
    "a chunk that is too long": (lambda: raw.request(b"f" * 40 + b"\r\n{}", CHUNKED, length=False), {400, 401}),
    "two lengths": (lambda: raw.request(b"{}", {"Content-Length": "1", "content-length": "2"}, length=False), {400}),
    "a length that is none": (lambda: raw.request(b"{}", {"Content-Length": "-5"}, length=False), {400}),
    "both a length and chunks": (lambda: raw.request(raw.chunked(b"{}", 1), CHUNKED), {400}),
    "a line break in a header": (lambda: raw.request(headers={"X": "a\rEvil: b"}), {400}),
    "a header with a null": (lambda: raw.request(headers={"X": "a\0b"}), {400}),
    "a header of 100 KB": (lambda: raw.request(headers={"X": "x" * 100_000}), {400, 0}),
    "200 headers": (lambda: raw.request(headers={f"X{number}": "x" for number in range(200)}), {400}),
    "90 headers of 8 KB": (lambda: raw.request(headers={f"X{number}": "x" * 8000 for number in range(90)}), {401}),
    "an address that is none": (lambda: raw.request(line="POST http://[::1 HTTP/1.1"), {400, 404}),
    "a host that is none": (lambda: raw.request(b"{}", {"Host": "[:"}), {401}),
    "a greeting of TLS": (lambda: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500), {400}),
    "a socket": (
        lambda: raw.request(headers={"Connection": "Upgrade", "Upgrade": "websocket"}) + b"\x81\xff" * 9000,
        {401},
    ),
    "a tunnel": (lambda: raw.request(line="CONNECT evil.example:443 HTTP/1.1"), {400, 404, 405}),
    "alive, with a bomb": (lambda: raw.request(raw.bomb(), GZIP, line="GET /healthz HTTP/1.1"), {415}),
    "metrics, with a bomb": (lambda: raw.request(raw.bomb(), GZIP, line="GET /metrics HTTP/1.1"), {415}),
    "a document, with a bomb": (lambda: raw.request(raw.bomb(), GZIP, line="GET /export/x HTTP/1.1"), {415}),
    "nowhere, with a bomb": (lambda: raw.request(raw.bomb(), GZIP, line="PUT /nowhere HTTP/1.1"), {415}),
    "alive, with 256 KB": (lambda: raw.request(ACTIVITY, line="GET /healthz HTTP/1.1"), {200}),
    "a document that is none": (lambda: raw.request(line="GET /export/guess HTTP/1.1"), {404}),
    "a calendar that is none": (lambda: raw.request(line="GET /calendar/guess.ics HTTP/1.1"), {404}),
}


@pytest.mark.parametrize("what", list(STRANGERS))
def test_a_stranger_is_refused_before_a_body_is_read_or_inflated_and_costs_under_two_milliseconds(
    what: str, served: Served
) -> None:
    make, expected = STRANGERS[what]

    cost, statuses = cost_of(make(), served)

    print(f"{what}: {cost * 1000:.2f} ms, {sorted(statuses)}")  # noqa: T201
    assert statuses <= expected
    assert statuses != {0}  # whoever is still sending may miss the answer, but not every time
    assert cost < most_s(cost, served)


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


def test_a_strangers_request_writes_no_traceback(served: Served) -> None:
    for make, _ in STRANGERS.values():
        raw.exchange(served.port, make())

    assert "turned away" in served.log.read_text()
    assert served.faults() == []
