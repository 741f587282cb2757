"""Microsoft's Agents Playground: the Teams-like page that is the client of local mode, started from here.

It needs no account. Who takes part is in `m365agentsplayground.yml` beside this module.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from local.playground.node import InstallFailed, NodeMissing, PlaygroundError, find_node, install
from storage.private_files import create_private, make_private_folder

FOLDER = Path(__file__).parent
PORT = 56150
START_SECONDS = 30
PROGRAM = Path("node_modules", "@microsoft", "m365agentsplayground", "cli.js")
GUARD = Path(__file__).with_name("keep-to-this-machine.cjs")
LOG_LINES = 8


@dataclass(frozen=True, slots=True)
class Playground:
    """A Playground that runs. Stop it with `stop`, or by leaving its `async with`."""

    url: str
    log: Path
    process: asyncio.subprocess.Process

    async def stop(self) -> None:
        """End it, by force if it does not end within five seconds. Stopping twice is fine."""
        if self.process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(5):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


async def start(
    bot_url: str,
    port: int = PORT,
    folder: Path = FOLDER,
    log: Path = Path("var", "playground.log"),
    say: Callable[[str], None] = lambda _: None,
) -> Playground:
    """Start the Playground for the bot at `bot_url` and wait until it answers on `port`.

    The first time it is installed, which takes a minute and the network. It opens no browser, sends no telemetry, is
    reached from this machine only, and ends with this process, however that ends. `folder` holds its lock and its
    people, `log` is written anew; `say` gets a line for each stage that takes its time.

    Raises NodeMissing, InstallFailed, or PlaygroundError with the log's last lines.
    """
    if _taken(port):
        raise PlaygroundError(
            f"Port {port} is taken: end the demo that still runs, or stop what listens there "
            f"(lsof -i :{port} shows it)."
        )
    node = await find_node()
    await install(folder, node, say)
    say("Starting the Playground …")
    people, log = (folder / "m365agentsplayground.yml").absolute(), _fresh(log)
    process = await asyncio.create_subprocess_exec(
        *(str(node.executable), "--require", str(GUARD), str(folder / PROGRAM), "start", "--app-endpoint", bot_url),
        *("--channel-id", "msteams", "--port", str(port), "--disable-telemetry"),
        env={
            **os.environ,
            "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(people),
            "M365_AGENTS_PLAYGROUND_LOGFILE": str(log),
            "TEAMSAPPTESTER_BROWSER": "none",
        },
        stdin=asyncio.subprocess.PIPE,  # nothing is written: that it is closed tells that this process has ended
        stdout=asyncio.subprocess.DEVNULL,  # it writes everything to its log too
        stderr=asyncio.subprocess.PIPE,  # node itself complains here, and only when it cannot run the program
    )
    playground = Playground(f"http://localhost:{port}", log, process)
    try:
        async with asyncio.timeout(START_SECONDS):
            await _until_it_answers(playground)
    except TimeoutError:
        await playground.stop()
        raise PlaygroundError(f"The Playground did not answer within {START_SECONDS} seconds.{_end_of(log)}") from None
    except BaseException:
        await playground.stop()
        raise
    return playground


async def _until_it_answers(playground: Playground) -> None:
    async with aiohttp.ClientSession() as session:
        while playground.process.returncode is None:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{playground.url}/_debug/ping") as answer:
                    if answer.ok:
                        return
            await asyncio.sleep(0.05)
    complaint = await playground.process.stderr.read() if playground.process.stderr else b""
    raise PlaygroundError(f"The Playground stopped by itself.{_end_of(playground.log, complaint.decode())}")


def _taken(port: int) -> bool:
    """Whether someone listens there already: the Playground would then silently take a port of its own choice."""
    with socket.socket(socket.AF_INET) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _fresh(log: Path) -> Path:
    """An empty place for the log, so that an error never shows the lines of an earlier run."""
    make_private_folder(log.parent)
    log.unlink(missing_ok=True)
    create_private(log)  # it has everything that is said
    return log.absolute()


def _end_of(log: Path, complaint: str = "") -> str:
    written = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    lines = (written + complaint).split("\n")
    last = [line for line in lines if line.strip() and not line.startswith("debug ")][-LOG_LINES:]
    return "".join(f"\n  {line}" for line in ("Its last lines:", *last)) if last else ""
