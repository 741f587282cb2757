"""Puts the parts together: the composition root, which knows everyone."""

import gc

if __name__ == "__main__":
    # Hardly anything that is imported is garbage: looking for it takes a third of the time until the first answer.
    gc.disable()  # until the service has started

import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

# httpx and structlog would load what draws on a console, where it is installed: httpx has a command line of its own.
for _console in ("httpx._main", "rich"):
    sys.modules.setdefault(_console, None)  # type: ignore[arg-type]  # which tells that there is none

import httpx
from aiohttp import ClientSession

import command_line
from application.limits.rate_limiter import RateLimiter
from application.ports import Clock, UnitOfWorkFactory
from application.replanning import remeasure, replan
from application.retry_log import RetryLog
from bot.auth.authentication import ENTRA, TokenValidator
from bot.auth.bot_auth import BotAuth
from bot.auth.signing_keys import open_key_client
from bot.commands.addresses import Addresses
from bot.commands.command_context import Handler
from bot.commands.notice_preview import preview
from bot.commands.registry import HANDLERS
from bot.connector.client import PER_CONVERSATION_LIMITS, TENANT_LIMITS, Connector, pooled_client
from bot.health import Health
from bot.messenger.messenger import Messenger
from bot.messenger.overdue_alarm import OverdueAlarm
from bot.routes import Routes
from bot.turn.activity_router import ActivityRouter
from bot.turn.identity import sender
from bot.turn.turn_handler import TurnHandler
from changes.deliveries import Outlet
from infomaniak import registry
from infomaniak.provider_entry import ClosableBackend
from local import demo_users, mail_files
from local.clock import MovableClock
from local.impersonation import act_as, identify
from local.simulator import start as start_simulator
from local.time_travel import TimeTravel
from logs import instance
from notices import GraphMailbox, GraphToken, Mailbox, Mailer, NoMailbox, NoticeRenderer, open_mail_client
from notices.graph import PER_MINUTE, Token
from rehearsal.player import play
from scheduler.leases import Leases
from scheduler.outbox import outbox_metrics
from scheduler.worker import Tool, Worker
from scheduler.worker_beats import LOOK_S, HeartbeatRecorder, WorkerMonitor
from scheduler.worker_loop import SWEEP_SECONDS, WorkerLoop
from service import App
from settings import Services, Settings, load_services
from settings.provider_access import provider_access, simulated_access
from sites import open_sites
from storage import Store, open_store
from storage.system_clock import SystemClock
from version import version

ALONE_SECONDS = 1.0
"""How often a worker without a web side looks for work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What stands between the bot and the outside; what is None is made as the settings say."""

    auth: BotAuth | None = None
    store: Store | None = None
    clock: Clock | None = None
    teams: ClientSession | None = None
    providers: Mapping[str, ClosableBackend] | None = None
    mailbox: Mailbox | None = None
    graph_token: Token | None = None
    entra: str = ENTRA
    """Where the keys of Teams' sign-in are, below the tenant's name."""


async def build(settings: Settings, ports: Ports | None = None, *, services: Services | None = None) -> App:
    """Wire everything for these settings; local mode believes everybody. Raises SettingsError.

    `services` are those of the settings' file, where somebody has read it already.
    """
    ports = ports or Ports()
    facts = (settings.app_id, settings.app_password, settings.app_type, settings.tenant)
    retries = RetryLog()
    auth = None if settings.local else ports.auth or BotAuth.of_microsoft(*facts, retries)
    services = services or load_services(settings.services)
    catalogue = services.catalogue
    wording = NoticeRenderer(settings.templates, organizer=settings.graph_sender or mail_files.SENDER)
    store = ports.store or await open_store(settings.database_url, retries)
    units: UnitOfWorkFactory = store.units
    clock = ports.clock or (await MovableClock.restored(units) if settings.local else SystemClock())

    async def follow_the_database() -> None:
        if isinstance(clock, SystemClock):
            await clock.set_by(store)
        await store.look_again()

    await follow_the_database()
    await remeasure(units, catalogue)
    await replan(units, catalogue, clock.now())
    simulator, providers = None, ports.providers
    if providers is None:
        access = provider_access(settings, services)
        if settings.local:
            simulator = await start_simulator(clock.now, settings.data_path("simulator.json"))
            access = simulated_access(settings, services, simulator.url, simulator.cloud_arguments)
        providers = registry.open_providers(catalogue.services.values(), access)
    teams, clients = ports.teams or pooled_client(), list[httpx.AsyncClient]()
    # The Playground has no limits; keeping Teams' own there would only make people wait.
    pace = RateLimiter(units, clock, PER_CONVERSATION_LIMITS, TENANT_LIMITS) if auth else None
    connector = Connector(teams, auth.token if auth else None, pace, has_dialogs=not settings.local)
    messenger = Messenger(store.lazy_units, catalogue, clock, connector, wording, refreshes=not settings.local)
    lock = store.worker_lock()
    token = ports.graph_token or GraphToken(settings.app_id, settings.app_password, settings.tenant, retries)
    post = Mailer(units, catalogue, clock, wording, ports.mailbox or _mailbox(settings, clients, units, clock, token))
    real = clock if isinstance(clock, SystemClock) else SystemClock()
    # A process of the role web has no worker and no lock; what it sends when the clock is moved is never called dead.
    working = settings.role != "web"
    owner = lock.owner if working else "web"
    worker = Worker(
        *(units, catalogue, clock, messenger, providers, owner, retries, post),
        may_begin=lambda: lock.held or not working,
        outbox_units=store.repeatable_units,
        lazy_units=store.lazy_units,
        tools={
            **_tools(settings, services, clients, (units, store.lazy_units, clock, real)),
            Outlet.REHEARSAL: partial(play, store.read_only_units, catalogue, clock, wording),
        },
        late=lambda seconds: health.lateness.observe(seconds),  # noqa: PLW0108  # health is made below
    )
    past_the_outbox = Connector(teams, auth.token if auth else None)
    alarm = OverdueAlarm(units, past_the_outbox, catalogue, clock)
    workers = WorkerMonitor(units, clock, real.now, retries, alarm)
    beats = HeartbeatRecorder(units, owner, real.now) if working else None
    jobs = _worker_loop(settings, worker, clock, follow_the_database, Leases(units, lock), beats, workers)
    app = App(settings, catalogue, clock, store, worker, jobs, workers, teams, clients, providers, simulator)
    addresses = Addresses(app.public_url)
    answers: dict[str, Handler] = {"export": addresses.export, "feed": addresses.feed, "calendar": addresses.calendar}
    answers["notice"] = partial(preview, wording)
    handlers, who = {**HANDLERS, **answers}, sender
    if isinstance(clock, MovableClock):
        await demo_users.register_demo_users(units)
        app.travel = TimeTravel(clock, worker, units, catalogue, jobs.wake_worker)
        handlers, who = {**handlers, "as": act_as, "clock": app.travel.order}, identify
    router = ActivityRouter(catalogue, clock, wording, who, handlers, settings.local)
    turns = TurnHandler(units, clock, router, jobs.wake_worker, past_the_outbox, store.read_only_units)
    check = None
    if auth:
        clients.append(key_client := open_key_client())
        # Tokens live by real time, whatever clock the process has.
        check = TokenValidator(settings.app_id, auth.issuers, key_client, SystemClock().now, settings.served, retries)
    health = _monitoring(app, units, retries)
    if settings.role == "worker":
        app.pages = health.application(local=settings.local)
    else:
        sites = open_sites(
            *(settings, clients, units, store.read_only_units, catalogue, clock, jobs.wake_worker, ports.entra, retries)
        )
        app.pages = Routes(turns, check, health, sites).application()
    return app


def _worker_loop(
    settings: Settings,
    worker: Worker,
    clock: Clock,
    chore: Callable[[], Awaitable[None]],
    leases: Leases,
    beats: HeartbeatRecorder | None,
    workers: WorkerMonitor,
) -> WorkerLoop:
    # Where the web is another process, nobody kicks the worker when somebody has typed something.
    sweep_seconds = ALONE_SECONDS if settings.role == "worker" else SWEEP_SECONDS
    return WorkerLoop(worker, clock, chore, sweep_seconds, leases, beats, workers)


def _monitoring(app: App, units: UnitOfWorkFactory, retries: RetryLog) -> Health:
    async def figures() -> Mapping[str, float | Mapping[str, float]]:
        async with units(LOOK_S) as unit:
            states = {each.value: float(number) for each, number in (await unit.changes.open_by_state()).items()}
            measured = await outbox_metrics(unit, app.clock.now()) | await app.workers.metrics(unit)
        return {**measured, "change_open_changes": states}

    about = {"version": version(), "role": app.settings.role, "instance": instance()}
    return Health(app.unready, retries, figures, about)


def _mailbox(
    settings: Settings, clients: list[httpx.AsyncClient], units: UnitOfWorkFactory, clock: Clock, token: Token
) -> Mailbox:
    if settings.local:
        return mail_files.MailFiles(settings.data_path("mail"))
    if not settings.graph_sender:
        return NoMailbox()
    client = open_mail_client()
    clients.append(client)
    return GraphMailbox(
        client, settings.graph_url, settings.graph_sender, token, RateLimiter(units, clock, [PER_MINUTE])
    )


def _tools(
    settings: Settings,
    services: Services,
    clients: list[httpx.AsyncClient],
    given: tuple[UnitOfWorkFactory, UnitOfWorkFactory, Clock, Clock],
) -> Mapping[Outlet, Tool]:
    if not (services.webhooks or services.monitoring or services.wiki):
        return {}
    from other_tools import open_tools  # noqa: PLC0415  # which loads what hardly any installation has

    return open_tools(settings, services, clients, *given)


if __name__ == "__main__":
    sys.exit(command_line.main(sys.argv[1:], build))
