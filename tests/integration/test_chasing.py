"""Nobody has to chase: who is asked is asked where they look, once a morning, and never at night."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.running import FORM, START, ZURICH, Bot, running
from tests.support.teams import CLAIRE, NADIA, PIERRE, Message, Somebody, words


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with running(tmp_path, START) as bot:
        yield bot


def text_of(message: Message) -> str:
    return message.text or " ".join(words(message.card))


def chat_of(who: Somebody) -> str:
    return f"personal-{who.id}"


def in_chat(bot: Bot, who: Somebody) -> list[Message]:
    """What stands in the personal chat of that person, as it is now."""
    return [each for each in bot.teams.messages.values() if each.conversation == chat_of(who)]


def april(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2027, 4, day, hour, minute, 10, tzinfo=ZURICH)


async def test_what_waits_for_somebody_is_one_card_with_the_most_urgent_first(bot: Bot) -> None:
    await bot.requested({"title": "The later one", "date": "2027-04-16"})
    await bot.requested({"title": "The earlier one"})
    await bot.advance(april(2))
    await bot.type(PIERRE, "/change mine")
    text = text_of(in_chat(bot, PIERRE)[-1])
    assert text.index("The earlier one") < text.index("The later one")
    assert "by 13.04.2027 09:00 CEST" in text
    await bot.press(PIERRE, "look")
    assert "What happens when" in text_of(in_chat(bot, PIERRE)[-1])


async def test_the_requester_sees_the_own_open_changes_even_when_nothing_is_asked(bot: Bot) -> None:
    await bot.requested()
    await bot.type(NADIA, "/change miennes")
    text = text_of(in_chat(bot, NADIA)[-1])
    assert "Nothing waits for you" in text
    assert FORM["title"] in text
    await bot.type(CLAIRE, "/change mine")
    assert FORM["title"] not in text_of(in_chat(bot, CLAIRE)[-1])
