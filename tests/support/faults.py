"""One change at the simulated provider, by the real backends, and its thread as people read it: lines and cards.

Teams itself adds nothing here, so nobody is called over HTTP but the provider. A story is carried up to the moment
that matters once, and every case begins from a copy of its files.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from application.input_parsing.card_action import parse_action
from application.ports import Operation
from application.queries.directory import Directory
from application.retry_log import RetryLog
from application.session import UserSession
from cards import card_for, line
from changes import commands as c
from changes.effects import Effect, PostThreadMessage, UpsertCard
from changes.model import Change, Person, State
from changes.notification.cards import CardKind
from changes.policy import Catalogue
from changes.snapshots import Server
from infomaniak.manual import Manual
from infomaniak.public_cloud.backend import PublicCloud
from infomaniak.registry import PROVIDERS
from infomaniak.vps_api.backend import VpsApi
from infomaniak.vps_api.client import open_client
from infomaniak.vps_api.configuration import VpsApiSettings
from local.simulator import Simulator, start
from storage import open_store
from tests.integration.scheduler.conftest import ANNE, IVO, LEARN, START, Clock, World
from tests.support.autocommit import autocommit
from tests.support.cloud import connect_to
from tests.support.fault_cases import What
from tests.support.teams import choosing, find_action, verbs, words

CHANGE = "CHG-2027-0001"
SNAPSHOT_AT = START - timedelta(minutes=165)
PATIENT, HASTY = 10.0, 0.4
"""Seconds until a silent provider has timed out: where it is silent, and where it is only this machine that is slow."""
SHORT = timedelta(minutes=20)
"""Up to here time goes on by every wake of the worker, beyond from one milestone to the next."""


@dataclass
class Stage(World):
    """A world whose provider is the simulator; `thread` has the lines, `cards` each message's newest drawing."""

    simulator: Simulator = field(kw_only=True)
    folder: Path = field(kw_only=True)
    seconds: float = field(default=PATIENT, kw_only=True)
    thread: list[str] = field(default_factory=list)
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._client = open_client(self.simulator.url, "local", answer_seconds=self.seconds)
        self._cloud = PublicCloud(connect_to(self.simulator), answer_seconds=self.seconds)
        self.backends = {
            "dashboard": Manual(),
            "vps_api": VpsApi(self._client, VpsApiSettings()),
            "public_cloud": self._cloud,
        }
        super().__post_init__()

    async def close(self) -> None:
        self.simulator.clear_faults()
        await self._client.aclose()
        await self._cloud.close()
        await self.simulator.stop()
        await self.store.close()

    async def carry(self, effect: Effect) -> None:
        """Draw what Teams would be sent."""
        self.carried.append(effect)
        if not isinstance(effect, PostThreadMessage | UpsertCard):
            return
        async with self.session() as session:
            view = await session.view(await session.change(effect.change))
        if isinstance(effect, PostThreadMessage):
            self.thread.append(line(effect, view))
        elif effect.message in self.cards or not effect.only_edit:
            self.cards[effect.message] = card_for(effect.card, view, effect.message)

    async def press(self, who: Person, verb: str, **inputs: str) -> Change:
        """Press that button on the newest card that has it, as it was last drawn; what comes of it is carried out."""
        card = next(card for card in reversed(self.cards.values()) if verb in verbs(card))
        wanted = choosing(card, verb, inputs)
        press = parse_action(find_action(card, verb, wanted)["data"] | inputs, who)
        assert press.command is not None
        async with self.session(who, "card") as session:
            await session.execute(press.change, press.command, seen=press.revision)
        await self.worker.run_due()
        return await self.now_it_is()

    @asynccontextmanager
    async def session(self, who: Person = IVO, via: str = "chat") -> AsyncIterator[UserSession]:
        async with self.store.units() as unit:
            yield UserSession(Directory(unit), self.catalogue, self.clock.now(), who, via)

    async def now_it_is(self) -> Change:
        stored = await autocommit(self.store).changes.load(CHANGE)
        assert stored
        return stored.change

    async def latest(self, what: What) -> Operation | None:
        return (await autocommit(self.store).operations.latest(CHANGE)).get(what)

    async def go_on(self, minutes: float) -> None:
        """Let time pass, with everything that is due meanwhile."""
        await self.go_until(self.clock.now() + timedelta(minutes=minutes))

    async def go_until(self, moment: datetime) -> None:
        await self.worker.run_due()
        if moment - self.clock.now() > SHORT:
            await self.worker.advance(moment, self._set)
        while (wake := await self.worker.next_wake()) is not None and wake <= moment:
            self.clock.go_to(max(wake, self.clock.now()))
            await self.worker.run_due()
        self.clock.go_to(max(moment, self.clock.now()))

    async def leap(self, minutes: float) -> None:
        """Let time pass in one step, as for a worker that had no turn meanwhile."""
        self.clock.go_on(minutes=minutes)
        await self.worker.run_due()

    async def down(self) -> None:
        """Nobody answers at the provider's address any more."""
        await self.simulator.stop()

    async def up(self) -> None:
        """The provider answers again where it did, and knows what it knew."""
        port = int(self.simulator.url.rpartition(":")[2])
        self.simulator = await start(self.clock.now, self.folder / "simulator.json", port)

    async def look(self) -> None:
        """The bot has looked at the provider before, as it does on the day before: it is signed in."""
        service = self.catalogue.service("learn")
        await self.backends[service.vps.provider.key].preflight(service.vps)
        self.simulator.calls.clear()

    async def _set(self, moment: datetime) -> None:
        self.clock.go_to(moment)

    def card(self, what: What) -> dict[str, Any]:
        """The newest card about the operation."""
        kind = CardKind.PROGRESS if what == "snapshot" else CardKind.INCIDENT
        return next(card for message, card in reversed(self.cards.items()) if message.startswith(kind))

    def asked(self, what: What) -> int:
        """How often the provider was asked for it, whatever it answered."""
        return self.simulator.count("create" if what == "snapshot" else "restore")

    def made(self, what: What) -> int:
        """How many of them the provider has carried out, or is carrying out, for this change."""
        ours = [each for each in self.simulator.snapshots if each.name.startswith(CHANGE)]
        return len(ours) if what == "snapshot" else sum(len(each.restores) for each in ours)


def text(card: dict[str, Any]) -> str:
    return " ".join(words(card))


@dataclass
class Told:
    """A story on file: the time it is in it, and the cards that stand in its thread."""

    folder: Path
    now: datetime
    cards: dict[str, dict[str, Any]]


@dataclass
class Stories:
    """Stories carried up to the moment before the provider is asked, by backend and operation; told when first wanted.

    For a snapshot it is a minute before it is due; for a restore it was asked for and waits for its confirmation.
    """

    folder: Path
    told: dict[tuple[str, What], Told] = field(default_factory=dict)

    @asynccontextmanager
    async def stage(self, folder: Path, backend: str, what: What, seconds: float = PATIENT) -> AsyncIterator[Stage]:
        """A stage in `folder` on which the story was played so far."""
        key = (backend, what)
        if key not in self.told:
            self.told[key] = await self._tell(Path(mkdtemp(dir=self.folder)), backend, what)
        told = self.told[key]
        shutil.copytree(told.folder, folder, dirs_exist_ok=True)
        made = await opened(folder, backend, told.now, seconds)
        made.cards.update(told.cards)
        try:
            yield made
        finally:
            await made.close()

    async def _tell(self, folder: Path, backend: str, what: What) -> Told:
        made = await opened(folder, backend, START - timedelta(days=30), PATIENT)
        try:
            await made.scheduled()
            await made.go_until(SNAPSHOT_AT - timedelta(minutes=1))
            if what == "restore":
                await to_the_incident(made, by_hand=backend == "dashboard")
            return Told(folder, made.clock.now(), made.cards)
        finally:
            await made.close()


async def opened(folder: Path, backend: str, now: datetime, seconds: float) -> Stage:
    """The stage whose files are in `folder`, at that time; the caller closes it."""
    clock = Clock(now)
    simulator = await start(clock.now, folder / "simulator.json")
    catalogue = Catalogue({"learn": replace(LEARN, vps=Server("Hannibal", PROVIDERS[backend].provider))})
    url = f"sqlite+aiosqlite:///{folder}/changes.db"
    store = await open_store(url, RetryLog())
    return Stage(url, store, clock, catalogue=catalogue, simulator=simulator, folder=folder, seconds=seconds)


async def to_the_incident(stage: Stage, *, by_hand: bool) -> None:
    """From before the snapshot to the restore that was asked for, an hour after the start."""
    await stage.go_on(2)
    if by_hand:
        await stage.press(IVO, "snapshot.started")
        await stage.go_on(145)
        await stage.press(IVO, "snapshot.finished", snapshot_name=CHANGE, result="data")
    await stage.go_until(START)
    await stage.press(IVO, "window.start")
    await stage.go_on(60)
    async with stage.session() as session:
        await session.execute(CHANGE, c.DeclareIncident(IVO, "Nobody can log in."))
    await stage.worker.run_due()
    await stage.press(IVO, "restore.ask")


async def begin(stage: Stage, what: What) -> None:
    """The moment at which the provider is asked."""
    if what == "snapshot":
        await stage.go_on(1)
    else:
        await stage.press(ANNE, "restore.confirm", vps_name="Hannibal")


async def way_on(stage: Stage, way: str) -> None:
    """What a person does about the fault. Whatever was begun then is still under way afterwards."""
    match way:
        case "wait":
            await stage.worker.run_due()
        case "try again":
            await stage.press(IVO, "snapshot.retry")
        case "try again by hand":
            await stage.press(IVO, "snapshot.retry")
            await way_on(stage, "by hand")
        case "ask again, by hand":
            await way_on(stage, "ask again")
            await way_on(stage, "restored by hand")
        case "by hand":
            await stage.press(IVO, "snapshot.started")
            await stage.go_on(145)
            await stage.press(IVO, "snapshot.finished", snapshot_name="hannibal-data", result="data")
        case "waive":
            await stage.press(ANNE, "snapshot.waive", reason="The backup of this morning is enough.")
        case "it is there":
            await stage.press(IVO, "snapshot.finished", snapshot_name="hannibal-data", result="data_checked")
        case "ask again" | "wait and ask again":
            await stage.go_on(0 if way == "ask again" else 151)
            await stage.press(IVO, "restore.ask")
            await stage.press(ANNE, "restore.confirm", vps_name="Hannibal")
        case "restored by hand":
            await stage.press(IVO, "restore.done")
        case "fixed":
            async with stage.session() as session:
                for index in (await session.change(CHANGE)).open_tests:
                    await session.execute(CHANGE, c.RecordTest(IVO, index, passed=True))
            await stage.worker.run_due()
            await stage.press(IVO, "incident.close")
        case _:
            raise AssertionError(f"nobody knows how to {way}")


async def to_the_end(stage: Stage, what: What) -> Change:
    """From a snapshot or a restore that is under way or done, to the completed change, by buttons."""
    change = await stage.now_it_is()
    if change.state is State.COMPLETED:
        return change
    if what == "snapshot" and not change.snapshot.unlocks_start:
        await stage.go_on(153)
    if change.state is State.RESTORING:
        await stage.go_on(62)
    if what == "snapshot":
        await stage.go_until(START)
        await stage.press(IVO, "window.start")
    await stage.press(IVO, "test.result", test="0", result="pass")
    return await stage.press(IVO, "change.complete")
