"""A monthly change from a template that the approver has pre-approved: the good months, the bad one, and after it."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from changes.model import State
from tests.support.running import START, ZURICH, Bot, running
from tests.support.teams import CHANNEL, NADIA, PIERRE, Somebody, words

NAME = "Monthly update"


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with running(tmp_path, START) as bot:
        yield bot


async def templated(bot: Bot, *, approved: bool = True) -> None:
    """There is a template of the form's plan which locks what has to be, and Pierre has pre-approved it."""

    async def walk() -> None:
        await bot.drafted()
        await bot.type(NADIA, f"/change template save 1 {NAME}")
        await bot.press(NADIA, "change.withdraw")
        await bot.type(NADIA, f"/change template edit {NAME} lock what, tests, rollback")
        if approved:
            await bot.type(PIERRE, f"/change template approve {NAME}")

    await bot.reach(f"a template {approved}", walk)


async def asked_for(bot: Bot, on: date, who: Somebody = NADIA, **other: str) -> str:
    """A request from the template for that day at 22:00 is handed in; its id."""
    await bot.type(who, f"/change template use {NAME}")
    await bot.press(who, "change.edit", date=on.isoformat(), time="22:00", **other)
    await bot.press(who, "change.submit")
    number = len({call.message.text for call in bot.teams.calls})
    assert number
    found = await bot.unit.changes.find()
    return max(each.id for each in found)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, 10, tzinfo=ZURICH)


async def at_work(bot: Bot, change: str, on: date) -> None:
    """Nobody decides, its day comes, and the work begins."""
    await bot.advance(local(on, 22))
    assert (await bot.change(change)).state is State.READY
    await bot.type(NADIA, f"/change start {change}")


async def done(bot: Bot, change: str) -> None:
    await bot.type(NADIA, f"/change test {change} all pass")
    await bot.type(NADIA, f"/change done {change}")
    assert (await bot.change(change)).state is State.COMPLETED


def heard(bot: Bot) -> str:
    """The last message, as text."""
    message = bot.teams.calls[-1].message
    return message.text or " | ".join(words(message.card))


def said_in_channel(bot: Bot, containing: str) -> list[str]:
    texts = [
        f"{call.message.text} {' '.join(words(call.message.card))}"
        for call in bot.teams.calls
        if call.kind != "edit" and call.message.conversation.startswith(CHANNEL)
    ]
    return [each for each in texts if containing in each]


async def test_a_month_is_carried_out_without_a_question_and_a_bad_one_ends_that(bot: Bot) -> None:
    await templated(bot)
    april = date(2027, 3, 24)
    first = await asked_for(bot, april)
    change = await bot.change(first)
    assert change.standard is not None
    assert change.standard.by == PIERRE.person
    assert not change.short_notice
    bot.teams.calls.clear()
    await at_work(bot, first, april)
    change = await bot.change(first)
    assert change.precheck is not None
    assert change.go is not None
    assert change.precheck.by == change.go.by == PIERRE.person
    assert change.asked_at is None
    assert change.announced is not None
    assert change.snapshot.finished_at is not None
    await bot.type(NADIA, f"/change extend {first} 30m The index takes long")
    [told] = said_in_channel(bot, "is suspended")
    assert NAME in told
    assert "was extended" in told
    await done(bot, first)
    assert len(said_in_channel(bot, "is suspended")) == 1
    second = await asked_for(bot, april + timedelta(days=9), reason="Security")
    change = await bot.change(second)
    assert change.standard is None
    assert said_in_channel(bot, f"{second} is a normal change")
    await bot.type(NADIA, f"/change cancel {second} Not now")
    await bot.type(PIERRE, f"/change template approve {NAME}")
    third = await asked_for(bot, april + timedelta(days=9))
    assert (await bot.change(third)).standard is not None
    await bot.type(PIERRE, "/change stats")
    assert "1 run, 1 successful, 1 extended and 0 incidents" in heard(bot)
