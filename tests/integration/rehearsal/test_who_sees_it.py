"""Who may rehearse a change, where they read it, and what happens when somebody leaves or the process ends."""

import asyncio
from pathlib import Path

from tests.support.rehearsed import rehearse
from tests.support.running import CHANGE, START, Bot, running
from tests.support.teams import CHANNEL, LUC, NADIA, PIERRE, chat_of, place


async def test_only_the_people_of_the_change_may_rehearse_it(bot: Bot) -> None:
    await bot.drafted()
    bot.teams.calls.clear()
    await bot.type(LUC, f"/change rehearse {CHANGE} bad")
    assert bot.teams.texts() == [f"There is no change {CHANGE}. `/change list` shows those there are."]
    await bot.press(NADIA, "change.submit")
    bot.teams.calls.clear()
    await bot.type(LUC, f"/change rehearse {CHANGE}")
    (only,) = bot.teams.texts()
    assert only.startswith(f"Only the requester, the implementer, the approver or a deputy can rehearse {CHANGE}.")


async def test_what_is_typed_in_the_channel_is_played_in_the_chat_of_whoever_typed_it(bot: Bot) -> None:
    await bot.reach("requested", bot.requested)
    bot.teams.calls.clear()
    await bot.teams.type(NADIA, f"/change rehearse {CHANGE}", "channel")
    await bot.teams.until(lambda: any("End of the rehearsal" in each for each in bot.teams.texts()))
    in_channel = [call.message.text for call in bot.teams.calls if place(call.message) == CHANNEL]
    assert in_channel == ["The answer is for you alone: you find it in our personal chat."]
    assert {call.message.conversation for call in bot.teams.calls if place(call.message) != CHANNEL} == {chat_of(NADIA)}


async def test_in_french_it_is_asked_for_and_told_in_french(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        bot.teams.locales[NADIA.name] = "fr-CH"
        await bot.reach("requested", bot.requested)
        messages = await rehearse(bot, NADIA, f"/changement simuler {CHANGE} défavorable")
        assert messages[0]["text"].startswith(
            f"**{CHANGE} (Update to version 5)\u00a0: simulation, scénario défavorable"
        )
        assert "**Fin de la simulation.**" in messages[-1]["text"]
        assert "**Simulation · " in messages[1]["text"]


async def test_two_at_once_are_both_played_and_each_person_gets_their_own(bot: Bot) -> None:
    await bot.reach("requested", bot.requested)
    await bot.type(PIERRE, "/change help")
    bot.teams.calls.clear()
    await asyncio.gather(*(bot.teams.type(who, f"/change rehearse {CHANGE}") for who in (NADIA, PIERRE)))
    await bot.teams.until(lambda: sum("End of the rehearsal" in each for each in bot.teams.texts()) == 2)
    await bot.settle()
    ends = [call.message.conversation for call in bot.teams.calls if "End of the rehearsal" in call.message.text]
    assert sorted(ends) == sorted([chat_of(NADIA), chat_of(PIERRE)])
    history = [type(entry.event).__name__ for entry in await bot.unit.changes.history(CHANGE)]
    assert history.count("Rehearsed") == 2


async def test_whoever_closes_their_chat_meanwhile_holds_up_nobody(bot: Bot) -> None:
    await bot.reach("requested", bot.requested)
    bot.teams.gone.add(chat_of(NADIA))
    await bot.teams.type(NADIA, f"/change rehearse {CHANGE}")
    history = bot.unit.changes

    async def is_noted() -> bool:
        return any(type(entry.event).__name__ == "Rehearsed" for entry in await history.history(CHANGE))

    async with asyncio.timeout(15):
        while not await is_noted():  # noqa: ASYNC110  # the database is asked
            await asyncio.sleep(0.01)
    await bot.settle()
    bot.teams.calls.clear()
    await bot.type(PIERRE, f"/change show {CHANGE}")
    assert bot.teams.calls, "others are answered"


async def test_a_play_in_whose_middle_the_process_ends_is_told_once_and_as_a_whole(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.reach("requested", bot.requested)
        await bot.type(NADIA, "/change help")
        await bot.teams.type(NADIA, f"/change rehearse {CHANGE}")
        await bot.app.close()  # while it is played, or before
        await bot.restart()
        await bot.settle()
        told = [each for each in bot.teams.texts() if each.startswith(("**Rehearsal ·", "**End of the rehearsal"))]
        assert (len(told), len(set(told))) == (20, 20)
