"""The tokens that were found good: Teams sends the same one for an hour, and its signature need not be checked anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from application.ports.signing_keys import SigningKey

MOST = 100
"""Maximum number that is remembered; Teams uses one at a time, or one for each of its regions."""


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """A token that the key signed for this bot; whether it is valid at the moment is asked at each request."""

    kid: str
    issuer: str
    key: SigningKey
    claims: Mapping[str, Any]


class VerifiedTokens:
    """The newest of them by a digest of each, so that no token is kept. What was refused is not among them."""

    def __init__(self) -> None:
        self._known: dict[bytes, VerifiedToken] = {}

    def __len__(self) -> int:
        return len(self._known)

    def find(self, token: str) -> VerifiedToken | None:
        """What was found of the token, or None. It counts as long as its issuer lists the very key that it names."""
        return self._known.get(_digest(token))

    def remember(self, token: str, verified: VerifiedToken) -> None:
        """Keep what was found; the one that was verified first makes room."""
        self._known.pop(_digest(token), None)
        if len(self._known) >= MOST:
            del self._known[next(iter(self._known))]
        self._known[_digest(token)] = verified


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
