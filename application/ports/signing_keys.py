"""The keys that somebody signs tokens with, by which a token of theirs is told from one that was made up."""

from dataclasses import dataclass
from typing import Protocol

import jwt


class KeysUnavailable(Exception):
    """Whether a key is the issuer's cannot be known now. Answer 503: whoever asked comes again, and loses nothing."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key, and the channels it may speak for; None where the issuer lists none."""

    key: jwt.PyJWK
    endorsements: frozenset[str] | None


class SigningKeySource(Protocol):
    """The keys of one issuer."""

    async def find(self, kid: str) -> SigningKey | None:
        """The key, or None when the issuer has no such key. Raises KeysUnavailable while that cannot be known."""
