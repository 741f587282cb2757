"""The moments at which the stories of days that nobody scripted begin. The change is the one of the form."""

from datetime import datetime

from tests.support.running import CHANGE, ZURICH, Bot
from tests.support.teams import NADIA, PIERRE, Message, words


def moment(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment in 2027, just after the minute."""
    return datetime(2027, month, day, hour, minute, 10, tzinfo=ZURICH)


async def with_go(bot: Bot) -> None:
    """It is 8 April, 09:00: the change has GO for the 15th, 22:00 to 23:30, and people were told."""

    async def walk() -> None:
        await bot.at_go()
        await bot.type(PIERRE, f"/change go {CHANGE}")

    await bot.reach("with GO, typed", walk)


async def at_work(bot: Bot) -> None:
    """It is 15 April, 22:00: the snapshot is there and the work has begun. What was said before is forgotten."""

    async def walk() -> None:
        await with_go(bot)
        await bot.advance(moment(4, 15, 22))
        await bot.type(NADIA, f"/change start {CHANGE}")

    await bot.reach("started, typed", walk)
    bot.teams.calls.clear()


async def in_an_incident(bot: Bot) -> None:
    """It is 15 April, 22:40, and the change has just become an incident. What was said before the work is forgotten."""

    async def walk() -> None:
        await at_work(bot)
        await bot.advance(moment(4, 15, 22, 40))
        await bot.type(NADIA, f"/change incident {CHANGE} Nobody can log in.")

    await bot.reach("an incident, typed", walk)


def snapshot_card(bot: Bot) -> Message:
    """The newest card of a snapshot."""
    return next(each for each in reversed(bot.teams.messages.values()) if "Data snapshot" in words(each.card))


def card_with(bot: Bot, verb: str) -> str:
    """What the newest card with that button says, as it stands now."""
    return " | ".join(words(bot.teams.with_button(verb).card))
