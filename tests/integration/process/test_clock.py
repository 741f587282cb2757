"""`/clock next` says what happened, and in whose channel, and offers to go on as whoever is asked now."""

from tests.support.running import CHANGE, Bot
from tests.support.teams import NADIA, Message, actions, words


def answer(bot: Bot) -> Message:
    """The last answer of the clock, as it stands."""
    return [each for each in bot.teams.messages.values() if each.text and each.card][-1]


def titles(message: Message) -> list[str]:
    return [each["title"] for each in actions(message.card or {}) if each["type"] == "Action.Execute"]


async def test_the_clock_says_what_happened_where_and_offers_to_act_as_who_is_asked(bot: Bot) -> None:
    await bot.requested()
    await bot.next()
    await bot.next()

    told = answer(bot)
    assert words(told.card)[:2] == [
        f"{CHANGE}, in the channel of ISC Learn Platform",
        "• The pre-check was requested.",
    ]
    assert titles(told) == ["Next", "Act as Pierre André"]

    acting = await bot.press_titled(NADIA, told, "Act as Pierre André")
    assert words(acting)[0] == "You act as **Pierre André** now, here and on every card. /as me ends it."
    await bot.press(NADIA, "precheck.approve")
    change = await bot.change()
    assert change.precheck is not None
    assert change.precheck.by.name == "Pierre André"

    before = bot.clock.now()
    back = await bot.press_titled(NADIA, told, "Back to Nadia Favre")
    assert words(back)[0] == "You are yourself again: **Nadia Favre**."
    await bot.press_titled(NADIA, told, "Next")
    await bot.teams.until(lambda: bot.clock.now() > before)


async def test_it_says_so_in_the_language_of_whoever_moves_it(bot: Bot) -> None:
    bot.teams.locales["Nadia Favre"] = "fr-CH"
    await bot.requested()
    await bot.teams.type(NADIA, "/clock suivant")
    await bot.teams.until(lambda: any(titles(each) for each in bot.teams.messages.values() if each.text and each.card))
    told = answer(bot)
    assert words(told.card)[:2] == [f"{CHANGE}, dans le canal de ISC Learn Platform", "• Rappel de la préparation."]
    assert titles(told)[0] == "Suite"
