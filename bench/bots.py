"""The real bot and the echo bots it is compared with, as processes that are ready to be measured."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.databases import Database
from bench.environments import python_with
from bench.processes import Running, free_port, running
from bench.teams import APP_ID, TENANT, Teams

AGENTS_PACKAGES = ("microsoft-agents-hosting-aiohttp", "microsoft-agents-authentication-msal")
"""The Microsoft 365 Agents SDK, which does not go together with its predecessor."""


def environment(at: Database, port: int, role: str = "all") -> dict[str, str]:
    """The settings of a bot in production mode on that database."""
    return {
        "CHANGE_DATABASE_URL": at.url,
        "CHANGE_SERVICES": str(at.folder / "services.toml"),
        "CHANGE_PORT": str(port),
        "CHANGE_ROLE": role,
        "CHANGE_PUBLIC_URL": "https://change.example.ch",
        "MicrosoftAppId": APP_ID,
        "MicrosoftAppPassword": "not-a-secret",
        "MicrosoftAppTenantId": TENANT,
    }


@asynccontextmanager
async def bot(
    at: Database, teams: Teams, *, limits: bool = False, profile: Path | None = None
) -> AsyncIterator[Running]:
    """A bot on that database, once it is ready; `limits` are those of Teams."""
    port = free_port()
    more = environment(at, port) | {
        "BENCH_KEYS": f"{teams.url}openid",
        "BENCH_LIMITS": "on" if limits else "off",
        "BENCH_PROFILE": str(profile or ""),
    }
    async with running(["-m", "bench.bot"], port, more, at.folder / f"bot-{port}.log") as started:
        yield started


@asynccontextmanager
async def as_delivered(at: Database) -> AsyncIterator[Running]:
    """The bot as `python app.py` starts it: nobody signs requests that it would believe."""
    port = free_port()
    async with running(["app.py"], port, environment(at, port), at.folder / f"app-{port}.log") as started:
        yield started


@asynccontextmanager
async def echo_bot(folder: Path) -> AsyncIterator[Running]:
    """The Bot Framework SDK's echo bot."""
    port = free_port()
    arguments = ["-W", "ignore", "-m", "bench.echo", str(port)]
    async with running(arguments, port, {}, folder / f"echo-{port}.log", checks=False) as started:
        yield started


@asynccontextmanager
async def agents_bot(folder: Path) -> AsyncIterator[Running]:
    """The Microsoft 365 Agents SDK's echo bot. Raises RuntimeError where its environment cannot be made."""
    python = await asyncio.to_thread(python_with, "agents-sdk", AGENTS_PACKAGES)
    port = free_port()
    log = folder / f"agents-{port}.log"
    arguments = ["-W", "ignore", "bench/agents_echo.py", str(port)]
    async with running(arguments, port, {}, log, checks=False, python=python) as started:
        yield started
