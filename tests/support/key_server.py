"""The Bot Framework's key server, in a thread of its own: a client that blocks must not block the server too."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://api.botframework.com"
APP_ID = "00000000-0000-0000-0000-00000000b070"


@cache
def private_key(kid: str) -> rsa.RSAPrivateKey:
    """The private key of that name; making one takes a moment, so each is made once."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_key(kid: str, **fields: Any) -> dict[str, Any]:
    """The public half as the key server lists it."""
    listed: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(private_key(kid).public_key(), as_dict=True)
    return listed | {"kid": kid, "use": "sig", "endorsements": ["msteams"]} | fields


def token(now: datetime, kid: str = "A", **claims: Any) -> str:
    """A token of the Bot Framework for this bot, good for an hour from `now`."""
    usual = {
        "iss": ISSUER,
        "aud": APP_ID,
        "nbf": int(now.timestamp()),
        "exp": int((now + timedelta(hours=1)).timestamp()),
    }
    told = {name: value for name, value in (usual | claims).items() if value is not None}
    return jwt.encode(told, private_key(kid), algorithm="RS256", headers={"kid": kid})


class KeyServer:
    """`keys` may be changed at any time; `seconds` is how long each answer takes, once `released` is set."""

    def __init__(self, port: int) -> None:
        self.base_url = f"http://127.0.0.1:{port}"
        self.metadata_url = f"{self.base_url}/{uuid4()}/openid"
        self.keys_url = f"{self.base_url}/keys"
        self.keys: Any = [public_key("A")]
        self.status = 200
        self.seconds = 0.0
        self.released = threading.Event()
        self.released.set()
        self.waiting = threading.Event()
        self.asked: list[str] = []
        self.answered: list[float] = []

    def answer(self, path: str) -> Any:
        """What stands at the path."""
        self.asked.append(path)
        if not self.released.is_set():
            self.waiting.set()
            self.released.wait(30)
        time.sleep(self.seconds)
        self.answered.append(time.monotonic())
        return {"keys": self.keys} if path == "/keys" else {"issuer": ISSUER, "jwks_uri": self.keys_url}


@contextmanager
def key_server() -> Iterator[KeyServer]:
    """Start the server on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(keys.answer(self.path)).encode()
            self.send_response(keys.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        keys = KeyServer(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield keys
        finally:
            server.shutdown()
            thread.join()
