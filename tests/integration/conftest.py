"""A simulated provider on loopback, at noon, and a PostgreSQL that all share, for every test that names them."""

from collections.abc import AsyncIterator, Iterator

import pytest

from local.simulator import Simulator, start
from tests.support.postgres import Server
from tests.support.provider import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def simulator(clock: Clock) -> AsyncIterator[Simulator]:
    running = await start(clock)
    yield running
    await running.stop()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL that takes seconds to start: whoever uses it begins with `emptied`, and mends what they break."""
    started = Server()
    yield started
    started.end()
