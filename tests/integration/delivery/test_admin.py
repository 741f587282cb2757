"""What could not be delivered is shown to an admin, who sends it again or lets it go."""

import re
from datetime import timedelta

from application.ports import AccessDenial
from changes.model import Person
from changes.text.messages import Message
from tests.support.running import CHANGE, START, Bot
from tests.support.teams import LUC, NADIA, words


async def shown(bot: Bot) -> str:
    """What stands on the newest admin's card."""
    newest = [message for message in bot.teams.messages.values() if "Bot health" in " ".join(words(message.card))]
    return " ".join(words(newest[-1].card))


async def test_what_was_given_up_is_listed_with_its_cause_and_sent_again_by_a_button_that_gives_nobody_else_a_right(
    bot: Bot,
) -> None:
    await bot.requested()
    bot.teams.throw_out()
    await bot.type(NADIA, f"/change cancel {CHANGE} not needed")
    bot.teams.let_in()
    await bot.type(LUC, "/change admin")
    assert "admin" in bot.teams.texts()[-1].casefold()
    await bot.type(NADIA, "/change admin")
    card = await shown(bot)
    assert "Failed deliveries" in card
    assert "The bot is no longer in this conversation. Add it to the team or chat again." in card
    before = await bot.unit.outbox.dead()
    answer = await bot.press(LUC, "admin")
    assert await bot.unit.outbox.dead() == before
    [first, second, *_] = await bot.unit.access_denials.latest()
    assert "Only an admin" in str(answer["value"])
    assert {first.person.name, second.person.name} == {LUC.name}
    await bot.type(NADIA, "/change admin")
    assert "Denied actions 2" in await shown(bot)
    calls = len(bot.teams.calls)
    answer = await bot.press(NADIA, "admin")
    assert "It is being resent." in " ".join(words(answer["value"]))
    assert len(bot.teams.calls) > calls


async def test_refusals_are_shown_five_by_five_in_the_personal_chat_and_a_number_that_is_gone_is_said(bot: Bot) -> None:
    await bot.type(NADIA, "change admin", "channel")
    assert "personal chat" in bot.teams.texts()[-1]
    await bot.type(NADIA, "/change admin again 999")
    assert "no longer pending" in await shown(bot)
    await bot.type(NADIA, "/change admin burn everything")
    assert "use the buttons" in bot.teams.texts()[-1]
    await bot.type(NADIA, "/change admin")
    assert "Denied actions 0" in await shown(bot)
    luc = Person(LUC.object_id, LUC.name)
    for number in range(1, 13):
        why = Message("They press *Extend the window* on the `start` card.")
        await bot.unit.access_denials.note(
            AccessDenial(START + timedelta(minutes=number), luc, "", f"n{number}", "chat", why)
        )
    await bot.type(NADIA, "/change admin")
    assert refused(await shown(bot)) == [12, 11, 10, 9, 8]
    assert "1 to 5 of 12." in await shown(bot)
    assert "They press *Extend the window* on the start card." in await shown(bot)
    answer = await bot.press(NADIA, "admin")
    assert refused(" ".join(words(answer["value"]))) == [7, 6, 5, 4, 3]
    for page, numbers in ((3, [2, 1]), (9, [2, 1]), (0, [12, 11, 10, 9, 8])):
        await bot.type(NADIA, f"/change admin refusals {page}")
        assert refused(await shown(bot)) == numbers
    assert "11 to 12 of 12." not in await shown(bot)


def refused(card: str) -> list[int]:
    """The numbers of the refusals, as they are shown."""
    return [int(each) for each in re.findall(r": /change n(\d+)", card)]
