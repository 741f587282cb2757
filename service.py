"""The service once it is built: what runs, started and closed in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
from aiohttp import ClientSession, web

from application.ports import Clock
from changes.errors import DatabaseUnavailable
from changes.policy import Catalogue
from http_server import listen, make_runner
from infomaniak.provider_entry import ClosableBackend
from local.simulator import Simulator
from local.time_travel import TimeTravel
from scheduler.worker import Worker
from scheduler.worker_beats import WorkerMonitor
from scheduler.worker_loop import WorkerLoop
from settings import Settings
from settings.model import NAMES
from storage import Store

SHUTDOWN_SECONDS = 3.0
"""For requests that are being answered when the process is told to end."""


@dataclass(slots=True)
class App:
    """Everything that runs."""

    settings: Settings
    catalogue: Catalogue
    clock: Clock
    store: Store
    worker: Worker
    jobs: WorkerLoop
    workers: WorkerMonitor
    teams: ClientSession
    clients: list[httpx.AsyncClient]
    providers: Mapping[str, ClosableBackend]
    simulator: Simulator | None = None
    travel: TimeTravel | None = None
    pages: web.Application = field(default_factory=web.Application)
    runner: web.AppRunner | None = None
    port: int = 0

    async def start(self) -> None:
        """Listen, for monitoring alone where the role is worker, and let the worker run. Raises CannotListen."""
        its = self.settings
        port, setting = (its.port, "port") if its.role != "worker" else (its.health_port, "health_port")
        self.runner = make_runner(self.pages, SHUTDOWN_SECONDS)
        self.port = await listen(self.runner, its.host, port, NAMES[setting])
        await self.jobs.start(working=self.settings.role != "web")

    async def close(self) -> None:
        """Finish what is under way and give everything back."""
        if self.runner is not None:
            await self.runner.cleanup()
        if self.travel is not None:
            await self.travel.close()
        await self.jobs.stop()
        await self.teams.close()
        for client in self.clients:
            await client.aclose()
        for provider in self.providers.values():
            await provider.close()
        if self.simulator is not None:
            await self.simulator.stop()
        await self.store.close()

    def public_url(self) -> str:
        """The address at which the bot is reached from outside; in local mode that of this machine."""
        if self.settings.public_url or not self.settings.local:
            return self.settings.public_url.rstrip("/")
        return f"http://{self.settings.host}:{self.port or self.settings.port}"

    async def unready(self) -> str:
        """What is not ready, as text for `/readyz`; empty when everything is."""
        outage = await self.store.outage()
        if outage is not None:
            return f"database ({outage})"
        if self.settings.role != "web":
            return "" if self.jobs.running else "worker"
        try:
            return await self.workers.missing()
        except DatabaseUnavailable as away:
            return f"database ({away.outage})"
