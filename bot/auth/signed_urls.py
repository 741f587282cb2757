"""Addresses that grant reading of one thing to whoever has them: signed, and good until a moment."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime, timedelta

from application.ports import KeyValueStore

_SECRET = "links:secret"  # noqa: S105  # the name under which it is kept
_SIZE = 32


async def secret(settings: KeyValueStore) -> bytes:
    """The installation's own secret, made when it is first needed."""
    known = await settings.get(_SECRET)
    if not known:
        known = secrets.token_urlsafe(_SIZE)
        await settings.put(_SECRET, known)
    return known.encode()


def signed(key: bytes, facts: dict[str, str], now: datetime, days: int) -> str:
    """A token for the facts, good for so many days."""
    until = int((now + timedelta(days=days)).timestamp())
    body = json.dumps([until, facts], sort_keys=True, separators=(",", ":")).encode()
    return f"{_text(body)}.{_text(_signature(key, body))}"


def read(key: bytes, token: str, now: datetime) -> dict[str, str] | None:
    """The facts of a token that was signed here and is still good, or None."""
    body, _, signature = token.partition(".")
    try:
        said, proof = _bytes(body), _bytes(signature)
    except (binascii.Error, ValueError):
        return None
    if not hmac.compare_digest(proof, _signature(key, said)):
        return None
    until, facts = json.loads(said)
    if now > datetime.fromtimestamp(until, UTC):
        return None
    return {str(name): str(value) for name, value in facts.items()}


def _signature(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, hashlib.sha256)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
