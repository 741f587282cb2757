"""Teams' sign-in for tabs: a token of Entra, for this app, of a person in a tenant that is served."""

from collections.abc import Callable, Mapping
from datetime import datetime

from application.bearer_tokens import OutOfTime, Unauthorised, bearer_token, unverified, verified_claims
from application.ports.signing_keys import SigningKeySource
from changes.model import Person
from language import N_

ISSUER = "https://login.microsoftonline.com/{tenant}/v2.0"
SCOPE = "access_as_user"
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

    async def person(self, authorization: str) -> Person:
        """The person, by their Entra object id. Raises NotSignedIn, or KeysUnavailable."""
        try:
            return await self._person(bearer_token(authorization))
        except OutOfTime as refused:
            raise NotSignedIn(EXPIRED) from refused
        except Unauthorised as refused:
            raise NotSignedIn(STRANGER) from refused

    async def _person(self, token: str) -> Person:
        kid, issuer = unverified(token)
        if issuer not in self._keys:
            raise NotSignedIn(ELSEWHERE, 403)
        tenant, keys = self._keys[issuer]
        key = await keys.find(kid)
        if key is None:
            raise NotSignedIn(STRANGER)
        claims = verified_claims(token, key.key, issuer, self._audience, self._now())
        if str(claims.get("tid")).lower() != tenant:
            raise NotSignedIn(ELSEWHERE, 403)
        oid, name = claims.get("oid"), claims.get("name")
        if SCOPE not in str(claims.get("scp")).split() or not isinstance(oid, str) or not oid:
            raise NotSignedIn(STRANGER)
        return Person(oid, name if isinstance(name, str) else "")
