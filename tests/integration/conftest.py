"""The bot in local mode, at the start of its story, and a simulated provider on loopback, at noon, for whoever asks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from local.simulator import Simulator, start
from tests.support.provider import Clock
from tests.support.running import START, Bot, running


@pytest.fixture
def clock() -> Clock:
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
