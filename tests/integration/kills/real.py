"""The whole bot as a process of its own, `python app.py`, that is killed with -9 again and again on one day.

Teams, the provider and the time survive; each life is a restart, and somebody types at once.
"""

import asyncio
import contextlib
import os
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import httpx
from aiohttp import web

from changes.model import Change
from local.clock import OFFSET
from local.simulator import Simulator
from tests.integration.kills.mortal import stored
from tests.integration.scheduler.conftest import Clock
from tests.support.running import CHANGE, environment
from tests.support.teams import NADIA, Somebody, Teams

ROOT = Path(__file__).parents[3]
LONGEST_CALL = 0.2
"""Seconds that Teams takes for a message, at most: a kill shall meet some on their way."""
LIFE = (0.05, 0.7)
"""Seconds from the first answer to the kill, at least and at most."""
LONG_LIFE = 5.0
"""Seconds that it lives at most while something is waited for."""
PATIENCE = 30.0


@dataclass
class Day:
    """One database and what survives the bot.

    `took` has the seconds from each start to the first answer, `computed` how many of them the processor needed, and
    `waited` how many passed since the bot listens.
    """

    folder: Path
    port: int
    teams: Teams
    provider: Simulator
    random: Random
    clock: Clock
    took: list[float] = field(default_factory=list)
    computed: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"sqlite+aiosqlite:///{self.folder}/changes.db"

    @property
    def kills(self) -> int:
        return len(self.took)

    def it_is(self, moment: datetime) -> None:
        """The next life begins at that moment; nobody lives now."""
        self.clock.go_to(moment)
        offset = (moment - datetime.now(UTC)).total_seconds()  # noqa: TID251  # what the bot will reckon with
        with contextlib.closing(sqlite3.connect(self.folder / "changes.db")) as connection, connection:
            connection.execute("UPDATE settings SET value = ? WHERE name = ?", (str(offset), OFFSET))

    async def live(
        self,
        order: str = "",
        who: Somebody = NADIA,
        *,
        until: Callable[[], Awaitable[bool]] | None = None,
        until_done: bool = False,
    ) -> None:
        """Start, hear the first answer, type the order, and be killed: soon, or once `until` says so or some seconds
        are over; or, `until_done`, when nothing is left to do.
        """
        began = time.monotonic()
        facts = environment(self.folder, CHANGE_PORT=str(self.port)) | {"PATH": os.defpath}
        facts |= {"INFOMANIAK_URL": self.provider.url, "INFOMANIAK_TOKEN": "any"}
        with (self.folder / "log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(sys.executable, "app.py", cwd=ROOT, env=facts, stderr=log)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._listens()
            listens = time.monotonic()
            typed = await self._type(NADIA, "/change list")
            await self.teams.until(lambda: self.answered(typed), PATIENCE)
            self.took.append(time.monotonic() - began)
            self.waited.append(time.monotonic() - listens)
            self.computed.append(processor_seconds(process.pid))
            asked = asyncio.create_task(self._type(who, order)) if order else None
            if until_done:
                await self.teams.until(lambda: not self.waiting(), PATIENCE)
            elif until is not None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LONG_LIFE):
                        while not await until():  # noqa: ASYNC110  # it is another process
                            await asyncio.sleep(0.1)
            else:
                await asyncio.sleep(self.random.uniform(*LIFE))
        finally:
            process.kill()
            await process.wait()
        if asked is not None:
            await asked

    async def _listens(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.01)

    async def _type(self, who: Somebody, text: str) -> str:
        """Type it; the id of the message. Whether the bot lives to answer is another matter."""
        activity = self.teams.activity(who, "personal") | {"type": "message", "textFormat": "plain", "text": text}
        with contextlib.suppress(httpx.TransportError):
            await self.teams.deliver(activity)
        return str(activity["id"])

    def answered(self, typed: str) -> bool:
        """Whether an answer to that message has arrived."""
        return any(call.message.activity.get("replyToId") == typed for call in self.teams.calls)

    def waiting(self) -> int:
        """How much is due or has still to go out."""
        with contextlib.closing(sqlite3.connect(self.folder / "changes.db")) as connection:
            query = "SELECT count(*) FROM outbox WHERE done_at IS NULL AND dead_at IS NULL"
            (count,) = connection.execute(query).fetchone()
        return int(count)

    def posted(self) -> Counter[tuple[str, str]]:
        """Every message that was posted to a person as an answer, or said, by its place and words; cards by theirs."""
        posts = [call.message for call in self.teams.calls if call.kind != "edit"]
        return Counter(
            (each.conversation, f"{each.activity.get('replyToId')}{each.text}") for each in posts if each.text
        )

    async def change(self) -> Change:
        return await stored(self.url, CHANGE)


async def takes_its_time(random: Random) -> web.Response | None:
    """Teams, as it is on a normal day."""
    await asyncio.sleep(random.uniform(0, LONGEST_CALL))
    return None


def processor_seconds(pid: int) -> float:
    """What the process has computed so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
