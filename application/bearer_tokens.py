"""Signed tokens that a caller shows: nothing of one is believed before its signature was checked."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import jwt

LEEWAY = timedelta(minutes=5)
"""How far apart the clocks of the two sides may be."""
_YEAR_10000 = 253_402_300_800
"""The first second that no date can hold, and the end of what a token may call a time."""
LONGEST_TOKEN = 8000
"""Characters; Microsoft's have about 2,000."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_KEY_ID = re.compile(r"[!-~]{1,200}")
"""Microsoft's have 27 characters; what is none is refused, and makes nobody fetch keys or try again."""


class Unauthorised(Exception):
    """The token is not good. The message is one sentence; the answer is HTTP `status`."""

    status = 401


class OutOfTime(Unauthorised):
    """The token was good, or will be."""


def bearer_token(authorization: str | None) -> str:
    """The token of an Authorization header. Raises Unauthorised."""
    if not authorization:
        raise Unauthorised("Send a bearer token with the request.")
    match authorization.split():
        case [scheme, token] if scheme.lower() == "bearer":
            return token
        case _:
            raise Unauthorised("The authorization is not a bearer token.")


def unverified(token: str) -> tuple[str, str]:
    """The key id and the issuer the token names; not believed before the signature is checked. Raises Unauthorised."""
    if len(token) > LONGEST_TOKEN or not _TOKEN.fullmatch(token):
        raise Unauthorised("The token cannot be read.")
    header, claims = (_object(part) for part in token.split(".")[:2])
    kid, name = header.get("kid"), claims.get("iss")
    # A header that is critical or changes the encoding asks for rules that are not followed here.
    unusual = header.get("alg") != "RS256" or "crit" in header or "b64" in header
    if unusual or not isinstance(kid, str) or not _KEY_ID.fullmatch(kid) or not isinstance(name, str):
        raise Unauthorised("The token is not of the kind Microsoft signs.")
    return kid, name


def verified_claims(
    token: str, key: jwt.PyJWK, issuer: str, audience: str | Sequence[str], now: datetime
) -> dict[str, Any]:
    """The claims of a token that the issuer signed with that key for the audience, and that is good now.

    Raises Unauthorised.
    """
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=audience,
            issuer=issuer,
            # The lifetime is checked below, by the clock that was given.
            options={"require": ["exp"], "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
    except jwt.InvalidAudienceError as error:
        raise Unauthorised("The token is for another bot.") from error
    except jwt.MissingRequiredClaimError as error:
        raise Unauthorised(f"The token says nothing about {error.claim}.") from error
    except jwt.PyJWTError as error:
        raise Unauthorised("The token's signature is wrong.") from error
    check_lifetime(claims, now)
    return claims


def check_lifetime(claims: Mapping[str, Any], now: datetime) -> None:
    """Raise Unauthorised unless the token is good at that moment."""
    at, leeway = now.timestamp(), LEEWAY.total_seconds()
    if at >= _timestamp(claims["exp"]) + leeway:
        raise OutOfTime("The token has expired.")
    if any(at < _timestamp(claims[name]) - leeway for name in ("nbf", "iat") if name in claims):
        raise OutOfTime("The token is not valid yet.")


def _timestamp(claimed: object) -> int:
    """Seconds since 1970. Microsoft signs whole numbers; what else JSON has (NaN, 1e400, true) is no time."""
    if type(claimed) is not int or not 0 <= claimed < _YEAR_10000:
        raise Unauthorised("The token's lifetime cannot be read.")
    return claimed


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError) as error:
        raise Unauthorised("The token cannot be read.") from error
    if not isinstance(found, dict):
        raise Unauthorised("The token cannot be read.")
    return found
