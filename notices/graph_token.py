"""The token that signs our calls to Graph."""

import httpx

import sign_in
from application.ports import RetryableError
from changes.text.messages import Message


class GraphToken:
    """Gives the bearer token; an instance is a Token."""

    def __init__(self, app_id: str, secret: str, tenant: str, http: httpx.Client | None = None) -> None:
        """As in `AppToken`."""
        self._token = sign_in.AppToken(app_id, secret, tenant, sign_in.GRAPH, http)

    async def __call__(self, *, fresh: bool = False) -> str:
        """The token for now; a `fresh` one when the present one was refused. Raises RetryableError."""
        try:
            return await self._token(fresh=fresh)
        except sign_in.SignInFailed as failed:
            if failed.code is not None:
                said = Message("Microsoft's sign-in refused the bot a token ({reason}).", reason=failed.code)
                raise RetryableError(said) from failed
            raise RetryableError(Message("Microsoft's sign-in gave no answer the bot can use.")) from failed
