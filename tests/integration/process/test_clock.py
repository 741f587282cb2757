"""`/clock next` says on one card what happened, where and of whom, and offers to go on as whoever is asked now."""

from tests.support.running import Bot
from tests.support.teams import NADIA, Message, actions, words


def report(bot: Bot) -> Message:
    """The last report of the clock, as it stands."""
    return bot.clock_reports()[-1]


def titles(message: Message) -> list[str]:
    return [each["title"] for each in actions(message.card or {}) if each["type"] == "Action.Execute"]


async def test_the_clock_says_what_happened_where_and_offers_to_act_as_who_is_asked(bot: Bot) -> None:
    await bot.requested()
    await bot.next()
    assert words(report(bot).card) == ["Tue 30 Mar, 09:00", "• Reminder to prepare, in your chat."]
    assert titles(report(bot)) == ["Next: Pre-check, Thu 1 Apr"]
    await bot.next()

    told = report(bot)
    assert not told.text, "it answers once"
    happened = ["Thu 1 Apr, 09:00", "• Pre-check requested of Pierre André, in the channel."]
    assert words(told.card) == happened
    assert titles(told) == ["Next: Pre-check reminder, Fri 2 Apr", "Act as Pierre André"]

    acting = await bot.press_titled(NADIA, told, "Act as Pierre André")
    assert words(acting) == [*happened, "You act as **Pierre André** now."]
    await bot.press(NADIA, "precheck.approve")
    change = await bot.change()
    assert change.precheck is not None
    assert change.precheck.by.name == "Pierre André"

    before = bot.clock.now()
    back = await bot.press_titled(NADIA, told, "Back to Nadia Favre")
    assert words(back)[2:] == ["You are yourself again: **Nadia Favre**."]
    gone_on = await bot.press_titled(NADIA, told, "Next: Pre-check reminder, Fri 2 Apr")
    assert words(gone_on) == happened, "what it reported stays"
    assert actions(gone_on) == []
    await bot.teams.until(lambda: bot.clock.now() > before)


async def test_a_move_during_which_nothing_happens_says_so(bot: Bot) -> None:
    await bot.requested()
    before = len(bot.clock_reports())
    await bot.teams.type(NADIA, "/clock +40m")
    await bot.teams.until(lambda: len(bot.clock_reports()) > before)
    assert words(report(bot).card) == ["Mon 15 Mar, 10:40", "• Nothing happened meanwhile."]


async def test_of_several_changes_each_line_says_which(bot: Bot) -> None:
    await bot.requested()
    await bot.requested({"date": "2027-05-20", "title": "Something else"})
    await bot.next()
    assert words(report(bot).card)[1:] == ["• CHG-2027-0001: Reminder to prepare, in your chat."]


async def test_it_says_so_in_the_language_of_whoever_moves_it(bot: Bot) -> None:
    bot.teams.locales["Nadia Favre"] = "fr-CH"
    await bot.requested()
    await bot.teams.type(NADIA, "/clock suivant")
    await bot.teams.until(lambda: bool(bot.clock_reports()))
    assert words(report(bot).card)[1:] == ["• Rappel de la préparation, dans votre discussion."]
    assert titles(report(bot)) == ["Suite\N{NO-BREAK SPACE}: Pré-contrôle, jeu. 1 avr."]


async def test_whoever_is_themselves_again_hears_it_in_their_own_language(bot: Bot) -> None:
    bot.teams.locales["Nadia Favre"] = "fr-CH"
    for typed in ("/as moi", "/as moi-même"):
        await bot.type(NADIA, "/as Pierre")
        await bot.type(NADIA, typed)
        assert bot.teams.texts()[-1].startswith("Vous êtes de nouveau vous-même")
