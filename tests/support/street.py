"""A bot that knows the change of a scene, each time in a transaction that is never kept: for anything people do."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from application.ports import Binding, UnitOfWork, UserProfile
from application.retry_log import RetryLog
from bot.connector.client import Connector, pooled_client
from bot.turn.activities import parse_activity
from bot.turn.activity_router import ActivityRouter
from bot.turn.identity import sender
from bot.turn.turn_handler import TurnHandler
from changes.effects import Effect
from changes.model import Person
from changes.planning.timeline import pending
from changes.policy import Catalogue
from notices import NoticeRenderer
from storage import Store, open_store
from tests.support.scenes import ADMIN, ROLES, Scene, scene
from tests.support.teams import CHANNEL, Somebody, Teams

STRANGER = Person("e", "Eva Moret")
EVERYBODY = {**ROLES, "stranger": STRANGER}
THREAD = f"{CHANNEL};messageid=1"


class Undone(Exception):
    """Whatever was written is taken back."""


@dataclass(frozen=True, slots=True)
class Clock:
    at: datetime

    def now(self) -> datetime:
        return self.at


def somebody(person: Person) -> Somebody:
    return Somebody(f"29:{person.id}", person.name, person.id)


class House:
    """A bot that knows the change of a scene, in one transaction that is never kept."""

    def __init__(self, unit: UnitOfWork, there: Scene, connector: Connector, store: Store) -> None:
        @asynccontextmanager
        async def units(_timeout: float | None = None) -> AsyncIterator[UnitOfWork]:
            yield unit

        clock = Clock(there.now)
        router = ActivityRouter(Catalogue({"learn": there.service}, (ADMIN,)), clock, NoticeRenderer(), sender)
        self.handler = TurnHandler(units, clock, router, lambda _: None, connector, store.read_only_units)  # type: ignore[arg-type]
        self.unit, self.there = unit, there
        self.id = there.story.now_it_is.id
        self.teams = Teams("", clock.now, service_url="http://127.0.0.1:9/")

    async def press(self, who: Person, action: dict[str, Any]) -> dict[str, Any]:
        raw = self.teams.activity(somebody(who), THREAD) | {
            "type": "invoke",
            "name": "adaptiveCard/action",
            "value": {"action": action, "trigger": "manual"},
            "replyToId": "1",
        }
        answer = await self.handler.handle(parse_activity(json.dumps(raw).encode()))
        assert answer is not None
        assert answer.body is not None, action
        return answer.body

    async def type(self, who: Person, text: str) -> None:
        """Type the text with the bot's mention in front, in the channel's thread."""
        raw = self.teams.activity(somebody(who), THREAD) | {"type": "message", "text": text}
        await self.handler.handle(parse_activity(json.dumps(raw).encode()))

    async def asks(self, who: Person) -> bool:
        """Whether a dialog is open with the person there."""
        state, _etag = await self.unit.dialogs.load(f"{THREAD}|{somebody(who).id}")
        return bool(state)

    async def sent(self) -> list[Effect]:
        return [each.effect for each in await self.unit.outbox.claim(self.there.now, "test", 1000)]

    async def length(self) -> int:
        """How many lines the audit trail of the change has."""
        found = await self.unit.changes.load(self.id)
        return found.version if found else 0


@dataclass(frozen=True, slots=True)
class Street:
    """Where the change of a scene is known; every house in it stands for one transaction."""

    store: Store
    name: str
    connector: Connector

    @asynccontextmanager
    async def house(self) -> AsyncIterator[House]:
        try:
            async with self.store.units() as unit:
                yield House(unit, scene(self.name), self.connector, self.store)
                raise Undone
        except Undone:
            pass


@asynccontextmanager
async def street(name: str, folder: Path) -> AsyncIterator[Street]:
    """Everybody was met, the bot is in the channel, and the change is as in the scene."""
    store, there = await open_store(f"sqlite+aiosqlite:///{folder}/changes.db", RetryLog()), scene(name)
    change = there.story.now_it_is
    async with store.units() as unit:
        await unit.people.upsert([UserProfile(each) for each in EVERYBODY.values()])
        await unit.bindings.put(Binding("learn", "http://127.0.0.1:9/", CHANNEL, is_channel=True))
        steps = tuple(pending(change, there.service))
        await unit.changes.save(change, 0, tuple(there.story.entries), steps, (), there.now)
    async with pooled_client() as client:
        yield Street(store, name, Connector(client))
    await store.close()
