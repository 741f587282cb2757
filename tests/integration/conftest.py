"""A simulated provider on loopback, at noon, for every test that names it."""

from collections.abc import AsyncIterator

import pytest

from local.simulator import Simulator, start
from tests.support.provider import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def simulator(clock: Clock) -> AsyncIterator[Simulator]:
    running = await start(clock)
    yield running
    await running.stop()
