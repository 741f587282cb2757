"""The keys that requests from Teams are signed with: fetched while others are served, renewed when they rotate."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from application.ports.signing_keys import KeysUnavailable, SigningKey
from application.retry_log import SIGNING_KEYS, RetryLog

REFRESH_AFTER = timedelta(days=1)
UNKNOWN_KEY_PAUSE = timedelta(seconds=30)
"""Minimum pause between refreshes for unknown keys: it limits what strangers make us fetch, and delays a new key."""
LONGEST_BACKOFF = timedelta(minutes=1)
SMALLEST_KEY = 2048
"""Bits of an RSA modulus; RFC 7518 allows none smaller for RS256."""
LONGEST_S = 5.0
"""Seconds for both requests of a refresh together, and so the longest that anybody waits: Teams gives up after ten."""
_STALE_WAIT_S = 1.0
"""Seconds that the holder of a known key waits for the daily refresh."""
_FAILED = (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError, KeyError, TypeError, RuntimeError)
"""What a refresh may raise; RuntimeError where JSON nests too deeply, or the client is closed as the process ends."""
_NEVER = datetime.min.replace(tzinfo=UTC)


def open_key_client() -> httpx.AsyncClient:
    """The client that fetches keys, once an hour or so."""
    return httpx.AsyncClient(timeout=httpx.Timeout(15, connect=5))


class SigningKeys:
    """The keys of one issuer, by `kid`.

    They are refreshed after a day and for an unknown `kid`, the latter at most every half minute; a `kid` that comes
    in between is neither known nor refused, because it may be newer than the list. One refresh at a time serves
    everybody who waits; after a failed one the next is tried after one second, then two, four, up to a minute, and
    meanwhile known keys stay good.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        metadata_url: str,
        now: Callable[[], datetime],
        retries: RetryLog,
        *,
        longest_s: float = LONGEST_S,
    ) -> None:
        """`metadata_url` is the issuer's OpenID configuration; a refresh has `longest_s` seconds.

        `retries` hears of those that fail.
        """
        self._retries = retries
        self._client, self._longest_s = client, longest_s
        self._metadata_url = metadata_url
        self._now = now
        self._keys: dict[str, SigningKey] = {}
        self._fetched = _NEVER
        self._tried = _NEVER
        self._failures = 0
        self._refreshing: asyncio.Task[None] | None = None

    async def find(self, kid: str) -> SigningKey | None:
        """The key, or None when the issuer has no such key. Raises KeysUnavailable while that cannot be known."""
        due = self._is_due(kid)
        if due:
            await self._refresh(min(_STALE_WAIT_S, self._longest_s) if kid in self._keys else self._longest_s)
        known = self._keys.get(kid)
        if known is None and (self._failures or self._refreshing is not None):
            raise KeysUnavailable("The signing keys of the Bot Framework cannot be fetched.")
        if known is None and not due:
            raise KeysUnavailable("The signing key of the token is not known yet.")
        return known

    def _is_due(self, kid: str) -> bool:
        known = kid in self._keys
        if known and self._since(self._fetched) < REFRESH_AFTER:
            return False
        if self._refreshing is not None:
            return True
        if self._failures:
            return self._since(self._tried) >= self._backoff
        return known or self._since(self._fetched) >= UNKNOWN_KEY_PAUSE

    def _since(self, moment: datetime) -> timedelta:
        """The time since then; the maximum where the clock was set back, so that nobody waits for its old time."""
        gone = self._now() - moment
        return gone if gone >= timedelta() else timedelta.max

    @property
    def _backoff(self) -> timedelta:
        return min(timedelta(seconds=2 ** min(self._failures - 1, 10)), LONGEST_BACKOFF)

    async def _refresh(self, seconds: float) -> None:
        """Wait for the refresh that is under way, or for one that is started now.

        It is a task of its own: whoever asked first may leave, and the others still get the keys.
        """
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._fetch())
        await asyncio.wait({self._refreshing}, timeout=seconds)

    async def _fetch(self) -> None:
        self._tried = self._now()
        self._failures += 1  # until it has succeeded
        try:
            async with asyncio.timeout(self._longest_s):
                metadata = await self._get(self._metadata_url)
                keys = await self._get(str(metadata["jwks_uri"]))
            self._keys, self._fetched, self._failures = _read(keys["keys"]), self._tried, 0
        except _FAILED as error:
            self._retries.failed(
                SIGNING_KEYS,
                f"those of {self._metadata_url} could not be fetched ({type(error).__name__})",
                item=self._metadata_url,
                status=error.response.status_code if isinstance(error, httpx.HTTPStatusError) else None,
                attempt=self._failures,
                again_s=self._backoff.total_seconds(),
            )
        else:
            self._retries.worked(SIGNING_KEYS, self._metadata_url)
        finally:
            self._refreshing = None

    async def _get(self, url: str) -> dict[str, Any]:
        response = await self._client.get(url, timeout=self._longest_s)
        response.raise_for_status()
        body: dict[str, Any] = response.json()
        return body


def _read(listed: object) -> dict[str, SigningKey]:
    """The usable keys; of several with one `kid` the first. Raises ValueError when there is none."""
    keys: dict[str, SigningKey] = {}
    for each in listed if isinstance(listed, list) else []:
        found = _usable(each)
        if found is not None:
            keys.setdefault(each["kid"], found)
    if not keys:
        raise ValueError("no usable key")
    return keys


def _usable(listed: object) -> SigningKey | None:
    """The key, when it is one to check RS256 signatures with; None does not hide the others of the list."""
    if not isinstance(listed, dict) or not _is_for_signatures(listed):
        return None
    endorsements = listed.get("endorsements") or []
    if not isinstance(endorsements, list) or not all(isinstance(each, str) for each in endorsements):
        return None
    try:
        key = jwt.PyJWK(listed, algorithm="RS256")
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, KeyError):
        return None
    if not isinstance(key.key, RSAPublicKey) or key.key.key_size < SMALLEST_KEY:
        return None
    return SigningKey(key, frozenset(endorsements) or None)


def _is_for_signatures(listed: Mapping[str, Any]) -> bool:
    """Whether the key says nothing that speaks against checking an RS256 signature with it (RFC 7517, 4.1 to 4.5)."""
    operations = listed.get("key_ops")
    return (
        bool(listed.get("kid"))
        and isinstance(listed["kid"], str)
        and listed.get("kty") == "RSA"
        and listed.get("use", "sig") == "sig"
        and listed.get("alg", "RS256") == "RS256"
        and (operations is None or (isinstance(operations, list) and "verify" in operations))
    )
