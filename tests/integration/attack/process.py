"""A bot in production mode in a process of its own, as its callers and the measuring test see it."""

import math
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

MOST_S = 0.002
"""Seconds of processor time that one refused stranger may cost."""
MOST_ROUNDS = 8
TIMES_THE_CHEAPEST = 6
"""How many times dearer than one without a token, where the machine is too slow or too busy for MOST_S."""


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


def cost_of(sent: bytes, served: Served, count: int = 6) -> tuple[float, set[int]]:
    """Seconds that one such request costs, and the statuses of the answers: the best of two rounds or more.

    The machine does other things too, which makes some rounds dearer; none makes them cheaper.
    """
    best, statuses = math.inf, set[int]()
    for number in range(MOST_ROUNDS):
        before = served.spent()
        for _ in range(count):
            statuses.add(raw.status_of(raw.exchange(served.port, sent)))
        best = min(best, (served.spent() - before) / count)
        if number and best < MOST_S:
            break
    return best, statuses


def most_s(cost: float, served: Served) -> float:
    """What a stranger may cost here: more than MOST_S only on a machine where the cheapest costs several times more."""
    return MOST_S if cost < MOST_S else max(MOST_S, TIMES_THE_CHEAPEST * cost_of(raw.request(b"{}"), served)[0])
