"""Whether Microsoft's sign-in, its keys and Graph can be used, as the bot will use them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx

from application.ports import Clock
from application.ports.signing_keys import KeysUnavailable
from application.retry_log import RetryLog
from bot.auth.authentication import BOT_FRAMEWORK_METADATA
from bot.auth.bot_auth import bot_token
from bot.auth.signing_keys import SigningKeys
from bot.connector.errors import NoToken
from check.finding import Finding
from check.sign_in_codes import repair
from notices import GraphToken
from notices import Token as GraphsToken
from settings import Settings

Token = Callable[[], Awaitable[str]]


def refusal(error: NoToken) -> str:
    """Why there is no token, and what mends it."""
    if mended := repair(error.code):
        return f"Microsoft's sign-in refuses the bot ({error.code}). {mended}"
    if error.code:
        return f"{error} {error.code}"
    return "Microsoft's sign-in gave no answer the bot can use. Let this machine reach login.microsoftonline.com."


@dataclass(frozen=True, slots=True)
class Microsoft:
    """Where the check asks Microsoft. `our_token`, `own_token` and `graph_token` are for Teams, the bot and Graph."""

    our_token: Token | None
    own_token: Token | None
    metadata: str = BOT_FRAMEWORK_METADATA
    graph_token: GraphsToken | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Microsoft":
        """As the settings have it; local mode has none of it."""
        if settings.local:
            return cls(None, None)
        facts, retries = (settings.app_id, settings.app_password, settings.app_type, settings.tenant), RetryLog()
        own = bot_token(*facts, retries, resource=settings.app_id) if settings.app_type == "SingleTenant" else None
        mails = GraphToken(facts[0], facts[1], settings.tenant, retries) if settings.graph_sender else None
        return cls(bot_token(*facts, retries), own, graph_token=mails)

    async def signs_in(self) -> Finding:
        """Whether the bot gets a token for Teams."""
        if self.our_token is None:
            return False, "There is nobody to sign in to."
        try:
            await self.our_token()
        except NoToken as error:
            return False, refusal(error)
        return True, "The bot signs in to Microsoft."

    async def keys(self, client: httpx.AsyncClient, clock: Clock) -> Finding:
        """Whether the keys can be fetched that Teams signs with."""
        found = SigningKeys(client, self.metadata, clock.now, RetryLog())
        try:
            await found.find("any")
        except KeysUnavailable as error:
            return False, f"{error} Let this machine reach login.botframework.com."
        return True, "The keys that Teams signs with can be fetched."
