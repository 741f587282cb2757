"""Teams' sign-in for tabs: a token of Entra, for this app, of a person in a tenant that is served."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import jwt
from jwt.types import Options

from application.ports.signing_keys import SigningKeySource
from changes.model import Person
from language import N_

ISSUER = "https://login.microsoftonline.com/{tenant}/v2.0"
SCOPE = "access_as_user"
LEEWAY = timedelta(minutes=5)
"""How far apart the clocks of the two sides may be."""
LONGEST_TOKEN = 8000
"""Characters; Microsoft's have about 2,000."""
_UNREADABLE = (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError)
_OPTIONS: Options = {
    "require": ["exp", "iss", "aud", "oid", "tid", "scp"],
    # The lifetime is checked by the clock that was given.
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}
EXPIRED = N_("Your sign-in has expired. Load the page again.")
STRANGER = N_("Sign-in failed. Close the tab and open it again.")
ELSEWHERE = N_("The Change bot does not serve your organisation.")


class NotSignedIn(Exception):
    """The pages are not for whoever asked: the message is a sentence for them, answered with HTTP `status`."""

    def __init__(self, sentence: str, status: int = 401) -> None:
        super().__init__(sentence)
        self.status = status


class EntraTokens:
    """Tells the person of a token. What Teams says in its context is never asked: a page can be told anything there."""

    def __init__(
        self, app_id: str, domain: str, keys: Mapping[str, SigningKeySource], now: Callable[[], datetime]
    ) -> None:
        """`keys` are those of each tenant that is served; `now` is the real time, which tokens live by."""
        self._audience = [app_id, f"api://{domain}/botid-{app_id}"]
        self._keys = {ISSUER.format(tenant=tenant.lower()): (tenant.lower(), each) for tenant, each in keys.items()}
        self._now = now

    async def person(self, token: str) -> Person:
        """The person, by their Entra object id. Raises NotSignedIn, or KeysUnavailable."""
        kid, issuer = _unverified(token)
        if issuer not in self._keys:
            raise NotSignedIn(ELSEWHERE, 403)
        tenant, keys = self._keys[issuer]
        key = await keys.find(kid)
        if key is None:
            raise NotSignedIn(STRANGER)
        claims = self._verified(token, key.key, issuer)
        oid, name = claims["oid"], claims.get("name", "")
        if str(claims["tid"]).lower() != tenant:
            raise NotSignedIn(ELSEWHERE, 403)
        if SCOPE not in str(claims["scp"]).split() or not isinstance(oid, str) or not oid:
            raise NotSignedIn(STRANGER)
        return Person(oid, name if isinstance(name, str) else "")

    def _verified(self, token: str, key: jwt.PyJWK, issuer: str) -> dict[str, Any]:
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience=self._audience,
                issuer=issuer,
                options=_OPTIONS,
            )
            now, leeway = self._now().timestamp(), LEEWAY.total_seconds()
            begins, ends = (int(claims.get(name, now)) for name in ("nbf", "exp"))
        except _UNREADABLE as error:
            raise NotSignedIn(STRANGER) from error
        if not begins - leeway <= now < ends + leeway:
            raise NotSignedIn(EXPIRED)
        return claims


def _unverified(token: str) -> tuple[str, str]:
    """The key id and the issuer that the token names; nothing of it is believed before the signature is checked."""
    try:
        if len(token) > LONGEST_TOKEN:
            raise ValueError("too long")
        kid = jwt.get_unverified_header(token).get("kid")
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
    except _UNREADABLE as error:
        raise NotSignedIn(STRANGER) from error
    if not isinstance(kid, str) or not isinstance(issuer, str):
        raise NotSignedIn(STRANGER)
    return kid, issuer
