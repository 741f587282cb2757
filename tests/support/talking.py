"""A change that was handed in, and what is said to lines typed one by one."""

import itertools
import re

from changes.model import Change
from tests.support.running import FORM, Bot
from tests.support.teams import NADIA, Somebody, words

_DAYS = itertools.cycle(f"2027-{month:02}-{day:02}" for month in range(6, 12) for day in range(1, 28))
"""A day for the window of each change: no two of one bot overlap."""


async def requested(bot: Bot) -> Change:
    """A change that was handed in, at 22:00 of a day of its own."""
    await bot.type(NADIA, "/change new")
    await bot.press(NADIA, "change.edit", **(FORM | {"date": next(_DAYS)}))
    await bot.press(NADIA, "change.submit")
    found = re.findall(r"(CHG-2027-\d{4}) is handed in", " ".join(bot.teams.texts()))
    return await bot.change(str(found[-1]))


def number(change: Change) -> str:
    """The number of its id, without the year."""
    return str(int(change.id[-4:]))


def last(bot: Bot) -> str:
    """What was said last."""
    message = bot.teams.calls[-1].message
    return message.text or " | ".join(words(message.card))


async def said(bot: Bot, *lines: str, who: Somebody = NADIA, where: str = "personal") -> str:
    """Everything that was said to the lines, typed one by one."""
    since = len(bot.teams.calls)
    for line in lines:
        await bot.type(who, line, where)
    return "\n".join(call.message.text or " | ".join(words(call.message.card)) for call in bot.teams.calls[since:])
