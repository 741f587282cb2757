"""Puts the parts together and runs the service: the only place that knows everyone."""

import gc

if __name__ == "__main__":
    # Hardly anything that is imported is garbage: looking for it takes a third of the time until the first answer.
    gc.disable()  # until warm_up

import asyncio
import errno
import logging
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from aiohttp import web

import logs
import settings as configuration
from application.ports import Clock, UnitOfWorkFactory
from application.rate_limiter import RateLimiter
from application.replanning import replan
from bot.auth.authentication import Issuer, TokenValidator, issuers_for
from bot.auth.credentials import MULTI_TENANT, BotToken
from bot.commands.command_context import Handler
from bot.commands.registry import HANDLERS
from bot.connector.client import EACH, TOGETHER, Connector, TokenProvider, pooled_client
from bot.messenger.messenger import Messenger
from bot.messenger.notice_preview import Previews
from bot.pages.documents import Documents
from bot.routes import Routes
from bot.server import make_runner
from bot.turn.activity_router import ActivityRouter
from bot.turn.identity import Identify, sender
from bot.turn.turn_handler import TurnHandler
from changes.errors import DatabaseUnavailable
from changes.policy import Catalogue
from infomaniak import registry
from infomaniak.provider_entry import OpenProvider, ProviderAccess
from language.catalogues import load
from local import demo_users, mail_files
from local.clock import MovableClock
from local.cloud import cloud_arguments
from local.impersonation import act_as, identify
from local.simulator import Simulator
from local.simulator import start as start_simulator
from local.time_travel import TimeTravel
from notices import (
    BrokenTemplate,
    GraphMailbox,
    GraphToken,
    Mailbox,
    Mailer,
    NoMailbox,
    NoticeRenderer,
    open_mail_client,
)
from notices.feed import feed
from notices.graph import PER_MINUTE
from notices.renderer import LANGUAGES
from scheduler.leases import Leases
from scheduler.worker import Worker
from scheduler.worker_loop import SWEEP_SECONDS, Jobs
from settings import Services, Settings, SettingsError
from storage import CannotOpen, Store, open_store

log = logging.getLogger(__name__)
SHUTDOWN_SECONDS = 3.0
"""For requests that are being answered when the process is told to end."""
ALONE_SECONDS = 1.0
"""How often a worker without a web side looks for work."""
USAGE = """Usage: python app.py          runs the service
       python app.py check    looks whether everything is set up, also at the public address itself
       python app.py probe    shows what INFOMANIAK_TOKEN can see, by reading calls only"""


class SystemClock:
    """Real time: the database's, where replicas share one, so that they agree about it whatever their machines say."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC) + self._ahead

    async def set_by(self, store: Store) -> None:
        """Live by the database's clock from now on. Raises DatabaseUnavailable."""
        before = datetime.now(UTC)
        told = await store.now()
        if told is not None:
            after = datetime.now(UTC)
            self._ahead = told - (before + (after - before) / 2)


@dataclass(slots=True)
class App:
    """Everything that runs, in the order in which it is closed."""

    settings: Settings
    catalogue: Catalogue
    clock: Clock
    store: Store
    worker: Worker
    jobs: Jobs
    pages: web.Application
    clients: list[httpx.AsyncClient]
    simulator: Simulator | None = None
    travel: TimeTravel | None = None
    runner: web.AppRunner | None = None
    port: int = field(default=0)
    providers: Mapping[str, OpenProvider] = field(default_factory=dict)

    async def start(self) -> None:
        """Listen, and let the worker run, as far as the role says. Raises SettingsError where it cannot listen."""
        if self.settings.role != "worker":
            self.runner = make_runner(self.pages, SHUTDOWN_SECONDS)
            await self.runner.setup()
            site = web.TCPSite(self.runner, self.settings.host, self.settings.port)
            try:
                await site.start()
            except OSError as error:
                raise SettingsError(_cannot_listen(self.settings, error)) from error
            self.port = self.runner.addresses[0][1]
        await self.jobs.start(working=self.settings.role != "web")

    async def close(self) -> None:
        """Finish what is under way and give everything back."""
        if self.runner is not None:
            await self.runner.cleanup()
        if self.travel is not None:
            await self.travel.close()
        await self.jobs.stop()
        for client in self.clients:
            await client.aclose()
        for provider in self.providers.values():
            await provider.close()
        if self.simulator is not None:
            await self.simulator.stop()
        await self.store.close()


@dataclass(frozen=True, slots=True)
class BotAuth:
    """Whom the bot believes, and how it proves itself to Teams."""

    issuers: tuple[Issuer, ...]
    token: TokenProvider

    @classmethod
    def of_microsoft(cls, settings: Settings) -> "BotAuth":
        """Microsoft's own, in production."""
        tenant = MULTI_TENANT if settings.app_type == "MultiTenant" else settings.tenant
        secret = "" if settings.app_type == "UserAssignedMSI" else settings.app_password
        return cls(issuers_for(settings.app_type, settings.tenant), BotToken(settings.app_id, secret, tenant))


async def build(settings: Settings, door: BotAuth | None = None) -> App:
    """Wire everything for these settings. Raises SettingsError when something they name cannot be used.

    `door` takes the place of Microsoft's, where the bot is run away from it. Local mode has none.
    """
    if settings.local:
        door = None
    elif door is None:
        door = BotAuth.of_microsoft(settings)
    services = configuration.load_services(settings.services)
    catalogue = services.catalogue
    _all_served(services, settings)
    wording = NoticeRenderer(settings.templates, organizer=settings.graph_sender or mail_files.SENDER)
    store = await open_store(settings.database_url)
    units: UnitOfWorkFactory = store.units
    clock: Clock = await MovableClock.restored(units) if settings.local else SystemClock()
    if isinstance(clock, SystemClock):
        await clock.set_by(store)
    await replan(units, catalogue, clock.now())
    simulated = await start_simulator(clock.now, data_path(settings, "simulator.json")) if settings.local else None
    teams = pooled_client()
    clients: list[httpx.AsyncClient] = []
    providers = registry.open_providers(catalogue.services.values(), _access(settings, services, simulated))
    # The Playground has no limits; keeping Teams' own there would only make people wait.
    pace = RateLimiter(units, clock, EACH, TOGETHER) if door else None
    connector = Connector(teams, door.token if door else None, pace)
    messenger = Messenger(units, catalogue, clock, connector, wording, refreshes=not settings.local)
    lock = store.worker_lock()
    post = Mailer(units, catalogue, clock, wording, _mailbox(settings, clients, units, clock))
    # A process of the role web has no worker and no lock; what it sends when the clock is moved is never called dead.
    working = settings.role != "web"
    owner = lock.owner if working else "web"
    worker = Worker(units, catalogue, clock, messenger, providers, owner, post, lambda: lock.held or not working)

    async def chore() -> None:
        if isinstance(clock, SystemClock):
            await clock.set_by(store)

    # Where the web is another process, nobody kicks the worker when somebody has typed something.
    sweep_seconds = ALONE_SECONDS if settings.role == "worker" else SWEEP_SECONDS
    jobs = Jobs(worker, clock, chore, sweep_seconds, Leases(units, lock))
    travel = None
    documents = Documents(units, store.looks, catalogue, clock, feed, lambda: _public_url(app))
    handlers: Mapping[str, Handler] = {
        **HANDLERS,
        "export": documents.export,
        "feed": documents.feed,
        "notice": Previews(wording).notice,
    }
    who: Identify = sender
    if isinstance(clock, MovableClock):
        await demo_users.introduce(units)
        travel = TimeTravel(clock, worker, units, catalogue, jobs.kick)
        handlers, who = {**handlers, "as": act_as, "clock": travel.order}, identify
    brain = ActivityRouter(catalogue, clock, wording, who, handlers, settings.local)
    turns = TurnHandler(units, clock, brain, jobs.kick, Connector(teams, door.token if door else None), store.looks)

    async def ready() -> str:
        outage = await store.outage()
        if outage is not None:
            return f"database ({outage})"
        return "" if settings.role == "web" or jobs.running else "worker"

    # Tokens live by real time, whatever clock the process has.
    check = TokenValidator(settings.app_id, door.issuers, teams, SystemClock().now, settings.served) if door else None
    routes = Routes(turns, check, ready, documents, lambda: outbox_metrics(units, clock))
    app = App(
        settings,
        catalogue,
        clock,
        store,
        worker,
        jobs,
        routes.application(),
        [teams, *clients],
        simulated,
        travel,
        providers=providers,
    )
    return app


def _cannot_listen(settings: Settings, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {settings.port} is taken: stop what listens there, or set CHANGE_PORT."
        case errno.EACCES:
            return f"Port {settings.port} is for administrators only: set CHANGE_PORT to one from 1024 on."
        case _:
            return f"The bot cannot listen on {settings.host} ({error}): set CHANGE_HOST to an address of this machine."


async def outbox_metrics(units: UnitOfWorkFactory, clock: Clock) -> dict[str, float]:
    """What somebody who watches over the bot wants to be woken by."""
    async with units(1.5) as unit:
        count, oldest = await unit.outbox.waiting()
        dead = await unit.outbox.dead()
    waits = (clock.now() - oldest).total_seconds() if oldest else 0.0
    return {
        "change_outbox_waiting": float(count),
        "change_outbox_oldest_seconds": max(0.0, waits),
        "change_outbox_given_up": float(len(dead)),
    }


def _public_url(app: App) -> str:
    """Where the bot is reached from outside; in local mode that is this machine."""
    if app.settings.public_url or not app.settings.local:
        return app.settings.public_url.rstrip("/")
    return f"http://{app.settings.host}:{app.port or app.settings.port}"


def _access(settings: Settings, services: Services, simulated: Simulator | None = None) -> ProviderAccess:
    """What the settings say about the providers; the simulator stands in where they say nothing."""
    url, token, tables = settings.infomaniak_url, settings.infomaniak_token, services.tables
    cloud: Mapping[str, object] = {"cloud": settings.os_cloud} if settings.os_cloud else {}
    if simulated is not None:
        # What a provider has not published is supposed of the simulator only.
        supposed = {key: each.table() for key, each in registry.PROVIDERS.items() if each.table is not None}
        url, token, tables = url or simulated.url, token or "local", {**supposed, **tables}
        cloud = cloud or cloud_arguments(simulated)
    return ProviderAccess(url, token, cloud, tables, str(settings.services))


def _mailbox(settings: Settings, clients: list[httpx.AsyncClient], units: UnitOfWorkFactory, clock: Clock) -> Mailbox:
    """Where mails go from: files in local mode, the sender's mailbox in Exchange Online otherwise."""
    if settings.local:
        return mail_files.MailFiles(data_path(settings, "mail"))
    if not settings.graph_sender:
        return NoMailbox()
    client = open_mail_client()
    clients.append(client)
    token = GraphToken(settings.app_id, settings.app_password, settings.tenant)
    return GraphMailbox(
        client, settings.graph_url, settings.graph_sender, token, RateLimiter(units, clock, [PER_MINUTE])
    )


def _all_served(services: Services, settings: Settings) -> None:
    """Raise SettingsError for a service whose snapshots nobody would take, or whose mails nobody would send."""
    if settings.local:
        return
    wrong = [
        f"{service.key}: it notifies by mail, which needs GRAPH_SENDER; see docs/install.md."
        for service in services.catalogue.services.values()
        if "mail" in service.notify and not settings.graph_sender
    ]
    wrong += registry.what_is_missing(services.catalogue.services.values(), _access(settings, services))
    if wrong:
        raise SettingsError(*wrong)


def data_path(settings: Settings, name: str) -> Path:
    """A file beside the SQLite database, or in var/ with another one."""
    _, _, path = settings.database_url.partition(":///")
    beside = settings.database_url.startswith("sqlite") and path
    return (Path(path).parent if beside else Path("var").absolute()) / name


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    logs.begin(settings)
    app = await build(settings)
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    try:
        await app.start()
        warm_up()
        log.info("listening on http://%s:%s/api/messages (%s mode)", settings.host, app.port, settings.mode)
        await stop.wait()
    finally:
        await app.close()


def warm_up() -> None:
    """Load the message catalogues, and leave all that lives as long as the process out of garbage collection.

    Either would hold up every answer for a third of a second if it came later.
    """
    for language in LANGUAGES:
        load(language)
    gc.freeze()
    gc.enable()


async def look_at_providers(settings: Settings) -> int:
    """Print what can be seen at the providers, by reading calls only; the exit status."""
    if not settings.infomaniak_url or not settings.infomaniak_token:
        raise SettingsError("Set INFOMANIAK_URL and INFOMANIAK_TOKEN to look at what the token can see.")
    services = configuration.load_services(settings.services)
    seen = await registry.probe(services.catalogue.services.values(), _access(settings, services))
    print("\n".join(seen.lines))
    return 1 if seen.failed else 0


def main(arguments: Sequence[str] = ()) -> int:
    """Run the service, or with the argument `check` or `probe` look at something; the exit status."""
    if list(arguments) in (["--help"], ["-h"], ["help"]):
        print(USAGE)
        return 0
    if list(arguments) not in ([], ["check"], ["probe"]):
        print(USAGE, file=sys.stderr)
        return 2
    try:
        if list(arguments) == ["check"]:
            import check

            return asyncio.run(check.run(configuration.from_environment, SystemClock()))
        if arguments:
            return asyncio.run(look_at_providers(configuration.from_environment(serving=False)))
        asyncio.run(serve(configuration.from_environment()))
    except (SettingsError, CannotOpen, BrokenTemplate, DatabaseUnavailable) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
