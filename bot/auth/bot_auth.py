"""Trusted token issuers, and the token that signs the bot's own calls to Teams."""

from dataclasses import dataclass

import httpx

import sign_in
from application.retry_log import RetryLog
from bot.auth.authentication import Issuer, issuers_for
from bot.connector.client import TokenProvider
from bot.connector.errors import NoToken
from sign_in import TEAMS

MULTI_TENANT = "botframework.com"
"""The tenant in which a MultiTenant bot signs in; a SingleTenant one does so in its own."""


class BotToken:
    """Gives the bearer token; an instance is a TokenProvider."""

    def __init__(
        self,
        app_id: str,
        secret: str,
        tenant: str,
        retries: RetryLog,
        http: httpx.Client | None = None,
        *,
        resource: str = sign_in.TEAMS,
    ) -> None:
        """`tenant` is the bot's own, or MULTI_TENANT; the rest is as in `AppToken`."""
        self._token = sign_in.AppToken(app_id, secret, tenant, resource, retries, http)

    async def __call__(self) -> str:
        """The token for now. Raises NoToken."""
        try:
            return await self._token()
        except sign_in.SignInFailed as failed:
            if failed.code is not None:
                raise NoToken(code=failed.code) from failed
            raise NoToken("Microsoft's sign-in gave no answer the bot can use. The message is sent later.") from failed


@dataclass(frozen=True, slots=True)
class BotAuth:
    """The issuers whose tokens count, and the token of the bot's own calls."""

    issuers: tuple[Issuer, ...]
    token: TokenProvider

    @classmethod
    def of_microsoft(cls, app_id: str, secret: str, app_type: str, tenant: str, retries: RetryLog) -> "BotAuth":
        """Microsoft's own, for a bot registered as `app_type`."""
        return cls(issuers_for(app_type, tenant), bot_token(app_id, secret, app_type, tenant, retries))


def bot_token(
    app_id: str, secret: str, app_type: str, tenant: str, retries: RetryLog, *, resource: str = TEAMS
) -> BotToken:
    """The token of a bot registered as `app_type`; a managed identity needs no secret."""
    return BotToken(
        app_id,
        "" if app_type == "UserAssignedMSI" else secret,
        MULTI_TENANT if app_type == "MultiTenant" else tenant,
        retries,
        resource=resource,
    )
