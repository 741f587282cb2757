"""Typos, greetings and thanks: the nearest command is a button, a greeting is answered with what can be done next."""

from pathlib import Path
from typing import Any

from changes.model import State
from tests.support.running import CHANGE, START, Bot, running
from tests.support.teams import LUC, NADIA, PIERRE, Message, actions, words


def last(bot: Bot) -> Message:
    return bot.teams.calls[-1].message


def lines(message: Message) -> list[str]:
    """The commands on its buttons."""
    return [action["data"]["typed"] for action in actions(message.card or {}) if "typed" in action.get("data", {})]


async def test_a_typo_offers_the_nearest_command_and_a_greeting_what_can_be_done_next(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        for typed, where, offered in (
            ("/chnage new", "personal", ["new"]),
            ("nwe", "channel", ["new"]),
            ("cnacel 1 No need.", "personal", ["cancel 1 No need."]),
        ):
            await bot.type(NADIA, typed, where)
            assert lines(last(bot)) == offered
            assert words(last(bot).card)[0].startswith(f"I did not understand “{typed}”.")
        for typed, where, said in (
            ("hi", "personal", "Hello! What would you like to do?"),
            ("bonjour", "channel", "Hello! What would you like to do?"),
            ("merci", "personal", "You are welcome. This is what you can do next:"),
            ("", "channel", "Hello! What would you like to do?"),
        ):
            await bot.type(NADIA, typed, where)
            assert words(last(bot).card)[0] == said
            assert lines(last(bot)) == ["new", "mine", "list", "help"]
        bot.teams.locales[LUC.name] = "fr-CH"
        await bot.type(LUC, "bonjour")
        assert (
            words(last(bot).card)[0]
            == "Bonjour\N{NARROW NO-BREAK SPACE}! Que souhaitez-vous faire\N{NARROW NO-BREAK SPACE}?"
        )
        await bot.type(LUC, "aide")
        assert "/change nouveau" in " ".join(words(last(bot).card))

        # The buttons: the form in place of the greeting, and a command that a typo kept whole, once.
        await bot.type(NADIA, "hello")
        answer = await bot.press(NADIA, "command")
        assert "title" in _ids(answer["value"])
        await bot.type(NADIA, "cancel")
        await bot.requested()
        await bot.type(NADIA, "/chnage cancle 1 No need.\nReally not.")
        assert (await bot.change()).state is State.SUBMITTED, "nothing acts by itself"
        answer = await bot.press(NADIA, "command")
        assert "/change cancel 1 No need.\nReally not." in "\n".join(words(answer["value"]))
        assert (await bot.change()).closing_reason == "No need.\nReally not."


async def test_while_a_question_waits_a_greeting_is_an_answer_the_second_time_and_a_misspelt_command_is_none(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, START) as bot:
        await bot.requested()
        await bot.type(PIERRE, f"/change postpone {CHANGE}")
        await bot.type(PIERRE, "/chnage list")
        assert lines(last(bot)) == ["list"], "it is no reason that people would read"
        assert (await bot.change()).state is State.SUBMITTED
        await bot.type(PIERRE, "merci")
        assert (await bot.change()).state is State.SUBMITTED
        await bot.type(PIERRE, "merci")
        assert (await bot.change()).closing_reason == "merci", "the question still waited"
        await bot.type(NADIA, "/change new")
        await bot.type(NADIA, "hi")
        assert "Hello" not in bot.teams.texts()[-1]


def _ids(node: Any) -> set[str]:
    if isinstance(node, list):
        return {name for each in node for name in _ids(each)}
    if not isinstance(node, dict):
        return set()
    own = {str(node["id"])} if str(node.get("type", "")).startswith("Input.") else set()
    return own | {name for each in node.values() for name in _ids(each)}
