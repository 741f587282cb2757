"""A bot in production mode in a process of its own, as its callers and the measuring test see it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.integration.attack import raw
from tests.support.key_server import key_server, token


@dataclass(slots=True)
class Served:
    """A running bot, what it has spent and what it has written."""

    process: subprocess.Popen[str]
    log: Path
    port: int = field(init=False)

    def __post_init__(self) -> None:
        self.port = int(self._line())

    def spent(self) -> float:
        """Seconds of processor time, all threads together."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self._line())

    def faults(self) -> list[str]:
        """The lines of its log that tell of an error of its own."""
        marks = ("Traceback", '"exception"', '"level": "error"', '"level": "critical"')
        return [line for line in self.log.read_text().splitlines() if any(mark in line for mark in marks)]

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """Start a bot whose data lies in `folder`, and let it fetch the keys; on leaving, end it."""
    log = folder / "log"
    with key_server() as keys, log.open("w") as written:
        command = [sys.executable, "-m", "tests.integration.attack.served", str(folder), keys.metadata_url]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=written, text=True, bufsize=1
        )
        try:
            bot = Served(process, log)
            raw.exchange(bot.port, raw.request(b"{}", {"Authorization": signed()}))
            yield bot
        finally:
            process.communicate(timeout=20)


def signed(**claims: Any) -> str:
    """A good authorization, but for the given claims."""
    return f"Bearer {token(datetime.now(UTC), **claims)}"  # noqa: TID251  # tokens live by real time
