"""An answer is taken whole, for what was asked, and by the question that asked it."""

from datetime import timedelta

import pytest

from changes.model import Change, State
from tests.support.running import FORM, START, Bot
from tests.support.talking import number, requested, said
from tests.support.teams import LUC, NADIA

pytestmark = pytest.mark.asyncio(loop_scope="module")


def window(change: Change) -> tuple[str, int]:
    return f"{change.plan.window.start.astimezone(START.tzinfo):%Y-%m-%d %H:%M}", change.plan.window.minutes


# ── What is answered to a question for a reason is the reason, whatever it begins with ─────────────────────────────


@pytest.mark.parametrize(
    "reason",
    [
        "90 users are locked out",
        "2 hours are enough for it",
        "45 min of every day are lost",
        "until 22:00 nobody works",
    ],
)
async def test_a_reason_that_begins_with_a_number_or_a_time_is_no_length(bot: Bot, reason: str) -> None:
    change = await requested(bot)
    asked = await said(bot, f"move {number(change)} tomorrow 21:00")
    assert "short notice" in asked

    answer = await said(bot, reason)

    moved = await bot.change(change.id)
    assert (window(moved), moved.plan.reason) == (("2027-03-16 21:00", 90), reason), answer
    await said(bot, f"cancel {number(change)} Not needed any more")


async def test_a_reason_that_begins_with_a_date_and_a_number_is_no_new_date(bot: Bot) -> None:
    change = await requested(bot)
    reason = "5 May 2027 20 people are away"

    answer = await said(bot, f"move {number(change)} tomorrow 21:00", reason)

    moved = await bot.change(change.id)
    assert (window(moved)[0], moved.plan.reason) == ("2027-03-16 21:00", reason), answer
    await said(bot, f"cancel {number(change)} Not needed any more")


@pytest.mark.parametrize(
    "reason",
    [
        "Change of plans",
        "change request was wrong",
        "Changement de fournisseur",
        "Changes at the vendor",
        "Change start page first",
        "Change 5 is done instead",
    ],
)
async def test_a_reason_that_begins_with_the_word_change_is_taken_or_asked_back(bot: Bot, reason: str) -> None:
    change = await requested(bot)

    answer = await said(bot, f"cancel {number(change)}", reason)
    if "reads like a command" in answer:
        answer += await said(bot, reason)

    stored = await bot.change(change.id)
    assert (stored.state is State.CANCELLED, reason in str(stored)) == (True, True), answer


@pytest.mark.parametrize("title", ["Change of the certificate", "Change DNS servers", "change start page"])
async def test_a_title_that_begins_with_the_word_change_is_a_title(bot: Bot, title: str) -> None:
    answer = await said(bot, "/change new", title)
    if "reads like a command" in answer:
        answer = await said(bot, title)
    assert "What will be modified?" in answer
    await bot.type(NADIA, "cancel")


@pytest.mark.parametrize("reason", ["Move 2 VMs to rack 5 first", "Extend 2 disks to 4 TB first"])
async def test_a_sentence_with_two_numbers_is_asked_back(bot: Bot, reason: str) -> None:
    change = await requested(bot)

    answer = await said(bot, f"cancel {number(change)}", reason)
    assert "reads like a command" in answer
    await bot.type(NADIA, reason)

    assert reason in str(await bot.change(change.id))


async def test_moi_takes_a_change_over(bot: Bot) -> None:
    change = await requested(bot)
    await said(bot, f"assign {number(change)} implementer {LUC.name}")
    assert (await bot.change(change.id)).plan.implementer.name == LUC.name

    answer = await said(bot, f"assign {number(change)} implementer", "moi")

    assert (await bot.change(change.id)).plan.implementer.name == NADIA.name, answer


# ── What stood beside the wrong part is kept, and the part is what was asked for ────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "answer", "moved_to"),
    [
        ("15.1.2028 20:00 22h The vendor asks.", "20:00-22:00", ("2028-01-15 20:00", 120)),
        ("16.1.2028 20:00 22h The vendor asks.", "22:00", ("2028-01-16 20:00", 120)),
        ("17.1.2028 20:00 22h The vendor asks.", "2h", ("2028-01-17 20:00", 120)),
        ("18.1.2028 25:00 The vendor asks.", "21:00", ("2028-01-18 21:00", 90)),
        ("19.1.2028 The vendor asks.", "21h", ("2028-01-19 21:00", 90)),
        ("20.1.2028 25:00 45 min The vendor asks.", "21h", ("2028-01-20 21:00", 45)),
        ("21.1.2028 25:00 The vendor asks.", "-", ("2028-01-21 22:00", 90)),
    ],
)
async def test_the_reason_behind_a_wrong_part_of_a_window_is_kept(
    bot: Bot, typed: str, answer: str, moved_to: tuple[str, int]
) -> None:
    change = await requested(bot)

    heard = await said(bot, f"/change move {number(change)} {typed}", answer)

    moved = await bot.change(change.id)
    assert (window(moved), "The vendor asks." in str(moved)) == (moved_to, True), heard


@pytest.mark.parametrize(
    ("typed", "answers", "moved_to"),
    [
        ("", ["next week", "22.1.2028", "the evening", "8"], ("2028-01-22 08:00", 90)),
        ("23.1.2028", ["in the evening", "20:00"], ("2028-01-23 20:00", 90)),
        ("24.1.2028 20:00 23:00", ["the end", "yes", "20:00-23:00"], ("2028-01-24 20:00", 180)),
    ],
)
async def test_what_is_not_understood_is_asked_again_and_is_no_reason_later(
    bot: Bot, typed: str, answers: list[str], moved_to: tuple[str, int]
) -> None:
    change = await requested(bot)

    heard = await said(bot, f"/change move {number(change)} {typed}".strip(), *answers)

    moved = await bot.change(change.id)
    assert (window(moved), moved.plan.reason) == (moved_to, ""), heard
    assert not any(each in str(moved) for each in ("next week", "evening", "the end")), heard


# ── No question closes silently, and none is too old that was asked just now ────────────────────────────────────────


async def test_a_request_is_not_dropped_silently_by_a_question_about_another_change(bot: Bot) -> None:
    change = await requested(bot)
    await said(bot, "/change new", "Update", "It is updated.", "-")

    answer = await said(bot, f"cancel {number(change)}")

    assert "request" in answer
    assert "closed" in answer
    await bot.type(NADIA, "no")


async def test_a_question_that_is_closed_by_a_command_says_so(bot: Bot) -> None:
    change = await requested(bot)

    answer = await said(bot, f"/change cancel {number(change)}", "/change list")

    assert f"My question about {change.id} is closed: nothing was done about it." in answer


async def test_a_question_that_was_asked_again_waits_anew(bot: Bot) -> None:
    change = await requested(bot)
    await said(bot, f"move {number(change)} 25.1.2028 25:00")
    await bot.advance(bot.clock.now() + timedelta(minutes=10))
    await said(bot, "26:00")
    await bot.advance(bot.clock.now() + timedelta(minutes=10))

    answer = await said(bot, "20:00")

    assert window(await bot.change(change.id))[0] == "2028-01-25 20:00", answer


async def test_a_command_that_is_typed_long_after_a_question_is_carried_out(bot: Bot) -> None:
    change = await requested(bot)
    await said(bot, f"cancel {number(change)}")
    await bot.advance(bot.clock.now() + timedelta(hours=2))

    answer = await said(bot, f"test {number(change)}")

    assert "Tests of" in answer, answer


async def test_a_button_beside_a_question_does_what_it_says(bot: Bot) -> None:
    change = await requested(bot)
    await said(bot, f"edit {number(change)}", f"move {number(change)} tomorrow 21:00")
    plan = FORM | {"date": f"{change.plan.window.start:%Y-%m-%d}", "title": "Another title"}
    since = len(bot.teams.calls)

    await bot.press(NADIA, "change.edit", **plan)

    assert (await bot.change(change.id)).plan.title == "Another title"
    closed = f"My question about {change.id} is closed: nothing was done about it."
    assert closed in [call.message.text for call in bot.teams.calls[since:]]


@pytest.mark.parametrize("text", ["hello", "ok", "Merci!", "danke", "👍"])
async def test_a_greeting_or_thanks_is_no_reason_unless_it_is_sent_again(bot: Bot, text: str) -> None:
    change = await requested(bot)

    assert "Why is" in (await said(bot, f"cancel {number(change)}", text)).splitlines()[-1]
    assert (await bot.change(change.id)).state is State.SUBMITTED

    await bot.type(NADIA, text)
    assert (await bot.change(change.id)).state is State.CANCELLED
