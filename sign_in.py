"""The bot's own tokens from Microsoft's sign-in: one MSAL application a resource, which keeps the token itself."""

import asyncio
import re
from typing import Any

import httpx

from application.retry_log import SIGN_IN, RetryLog

TEAMS = "https://api.botframework.com"
GRAPH = "https://graph.microsoft.com"
_TIMEOUT_S = 10
_NUMBER = re.compile(r"AADSTS[0-9]{4,9}", re.ASCII)


class SignInFailed(Exception):
    """No token was given; `code` is Microsoft's word for why, with its number where it gave one.

    It is None where there was no usable answer.

    `reason` is for the log.
    """

    def __init__(self, code: str | None = None, reason: str = "") -> None:
        super().__init__(code)
        self.code, self.reason = code, reason or str(code)


class AppToken:
    """Gives the bearer token of the app itself, with no user behind it.

    MSAL blocks, its constructor included, so every use runs in a thread, one at a time.
    """

    def __init__(
        self,
        app_id: str,
        secret: str,
        tenant: str,
        resource: str,
        retries: RetryLog,
        http: httpx.Client | None = None,
    ) -> None:
        """Nothing is requested before the first use. `resource` is whom the token is for; `retries` hears of failures.

        Without a secret the app is a user-assigned managed identity, and the machine it runs on vouches for it.
        `http` takes the place of MSAL's own client.
        """
        self._credentials = (app_id, secret, f"https://login.microsoftonline.com/{tenant}")
        self._resource, self._http = resource, http
        self._retries = retries
        self._app: Any = None
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, *, fresh: bool = False) -> str:
        """The token for now; a `fresh` one when the present one was refused. Raises SignInFailed."""
        async with self._one_at_a_time:
            try:
                token = await asyncio.to_thread(self._acquire, fresh)
            except SignInFailed as failed:
                reason = f"no token for {self._resource}: {failed.reason}"
                self._retries.failed(SIGN_IN, reason, item=self._resource, status=failed.code)
                raise
            self._retries.worked(SIGN_IN, self._resource)
            return token

    def _acquire(self, fresh: bool) -> str:
        try:
            if self._app is None:
                self._app = self._sign_up()
            if fresh:
                self._app.remove_tokens_for_client()
            answer = self._ask()
        except Exception as error:  # MSAL lets out whatever its HTTP client or its own reading stumbles over
            reason = f"no answer that can be used ({type(error).__name__})"
            raise SignInFailed(_number_in(error) or None, reason) from error
        if "access_token" not in answer:
            numbers = [f"AADSTS{each}" for each in answer.get("error_codes") or ()]
            number = _number(str(answer.get("error_description") or "")) or " ".join(numbers)
            words = str(answer.get("error") or ""), number
            raise SignInFailed(", ".join(each for each in words if each))
        return str(answer["access_token"])

    def _ask(self) -> Any:
        if not self._credentials[1]:  # a managed identity
            return self._app.acquire_token_for_client(resource=self._resource)
        return self._app.acquire_token_for_client(scopes=[f"{self._resource}/.default"])

    def _sign_up(self) -> Any:
        import msal  # with an HTTP client of its own, where there is something to sign in to

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


def _number(text: str) -> str:
    """Microsoft's number for what is wrong, if the text has one: the rest of it names ids that nobody needs."""
    found = _NUMBER.search(text)
    return found[0] if found else ""


def _number_in(error: BaseException | None) -> str:
    """The same of an error or what led to it: MSAL looks the tenant up first, and raises what it was answered."""
    while error is not None:
        if number := _number(str(error)):
            return number
        error = error.__cause__ or error.__context__
    return ""
