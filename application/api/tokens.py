"""Tokens for programs that use the API. Only their digests are kept, and each acts for the admin who made it.

A token is a row of the small settings that names that person: storage/personal_rows.py deletes it with them when they
are forgotten. Nobody makes one in another's name: whoever could would request as one person and approve as the other.
"""

import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from application.ports import KeyValueStore
from changes.errors import CommandRejected, NotFound
from changes.model import Person, instant

MADE = "api-token:"
"""What the names of the rows begin with; the digest follows."""
BEGINS = "chg_"
"""What every token begins with: redaction.py and scanners of repositories know it by that."""
_BYTES = 32
MOST = 50
"""Maximum number of tokens at once: more than anybody looks after."""


class Scope(StrEnum):
    """What a token is good for. None includes another."""

    READ = "read"
    GATE = "gate"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as it is kept."""

    digest: str
    person: Person
    name: str
    scopes: frozenset[Scope]
    expires_at: datetime


async def make(
    settings: KeyValueStore, person: Person, name: str, scopes: Collection[Scope], days: int, now: datetime
) -> str:
    """A new token of that person, good for so many days: what is returned here is written down nowhere.

    Raises CommandRejected where there is one of that name, or too many.
    """
    others = await tokens(settings)
    if len(others) >= MOST:
        raise CommandRejected("There are {limit} API tokens already: revoke one first.", limit=MOST)
    if any(each.name == name for each in others):
        raise CommandRejected(
            "There is an API token called {name} already: choose another name, or revoke it first.", name=name
        )
    secret = BEGINS + secrets.token_urlsafe(_BYTES)
    until = instant(now + timedelta(days=days)).isoformat()
    facts = {"person": person.id, "name": name, "scopes": sorted(scopes), "until": until}
    await settings.put(MADE + _digest(secret), json.dumps(facts))
    return secret


async def tokens(settings: KeyValueStore) -> tuple[ApiToken, ...]:
    """All of them by name, the expired too."""
    made = await settings.beginning_with(MADE)
    return tuple(sorted((_read(*each) for each in made.items()), key=lambda each: each.name))


async def known(settings: KeyValueStore, secret: str) -> ApiToken | None:
    """The token, whether it has expired or not; None for what is none, or was revoked."""
    name = MADE + _digest(secret)
    value = await settings.get(name)
    return _read(name, value) if value is not None else None


async def revoke(settings: KeyValueStore, name: str) -> None:
    """Let the token of that name open nothing any more. Raises NotFound."""
    found = [each for each in await tokens(settings) if each.name == name]
    if not found:
        raise NotFound("There is no API token called {name}: `/change admin tokens` shows those there are.", name=name)
    for each in found:
        await settings.remove(MADE + each.digest)


def _digest(secret: str) -> str:
    # 256 random bits: nobody finds them by trying, so nothing slower is needed.
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _read(name: str, value: str) -> ApiToken:
    facts = json.loads(value)
    until, scopes = datetime.fromisoformat(facts["until"]), frozenset(map(Scope, facts["scopes"]))
    return ApiToken(name.removeprefix(MADE), Person(facts["person"]), facts["name"], scopes, until)
