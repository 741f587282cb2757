"""Who is calling: in production only the Bot Framework may post activities, with a token it signed for this bot."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from application.bearer_tokens import Unauthorised, bearer_token, check_lifetime, unverified, verified_claims
from application.ports.signing_keys import SigningKey
from application.retry_log import RetryLog
from bot.auth.signing_keys import SigningKeys
from bot.auth.verified_tokens import VerifiedToken, VerifiedTokens
from bot.sdk import Activity, ActivityTypes
from bot.turn.activities import tenants_of

BOT_FRAMEWORK = "https://api.botframework.com"
BOT_FRAMEWORK_METADATA = "https://login.botframework.com/v1/.well-known/openidconfiguration"
ENTRA = "https://login.microsoftonline.com"

_OF_A_PERSON = ("scp", "upn", "unique_name", "preferred_username")
"""Claims of a token that somebody signed in for; what an app obtained by its own secret has none of them."""

CHANNEL = "msteams"
"""The only channel that is served. On others, Direct Line and Web Chat for one, callers say themselves who they are."""
PROBE_ID = "check"
"""Sender and conversation of the one activity that the bot's own token is good for; Teams has no such ids."""


class Forbidden(Unauthorised):
    """The request does come from there, but not from anybody whom this bot serves."""

    status = 403


@dataclass(frozen=True, slots=True)
class Issuer:
    """Somebody whose tokens count, and where their keys are.

    `ourselves`: tokens that the bot's own secret obtained, as `app.py check` does. They name the bot as their sender
    and no service address, and are good for trying the way in, not for speaking as anybody.
    """

    name: str
    metadata_url: str
    is_own_tenant: bool = False


def issuers_for(
    app_type: str, tenant: str | None, *, metadata_url: str = BOT_FRAMEWORK_METADATA, entra: str = ENTRA
) -> tuple[Issuer, ...]:
    """The issuers of a bot registered as `app_type`: the Bot Framework, and for a SingleTenant bot its own tenant."""
    issuers = [Issuer(BOT_FRAMEWORK, metadata_url)]
    if app_type.lower() == "singletenant":
        if not tenant:
            raise ValueError("A SingleTenant bot needs MicrosoftAppTenantId.")
        keys = f"{entra}/{tenant}/v2.0/.well-known/openid-configuration"
        issuers += [
            Issuer(f"https://sts.windows.net/{tenant}/", keys, is_own_tenant=True),
            Issuer(f"https://login.microsoftonline.com/{tenant}/v2.0", keys, is_own_tenant=True),
        ]
    return tuple(issuers)


@dataclass(frozen=True, slots=True)
class Caller:
    """The holder of a valid token: what it claims, and for which activities it is valid."""

    issuer: Issuer
    claims: Mapping[str, Any]
    endorsements: frozenset[str] | None
    tenants: frozenset[str]

    def authorize_activity(self, activity: Activity) -> None:
        """Return when the token is good for this activity. Raises Unauthorised, or Forbidden for another tenant's."""
        if activity.channel_id != CHANNEL:
            raise Forbidden(f"This bot serves Teams only, not the channel {activity.channel_id}.")
        if self.endorsements is not None and activity.channel_id not in self.endorsements:
            raise Unauthorised(f"The token's key may not speak for the channel {activity.channel_id}.")
        if self.issuer.is_own_tenant:
            if not is_probe(activity):
                raise Forbidden("The bot's own token is good for trying the way in only.")
        elif _address(self.claims.get("serviceurl")) != _address(activity.service_url):
            raise Unauthorised("The token is for another service address.")
        self._serves(tenants_of(activity))

    def _serves(self, named: Collection[str]) -> None:
        home = {str(self.claims["tid"]).lower()} if "tid" in self.claims else set()
        if len(home.union(named)) > 1:
            raise Forbidden("The activity names more than one organisation.")
        if not self.tenants.issuperset(named or {""}):
            raise Forbidden("This bot does not serve that organisation.")


class TokenValidator:
    """Checks signature, issuer, audience and lifetime of the token of a request; its Caller checks the activity.

    Without an app id there is no such check, and nothing is let in: the constructor raises ValueError.
    """

    def __init__(
        self,
        app_id: str,
        issuers: tuple[Issuer, ...],
        client: httpx.AsyncClient,
        now: Callable[[], datetime],
        tenants: Collection[str],
        retries: RetryLog,
    ) -> None:
        """`now` is the real time, also where the process lives by another clock; `tenants` are those served."""
        if not app_id:
            raise ValueError("Set MicrosoftAppId: without it the bot cannot tell Teams from a stranger.")
        if not tenants:
            raise ValueError("Set CHANGE_TENANTS: without it anybody in any organisation could use the bot.")
        self._app_id, self._now, self._known = app_id, now, VerifiedTokens()
        self._tenants = frozenset(each.lower() for each in tenants)
        keys = {url: SigningKeys(client, url, now, retries) for url in {each.metadata_url for each in issuers}}
        self._issuers = {issuer.name: (issuer, keys[issuer.metadata_url]) for issuer in issuers}

    async def __call__(self, authorization: str | None) -> Caller:
        """Who is calling, before anything of what they send is read. Raises Unauthorised or KeysUnavailable."""
        token = bearer_token(authorization)
        known = self._known.find(token)
        kid, name = (known.kid, known.issuer) if known else unverified(token)
        if name not in self._issuers:
            raise Unauthorised("The token was issued by somebody this bot does not trust.")
        issuer, keys = self._issuers[name]
        key = await keys.find(kid)
        if key is None:
            raise Unauthorised("The token is signed with a key its issuer does not have.")
        if known is not None and known.key is key:  # one that was fetched anew is another, also where it is equal
            check_lifetime(known.claims, self._now())
        else:
            known = VerifiedToken(kid, name, key, self._verified(token, key, issuer))
            self._known.remember(token, known)
        return Caller(issuer, known.claims, key.endorsements, self._tenants)

    def _verified(self, token: str, key: SigningKey, issuer: Issuer) -> Mapping[str, Any]:
        """The claims of a token that is good now. Raises Unauthorised."""
        claims = verified_claims(token, key.key, issuer.name, self._app_id, self._now())
        _check_nobody_signed_in(claims)
        ours = [claims[name] for name in ("appid", "azp") if name in claims]
        if issuer.is_own_tenant and (not ours or any(each != self._app_id for each in ours)):
            raise Unauthorised("The token was not issued to this bot.")
        return claims


def _check_nobody_signed_in(claims: Mapping[str, Any]) -> None:
    """Refuse a delegated token: with it a person speaks to an app, and neither Teams nor the bot itself does."""
    public_client = "0" in (claims.get("appidacr"), claims.get("azpacr"))
    if public_client or claims.get("idtyp", "app") != "app" or any(name in claims for name in _OF_A_PERSON):
        raise Unauthorised("The token was issued to a person; only Teams itself may post here.")


def is_probe(activity: Activity) -> bool:
    """Whether the activity shows that the way in is open, and does nothing else."""
    source = activity.from_property
    return (
        activity.type == ActivityTypes.typing
        and activity.conversation.id == source.id == PROBE_ID
        and not source.aad_object_id
    )


def _address(url: object) -> str | None:
    return url.rstrip("/") if isinstance(url, str) else None
