"""Trusted token issuers, and the bot's own token."""

from dataclasses import dataclass

from bot.auth.authentication import Issuer, issuers_for
from bot.auth.credentials import MULTI_TENANT, BotToken
from bot.connector.client import TokenProvider
from sign_in import TEAMS


@dataclass(frozen=True, slots=True)
class BotAuth:
    """The issuers whose tokens count, and the token of the bot's own calls."""

    issuers: tuple[Issuer, ...]
    token: TokenProvider

    @classmethod
    def of_microsoft(cls, app_id: str, secret: str, app_type: str, tenant: str) -> "BotAuth":
        """Microsoft's own, for a bot registered as `app_type`."""
        return cls(issuers_for(app_type, tenant), bot_token(app_id, secret, app_type, tenant))


def bot_token(app_id: str, secret: str, app_type: str, tenant: str, *, resource: str = TEAMS) -> BotToken:
    """The token of a bot registered as `app_type`; a managed identity needs no secret."""
    return BotToken(
        app_id,
        "" if app_type == "UserAssignedMSI" else secret,
        MULTI_TENANT if app_type == "MultiTenant" else tenant,
        resource=resource,
    )
