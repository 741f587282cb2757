"""The request dialog: the form, the same questions one by one, and what survives."""

from pathlib import Path

import pytest

from changes.model import State
from tests.support.running import CHANGE, FORM, START, Bot, running
from tests.support.teams import GROUP, NADIA, words

TYPED = [
    "Update to version 5",
    "The platform and its database are updated.",
    "Security support ends.",
    "15.4.2027",
    "22h",
    "1h30",
    "Log in as a teacher; Open a course",
    "-",
    "Restore the snapshot.",
    "-2d @Nadia Tell the helpdesk; -1h Copy the files !",
    "-",
    "-",
    "-",
    "normal",
    "-",
]
"""Answers in the order of the questions, the service being the only one."""


async def state(bot: Bot, change: str = CHANGE) -> State | None:
    found = await bot.stored(change)
    return found.state if found else None


async def test_back_and_help_and_a_wrong_answer_keep_the_place(bot: Bot) -> None:
    await bot.type(NADIA, "/change new")
    await bot.type(NADIA, TYPED[0])
    asked = bot.teams.texts()[-1]
    await bot.type(NADIA, "help")
    assert asked in bot.teams.texts()[-1]
    await bot.type(NADIA, TYPED[1])
    await bot.type(NADIA, "back")
    assert bot.teams.texts()[-1] == asked
    for answer in TYPED[1:3]:
        await bot.type(NADIA, answer)
    await bot.type(NADIA, "the day after never")
    refused = bot.teams.texts()[-1]
    await bot.type(NADIA, TYPED[3])
    assert "date" in refused.casefold()
    assert await state(bot) is None


@pytest.mark.parametrize(("new", "cancel"), [("/change new", "cancel"), ("changement nouveau", "annuler")])
async def test_cancel_drops_the_draft_and_says_so_in_french_and_without_the_slash_too(
    bot: Bot, new: str, cancel: str
) -> None:
    await bot.type(NADIA, new)
    await bot.press(NADIA, "change.edit", **FORM)
    await bot.type(NADIA, cancel)
    assert await state(bot) is State.CANCELLED
    assert bot.teams.texts()[-1].startswith(f"The draft {CHANGE} has been discarded.")


async def test_the_dialog_survives_a_restart_of_the_process(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.type(NADIA, "/change new")
        for answer in TYPED[:6]:
            await bot.type(NADIA, answer)
    async with running(tmp_path) as bot:
        for answer in TYPED[6:]:
            await bot.type(NADIA, answer)
        assert await state(bot) is State.DRAFT


async def test_a_form_pressed_twice_makes_one_draft(bot: Bot) -> None:
    await bot.type(NADIA, "/change new")
    form = bot.teams.with_button("change.edit")
    data = {"change": "new", "revision": 0, **FORM}
    await bot.teams.execute(NADIA, "change.edit", data, form)
    await bot.teams.execute(NADIA, "change.edit", data, form)
    assert await state(bot, CHANGE) is State.DRAFT
    assert await state(bot, "CHG-2027-0002") is None


@pytest.mark.parametrize("where", ["personal", "channel", GROUP])
async def test_list_show_cancel_and_help_work_in_personal_chat_group_chat_and_channel(bot: Bot, where: str) -> None:
    await bot.drafted()
    await bot.press(NADIA, "change.submit")
    for typed, expected in (
        ("change list", FORM["title"]),
        (f"change show {CHANGE}", FORM["what"]),
        ("change help", "/change new"),
    ):
        seen = len(bot.teams.calls)
        await bot.type(NADIA, typed, where)
        assert any(expected in str(call.message.activity) for call in bot.teams.calls[seen:]), typed
    await bot.type(NADIA, f"change cancel {CHANGE} The vendor postponed the release.", where)
    assert await state(bot) is State.CANCELLED


async def test_after_a_mention_the_command_alone_is_enough_and_what_is_none_is_answered_with_help(bot: Bot) -> None:
    await bot.type(NADIA, "list", "channel")
    assert "There are no open changes at the moment" in " ".join(words(list(bot.teams.messages.values())[-1].card))
    await bot.type(NADIA, "what a fine day", "channel")
    assert bot.teams.texts()[-1].startswith("I didn't understand “what a fine day”.")
