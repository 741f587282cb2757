"""The real bot with its database and its Teams, ready to be measured."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.copies import Copy
from bench.postgres import postgres
from bench.processes import Running, free_port, running
from bench.seed import seed
from bench.teams import APP_ID, TENANT, Teams
from bench.templates import services_toml


@dataclass(frozen=True, slots=True)
class Database:
    """A database of its own, in a folder that is deleted afterwards."""

    url: str
    folder: Path


@asynccontextmanager
async def database(engine: str, copies: Iterable[Copy], teams: Teams) -> AsyncIterator[Database]:
    """A database of that engine, `sqlite` or `postgresql`, with the changes in it."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=_fast()) as name:
        folder = Path(name)
        (folder / "services.toml").write_text(services_toml(), encoding="utf-8")
        if engine == "sqlite":
            url = f"sqlite+aiosqlite:///{folder}/changes.db"
            await seed(url, copies, teams.url)
            yield Database(url, folder)
            return
        async with postgres() as url:
            await seed(url, copies, teams.url)
            yield Database(url, folder)


def _fast() -> str | None:
    """Where temporary files lie on a disk: SQLite's commits are to cost what they cost."""
    return os.environ.get("BENCH_FOLDER")


@asynccontextmanager
async def bot(
    at: Database, teams: Teams, *, limits: bool = False, profile: Path | None = None, role: str = "all"
) -> AsyncIterator[Running]:
    """A bot on that database, once it is ready."""
    port = free_port()
    more = {
        "CHANGE_DATABASE_URL": at.url,
        "CHANGE_SERVICES": str(at.folder / "services.toml"),
        "CHANGE_PORT": str(port),
        "CHANGE_ROLE": role,
        "MicrosoftAppId": APP_ID,
        "MicrosoftAppPassword": "not-a-secret",
        "MicrosoftAppTenantId": TENANT,
        "BENCH_KEYS": f"{teams.url}openid",
        "BENCH_LIMITS": "on" if limits else "off",
    }
    if profile is not None:
        more["BENCH_PROFILE"] = str(profile)
    async with running(["-m", "bench.bot"], port, more, at.folder / f"bot-{port}.log") as started:
        yield started


@asynccontextmanager
async def echo_bot(folder: Path) -> AsyncIterator[Running]:
    """The SDK's echo bot."""
    port = free_port()
    arguments = ["-W", "ignore", "-m", "bench.echo", str(port)]
    async with running(arguments, port, {}, folder / f"echo-{port}.log", checks=False) as started:
        yield started
