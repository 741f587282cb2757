"""HTTP as an attacker speaks it: whatever bytes, over a socket of its own."""

import contextlib
import gzip
import json
import socket
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

SECONDS = 10.0


def exchange(port: int, sent: bytes, *, seconds: float = SECONDS) -> bytes:
    """Send the bytes over a new connection; what comes back, up to the end of the first answer's body."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the server may have heard enough
            connection.sendall(sent)
        return received(connection)


def received(connection: socket.socket) -> bytes:
    """The first answer on the connection, or what there is of it when the server hangs up."""
    answer = b""
    while not _complete(answer):
        try:
            more = connection.recv(65_536)
        except ConnectionResetError:
            break
        if not more:
            break
        answer += more
    return answer


def _complete(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    lengths = [line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return not lengths or len(body) >= int(lengths[0])


def status_of(answer: bytes) -> int:
    """The status of an answer; 0 where the server hung up without one."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


def request(
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    *,
    line: str = "POST /api/messages HTTP/1.1",
    length: bool = True,
) -> bytes:
    """One request; `length` adds a Content-Length that is true."""
    told = {"Host": "bot.example", "Content-Type": "application/json"} | dict(headers or {})
    if length:
        told["Content-Length"] = str(len(body))
    head = "\r\n".join([line, *(f"{name}: {value}" for name, value in told.items())])
    return head.encode() + b"\r\n\r\n" + body


def chunked(body: bytes, size: int) -> bytes:
    """The body in chunks of that size, and the end."""
    parts = [body[place : place + size] for place in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@cache
def bomb(inflated: int = 200 * 2**20) -> bytes:
    """Gzip of so many bytes, a thousandth as long."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(2**20)
    return b"".join([packer.compress(block) for _ in range(inflated // len(block))] + [packer.flush()])


def packed(body: bytes) -> bytes:
    """The body in gzip."""
    return gzip.compress(body, 1)


def unsigned(header: Any, claims: Any, signature: str = "AAAA") -> str:
    """An authorization whose token says that and was signed by nobody."""
    return f"Bearer {_encoded(json.dumps(header))}.{_encoded(json.dumps(claims))}.{signature}"


def signed(header: str, claims: str | bytes, key: RSAPrivateKey) -> str:
    """An authorization whose token says that, whatever it is, with a good RS256 signature."""
    said = f"{_encoded(header)}.{_encoded(claims)}"
    return f"Bearer {said}.{_encoded(key.sign(said.encode(), PKCS1v15(), SHA256()))}"


def _encoded(part: str | bytes) -> str:
    return urlsafe_b64encode(part.encode() if isinstance(part, str) else part).decode().rstrip("=")
