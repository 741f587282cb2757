"""What the bot wrote down is read in French by whoever reads French, with its dates, wherever it is shown."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from application.ports import AccessDenial
from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.labels import moment_label
from changes.text.messages import Message
from tests.support.days import moment
from tests.support.running import CHANGE, START, ZURICH, Bot, running
from tests.support.talking import last
from tests.support.teams import CLAIRE, NADIA, PIERRE

GO = "Nobody gave GO by {limit}, and silence is never GO."
NO_GO = "Personne n’a donné le GO avant le"
NEVER = "et le silence n’est jamais un GO."
IN_THE_MAKING = "est en cours de création depuis le"


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with running(tmp_path, START) as bot:
        bot.teams.locales |= {who.name: "fr-CH" for who in (NADIA, PIERRE, CLAIRE)}
        yield bot


async def test_why_a_change_was_postponed_by_itself(bot: Bot) -> None:
    await bot.at_go()
    await bot.advance(moment(4, 14, 10))
    await bot.type(NADIA, "/change show 1")
    assert f"Il a été reporté\N{NO-BREAK SPACE}: {NO_GO} mar. 13 avr. 2027, " in bot.overview()
    assert NEVER in bot.overview()


async def test_what_the_provider_showed(bot: Bot) -> None:
    await bot.prechecked()
    assert bot.app.simulator is not None
    bot.app.simulator.inject_fault("operation-in-progress")
    await bot.at_go()
