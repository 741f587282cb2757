"""What a test asks for by name: the bot in local mode at the start of its story, a provider, a PostgreSQL."""

import io
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from local.simulator import Simulator, start
from tests.support.postgres import Server
from tests.support.provider import Clock
from tests.support.running import START, Bot, running


@pytest.fixture
def clock() -> Clock:
    """It is noon."""
    return Clock()


@pytest.fixture
async def simulator(clock: Clock) -> AsyncIterator[Simulator]:
    provider = await start(clock)
    yield provider
    await provider.stop()


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with running(tmp_path, START) as started:
        yield started


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What the log says; afterwards it is as it was."""
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    yield io.StringIO()
    sys.excepthook = hook
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL that takes seconds to start: whoever uses it begins with `emptied`, and mends what they break."""
    started = Server()
    yield started
    started.end()
