"""A change has one card with buttons in the channel: a form takes its place for whoever pressed, and gives it back."""

from collections import Counter

import pytest

from changes.model import State
from tests.support.running import CHANGE, FORM, Bot
from tests.support.teams import CHANNEL, NADIA, PIERRE, Message, actions, place, words


def live(bot: Bot) -> Counter[str]:
    """How many messages in the channel have a button of each of the change's cards, by the card's key."""
    keys: Counter[str] = Counter()
    for message in bot.teams.messages.values():
        if place(message) == CHANNEL and message.card:
            data = [each.get("data") or {} for each in actions(message.card) if each.get("verb") != "card.refresh"]
            keys.update({str(each.get("message")) for each in data if each.get("change") == CHANGE})
    return keys


def root(bot: Bot) -> Message:
    return next(each for each in bot.teams.messages.values() if each.id.startswith("root-") and each.card)


async def test_edit_on_the_shared_card_is_answered_with_the_form_and_the_card_comes_back(bot: Bot) -> None:
    await bot.requested()
    posted = len(bot.teams.calls)
    shared = root(bot)
    for pressed, said in (("change.withdraw", "Nothing was changed in"), ("change.edit", "The plan of")):
        answer = await bot.teams.press(NADIA, "change.edit", on=shared)
        assert FORM["title"] in str(answer["value"]), "the form, for whoever pressed"
        assert len(bot.teams.calls) == posted, "and nothing in the channel"
        inputs = FORM | {"title": "Another title"} if pressed == "change.edit" else {}
        answer = await bot.teams.press(NADIA, pressed, on=shared, inputs=inputs)
        assert f"{said} {CHANGE}" in words(answer["value"])[0]
        assert {"change.edit", "change.withdraw"} <= {each.get("verb") for each in actions(answer["value"])}
    await bot.settle()
    assert live(bot) == {"status": 1}
    await bot.type(NADIA, f"/change cancel {CHANGE} The vendor postponed it.")
    assert (await bot.change()).state is State.CANCELLED
    assert live(bot) == {}


@pytest.mark.parametrize("where", ["personal", "channel"])
async def test_a_request_and_an_edit_end_with_a_receipt_and_a_look_shows_nothing_that_acts(
    bot: Bot, where: str
) -> None:
    await bot.type(NADIA, "/change new", where)
    await bot.press(NADIA, "change.edit", **FORM)
    answer = await bot.teams.press(NADIA, "change.submit")
    await bot.settle()
    assert not actions(answer["value"])
    await bot.type(NADIA, f"/change edit {CHANGE}", where)
    answer = await bot.teams.press(NADIA, "change.edit", inputs=FORM | {"title": "Another title"})
    await bot.settle()
    assert not actions(answer["value"])
    assert f"The plan of {CHANGE} has been changed." in words(answer["value"])[0]
    for line in ("show 1", "list", "calendar"):
        await bot.type(PIERRE, f"/change {line}", "channel")
    assert live(bot) == {"status": 1}
