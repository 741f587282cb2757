"""The composition root takes what it is given in the place of the outside, and closes it."""

from pathlib import Path

import httpx

import app as composition
from application.retry_log import RetryLog
from bot.connector.client import pooled_client
from infomaniak.manual import Manual
from notices import NoMailbox
from settings import from_environment
from storage import open_store
from tests.integration.scheduler.conftest import Clock
from tests.support.running import environment


class Counted(Manual):
    """A provider that notes when it is closed."""

    closed = 0

    async def close(self) -> None:
        self.closed += 1


async def test_every_port_can_be_replaced(tmp_path: Path) -> None:
    settings = from_environment(environment(tmp_path), tmp_path / ".env")
    store, clock, provider = await open_store(settings.database_url, RetryLog()), Clock(), Counted()
    teams = pooled_client()
    ports = composition.Ports(
        store=store, clock=clock, teams=teams, providers={"vps_api": provider}, mailbox=NoMailbox()
    )

    app = await composition.build(settings, ports)

    assert (app.store, app.clock) == (store, clock)
    assert (app.providers, app.simulator, app.travel) == ({"vps_api": provider}, None, None)
    await app.start()
    async with httpx.AsyncClient() as caller:
        assert (await caller.get(f"{app.public_url()}/healthz")).json() == {"alive": True}
    await app.close()
    assert provider.closed == 1
    assert teams.closed
