"""The token that signs our calls to Teams."""

import httpx

import sign_in
from bot.connector.errors import NoToken

MULTI_TENANT = "botframework.com"
"""The tenant in which a MultiTenant bot signs in; a SingleTenant one does so in its own."""


class BotToken:
    """Gives the bearer token; an instance is a TokenProvider."""

    def __init__(
        self, app_id: str, secret: str, tenant: str, http: httpx.Client | None = None, *, resource: str = sign_in.TEAMS
    ) -> None:
        """`tenant` is the bot's own, or MULTI_TENANT; the rest is as in `AppToken`."""
        self._token = sign_in.AppToken(app_id, secret, tenant, resource, http)

    async def __call__(self) -> str:
        """The token for now. Raises NoToken."""
        try:
            return await self._token()
        except sign_in.SignInFailed as failed:
            if failed.code is not None:
                raise NoToken(code=failed.code) from failed
            raise NoToken("Microsoft's sign-in gave no answer the bot can use. The message is sent later.") from failed
