"""The token that signs our calls to Teams: one MSAL application for the whole process, which keeps the token itself."""

import asyncio
from typing import Any

import httpx
import msal

from bot.connector.errors import NoToken

RESOURCE = "https://api.botframework.com"
MULTI_TENANT = "botframework.com"
"""The tenant in which a MultiTenant bot signs in; a SingleTenant one does so in its own."""

_TIMEOUT_S = 10


class BotToken:
    """Gives the bearer token; an instance is a TokenProvider.

    MSAL blocks, its constructor included, so every use runs in a thread, one at a time.
    """

    def __init__(
        self, app_id: str, secret: str, tenant: str, http: httpx.Client | None = None, *, resource: str = RESOURCE
    ) -> None:
        """Nothing is requested before the first use. `tenant` is the bot's own, or MULTI_TENANT.

        Without a secret the bot is a user-assigned managed identity, and the machine it runs on vouches for it.
        `http` takes the place of MSAL's own client; `resource` is whom the token is for.
        """
        self._credentials = (app_id, secret, f"https://login.microsoftonline.com/{tenant}")
        self._http, self._resource = http, resource
        self._app: Any = None
        self._one_at_a_time = asyncio.Lock()

    async def warm(self) -> None:
        """Fetch the first token before the first message needs it. Raises NoToken."""
        await self()

    async def __call__(self) -> str:
        """The token for now. Raises NoToken."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._acquire)

    def _acquire(self) -> str:
        try:
            if self._app is None:
                self._app = self._sign_up()
            answer = self._ask()
        except Exception as error:  # MSAL lets out whatever its HTTP client or its own reading stumbles over
            raise NoToken("Microsoft's sign-in gave no answer the bot can use. The message is sent later.") from error
        if "access_token" not in answer:
            raise NoToken(code=str(answer.get("error") or ""))
        return str(answer["access_token"])

    def _ask(self) -> Any:
        if isinstance(self._app, msal.ManagedIdentityClient):
            return self._app.acquire_token_for_client(resource=self._resource)
        return self._app.acquire_token_for_client(scopes=[f"{self._resource}/.default"])

    def _sign_up(self) -> Any:
        app_id, secret, authority = self._credentials
        if not secret:
            # The machine's own address must never be asked for through a proxy.
            http = self._http or httpx.Client(timeout=_TIMEOUT_S, trust_env=False)
            return msal.ManagedIdentityClient(msal.UserAssignedManagedIdentity(client_id=app_id), http_client=http)
        return msal.ConfidentialClientApplication(
            app_id,
            client_credential=secret,
            authority=authority,
            http_client=self._http,
            timeout=_TIMEOUT_S,
            instance_discovery=False,  # the authority is Microsoft's own: there is nothing to look up about it
        )
