"""A question for a reason: what is an answer to it, what is a command, and what closes it."""

from datetime import timedelta

import pytest

from changes.model import Change, State
from tests.support.running import FORM, Bot
from tests.support.talking import number, requested, said
from tests.support.teams import CHANNEL, LUC, NADIA, PIERRE

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMMANDS = [
    ("reporter {n}", "déplacer {n} jeudi 7.10.2027 20h"),
    ("annuler {n}", "reporter {n}"),
    ("cancel {n}", "prolonger {n} 1h parce que la page est blanche"),
    ("cancel {n}", "liste"),
    ("cancel {n}", "bilan"),
    ("cancel {n}", "/show {n}"),
    ("cancel {n}", "Show {id}"),
    ("/change cancel {n}", "/change list"),
]
"""A question, and what is typed while it waits."""
REASONS = {
    "Test of the new disks failed": "",
    "Start at the vendor is late": "",
    "Move to 3 servers": "",
    "Change of plans": "",
    "Changement de fournisseur": "",
    "Changes at the vendor": "",
    "Change 5 is done instead": "",
    "change request was wrong": "/change new was wrong",
    "Change start page first": "/change start page first",
    "Update 2 is not out yet": "/change update 2 is not out yet",
    "Move 2 VMs to rack 5 first": "reads like a command",
    "Extend 2 disks to 4 TB first": "reads like a command",
    **dict.fromkeys(("hello", "ok", "Merci!", "danke", "👍"), "Why is"),
}
"""What is a reason though it begins like something else, and what is said before it is taken, if anything."""
NO = ("no", "No!", "non", "Nein.", "never mind", "laisse", "laisse tomber", "rien", "stop", "nichts")


async def test_a_command_is_carried_out_and_is_no_reason_and_the_question_says_that_it_is_closed(
    bot: Bot, change: Change
) -> None:
    for question, command in COMMANDS:
        assert "Why is" in await said(bot, question.format(n=number(change)))

        answer = await said(bot, command.format(n=number(change), id=change.id))

        assert f"My question about {change.id} is closed: nothing was done about it." in answer, command
        assert "I didn't understand" not in answer
        assert (await bot.change(change.id)).state is State.SUBMITTED
        await bot.type(NADIA, "cancel")


@pytest.mark.parametrize("reason", REASONS)
async def test_what_begins_like_a_command_a_greeting_or_thanks_is_the_reason_at_last_when_it_is_sent_again(
    bot: Bot, change: Change, reason: str
) -> None:
    answer = await said(bot, f"cancel {number(change)}", reason)
    if REASONS[reason]:
        assert REASONS[reason] in answer.partition("\n")[2]
        assert (await bot.change(change.id)).state is State.SUBMITTED
        await bot.type(NADIA, reason)

    stored = await bot.change(change.id)
    assert (stored.state is State.CANCELLED, reason in str(stored)) == (True, True), answer


async def test_no_leaves_it_as_it_is_and_is_never_the_reason(bot: Bot, change: Change) -> None:
    for no in NO:
        for command in ("cancel", "postpone"):
            answer = await said(bot, f"{command} {number(change)}", no)
            assert f"Nothing was changed in {change.id}." in answer, (command, no)
    assert await bot.change(change.id) == change


async def test_a_reason_that_is_too_long_can_be_sent_again_without_the_command(bot: Bot, change: Change) -> None:
    answer = await said(bot, f"/change cancel {number(change)} {'Not now. ' * 60}")
    assert "This has 539 characters; shorten it to 500 and send it again. Nothing was changed." in answer
    assert (await bot.change(change.id)).state is State.SUBMITTED

    await bot.type(NADIA, "The vendor withdrew it.")

    assert (await bot.change(change.id)).state is State.CANCELLED


async def test_who_takes_over_is_asked_until_somebody_is_named_and_moi_is_oneself(bot: Bot, change: Change) -> None:
    answer = await said(bot, f"assign {number(change)} {LUC.name}", "implementer")
    assert (await bot.change(change.id)).plan.implementer.name == LUC.name, answer

    answer = await said(bot, f"assign {number(change)} implementer", "moi")
    assert (await bot.change(change.id)).plan.implementer.name == NADIA.name, answer


async def test_an_edit_form_asks_nobody_to_type(bot: Bot, change: Change) -> None:
    await said(bot, f"edit {number(change)}")

    assert change.id in await said(bot, f"show {number(change)}")
    assert "I didn't understand" in await said(bot, "the learning platform")
    assert await bot.change(change.id) == change


async def test_a_button_beside_a_question_does_what_it_says(bot: Bot, change: Change) -> None:
    await said(bot, f"edit {number(change)}", f"move {number(change)} tomorrow 21:00")
    plan = FORM | {"date": f"{change.plan.window.start:%Y-%m-%d}", "title": "Another title"}
    since = len(bot.teams.calls)

    await bot.press(NADIA, "change.edit", **plan)

    assert (await bot.change(change.id)).plan.title == "Another title"
    closed = f"My question about {change.id} is closed: nothing was done about it."
    assert closed in [call.message.text for call in bot.teams.calls[since:]]


async def test_a_request_is_not_dropped_silently_by_a_question_about_another_change(bot: Bot, change: Change) -> None:
    await said(bot, "/change new", "Update", "It is updated.", "-")

    answer = await said(bot, f"cancel {number(change)}")

    assert "request" in answer
    assert "closed" in answer


async def test_two_people_in_one_thread_are_asked_apart(bot: Bot, change: Change) -> None:
    other, thread = await requested(bot), f"{CHANNEL};messageid=77"
    await said(bot, f"cancel {number(change)}", where=thread)
    await said(bot, f"cancel {number(other)}", who=PIERRE, where=thread)

    await said(bot, "Nadia says so", where=thread)
    await said(bot, "Pierre says so", who=PIERRE, where=thread)

    assert "Nadia says so" in str(await bot.change(change.id))
    assert "Pierre says so" in str(await bot.change(other.id))


@pytest.mark.parametrize("answer", ["The vendor is late", "Test 2 failed"])
async def test_a_restart_between_a_question_and_its_answer_loses_neither(bot: Bot, change: Change, answer: str) -> None:
    await said(bot, f"cancel {number(change)}")
    await bot.restart()
    if "reads like a command" in await said(bot, answer):
        await bot.restart()
        await said(bot, answer)

    assert answer in str(await bot.change(change.id))


async def test_a_command_that_is_typed_long_after_a_question_is_carried_out(bot: Bot, change: Change) -> None:
    await said(bot, f"cancel {number(change)}")
    await bot.advance(bot.clock.now() + timedelta(hours=2))

    assert "Tests of" in await said(bot, f"test {number(change)}")
