"""The bot in production mode as an operator has it: processes that write a log and show their metrics.

`python -m tests.support.operated SETTINGS METADATA_URL` is one of them, `python app.py` but for whom it believes: the
keys of the local key server, and a Graph that takes the token it is given.
"""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx

import app as composition
import command_line
from bot.auth.authentication import Issuer
from bot.auth.bot_auth import BotAuth
from service import App
from settings import Configuration, Services, Settings, from_environment, load_services
from tests.support.graph import Tokens
from tests.support.key_server import ISSUER

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120.0
Line = dict[str, Any]


@dataclass(slots=True)
class Process:
    """One process of the bot: its log, and the addresses for monitoring."""

    name: str
    log: Path
    running: asyncio.subprocess.Process
    url: str = ""
    seen: list[str] = field(default_factory=list)

    def lines(self) -> list[Line]:
        """Every line of its log; each is one JSON object, or this raises."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def told(self, words: str, **facts: object) -> list[Line]:
        """The lines with these words in their text, and these fields."""
        return [
            line
            for line in self.lines()
            if words in line["event"] and all(line.get(name) == value for name, value in facts.items())
        ]

    async def until_told(self, words: str, **facts: object) -> Line:
        """The first such line, as soon as there is one."""
        await until(lambda: bool(self.told(words, **facts)), lambda: f"{words} {facts}\n{self.log.read_text()}")
        return self.told(words, **facts)[0]

    async def metrics(self) -> dict[str, float]:
        """What /metrics says, by name and labels as they stand there."""
        async with httpx.AsyncClient(timeout=10) as client:
            text = (await client.get(f"{self.url}/metrics")).text
        pairs = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, _, value in pairs}

    async def ready(self) -> tuple[int, str]:
        """The status of /readyz and what it misses."""
        async with httpx.AsyncClient(timeout=10) as client:
            answer = await client.get(f"{self.url}/readyz")
        return answer.status_code, answer.json()["missing"]

    async def until_ready(self, missing: str = "") -> None:
        """Until /readyz misses that, or nothing."""
        async with asyncio.timeout(PATIENCE_S):
            while missing not in (found := (await self.ready())[1]) or (found and not missing):  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, or kill it."""
        with contextlib.suppress(ProcessLookupError):
            self.running.send_signal(how)
        await self.running.wait()


@asynccontextmanager
async def operated(given: dict[str, str], metadata_url: str, name: str, folder: Path) -> AsyncIterator[Process]:
    """A process with these settings, which listens; what it says goes into `folder`."""
    command = [sys.executable, "-m", "tests.support.operated", json.dumps(given), metadata_url]
    path = folder / f"{name}.log"
    with path.open("wb") as log:
        started = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stderr=log, env={"PATH": os.defpath})
    process = Process(name, path, started)
    try:
        listens = await process.until_told("listening on")
        process.url = str(re.findall(r"http://[\d.]+:\d+", listens["event"])[0])
        yield process
    finally:
        await process.end()


async def until(seen: Callable[[], bool], why: Callable[[], str]) -> None:
    """Wait until that is seen, or fail and say why."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not seen():  # noqa: ASYNC110  # another process writes it
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(why()) from None


def in_order(*processes: Process) -> Iterator[Line]:
    """The lines of all logs by their time, as a collector of logs shows them."""
    yield from sorted((line for each in processes for line in each.lines()), key=lambda line: str(line["timestamp"]))


async def _ours() -> str:
    return "ours"


async def _built(metadata_url: str, settings: Settings, *, services: Services | None = None) -> App:
    door = BotAuth((Issuer(ISSUER, metadata_url),), _ours)
    return await composition.build(settings, composition.Ports(auth=door, graph_token=Tokens()), services=services)


def main(given: dict[str, str], metadata_url: str) -> None:
    """Serve, as `python app.py` does, with a Graph that is not Microsoft's."""
    graph_url = given.pop("GRAPH_URL")
    settings = replace(from_environment(given, Path("no.env")), graph_url=graph_url)
    # The people of the tests have the ids of the examples, which a bot that serves people refuses.
    set_so = Configuration(settings, load_services(settings.services))
    asyncio.run(command_line.serve(set_so, partial(_built, metadata_url)))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2])
