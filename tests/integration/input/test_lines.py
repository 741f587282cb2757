"""What is typed and pasted arrives whole, whatever stands between; typos, greetings and thanks are answered kindly."""

import re

import pytest

from changes.model import Change, State
from tests.support.running import Bot
from tests.support.talking import last, number, said
from tests.support.teams import CLAIRE, LUC, NADIA, PIERRE, actions, words

pytestmark = pytest.mark.asyncio(loop_scope="module")
SPACE = "\N{NO-BREAK SPACE}"


def offered(bot: Bot) -> list[str]:
    """The commands on the buttons of what was said last."""
    buttons = actions(bot.teams.calls[-1].message.card or {})
    return [action["data"]["typed"] for action in buttons if "typed" in action.get("data", {})]


@pytest.mark.parametrize("separator", ["\n", "\t", "\u2028"], ids=ascii)
async def test_what_stands_behind_the_id_arrives_whole_whatever_stands_between(
    bot: Bot, change: Change, separator: str
) -> None:
    await bot.type(NADIA, f"/change cancel {change.id}{separator}The vendor withdrew it.\nMore in\tspring.")

    assert (await bot.change(change.id)).state is State.CANCELLED
    await bot.type(NADIA, f"/change show {change.id}")
    assert "cancelled it. The vendor withdrew it. More in spring." in " ".join(bot.overview().split())


async def test_a_command_may_be_broken_over_lines_or_have_invisible_characters_in_it(bot: Bot) -> None:
    broken = ("/change list\nopen", "/change\tlist\topen", "/change\nlist open", "/change list\u2028open")
    pasted = ("\ufeff/change list", "/change \u200blist", "\u200b/change\u200b list\u200b", "/chan\u00adge list")
    for line in (*broken, *pasted):
        await bot.type(NADIA, line)
        assert "Changes" in last(bot), ascii(line)
        assert "I didn't understand" not in last(bot)


async def test_a_name_is_met_however_it_is_typed_and_whatever_blank_stands_before_it(bot: Bot, change: Change) -> None:
    accents = ("Pierre Andre\u0301", "pierre andre", "PIERRE ANDRÉ", "\u200bPierre\u00a0André")
    lines = [f" assign {change.id} implementer {name}" for name in (*accents, "<at>André, Pierre</at>")]
    lines += [blank.join(("", "assign", change.id, "implementer", "Pierre André")) for blank in ("\n", "\t", "\u2028")]
    for line in lines:
        await bot.type(CLAIRE, f"/change assign {change.id} implementer Luc Bonvin")
        assert (await bot.change(change.id)).plan.implementer.name == LUC.name
        await bot.type(CLAIRE, f"/change{line}")
        assert (await bot.change(change.id)).plan.implementer.name == PIERRE.name, ascii(line)


async def test_a_number_alone_shows_the_change(bot: Bot, change: Change) -> None:
    for typed in (number(change), f"#{number(change)}", change.id, f"/change {number(change)}"):
        assert change.id in await said(bot, typed)
        assert "What happened" in bot.overview()


async def test_an_absence_is_noted_however_its_days_are_written_and_a_third_one_is_not_dropped(bot: Bot) -> None:
    for typed in ("12.7.–30.7.2027", "du 12 au 30 juillet", "vom 12. bis zum 30. Juli", "July 12-30"):
        heard = await said(bot, f"/change absent {typed}", who=PIERRE)
        assert "Mon 12 Jul 2027 – Fri 30 Jul 2027" in heard, typed
        [absence] = re.findall(r"Fri 30 Jul 2027 \| (\d+)", heard)
        assert "Mon 12 Jul 2027" not in await said(bot, f"/change absent remove #{absence}", who=PIERRE)
    assert "more than two dates" in await said(bot, "/change absent 12.7.2027 30.7.2027 5.8.2027", who=PIERRE)


async def test_a_typo_offers_the_nearest_command(bot: Bot) -> None:
    for typed, where, command in (
        ("/chnage new", "personal", "new"),
        ("nwe", "channel", "new"),
        ("cnacel 1 No need.", "personal", "cancel 1 No need."),
    ):
        assert (await said(bot, typed, where=where)).startswith(f"I didn’t understand “{typed}”.")
        assert offered(bot) == [command]


async def test_a_greeting_and_thanks_are_answered_with_what_can_be_done_next(bot: Bot) -> None:
    hello, welcome = "Hello! What would you like to do?", "You are welcome. This is what you can do next:"
    for typed, where, answer in (
        ("hi", "personal", hello),
        ("bonjour", "channel", hello),
        ("merci", "personal", welcome),
        ("", "channel", hello),
    ):
        assert (await said(bot, typed, where=where)).startswith(answer), typed
        assert offered(bot) == ["new", "mine", "calendar", "help"]
    bot.teams.locales[LUC.name] = "fr-CH"
    assert (await said(bot, "bonjour", who=LUC)).startswith(f"Bonjour{SPACE}! Que souhaitez-vous faire{SPACE}?")
    assert "/change nouveau" in await said(bot, "aide", who=LUC)
    del bot.teams.locales[LUC.name]


async def test_the_button_of_a_greeting_opens_the_form_and_that_of_a_typo_keeps_the_line_whole(
    bot: Bot, change: Change
) -> None:
    await bot.type(NADIA, "hello")
    assert "'title'" in str((await bot.press(NADIA, "command"))["value"])
    await bot.type(NADIA, "cancel")

    await bot.type(NADIA, f"/chnage cancle {number(change)} No need.\nReally not.")
    assert (await bot.change(change.id)).state is State.SUBMITTED, "nothing acts by itself"
    answer = await bot.press(NADIA, "command")
    assert f"/change cancel {number(change)} No need.\nReally not." in "\n".join(words(answer["value"]))
    assert (await bot.change(change.id)).closing_reason == "No need.\nReally not."


async def test_while_a_question_waits_a_misspelt_command_is_no_answer_and_a_request_greets_nobody(
    bot: Bot, change: Change
) -> None:
    await said(bot, f"/change postpone {change.id}", "/chnage list", who=PIERRE)
    assert offered(bot) == ["list"], "it is no reason that people would read"
    assert (await bot.change(change.id)).state is State.SUBMITTED
    await said(bot, "The vendor is late.", who=PIERRE)
    assert (await bot.change(change.id)).closing_reason == "The vendor is late.", "the question still waited"
    await said(bot, "/change new", "hi")
    assert "Hello" not in bot.teams.texts()[-1]
