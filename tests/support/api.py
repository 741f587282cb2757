"""A program that uses the API of a running bot, with a token that an admin made in the chat."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.support.running import Bot
from tests.support.teams import NADIA, Somebody

_SECRET = re.compile(r"chg_[\w-]+")


def url_of(bot: Bot) -> str:
    """Where its API is."""
    return f"http://127.0.0.1:{bot.app.port}/api/v1"


async def made_token(bot: Bot, wanted: str = "pipeline read,gate,write", who: Somebody = NADIA) -> str:
    """The token that an admin makes."""
    await bot.type(who, f"/change admin token {wanted}")
    found = _SECRET.search(bot.teams.calls[-1].message.text)
    assert found is not None
    return found[0]


@asynccontextmanager
async def program(bot: Bot, token: str = "", **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client with that token, or a new one that may do everything."""
    known = token or await made_token(bot)
    async with httpx.AsyncClient(
        base_url=url_of(bot), headers={"Authorization": f"Bearer {known}", **headers}, timeout=60
    ) as client:
        yield client


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem in the answer, which has that status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    assert found["title"]
    assert found["detail"]
    return found
