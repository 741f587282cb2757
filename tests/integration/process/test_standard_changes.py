"""A monthly change from a template that the approver has pre-approved: the good months, the bad one, and after it."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from changes.model import Change, State
from tests.support.running import FORM, START, ZURICH, Bot, running
from tests.support.teams import CHANNEL, LUC, NADIA, PIERRE, Somebody, actions, inputs_of, words

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
    return (await newest(bot)).id


async def newest(bot: Bot) -> Change:
    """The change that was drafted last."""
    return max(await bot.unit.changes.find(), key=lambda each: each.id)


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


async def test_what_is_locked_stays_in_the_form_whatever_a_device_sends_until_somebody_says_so(bot: Bot) -> None:
    await templated(bot)
    await bot.type(NADIA, f"/change template use {NAME}")
    form = bot.teams.with_button("form.fill").card
    assert not {"what", "tests", "rollback"} & set(inputs_of(form))
    assert {"title", "risks", "template"} <= set(inputs_of(form))
    assert "Description (locked)" in words(form)
    assert any("Pierre André pre-approved it" in each for each in words(form))
    await bot.press(NADIA, "change.edit", date="2027-03-24", time="22:00", what="Everything is deleted.")
    await bot.press(NADIA, "change.submit")
    kept = await newest(bot)
    assert kept.plan.what == FORM["what"]
    assert kept.standard is not None

    await bot.type(NADIA, f"/change template use {NAME}")
    await bot.press_titled(NADIA, bot.teams.with_button("form.fill"), "Edit what is locked")
    assert "what" in inputs_of(bot.teams.with_button("form.fill").card)
    edited = {"date": "2027-03-30", "time": "22:00", "what": "Everything is deleted.", "reason": "Security"}
    await bot.press(NADIA, "change.edit", **edited)
    summary = " ".join(words(bot.teams.with_button("change.submit").card))
    assert "Normal change with pre-check and GO: what the template locks was edited: Description." in summary
    await bot.press(NADIA, "change.submit")
    normal = await newest(bot)
    assert normal.plan.what == "Everything is deleted."
    assert normal.standard is None
    assert said_in_channel(bot, f"{normal.id} is a normal change")


async def test_who_may_not_is_refused_and_an_old_card_pre_approves_nothing(bot: Bot) -> None:
    await templated(bot, approved=False)
    await bot.type(LUC, f"/change template approve {NAME}")
    assert "Only Pierre André or a deputy" in heard(bot)
    await bot.type(LUC, f"/change template retire {NAME}")
    assert "Only Nadia Favre, who wrote it" in heard(bot)
    await bot.type(PIERRE, f"/change template show {NAME}")
    old = bot.teams.calls[-1].message
    await bot.type(NADIA, f"/change template edit {NAME} lock risks")
    assert "is at version 3 now" in str(await bot.press_titled(PIERRE, old, "Pre-approve without end"))
    found = await bot.unit.templates.get(NAME)
    assert found is not None
    assert found.approval is None
    await bot.type(PIERRE, f"/change template show {NAME}")
    card = bot.teams.messages[bot.teams.calls[-1].message.id]
    pressed = next(each for each in actions(card.card or {}) if each["title"] == "Pre-approve without end")
    first = await bot.teams.execute(PIERRE, pressed["verb"], pressed["data"], card)
    assert "Pre-approved: changes that keep what it locks" in str(first)
    assert "pre-approved already" in str(await bot.teams.execute(PIERRE, pressed["verb"], pressed["data"], card))


async def test_the_button_pre_approves_what_its_card_shows_however_others_are_called(bot: Bot) -> None:
    await templated(bot, approved=False)
    await bot.drafted({"what": "Everything is deleted."})
    await bot.type(NADIA, f"/change template save 2 {NAME} v2")
    await bot.type(NADIA, f'/change template edit "{NAME} v2" lock what, tests, rollback')
    await bot.type(PIERRE, f"/change template approve {NAME} v2")
    assert f'Which one is meant: "{NAME} v2" and "{NAME}"?' in heard(bot)
    await bot.type(PIERRE, f"/change template show {NAME}")
    shown = bot.teams.messages[bot.teams.calls[-1].message.id]
    await bot.press_titled(PIERRE, shown, "Pre-approve without end")
    found = await bot.unit.templates.of(["learn"])
    assert {each.name: each.approval is not None for each in found} == {NAME: True, f"{NAME} v2": False}


async def test_a_template_that_is_retired_while_its_form_is_open_locks_nothing_any_more(bot: Bot) -> None:
    await templated(bot)
    await bot.type(NADIA, f"/change template use {NAME}")
    await bot.type(PIERRE, f"/change template retire {NAME}")
    edited = {"date": "2027-03-24", "time": "22:00", "title": "Mine"}
    await bot.press(NADIA, "change.edit", **edited)
    form = bot.teams.with_button("change.edit").card
    assert any("is retired" in each for each in words(form))
    assert inputs_of(form)["title"]["value"] == "Mine"
    assert inputs_of(form)["what"]["value"] == FORM["what"]
    await bot.press(NADIA, "change.edit", **edited, reason="Security")
    assert (await newest(bot)).template is None


async def test_names_are_text_and_services_without_templates_see_nothing(bot: Bot) -> None:
    await bot.type(NADIA, "/change new")
    assert "template" not in inputs_of(bot.teams.with_button("change.edit").card)
    await bot.press(NADIA, "change.edit", **FORM)
    name = "<at>all</at> **bold** [link](http://example.org)"
    await bot.type(NADIA, f"/change template save 1 {name}")
    await bot.type(NADIA, "/change modèle liste")
    assert any(name in each for each in words(bot.teams.calls[-1].message.card))
    await bot.type(NADIA, f"/change template use {name}")
    assert inputs_of(bot.teams.with_button("change.edit").card)["template"]["value"] == name
    await bot.type(LUC, "/change template use CHG-2027-0001")
    assert "There is no change CHG-2027-0001" in heard(bot)
