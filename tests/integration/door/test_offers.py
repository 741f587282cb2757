"""Buttons of the form that fill it in: in place, with everything kept that was typed, and with no second card."""

from typing import Any

import pytest

from changes.model import State
from tests.support.dialog import Dialog
from tests.support.running import CHANGE, FORM, Bot
from tests.support.teams import NADIA, actions, inputs_of
from tests.unit.cards.looking import buttons

TYPED = {"title": "Half of a title", "what": "“Quotes” and <b>", "risks": "-", "tests": "one\ntwo"}


def free_dates(card: dict[str, Any]) -> list[str]:
    return [each["title"] for each in actions(card) if "fill_date" in each.get("data", {})]


def entered(card: dict[str, Any]) -> dict[str, str]:
    return {name: str(each["value"]) for name, each in inputs_of(card).items() if each.get("value")}


@pytest.mark.parametrize("where", ["personal", "channel"])
async def test_a_press_on_a_free_date_fills_the_message_form_in_where_it_stands(bot: Bot, where: str) -> None:
    await bot.type(NADIA, "/change new", where)
    form = bot.teams.with_button("change.edit")
    assert form.card is not None
    posted = [call for call in bot.teams.calls if call.kind != "edit"]
    button = next(each for each in buttons(form.card) if each["title"] == "Tue 6 Apr, 21:00")
    answer = await bot.teams.execute(NADIA, button["verb"], button["data"] | {"minutes": "90"} | TYPED, form)
    await bot.settle()
    card = answer["value"]
    filled = TYPED | {"date": "2027-04-06", "time": "21:00", "minutes": "90"}
    assert filled.items() <= entered(card).items()
    assert "Please correct" not in str(card)
    assert [call for call in bot.teams.calls if call.kind != "edit"] == posted
    assert await bot.stored() is None, "nothing is saved"
    await bot.press(NADIA, "change.edit", **(FORM | {"date": "2027-04-06", "time": "21:00"}))
    await bot.press(NADIA, "change.submit")
    change = await bot.change()
    assert (change.state, f"{change.plan.window.start:%d.%m. %H:%M}") == (State.SUBMITTED, "06.04. 19:00")


async def test_in_a_dialog_too_and_nothing_is_posted(bot: Bot) -> None:
    since = len(bot.teams.calls)
    dialog = await Dialog(bot, NADIA).opened({"verb": "change.edit", "change": "new", "revision": 0})
    assert dialog.card is not None
    first = free_dates(dialog.card)
    assert len(first) == 3
    await dialog.press(first[1], **TYPED)
    assert dialog.card is not None
    assert (TYPED | {"date": "2027-04-06", "time": "21:00"}).items() <= entered(dialog.card).items()
    await dialog.press("Continue", **FORM)
    assert CHANGE in dialog.title
    assert len(bot.teams.calls) == since


async def test_dates_are_offered_at_the_time_that_was_answered_and_none_that_another_change_takes(bot: Bot) -> None:
    await bot.requested({"date": "2027-04-06", "time": "20:00"})
    dialog = await Dialog(bot, NADIA).opened({"verb": "change.edit", "change": "new", "revision": 0})
    assert dialog.card is not None
    assert free_dates(dialog.card)[1].startswith("Wed 7 Apr, 21:00")
    await dialog.press(free_dates(dialog.card)[0], time="07:30")
    assert dialog.card is not None
    assert entered(dialog.card)["time"] == "21:00", "the button says when"
    assert [action["title"] for action in actions(dialog.card) if action["title"] == "Continue"]


async def test_what_past_changes_took_is_offered_and_fills_the_duration_in(bot: Bot) -> None:
    await bot.started()
    for test in ("0", "1"):
        await bot.press(NADIA, "test.result", test=test, result="pass")
    await bot.press(NADIA, "change.complete")
    dialog = await Dialog(bot, NADIA).opened({"verb": "change.edit", "change": "new", "revision": 0})
    assert dialog.card is not None
    assert free_dates(dialog.card)[0].endswith(" 22:00"), "the usual time of the service"
    await dialog.press("15 min", **TYPED)
    assert dialog.card is not None
    assert (TYPED | {"minutes": "15"}).items() <= entered(dialog.card).items()


async def test_one_by_one_goes_on_with_what_is_still_to_be_answered(bot: Bot) -> None:
    await bot.type(NADIA, "/change new An update")
    form = bot.teams.with_button("change.edit")
    assert form.card is not None
    button = next(each for each in buttons(form.card) if "fill_date" in each["data"])
    await bot.teams.execute(NADIA, button["verb"], button["data"] | {"title": "An update", "what": ""}, form)
    await bot.type(NADIA, "The platform is updated.")
    assert "Justification?" in bot.teams.texts()[-1]
    await bot.type(NADIA, "-")
    assert "Expected downtime?" in bot.teams.texts()[-1], "the date and the time have their answer"


async def test_on_the_form_of_a_change_nothing_is_saved_by_it_either(bot: Bot) -> None:
    await bot.requested()
    await bot.type(NADIA, "/change edit 1")
    form = bot.teams.with_button("change.edit")
    assert form.card is not None
    button = next(each for each in buttons(form.card) if "fill_date" in each["data"])
    before = (await bot.change()).plan
    answer = await bot.teams.execute(NADIA, button["verb"], button["data"] | {"title": "Another title"}, form)
    assert entered(answer["value"])["title"] == "Another title"
    assert entered(answer["value"])["date"] == button["data"]["fill_date"]
    assert (await bot.change()).plan == before
