"""The keys that requests from Teams are signed with: fetched while others are served, renewed when they rotate."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt

REFRESH_AFTER = timedelta(days=1)
UNKNOWN_KEY_PAUSE = timedelta(minutes=5)
_TIMEOUT_S = 5
_NEVER = datetime.min.replace(tzinfo=UTC)


class KeysUnavailable(Exception):
    """The signing keys cannot be fetched, so nobody can be recognised now. Answer 503: Teams delivers again."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key, and the channels it may speak for; None where the issuer lists none."""

    key: jwt.PyJWK
    endorsements: frozenset[str] | None


class SigningKeys:
    """The keys of one issuer, by `kid`. Kept for a day; an unknown `kid` renews them, at most every five minutes."""

    def __init__(self, client: httpx.AsyncClient, metadata_url: str, now: Callable[[], datetime]) -> None:
        """`metadata_url` is the issuer's OpenID configuration."""
        self._client = client
        self._metadata_url = metadata_url
        self._now = now
        self._keys: dict[str, SigningKey] = {}
        self._fetched = _NEVER
        self._tried = _NEVER
        self._renewing = asyncio.Lock()

    async def find(self, kid: str) -> SigningKey | None:
        """The key, or None when the issuer has no such key. Raises KeysUnavailable."""
        if self._due(kid):
            async with self._renewing:
                if self._due(kid):  # whoever held the lock may have brought the key for all who waited
                    await self._renew()
        return self._keys.get(kid)

    def _due(self, kid: str) -> bool:
        now = self._now()
        if not self._keys:
            return True
        if kid in self._keys and now - self._fetched < REFRESH_AFTER:
            return False
        return now - self._tried >= UNKNOWN_KEY_PAUSE

    async def _renew(self) -> None:
        self._tried = self._now()
        try:
            metadata = await self._get(self._metadata_url)
            keys = await self._get(str(metadata["jwks_uri"]))
            found = _read(keys["keys"])
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
            if self._keys:
                return  # yesterday's keys are better than none: Microsoft announces a rotation days ahead
            raise KeysUnavailable("The signing keys of the Bot Framework cannot be fetched.") from error
        self._keys, self._fetched = found, self._tried

    async def _get(self, url: str) -> dict[str, Any]:
        response = await self._client.get(url, timeout=_TIMEOUT_S)
        response.raise_for_status()
        body: dict[str, Any] = response.json()
        return body


def _read(raw: object) -> dict[str, SigningKey]:
    """The usable keys. One that is malformed or of a kind we do not know does not hide the others."""
    keys: dict[str, SigningKey] = {}
    for each in raw if isinstance(raw, list) else []:
        if not isinstance(each, dict):
            continue
        try:
            key = jwt.PyJWK(each, algorithm="RS256")
        except jwt.PyJWTError:
            continue
        listed = each.get("endorsements")
        if key.key_id:
            keys[key.key_id] = SigningKey(key, frozenset(listed) if listed else None)
    if not keys:
        raise ValueError("no usable key")
    return keys
