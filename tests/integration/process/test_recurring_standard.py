"""A standard change that recurs: what both rules say holds for each of its changes (docs/process.md, P107, P140)."""

from datetime import date, datetime

from changes.model import State
from tests.integration.process.test_recurring import chosen
from tests.integration.process.test_standard_changes import NAME, UNTIL, asked_for, newest, templated
from tests.support.running import ZURICH, Bot
from tests.support.teams import NADIA, PIERRE, shown


def at(month: int, day: int) -> datetime:
    return datetime(2027, month, day, 9, 0, 10, tzinfo=ZURICH)


async def repeated(bot: Bot) -> None:
    await templated(bot)
    change = await asked_for(bot, date(2027, 3, 24))
    await bot.type(NADIA, f"/change repeat {change} FREQ=MONTHLY;BYMONTHDAY=24")
    await chosen(bot)


async def test_each_of_its_changes_is_a_standard_one_with_what_is_locked_then(bot: Bot) -> None:
    await repeated(bot)
    assert [each.template for each in await bot.unit.series.going_on()] == [NAME]
    await bot.type(NADIA, f"/change template lock what,tests,rollback,risks {NAME}")
    await bot.type(PIERRE, f"/change template approve {UNTIL} {NAME}")
    await bot.advance(at(3, 26))
    card = bot.teams.with_button("change.submit")
    await bot.teams.press(NADIA, "change.submit", on=card)
    await bot.settle()
    change = await newest(bot)
    assert change.plan.window.start.astimezone(ZURICH).date() == date(2027, 4, 24)
    assert change.template is not None
    assert (change.template.name, change.template.version) == (NAME, 3)
    assert change.standard is not None
    await bot.advance(at(4, 16))
    assert (await bot.change(change.id)).state is State.SCHEDULED


async def test_a_template_that_is_retired_meanwhile_is_said_and_the_change_is_a_normal_one(bot: Bot) -> None:
    await repeated(bot)
    await bot.type(PIERRE, f"/change template retire {NAME}")
    await bot.advance(at(3, 26))
    card = bot.teams.with_button("change.submit")
    assert f"The template “{NAME}” is retired" in shown(card.card)
    await bot.teams.press(NADIA, "change.submit", on=card)
    await bot.settle()
    change = await newest(bot)
    assert (change.template, change.standard, change.state) == (None, None, State.SUBMITTED)
