"""The token that signs our calls to Graph: one MSAL application for the whole process, which keeps the token itself."""

import asyncio
from typing import Any

import httpx
import msal

from application.ports import RetryableError
from changes.text.messages import Said

SCOPE = "https://graph.microsoft.com/.default"
_TIMEOUT_S = 10


class GraphToken:
    """Gives the bearer token of the app itself, with no user behind it.

    MSAL blocks, its constructor included, so every use runs in a thread, one at a time.
    """

    def __init__(self, app_id: str, secret: str, tenant: str, http: httpx.Client | None = None) -> None:
        """Nothing is requested before the first use. `http` takes the place of MSAL's own client."""
        self._credentials = (app_id, secret, f"https://login.microsoftonline.com/{tenant}")
        self._http = http
        self._app: Any = None
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, *, fresh: bool = False) -> str:
        """The token for now; a `fresh` one when the present one was refused. Raises RetryableError."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._acquire, fresh)

    def _acquire(self, fresh: bool) -> str:
        try:
            if self._app is None:
                self._app = self._sign_up()
            if fresh:
                self._app.remove_tokens_for_client()
            answer = self._app.acquire_token_for_client(scopes=[SCOPE])
        except Exception as error:  # MSAL lets out whatever its HTTP client or its own reading stumbles over
            raise RetryableError(Said("Microsoft's sign-in gave no answer the bot can use.")) from error
        if "access_token" not in answer:
            reason = str(answer.get("error") or "")
            raise RetryableError(Said("Microsoft's sign-in refused the bot a token ({reason}).", reason=reason))
        return str(answer["access_token"])

    def _sign_up(self) -> Any:
        app_id, secret, authority = self._credentials
        return msal.ConfidentialClientApplication(
            app_id,
            client_credential=secret,
            authority=authority,
            http_client=self._http,
            timeout=_TIMEOUT_S,
            instance_discovery=False,  # the authority is Microsoft's own: there is nothing to look up about it
        )
