"""Ends are exclusive, and free slots are the next free ones: asked from outside, on the evening before the exams."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.running import FORM, ZURICH, Bot, running
from tests.support.teams import NADIA, words

DECEMBER = datetime(2026, 12, 14, 10, 0, 5, tzinfo=ZURICH)
"""The demo's service is frozen from 18 January to 5 February 2027."""


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with running(tmp_path, DECEMBER) as bot:
        yield bot


async def answered(bot: Bot, time: str, minutes: str) -> str:
    await bot.type(NADIA, "/change new")
    answer = await bot.press(NADIA, "change.edit", **(FORM | {"date": "2027-01-17", "time": time, "minutes": minutes}))
    return " | ".join(words(answer["value"]))


async def test_a_window_that_ends_at_midnight_before_a_freeze_is_accepted_and_for_one_that_does_not_the_next_is_offered(
    bot: Bot,
) -> None:
    refused = await answered(bot, "23:00", "90")
    assert "is frozen from Mon 18 Jan 2027 to Fri 5 Feb 2027 (January exams)" in refused
    assert "Free instead: Sun 17 Jan 2027, 22:30 – Mon 18 Jan 2027, 00:00 (CET); Sat 16 Jan 2027, 23:00" in refused
    assert "Sat 6 Feb 2027, 23:00" in refused
    await bot.type(NADIA, "cancel")
    accepted = await answered(bot, "22:00", "120")
    assert "Is this right?" in accepted
    assert "frozen" not in accepted
