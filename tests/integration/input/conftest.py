"""One bot for all tests of a module, on Monday 15 March 2027, 10:00; no test leaves the next one a question."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import delete

from changes.model import Change
from storage.tables import dialogs
from tests.support.running import START, Bot, running
from tests.support.talking import number, requested, said


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bot]:
    async with running(tmp_path_factory.mktemp("input"), START) as bot:
        yield bot


@pytest_asyncio.fixture(loop_scope="module")
async def bot(one_bot: Bot) -> AsyncIterator[Bot]:
    yield one_bot
    async with one_bot.app.store.engine.begin() as connection:
        await connection.execute(delete(dialogs))


@pytest_asyncio.fixture(loop_scope="module")
async def change(bot: Bot) -> AsyncIterator[Change]:
    """One of Nadia's that was handed in; a test may move it to tomorrow, where there is room for one."""
    made = await requested(bot)
    yield made
    if (await bot.change(made.id)).plan.window.start.month == START.month:
        await said(bot, "cancel", f"/change cancel {number(made)} It is over")
