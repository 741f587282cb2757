"""Processes that are measured: the bot and its peers, with the CPU time and the memory they take."""

import asyncio
import os
import resource
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parent.parent
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE = resource.getpagesize()
START_S = 60.0
"""Seconds that a process has to become ready."""


@dataclass(frozen=True, slots=True)
class Running:
    """A process that listens. What is counted is its own: neither a database server nor whoever measures."""

    pid: int
    url: str
    started_in: float
    """Seconds from its start until it was ready."""
    checks: bool
    """Whether it looks at the signatures of requests."""

    @property
    def messages(self) -> str:
        return f"{self.url}/api/messages"

    def cpu(self) -> float:
        """Seconds of CPU that the process and its threads have taken so far, in steps of 10 ms."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S

    def memory(self) -> float:
        """Megabytes of memory that the process holds."""
        return int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE / 1e6


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@asynccontextmanager
async def running(
    arguments: Sequence[str],
    port: int,
    more: Mapping[str, str],
    log: Path,
    *,
    checks: bool = True,
    python: str = sys.executable,
) -> AsyncIterator[Running]:
    """The process of `python ARGUMENTS`, once it says that it is ready; it is ended afterwards. Raises TimeoutError."""
    environment = {key: value for key, value in os.environ.items() if not _is_ours(key)}
    with log.open("wb") as written:
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            python, *arguments, cwd=ROOT, env=environment | dict(more), stdout=written, stderr=written
        )
        url = f"http://127.0.0.1:{port}"
        try:
            await _ready(process, f"{url}/readyz", log)
            yield Running(process.pid, url, time.perf_counter() - began, checks)
        finally:
            if process.returncode is None:
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _ready(process: asyncio.subprocess.Process, url: str, log: Path) -> None:
    async with asyncio.timeout(START_S), aiohttp.ClientSession() as client:
        while True:
            if process.returncode is not None:
                said = await asyncio.to_thread(log.read_text, errors="replace")
                raise RuntimeError(f"the process ended: {said[-500:]}")
            try:
                async with client.get(url) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass  # it does not listen yet
            await asyncio.sleep(0.01)


def _is_ours(name: str) -> bool:
    return name.lower().startswith(("change_", "microsoftapp", "graph_", "infomaniak_", "bench_"))
