"""Tokens for programs that use the API. Only their digests are kept, and each acts for the admin who made it.

A token is a row of the small settings, whose name ends with that person's id: so it is deleted with them when they are
forgotten. Nobody makes one in another's name: whoever could would request as one person and approve as the other.
"""

import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from application.ports import KeyValueStore
from changes.errors import CommandRejected, NotFound
from changes.model import Person, instant

_MADE, _USED = "api-token", "api-token-used"
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
    """A token as it is kept. `used_on` is the last day on which it was taken, by UTC."""

    digest: str
    person: Person
    name: str
    scopes: frozenset[Scope]
    expires_at: datetime
    used_on: date | None = None

    @property
    def row(self) -> str:
        """The name of its row in the settings."""
        return f"{_MADE}:{self.digest}:{self.person.id}"


async def make(
    settings: KeyValueStore, person: Person, name: str, scopes: Collection[Scope], days: int, now: datetime
) -> str:
    """A new token of that person, good for so many days: what is returned here is written down nowhere.

    Raises CommandRejected where there is one of that name, or too many.
    """
    known = await tokens(settings)
    if len(known) >= MOST:
        raise CommandRejected("There are {limit} API tokens already: revoke one first.", limit=MOST)
    if any(each.name == name for each in known):
        raise CommandRejected(
            "There is an API token called {name} already: choose another name, or revoke it first.", name=name
        )
    secret = BEGINS + secrets.token_urlsafe(_BYTES)
    new = ApiToken(_digest(secret), person, name, frozenset(scopes), now + timedelta(days=days))
    facts = {"name": name, "scopes": sorted(new.scopes), "until": instant(new.expires_at).isoformat()}
    await settings.put(new.row, json.dumps(facts))
    return secret


async def tokens(settings: KeyValueStore, digest: str = "") -> tuple[ApiToken, ...]:
    """All of them by name, the expired too; or the one with that digest."""
    used = await settings.beginning_with(f"{_USED}:{digest}")
    made = await settings.beginning_with(f"{_MADE}:{digest}")
    found = (_read(row, value, used.get(row.replace(_MADE, _USED, 1))) for row, value in made.items())
    return tuple(sorted(found, key=lambda each: each.name))


async def known(settings: KeyValueStore, secret: str) -> ApiToken | None:
    """The token, whether it has expired or not; None for what is none, or was revoked."""
    may_be = secret.startswith(BEGINS) and secret.isascii()  # a header may hold bytes that are no text
    found = await tokens(settings, _digest(secret)) if may_be else ()
    return found[0] if found else None


async def note_use(settings: KeyValueStore, token: ApiToken, day: date) -> None:
    """The token was taken on that day."""
    await settings.put(token.row.replace(_MADE, _USED, 1), day.isoformat())


async def revoke(settings: KeyValueStore, name: str) -> None:
    """Let the token of that name open nothing any more. Raises NotFound."""
    found = [each for each in await tokens(settings) if each.name == name]
    if not found:
        raise NotFound("There is no API token called {name}: `/change admin tokens` shows those there are.", name=name)
    for each in found:
        await settings.remove(each.row)
        await settings.remove(each.row.replace(_MADE, _USED, 1))


def _digest(secret: str) -> str:
    # 256 random bits: nobody finds them by trying, so nothing slower is needed.
    return sha256(secret.encode()).hexdigest()


def _read(row: str, value: str, used: str | None) -> ApiToken:
    _, digest, person = row.split(":", 2)
    facts = json.loads(value)
    scopes = frozenset(map(Scope, facts["scopes"]))
    until, day = datetime.fromisoformat(facts["until"]), date.fromisoformat(used) if used else None
    return ApiToken(digest, Person(person), facts["name"], scopes, until, day)
