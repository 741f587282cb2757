"""A monthly change from a template that the approver has pre-approved: the good months, the bad one, and after it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from changes.model import Change, State
from tests.support.running import FORM, START, ZURICH, Bot, running
from tests.support.teams import CHANNEL, LUC, NADIA, PIERRE, Message, Somebody, actions, inputs_of, words

NAME = "Monthly update"
UNTIL = "2029-01-31"


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
        await bot.type(NADIA, f"/change template lock what,tests,rollback {NAME}")
        if approved:
            await bot.type(PIERRE, f"/change template approve {UNTIL} {NAME}")

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


YEARLY = "Pre-approve for a year"
"""How the title of the button begins."""


async def show(bot: Bot, who: Somebody, name: str = NAME) -> Message:
    """The template's card."""
    await bot.type(who, f"/change template show {name}")
    return bot.teams.messages[bot.teams.calls[-1].message.id]


def titles(card: Message) -> str:
    return " ".join(each["title"] for each in actions(card.card or {}))


async def press(bot: Bot, who: Somebody, card: Message, title: str, row: str = "") -> Any:
    """Press the button whose title begins so, of those that name the `row`; the answer."""
    pressed = next(
        each
        for each in actions(card.card or {})
        if each["title"].startswith(title) and row in each["data"].get("typed", "")
    )
    return await bot.teams.execute(who, pressed["verb"], pressed["data"], card)


async def test_a_month_is_carried_out_without_a_question_and_a_bad_one_ends_that(bot: Bot) -> None:
    await templated(bot, approved=False)
    card = await show(bot, PIERRE)
    old = replace(card)
    await press(bot, PIERRE, card, YEARLY)
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
    assert f"{first} did not go as planned" in told
    await done(bot, first)
    assert len(said_in_channel(bot, "is suspended")) == 1
    second = await asked_for(bot, april + timedelta(days=9), reason="Security")
    change = await bot.change(second)
    assert change.standard is None
    assert said_in_channel(bot, f"{second} is a normal change")
    await bot.type(NADIA, f"/change cancel {second} Not now")
    assert "has changed: look at it" in str(await press(bot, PIERRE, old, YEARLY)), "it says nothing of the bad run"
    await bot.type(PIERRE, f"/change template approve {UNTIL} {NAME}")
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
    await bot.type(LUC, f"/change template approve {UNTIL} {NAME}")
    assert "Only Pierre André or a deputy" in heard(bot)
    await bot.type(LUC, f"/change template retire {NAME}")
    assert "Only those who wrote the template" in heard(bot)
    await bot.type(LUC, f"/change template lock - {NAME}")
    assert "Only those who wrote the template" in heard(bot)
    card = await show(bot, PIERRE)
    await press(bot, NADIA, await show(bot, NADIA), "Lock", row="risks")
    assert "has changed: look at it" in str(await press(bot, PIERRE, card, YEARLY))
    found = await bot.unit.templates.get(NAME)
    assert found is not None
    assert (found.approval, found.locked) == (None, ("what", "tests", "risks", "rollback"))
    card = await show(bot, PIERRE)
    twice = replace(card)
    assert "Pre-approved: changes that keep what it locks" in str(await press(bot, PIERRE, card, YEARLY))
    assert "pre-approved already" in str(await press(bot, PIERRE, twice, YEARLY))


async def test_the_button_pre_approves_what_its_card_shows_however_others_are_called(bot: Bot) -> None:
    await templated(bot, approved=False)
    await bot.drafted({"what": "Everything is deleted."})
    for other in (f"2 {NAME}", f"v2 {NAME}", f"{NAME} v2", f"{UNTIL} {NAME}"):
        await bot.type(NADIA, f"/change template save 2 {other}")
        await bot.type(NADIA, f"/change template lock what,tests,rollback {other}")
    await bot.type(NADIA, f"/change template save 2 #2 {NAME}")
    assert "Give the template a name" in heard(bot)
    await press(bot, PIERRE, await show(bot, PIERRE), YEARLY)
    found = await bot.unit.templates.of(["learn"])
    assert [each.name for each in found if each.approval is not None] == [NAME]
    assert len(found) == 5


async def test_a_pre_approval_is_taken_back_and_what_relies_on_it_is_asked(bot: Bot) -> None:
    await templated(bot)
    change = await asked_for(bot, date(2027, 3, 24))
    await bot.type(NADIA, f"/change template revoke {NAME}")
    assert "Only Pierre André or a deputy" in heard(bot)
    card = await show(bot, PIERRE)
    assert "The pre-approval is taken back" in str(await press(bot, PIERRE, card, "Take the pre-approval back"))
    await bot.advance(local(date(2027, 3, 18), 12))
    assert (await bot.change(change)).state is State.GO_PENDING
    [told] = said_in_channel(bot, f"{change} is a normal change")
    assert "the template has no pre-approval any more" in told


async def test_a_draft_of_somebody_else_becomes_no_template_and_no_request(bot: Bot) -> None:
    await templated(bot)
    await bot.drafted({"what": "Nobody is to read this."})
    draft = (await newest(bot)).id
    for line in (f"save {draft} Theirs", f"edit {draft} {NAME}", f"use {draft}"):
        await bot.type(PIERRE, f"/change template {line}")
        assert f"{draft} was never submitted: only its requester" in heard(bot), line
    await bot.type(PIERRE, "/change new")
    form = bot.teams.with_button("change.edit").card
    assert "template" in inputs_of(form)
    assert "only its requester" in str(await bot.press(PIERRE, "form.fill", template=draft))
    assert [each.name for each in await bot.unit.templates.of(["learn"])] == [NAME]


async def test_an_approver_does_not_pre_approve_their_own_words_that_somebody_else_saved(bot: Bot) -> None:
    await templated(bot, approved=False)
    await bot.requested(who=PIERRE)
    own = (await newest(bot)).id
    await bot.type(NADIA, f"/change template save {own} {NAME}")
    assert "Saved as version 3" in heard(bot)
    await bot.type(NADIA, f"/change template save {own} Theirs")
    await bot.type(NADIA, "/change template lock what,tests,rollback Theirs")
    await bot.type(PIERRE, f"/change template approve {UNTIL} Theirs")
    assert "written by you" in heard(bot)
    assert YEARLY not in titles(await show(bot, PIERRE, "Theirs"))


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
