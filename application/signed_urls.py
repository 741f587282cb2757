"""Addresses that grant reading of one thing to whoever has them: signed, and good until a moment."""

import secrets
from datetime import datetime, timedelta

import jwt
from jwt.types import Options

from application.ports import LINKS_SECRET, KeyValueStore

PAGES_DAYS = 30
"""Lifetime of a link to the pages."""
_SIZE = 32
_ALGORITHM = "HS256"


async def known_secret(settings: KeyValueStore) -> bytes:
    """The installation's own secret; empty before it was needed, when nothing can have been signed."""
    return (await settings.get(LINKS_SECRET) or "").encode()


async def secret(settings: KeyValueStore) -> bytes:
    """The installation's own secret, made when it is first needed."""
    known = await known_secret(settings)
    if not known:
        known = secrets.token_urlsafe(_SIZE).encode()
        await settings.put(LINKS_SECRET, known.decode())
    return known


async def pages_token(settings: KeyValueStore, person_id: str, now: datetime, *, renewed: bool = False) -> str:
    """A token with which its holder reads the pages as that person; `renewed` revokes all earlier ones of theirs."""
    serial = await settings.get(_serial(person_id))
    if not serial or renewed:
        serial = secrets.token_urlsafe(_SIZE)
        await settings.put(_serial(person_id), serial)
    return signed(await secret(settings), {"pages": serial, "person": person_id}, now, PAGES_DAYS)


async def pages_reader(settings: KeyValueStore, token: str, now: datetime) -> str | None:
    """Whose pages the token opens, by their id; None where it is expired, revoked, or was not made here for that."""
    facts = read(await known_secret(settings), token, now)
    if facts is None or "pages" not in facts:
        return None
    serial = await settings.get(_serial(facts["person"])) or ""
    return facts["person"] if secrets.compare_digest(serial.encode(), facts["pages"].encode()) else None


def _serial(person_id: str) -> str:
    """The name of the value that all links of the person hold; it is theirs alone, and goes with them."""
    return f"pages:{person_id}"


def signed(key: bytes, facts: dict[str, str], now: datetime, days: int) -> str:
    """A token for the facts, good for so many days."""
    return jwt.encode({"facts": facts, "exp": int((now + timedelta(days=days)).timestamp())}, key, _ALGORITHM)


def read(key: bytes, token: str, now: datetime) -> dict[str, str] | None:
    """The facts of a token that was signed here and is still good, or None."""
    if not key:
        return None
    # The lifetime is compared by the clock that was given.
    options: Options = {"require": ["exp", "facts"], "verify_exp": False}
    try:
        claims = jwt.decode(token, key, algorithms=[_ALGORITHM], options=options)
    except (jwt.PyJWTError, ValueError):
        return None
    facts = {str(name): str(value) for name, value in claims["facts"].items()}
    return facts if now.timestamp() <= claims["exp"] else None
