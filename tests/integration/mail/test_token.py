"""The app signs in to Graph with its own secret, once, and again when its token is refused."""

import asyncio

import httpx
import pytest

from application.ports import RetryableError
from notices import GraphToken
from tests.integration.door.test_tokens import SignIn
from tests.support.key_server import APP_ID
from tests.support.recording_teams import TENANT


def token(at: SignIn) -> GraphToken:
    return GraphToken(APP_ID, "secret", TENANT, httpx.Client(transport=httpx.MockTransport(at.answer)))


def asked(at: SignIn) -> int:
    """How often a token was asked for."""
    return sum(path.endswith("/token") for path in at.requests)


async def test_one_token_serves_many_mails_until_a_fresh_one_is_wanted() -> None:
    sign_in = SignIn()
    provider = token(sign_in)
    assert sign_in.requests == []
    assert set(await asyncio.gather(*(provider() for _ in range(5)))) == {"t0ken"}
    assert asked(sign_in) == 1
    sign_in.body["access_token"] = "another"
    assert await provider(fresh=True) == "another"
    assert await provider() == "another"
    assert asked(sign_in) == 2


async def test_a_refused_sign_in_says_why_and_the_mail_waits() -> None:
    with pytest.raises(RetryableError, match="invalid_client"):
        await token(SignIn(status=401, body={"error": "invalid_client"}))()


async def test_a_sign_in_that_cannot_be_reached_is_tried_again() -> None:
    sign_in = SignIn(unreachable=True)
    provider = token(sign_in)
    with pytest.raises(RetryableError, match="gave no answer"):
        await provider()
    sign_in.unreachable = False
    assert await provider() == "t0ken"
