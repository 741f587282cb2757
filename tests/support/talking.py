"""A change that was handed in, and what is said to lines typed one by one."""

import itertools
from datetime import date, time

from application.change_service import draft, execute
from changes import commands as c
from changes.model import Change, Plan, Window
from tests.support.running import FORM, ZURICH, Bot
from tests.support.teams import NADIA, Somebody, words

_DAYS = itertools.cycle(date(2027, month, day) for month in range(6, 12) for day in range(1, 28))
"""A day for the window of each change: no two of one bot overlap."""


def plan_of(day: date) -> Plan:
    """The plan of FORM on another day: Nadia requests it and carries it out."""
    return Plan(
        service="learn",
        title=FORM["title"],
        what=FORM["what"],
        window=Window.on(day, time(22), 90, ZURICH),
        tests=tuple(FORM["tests"].splitlines()),
        implementer=NADIA.person,
        risks=FORM["risks"],
        rollback=FORM["rollback"],
    )


async def requested(bot: Bot) -> Change:
    """A change that Nadia handed in, at 22:00 of a day of its own."""
    now = bot.clock.now()
    async with bot.app.store.units() as unit:
        made = await draft(unit, bot.app.catalogue, c.Draft(NADIA.person, plan_of(next(_DAYS))), now, "chat")
        made = await execute(unit, bot.app.catalogue, made.id, c.Submit(NADIA.person), now, "chat")
    await bot.settle()
    return made


def number(change: Change) -> str:
    """The number of its id, without the year."""
    return str(int(change.id[-4:]))


def window(change: Change) -> str:
    """When it begins in Sion, and how long it takes."""
    return f"{change.plan.window.start.astimezone(ZURICH):%Y-%m-%d %H:%M}, {change.plan.window.minutes} min"


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
