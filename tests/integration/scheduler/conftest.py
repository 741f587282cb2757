"""A worker over a real SQLite file, with a clock that is moved by hand and a provider that does what it is told."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from application.change_service import draft, execute
from application.ports import DeadLetter, Operation
from application.ports.provider import OperationStatus, PreflightReport, ProviderError, SnapshotBackend
from application.retry_log import RetryLog
from changes import commands as c
from changes.effects import Effect, PostThreadMessage, UpsertCard, UpsertStatusCard
from changes.model import Change, Person, Plan, Window
from changes.notification.cards import CardKind
from changes.notification.thread_messages import ThreadMessage
from changes.policy import Catalogue, Policy, Service
from changes.snapshots import OperationState, Server
from infomaniak.provider_entry import of_infomaniak
from scheduler.worker import Worker
from storage import Store, open_store
from tests.support.autocommit import autocommit
from tests.support.walked import with_tables

ZURICH = ZoneInfo("Europe/Zurich")
RITA, IVO, ANNE, DORA = (Person(name.lower(), name) for name in ("Rita", "Ivo", "Anne", "Dora"))
START = datetime(2027, 4, 3, 20, tzinfo=UTC)  # a Saturday, 22:00 in Zurich
LEARN = Service(
    "learn", "ISC Learn Platform", ZURICH, ANNE, (DORA,), Server("Hannibal", of_infomaniak("fake")), policy=Policy()
)


@dataclass
class Clock:
    time: datetime = datetime(2027, 3, 1, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def go_to(self, moment: datetime) -> None:
        self.time = moment

    def go_on(self, **by: float) -> None:
        self.time += timedelta(**by)


@dataclass
class Provider:
    """A snapshot backend: what it was asked for, what it lists, and what it answers next."""

    asked: list[str] = field(default_factory=list)
    listed: dict[str, OperationStatus] = field(default_factory=dict)
    answers: list[BaseException] = field(default_factory=list)  # raised by the next calls of begin and restore
    away: ProviderError | None = None

    async def preflight(self, vps: Server) -> PreflightReport:
        return PreflightReport(("All is well.",))

    async def create_snapshot(self, vps: Server, name: str) -> OperationStatus:
        self.asked.append(name)
        if self.answers:
            raise self.answers.pop(0)
        self.show(name, OperationState.RUNNING)
        return self.listed[name]

    async def find_snapshot(self, vps: Server, name: str) -> OperationStatus | None:
        if self.away:
            raise self.away
        return self.listed.get(name)

    async def get_status(self, vps: Server, handle: str) -> OperationStatus:
        if self.away:
            raise self.away
        return self.listed[handle]

    async def restore(self, vps: Server, name: str) -> OperationStatus:
        await self.create_snapshot(vps, f"restore of {name}")
        return self.listed[f"restore of {name}"]

    async def find_restore(self, vps: Server, name: str, since: datetime) -> OperationStatus | None:
        return await self.find_snapshot(vps, f"restore of {name}")

    def show(self, name: str, state: OperationState, percent: int | None = None, detail: str = "") -> None:
        self.listed[name] = OperationStatus(state, name, percent, detail)


@dataclass
class World:
    """Everything a test needs; `restart` opens the same file again, as a new process would."""

    url: str
    store: Store
    clock: Clock = field(default_factory=Clock)
    provider: Provider = field(default_factory=Provider)
    carried: list[Effect] = field(default_factory=list)
    refusals: dict[type[Effect], Exception] = field(default_factory=dict)
    catalogue: Catalogue = field(default_factory=lambda: Catalogue({"learn": LEARN}))

    backends: dict[str, SnapshotBackend] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.backends = {"fake": self.provider} | self.backends
        self.worker = self.new_worker()

    def new_worker(self) -> Worker:
        return Worker(
            self.store.units, self.catalogue, self.clock, self.carry, self.backends, "this worker", RetryLog()
        )

    async def carry(self, effect: Effect) -> None:
        if error := self.refusals.get(type(effect)):
            raise error
        self.carried.append(effect)

    async def restart(self) -> None:
        await self.store.close()
        self.store = await open_store(self.url, RetryLog())
        self.worker = self.new_worker()

    async def submitted(self, start: datetime = START, title: str = "Update", service: str = "learn") -> Change:
        window = Window(start, start + timedelta(hours=2))
        known = "None known"
        plan = Plan(service, title, "Everything", window, ("Log in",), IVO, risks=known, rollback=known)
        async with self.store.units() as unit:
            change = await draft(unit, self.catalogue, c.Draft(RITA, plan), self.clock.now(), "chat")
        return await self.tell(change, c.Submit(RITA))

    async def scheduled(self, start: datetime = START) -> Change:
        """A change that has its GO; the clock stands five days before the window."""
        change = await self.submitted(start)
        for days, command in ((13, c.ApprovePrecheck(ANNE)), (5, c.GiveGo(ANNE))):
            self.clock.go_to(start - timedelta(days=days))
            await self.worker.run_due()
            change = await self.tell(change, command)
        await self.worker.run_due()
        return change

    async def snapshot_due(self) -> Change:
        """A change whose snapshot is due now; what was said before is forgotten."""
        change = await self.scheduled()
        await self.at(START - timedelta(days=1))
        self.carried.clear()
        self.clock.go_to(START - timedelta(minutes=165))
        return change

    async def tell(self, change: Change, command: c.Command) -> Change:
        async with self.store.units() as unit:
            return await execute(unit, self.catalogue, change.id, command, self.clock.now(), "chat")

    async def look_at(self, change: Change) -> Change:
        stored = await autocommit(self.store).changes.load(change.id)
        assert stored
        return stored.change

    async def operation(self, change: Change, kind: str = "snapshot") -> Operation:
        found = (await autocommit(self.store).operations.latest(change.id)).get(kind)
        assert found
        return found

    async def at(self, moment: datetime) -> None:
        """It is that time, and the worker looks what is due."""
        self.clock.go_to(moment)
        await self.worker.run_due()

    async def later(self, **by: float) -> None:
        """So much later the worker looks what is due."""
        await self.at(self.clock.now() + timedelta(**by))

    async def minutes(self, count: int) -> None:
        """So many minutes pass, and the worker looks at each of them."""
        for _ in range(count):
            await self.later(minutes=1)

    def told(self) -> list[ThreadMessage]:
        return [effect.line for effect in self.carried if isinstance(effect, PostThreadMessage)]

    def drawn(self, kind: CardKind) -> list[UpsertCard]:
        return [each for each in self.carried if isinstance(each, UpsertCard) and each.card is kind]

    def live_cards(self) -> list[Effect]:
        return [each for each in self.carried if isinstance(each, UpsertStatusCard)]

    async def dead(self) -> tuple[DeadLetter, ...]:
        return await autocommit(self.store).outbox.dead()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    url = f"sqlite+aiosqlite:///{tmp_path}/changes.db"
    await with_tables(url)
    made = World(url, await open_store(url, RetryLog()))
    yield made
    await made.store.close()
