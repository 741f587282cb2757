"""A bot in production mode with one change, asked faster than it may answer, while somebody watches its loop."""

import asyncio
import gc
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import command_line
from tests.support.key_server import key_server
from tests.support.production import House, production
from tests.support.recording_teams import TENANT
from tests.support.running import FORM
from tests.support.services import services_toml
from tests.support.teams import NADIA, PIERRE, Somebody, words

SERVICES = services_toml(PIERRE.object_id, admins=[NADIA.object_id])
TODAY = datetime.now(UTC).date()  # noqa: TID251  # production lives by real time
CHANGE = f"CHG-{TODAY.year}-0001"
AWAKE_S = 0.1
"""So much of the loop's own time may pass between a question to /healthz and its answer."""


@dataclass(slots=True)
class Attacked:
    """A bot in production mode with one change, nothing of whose outbox is sent yet."""

    house: House
    folder: Path
    signed: str
    asleep: list[float] = field(default_factory=list)
    _number: int = 0

    async def typed(self, text: str, where: str = "personal") -> list[dict[str, Any]]:
        """Nadia types that; what she is answered."""
        activity = self._activity(where) | {"type": "message", "text": text}
        if where != "personal":
            bot = activity["recipient"]
            activity["text"] = f"<at>{bot['name']}</at> {text}"
            activity["entities"] = [{"type": "mention", "mentioned": bot, "text": f"<at>{bot['name']}</at>"}]
        answer, _ = await asyncio.gather(self.house.post(self.signed, activity), self.awake())
        assert answer.status_code == 200, answer.text
        return self.answers(activity)

    async def pressed(
        self, verb: str, data: Mapping[str, object], who: Somebody = NADIA
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Somebody presses a button; its answer, and what they are told beside it."""
        value = {"action": {"type": "Action.Execute", "verb": verb, "data": dict(data)}, "trigger": "manual"}
        activity = self._activity("personal", who) | {"type": "invoke", "name": "adaptiveCard/action", "value": value}
        answer, _ = await asyncio.gather(self.house.post(self.signed, activity), self.awake())
        assert answer.status_code == 200, answer.text
        return answer.json(), self.answers(activity)

    async def shown(self) -> list[str]:
        """What the change's own card says."""
        answers = await self.typed(f"/change show {CHANGE}")
        return [text for answer in answers for card in cards(answer) for text in words(card)]

    def answers(self, activity: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The messages that were put on their way by that activity."""
        key = f"reply:{activity['conversation']['id']} {activity['id']}"
        with closing(sqlite3.connect(self.folder / "changes.db")) as database:
            rows = database.execute("select body from outbox where key >= ? and key < ?", (key, f"{key}\U0010ffff"))
            return [dict(each) for row in rows for each in _activities(json.loads(row[0]))]

    def _activity(self, where: str, who: Somebody = NADIA) -> dict[str, Any]:
        activity = self.house.teams.activity(who, where)
        activity["channelData"]["tenant"]["id"] = activity["conversation"]["tenantId"] = TENANT
        return activity

    async def awake(self) -> None:
        """Ask whether the bot is awake; how much of the loop's time passed until the answer is kept."""
        before = time.thread_time()
        answer = await self.house.client.get("/healthz")
        self.asleep.append(time.thread_time() - before)
        assert answer.status_code == 200


def _activities(node: Any) -> Iterator[dict[str, Any]]:
    """The messages in what is stored of an effect."""
    if isinstance(node, dict):
        if node.get("type") == "message":
            yield node
        else:
            for each in node.values():
                yield from _activities(each)


@asynccontextmanager
async def attacked(folder: Path, **settings: str) -> AsyncIterator[Attacked]:
    services = folder / "our-services.toml"
    services.write_text(SERVICES, encoding="utf-8")
    with key_server() as keys:
        more = {"CHANGE_SERVICES": str(services), "CHANGE_ROLE": "web", **settings}
        async with production(folder, keys, **more) as house:
            bot = Attacked(house, folder, house.signed())
            await bot.typed("bind learn", "channel")
            await bot.typed("/change new")
            form = FORM | {"date": (TODAY + timedelta(days=30)).isoformat(), "change": "new", "revision": 0}
            await bot.pressed("change.edit", form)
            await bot.typed(f"/change submit {CHANGE}")
            command_line.warm_up()
            bot.asleep.clear()
            yield bot
            gc.unfreeze()


def cards(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [each["content"] for each in message.get("attachments") or []]


class Longest:
    """The longest that the loop stood still, in seconds of its own processor time."""

    seconds = 0.0

    async def watch(self) -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.001)
            self.seconds = max(self.seconds, time.thread_time() - before)


@asynccontextmanager
async def watched() -> AsyncIterator[Longest]:
    longest = Longest()
    watcher = asyncio.create_task(longest.watch())
    try:
        yield longest
    finally:
        watcher.cancel()
        with suppress(asyncio.CancelledError):
            await watcher
