"""Whether Microsoft's sign-in, its keys and Graph can be used, as the bot will use them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx

from application.ports import Clock, RetryableError
from bot.auth.authentication import BOT_FRAMEWORK_METADATA
from bot.auth.bot_auth import bot_token
from bot.auth.signing_keys import KeysUnavailable, SigningKeys
from bot.connector.errors import NoToken
from check.finding import Finding
from notices import GraphToken
from settings import Settings

Token = Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Microsoft:
    """Where the check asks Microsoft. `our_token` and `own_token` are the bot's tokens for Teams and for itself."""

    our_token: Token | None
    own_token: Token | None
    metadata: str = BOT_FRAMEWORK_METADATA

    @classmethod
    def of(cls, settings: Settings) -> "Microsoft":
        """As the settings have it; local mode has none of it."""
        if settings.local:
            return cls(None, None)
        facts = (settings.app_id, settings.app_password, settings.app_type, settings.tenant)
        own = bot_token(*facts, resource=settings.app_id) if settings.app_type == "SingleTenant" else None
        return cls(bot_token(*facts), own)

    async def signs_in(self) -> Finding:
        """Whether the bot gets a token for Teams."""
        if self.our_token is None:
            return False, "There is nobody to sign in to."
        try:
            await self.our_token()
        except NoToken as error:
            return False, f"{error} {error.code}".strip()
        return True, "The bot signs in to Microsoft."

    async def keys(self, client: httpx.AsyncClient, clock: Clock) -> Finding:
        """Whether the keys can be fetched that Teams signs with."""
        found = SigningKeys(client, self.metadata, clock.now)
        try:
            await found.find("any")
        except KeysUnavailable as error:
            return False, f"{error} Let this machine reach login.botframework.com."
        return True, "The keys that Teams signs with can be fetched."


async def graph(settings: Settings) -> Finding:
    """Whether the bot gets a token for Graph."""
    try:
        await GraphToken(settings.app_id, settings.app_password, settings.tenant)()
    except RetryableError as error:
        return False, str(error)
    return True, f"The bot may ask Graph; mails go out as {settings.graph_sender}."
