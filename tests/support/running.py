"""The whole bot in local mode, started on loopback for one test."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import app as composition
from application.ports import UnitOfWork
from changes.model import Change
from local.clock import MovableClock
from local.simulator import Simulator
from service import App
from settings import from_environment
from tests.support import walked
from tests.support.autocommit import autocommit
from tests.support.teams import NADIA, PIERRE, Message, Somebody, Teams, actions, words
from tests.support.walked import Stage, traces, with_tables

ZURICH = ZoneInfo("Europe/Zurich")
START = datetime(2027, 3, 15, 10, 0, 5, tzinfo=ZURICH)
"""When the tests' stories begin, a month before the window of FORM."""
CHANGE = "CHG-2027-0001"
Walk = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Bot:
    """A running bot and the Teams it talks to."""

    app: App
    teams: Teams
    folder: Path = Path()
    given: Mapping[str, str] = field(default_factory=dict)
    """What its environment says beside the usual."""
    untouched: list[str] = field(default_factory=list)
    """What its database said when nobody had done anything yet."""

    @property
    def clock(self) -> MovableClock:
        assert isinstance(self.app.clock, MovableClock)
        return self.app.clock

    @property
    def unit(self) -> UnitOfWork:
        """Its database, for one question at a time."""
        return autocommit(self.app.store)

    @property
    def provider(self) -> Simulator:
        """The simulated provider, which must be there."""
        assert self.app.simulator is not None
        return self.app.simulator

    async def settle(self) -> None:
        """Wait until everything that is due now has been carried out."""
        await self.app.worker.run_due()

    async def type(self, who: Somebody, text: str, where: str = "personal") -> None:
        """Type, and wait for what comes of it."""
        await self.teams.type(who, text, where)
        await self.settle()

    async def press(self, who: Somebody, verb: str, **inputs: str) -> dict[str, object]:
        """Press the newest button of that verb, and wait for what comes of it."""
        answer = await self.teams.press(who, verb, inputs=inputs)
        await self.settle()
        return answer

    async def press_titled(self, who: Somebody, on: Message, title: str) -> dict[str, Any]:
        """Press the button that is called that on the message; the card that takes its place."""
        action = next(each for each in actions(on.card or {}) if each.get("title") == title)
        answer = await self.teams.execute(who, action["verb"], action["data"], on)
        await self.settle()
        card: dict[str, Any] = answer["value"]
        return card

    async def advance(self, to: datetime) -> None:
        """Let time go on to `to`, through everything that falls due."""
        await self.settle()
        await self.app.worker.advance(to, lambda moment: self.clock.move_to(moment, self.app.store.units))

    async def restart(self, at: datetime | None = None, with_files: Stage | None = None) -> None:
        """End the process and start it again, when it is `at`; what happened meanwhile it has missed."""
        await self.app.close()
        if with_files is not None:
            with_files.put(self.folder, self.teams)
        self.app = await _built(self.folder, self.given)
        await self.start(at)
        await self.settle()

    async def start(self, at: datetime | None) -> None:
        """Start the process that was built, when it is `at` if that is given, and tell Teams where it is."""
        if at is not None:
            await self.clock.move_to(at, self.app.store.units)
        await self.app.start()
        self.teams.bot_url = f"http://127.0.0.1:{self.app.port}/api/messages"
        self.teams.now = self.app.clock.now

    async def requested(self, other: Mapping[str, str] | None = None, who: Somebody = NADIA) -> None:
        """A change is handed in, by the form."""
        await self.drafted(other, who)
        await self.press(who, "change.submit")

    async def drafted(self, other: Mapping[str, str] | None = None, who: Somebody = NADIA) -> dict[str, object]:
        """The form of a new change is filled in; what is answered to it."""
        await self.type(who, "/change new")
        return await self.press(who, "change.edit", **(FORM | dict(other or {})))

    async def given_go(self, other: Mapping[str, str]) -> None:
        """It is 8 April 2027, 09:00, and a change like that has its GO."""
        await self.requested(other)
        await self.advance(datetime(2027, 4, 1, 9, 0, 10, tzinfo=ZURICH))
        await self.press(PIERRE, "precheck.approve")
        await self.advance(datetime(2027, 4, 8, 9, 0, 10, tzinfo=ZURICH))
        await self.press(PIERRE, "go.give")

    async def at_precheck(self) -> None:
        """It is 1 April 2027, 09:00, and the approver is asked for the pre-check."""
        await self.reach("precheck", self._until(self.requested, datetime(2027, 4, 1, 9, 0, 10, tzinfo=ZURICH)))

    async def prechecked(self) -> None:
        """It is 1 April 2027, 09:00, and the pre-check is approved."""
        await self.reach("prechecked", self._pressed(self.at_precheck, PIERRE, "precheck.approve"))

    async def at_go(self) -> None:
        """It is 8 April 2027, 09:00, and the approver is asked for GO."""
        await self.reach("go", self._until(self.prechecked, datetime(2027, 4, 8, 9, 0, 10, tzinfo=ZURICH)))

    async def scheduled(self) -> None:
        """It is 8 April 2027, 09:00, and the change has its GO."""
        await self.reach("scheduled", self._pressed(self.at_go, PIERRE, "go.give"))

    async def ready(self) -> None:
        """It is 15 April 2027, 22:00, the snapshot is there and the work can begin."""
        await self.reach("ready", self._until(self.scheduled, datetime(2027, 4, 15, 22, 0, 10, tzinfo=ZURICH)))

    async def started(self) -> None:
        """It is 15 April 2027, 22:00, and the work has begun."""
        await self.reach("started", self._pressed(self.ready, NADIA, "window.start"))

    def _until(self, walk: Walk, moment: datetime) -> Walk:
        async def further() -> None:
            await walk()
            await self.advance(moment)

        return further

    def _pressed(self, walk: Walk, who: Somebody, verb: str) -> Walk:
        async def further() -> None:
            await walk()
            await self.press(who, verb)

        return further

    async def reach(self, stage: str, walk: Walk) -> None:
        """Walk to the stage, or stand there at once where another test's bot of the same settings has walked to it."""
        is_untouched = self.untouched and self.untouched == traces(self.folder)
        key = walked.key(stage, self.given, self.teams.locales) if is_untouched else None
        if key is None:
            await walk()
        elif key in walked.STAGES:
            there = walked.STAGES[key]
            await self.restart(there.at, there)
            if self.app.simulator is not None:
                self.app.simulator.calls[:0] = there.asked
        else:
            await walk()
            walked.STAGES[key] = Stage.of(self.folder, self.clock.now(), self.teams, self.app.simulator)

    def overview(self) -> str:
        """The newest card that shows a change whole, as text; the card with its buttons comes after it."""
        shown = [" | ".join(words(call.message.card)) for call in self.teams.calls if call.message.card]
        return next(text for text in reversed(shown) if "What happened" in text or "Ce qui s’est passé" in text)

    async def stored(self, change_id: str = CHANGE) -> Change | None:
        """The change as it lies in the database."""
        found = await self.unit.changes.load(change_id)
        return found.change if found else None

    async def change(self, change_id: str = CHANGE) -> Change:
        """The change, which must be there."""
        found = await self.stored(change_id)
        assert found is not None
        return found

    def clock_reports(self) -> list[Message]:
        """The messages that said what came of moving the clock when they were posted, as they stand."""
        posts = [call.message for call in self.teams.calls if call.kind != "edit"]
        return [self.teams.messages[each.id] for each in posts if "/clock next" in json.dumps(each.card)]

    async def next(self, who: Somebody = NADIA) -> None:
        """Type `/clock next` and wait for its answer."""
        before = len(self.clock_reports())
        await self.teams.type(who, "/clock next")
        await self.teams.until(lambda: len(self.clock_reports()) > before)
        await self.settle()


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a bot in local mode whose data lies in `folder`."""
    return {
        "CHANGE_MODE": "local",
        "CHANGE_PORT": "0",
        "CHANGE_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/changes.db",
        **more,
    }


@contextlib.asynccontextmanager
async def running(folder: Path, at: datetime | None = None, **more: str) -> AsyncIterator[Bot]:
    """The bot, with its clock at `at` when it is given, and `learn` bound to the channel if it was not yet."""
    key = walked.key("bound", more, {}) if at == START and not (folder / walked.DATABASE).exists() else None
    bound = walked.STAGES.get(key) if key else None
    async with Teams("", lambda: START) as teams:
        if bound is not None:
            bound.put(folder, teams)
        bot = Bot(await _built(folder, more), teams, folder, more)
        try:
            await bot.start(at)
            if await bot.unit.bindings.get("learn") is None:
                await bot.type(NADIA, "change bind learn", "channel")
            if key is not None:
                walked.STAGES.setdefault(key, Stage.of(folder, START, teams, bot.app.simulator))
                bot.untouched = traces(folder)
            yield bot
        finally:
            async with asyncio.timeout(20):
                await bot.app.close()


async def _built(folder: Path, given: Mapping[str, str]) -> App:
    settings = from_environment(environment(folder, **given), dotenv=folder / ".env")
    await with_tables(settings.database_url)
    # With a database elsewhere the simulator's memory lies in var/, which must be this test's own.
    with contextlib.chdir(folder):
        return await composition.build(settings)


FORM = {
    "service": "learn",
    "title": "Update to version 5",
    "what": "The learning platform is updated to version 5, with its database.",
    "why": "Security support of version 4 ends.",
    "date": "2027-04-15",
    "time": "22:00",
    "minutes": "90",
    "tests": "Log in as a teacher\nOpen a course and hand in an exercise",
    "risks": "Plug-ins may not load.",
    "rollback": "Restore the data snapshot.",
    "implementer": "",
    "affected": "The platform cannot be used.",
    "kind": "normal",
    "reason": "",
}
"""The form of a change on Thursday 15 April 2027, 22:00 to 23:30, as typed."""
