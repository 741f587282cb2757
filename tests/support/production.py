"""A bot in production mode, started on loopback: its Teams, and the keys that it believes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

import app as composition
from application.ports import UnitOfWork
from bot.auth.authentication import Issuer
from bot.auth.bot_auth import BotAuth
from service import App
from settings import from_environment
from tests.support.autocommit import autocommit
from tests.support.key_server import APP_ID, ISSUER, KeyServer, token
from tests.support.recording_teams import TENANT
from tests.support.services import services_toml
from tests.support.teams import NADIA, PIERRE, Somebody, Teams
from tests.support.walked import with_tables

NOW = datetime.now(UTC)  # noqa: TID251  # tokens live by real time


@dataclass(slots=True)
class House:
    """A bot in production mode, the Teams it talks to and the keys that it believes."""

    app: App
    teams: Teams
    keys: KeyServer
    client: httpx.AsyncClient

    @property
    def unit(self) -> UnitOfWork:
        """Its database, for one question at a time."""
        return autocommit(self.app.store)

    def signed(self, **claims: Any) -> str:
        """What Teams sends as its authorization, but for the given claims."""
        return f"Bearer {token(datetime.now(UTC), **({'serviceurl': self.teams.service_url} | claims))}"  # noqa: TID251

    def typed(self, text: str = "/change help", **fields: Any) -> dict[str, Any]:
        """Nadia types that, in her personal chat, in the tenant that is served."""
        return typed(self.teams, text, **fields)

    async def post(self, authorization: str, activity: object) -> httpx.Response:
        """Post it, as anybody in the world can."""
        headers = {"Authorization": authorization} if authorization else {}
        return await self.client.post("/api/messages", json=activity, headers=headers)

    async def deliveries(self) -> int:
        """How many messages came out of it so far."""
        await self.app.worker.run_due()
        return len(self.teams.calls)


async def begin_request(house: House, who: Somebody, where: str = "personal") -> None:
    """That person asks for a change, and chooses to answer in the conversation."""
    await house.teams.type(who, "/change new", where)
    await house.app.worker.run_due()
    await house.teams.press(who, "command", on=house.teams.with_button("command"))
    await house.app.worker.run_due()


def typed(teams: Teams, text: str, **fields: Any) -> dict[str, Any]:
    """Nadia types that, in her personal chat, in the tenant that is served."""
    activity = teams.activity(NADIA, "personal") | {"type": "message", "text": text}
    activity["channelData"]["tenant"]["id"] = TENANT
    activity["conversation"]["tenantId"] = TENANT
    return activity | fields


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a bot in production mode whose data lies in `folder`."""
    services = folder / "services.toml"
    services.write_text(services_toml(PIERRE.object_id), encoding="utf-8")
    return {
        "CHANGE_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/changes.db",
        "CHANGE_SERVICES": str(services),
        "CHANGE_PORT": "0",
        "MicrosoftAppId": APP_ID,
        "MicrosoftAppPassword": "very-secret",
        "MicrosoftAppTenantId": TENANT,
        **more,
    }


@asynccontextmanager
async def production(folder: Path, keys: KeyServer, **more: str) -> AsyncIterator[House]:
    """A bot in production mode that believes the local key server."""

    async def our_token() -> str:
        return "ours"

    own = Issuer(f"https://sts.windows.net/{TENANT}/", keys.metadata_url, is_own_tenant=True)
    door = BotAuth((Issuer(ISSUER, keys.metadata_url), own), our_token)
    given = environment(folder, **more)
    await with_tables(given["CHANGE_DATABASE_URL"])
    app = await composition.build(
        from_environment(given, folder / ".env"), composition.Ports(auth=door, entra=keys.base_url)
    )
    try:
        await app.start()
        url = f"http://127.0.0.1:{app.port}"
        async with (
            Teams(f"{url}/api/messages", lambda: NOW) as teams,
            httpx.AsyncClient(base_url=url, timeout=60) as client,
        ):
            yield House(app, teams, keys, client)
    finally:
        await app.close()
