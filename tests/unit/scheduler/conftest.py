"""A worker over the store in memory, where a test says who commits first."""

from collections.abc import AsyncIterator
from typing import cast

import pytest

from changes.model import Change
from storage import Store
from tests.fakes.memory import Memory
from tests.integration.scheduler.conftest import World


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
async def world(memory: Memory) -> AsyncIterator[World]:
    made = World("", cast("Store", memory))  # all a worker asks of a store is `units`
    yield made
    await made.store.close()


@pytest.fixture
async def change(world: World) -> Change:
    """A change whose snapshot is due now."""
    return await world.snapshot_due()
