"""A bot of its own for each test: the demo's service, and two services on one server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.running import START, Bot, running
from tests.support.two_services import services


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Bot]:
    async with running(tmp_path, START, CHANGE_SERVICES=services(tmp_path)) as started:
        yield started
