"""One bot for all tests of a module: it is Monday 15 March 2027, 10:00."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.running import START, Bot, running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bot]:
    async with running(tmp_path_factory.mktemp("input"), START) as bot:
        yield bot
