"""Who is calling: in production only the Bot Framework may post activities, with a token it signed for this bot."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import jwt

from application.ports.signing_keys import SigningKey
from application.retry_log import RetryLog
from bot.auth.signing_keys import SigningKeys
from bot.auth.verified_tokens import VerifiedToken, VerifiedTokens
from bot.sdk import Activity, ActivityTypes
from bot.turn.activities import tenants_of

BOT_FRAMEWORK = "https://api.botframework.com"
BOT_FRAMEWORK_METADATA = "https://login.botframework.com/v1/.well-known/openidconfiguration"
ENTRA = "https://login.microsoftonline.com"

LEEWAY = timedelta(minutes=5)
"""How far apart the clocks of the two sides may be."""
_YEAR_10000 = 253_402_300_800
"""The first second that no date can hold, and the end of what a token may call a time."""
LONGEST_TOKEN = 8000
"""Characters; Microsoft's have about 1,500."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_KEY_ID = re.compile(r"[!-~]{1,200}")
"""Microsoft's have 27 characters; what is none is refused, and makes nobody fetch keys or try again."""
_OF_A_PERSON = ("scp", "upn", "unique_name", "preferred_username")
"""Claims of a token that somebody signed in for; what an app obtained by its own secret has none of them."""

CHANNEL = "msteams"
"""The only channel that is served. On others, Direct Line and Web Chat for one, callers say themselves who they are."""
PROBE_ID = "check"
"""Sender and conversation of the one activity that the bot's own token is good for; Teams has no such ids."""


class Unauthorised(Exception):
    """The request does not come from the Bot Framework. The message is one sentence; the answer is HTTP `status`."""

    status = 401


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
        token = _bearer(authorization)
        known = self._known.find(token)
        kid, name = (known.kid, known.issuer) if known else _unverified(token)
        if name not in self._issuers:
            raise Unauthorised("The token was issued by somebody this bot does not trust.")
        issuer, keys = self._issuers[name]
        key = await keys.find(kid)
        if key is None:
            raise Unauthorised("The token is signed with a key its issuer does not have.")
        if known is not None and known.key is key:  # one that was fetched anew is another, also where it is equal
            self._check_lifetime(known.claims)
        else:
            known = VerifiedToken(kid, name, key, self._verified(token, key, issuer))
            self._known.remember(token, known)
        return Caller(issuer, known.claims, key.endorsements, self._tenants)

    def _verified(self, token: str, key: SigningKey, issuer: Issuer) -> Mapping[str, Any]:
        """The claims of a token that is good now. Raises Unauthorised."""
        claims = self._signed(token, key, issuer)
        self._check_lifetime(claims)
        _check_nobody_signed_in(claims)
        ours = [claims[name] for name in ("appid", "azp") if name in claims]
        if issuer.is_own_tenant and (not ours or any(each != self._app_id for each in ours)):
            raise Unauthorised("The token was not issued to this bot.")
        return claims

    def _signed(self, token: str, key: SigningKey, issuer: Issuer) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                audience=self._app_id,
                issuer=issuer.name,
                # The lifetime is checked below, by the clock that was given.
                options={"require": ["exp"], "verify_exp": False, "verify_nbf": False, "verify_iat": False},
            )
        except jwt.InvalidAudienceError as error:
            raise Unauthorised("The token is for another bot.") from error
        except jwt.MissingRequiredClaimError as error:
            raise Unauthorised(f"The token says nothing about {error.claim}.") from error
        except jwt.PyJWTError as error:
            raise Unauthorised("The token's signature is wrong.") from error

    def _check_lifetime(self, claims: Mapping[str, Any]) -> None:
        now, leeway = self._now().timestamp(), LEEWAY.total_seconds()
        if now >= _timestamp(claims["exp"]) + leeway:
            raise Unauthorised("The token has expired.")
        if any(now < _timestamp(claims[name]) - leeway for name in ("nbf", "iat") if name in claims):
            raise Unauthorised("The token is not valid yet.")


def _timestamp(claimed: object) -> int:
    """Seconds since 1970. Microsoft signs whole numbers; what else JSON has (NaN, 1e400, true) is no time."""
    if type(claimed) is not int or not 0 <= claimed < _YEAR_10000:
        raise Unauthorised("The token's lifetime cannot be read.")
    return claimed


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


def _bearer(authorization: str | None) -> str:
    if not authorization:
        raise Unauthorised("Send a bearer token with the request.")
    match authorization.split():
        case [scheme, token] if scheme.lower() == "bearer":
            return token
        case _:
            raise Unauthorised("The authorization is not a bearer token.")


def _unverified(token: str) -> tuple[str, str]:
    """The key id and the issuer the token names; nothing of it is believed before the signature is checked."""
    if len(token) > LONGEST_TOKEN or not _TOKEN.fullmatch(token):
        raise Unauthorised("The token cannot be read.")
    header, claims = (_object(part) for part in token.split(".")[:2])
    kid, name = header.get("kid"), claims.get("iss")
    # A header that is critical or changes the encoding asks for rules that are not followed here.
    unusual = header.get("alg") != "RS256" or "crit" in header or "b64" in header
    if unusual or not isinstance(kid, str) or not _KEY_ID.fullmatch(kid) or not isinstance(name, str):
        raise Unauthorised("The token is not of the kind the Bot Framework signs.")
    return kid, name


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError) as error:
        raise Unauthorised("The token cannot be read.") from error
    if not isinstance(found, dict):
        raise Unauthorised("The token cannot be read.")
    return found


def _address(url: object) -> str | None:
    return url.rstrip("/") if isinstance(url, str) else None
