"""A request, by questions and by the form: asked once, refused at once, corrected alone, in two languages."""

import itertools
import re
from typing import Any

import pytest

from changes.model import Change
from tests.support.running import FORM, START, Bot
from tests.support.talking import last, number, said, window
from tests.support.teams import LUC, inputs_of, words

pytestmark = pytest.mark.asyncio(loop_scope="module")
DAYS = (f"{day}.{month}.2027" for month in (4, 5) for day in itertools.chain(range(16, 28)))
"""A day for the window of each request: no two overlap."""
TITLE, WHAT, WHY = "Update to version 5", "The platform is updated.", "Security support ends."
BEFORE = (TITLE, WHAT, WHY)
BEHIND = ("Log in; Open a course", "-", "Restore the snapshot.", "-", "-", "-", "-", "normal")
"""The answers behind the duration: tests, risks, rollback, tasks, affected, notify, implementer, kind."""


async def answered(bot: Bot, *answers: str) -> str:
    """What is said to the last of the answers, given one by one; the first is the title."""
    await said(bot, "/change new", *answers, who=LUC)
    return last(bot)


async def the_draft(bot: Bot) -> Change:
    """The draft whose summary was shown last."""
    found = re.findall(r"CHG-2027-\d{4}", str(bot.teams.with_button("change.submit").card))
    assert found, last(bot)
    return await bot.change(found[0])


async def entered(bot: Bot, **form: str) -> dict[str, Any]:
    """What is answered to a form that has been filled in like that."""
    await bot.type(LUC, "/change new")
    return await bot.press(LUC, "change.edit", **(FORM | form))


# ── The questions ──────────────────────────────────────────────────────────────────────────────────────────────────

ASKED: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "a title that reads like a command is asked back": [
        (("Update 5",), ("reads like a command",)),
        (("Update 5", "Update 5"), ("Description?",)),
        (("change start page", "change start page"), ("Description?",)),
    ],
    "a title that begins with the word change is a title": [
        (("Change of the certificate",), ("Description?",)),
        (("Change DNS servers",), ("Description?",)),
    ],
    "a date with two readings and a time is asked back with both": [
        ((*BEFORE, "04/05/2027 20:00"), ("could be two dates",)),
    ],
    "what cannot be is refused when it is typed": [
        ((*BEFORE, "1.3.2027"), ("Mon 1 Mar 2027 is in the past", "On which day?")),
        ((*BEFORE, "today", "9:00"), ("already passed",)),
        ((*BEFORE, "15.12.2027", "22h", "90", *BEHIND[:4], "Zoé"), ("I have not met “Zoé” yet",)),
    ],
    "a mention names the implementer": [
        (
            (*BEFORE, "15.12.2027", "22h", "90", *BEHIND[:4], "<at>Pierre Andr&eacute;</at>"),
            ("User impact?",),
        ),
    ],
    "an answer that is too long says so before the next question": [
        ((TITLE, "x" * 1501), ("This has 1501 characters (an emoji counts as two); shorten it to 1500.",)),
        (
            (*BEFORE, "15.4.2028", "22h", "90", BEHIND[0], "x" * 801),
            ("This has 801 characters (an emoji counts as two); shorten it to 800.",),
        ),
        (
            (*BEFORE, "15.4.2028", "22h", "90", "\n".join(f"Test {n}" for n in range(13))),
            ("13 tests are too many",),
        ),
    ],
    "back asks one question again and goes on where it was": [
        ((*BEFORE, "back", "back", "Another platform is updated."), ("On which day?",)),
        *(((TITLE, word), ("Title?",)) for word in ("\u200bback\ufeff", "`back`", "/retour", "Zurück")),
    ],
    "a reason is asked for only where one is needed, and then nothing else will do": [
        ((*BEFORE, "13.12.2027", "22:00", "90", *BEHIND), ("Type `submit` to submit it",)),
        ((*BEFORE, "17.3.2027", "22:00", "90", *BEHIND), ("Why can’t it wait?",)),
        ((*BEFORE, "17.3.2027", "22:00", "90", *BEHIND, "-"), ("Here a reason is needed",)),
        ((*BEFORE, "12.12.2027", "22:00", "90", *BEHIND[:-1], "emergency"), ("Why can’t it wait?",)),
        ((*BEFORE, "12.12.2027", "22:00", "90", *BEHIND[:-1], "emergency", "-"), ("Here a reason is needed",)),
    ],
}
"""What is answered to the questions, and what is said to the last of the answers."""


@pytest.mark.parametrize("what", ASKED)
async def test_an_answer_is_taken_or_asked_for_again_at_once(bot: Bot, what: str) -> None:
    for answers, wanted in ASKED[what]:
        heard = await answered(bot, *answers)
        assert all(each in heard for each in wanted), (answers, heard)
        assert not ("Why can’t it wait?" in heard and "`-`" in heard), "one that is needed cannot be left out"


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        *((polite, "Title?") for polite in ("please", "svp", "s'il vous plaît", "merci", "bitte")),
        ("Update to version 7", "Its title is “Update to version 7”"),
        ("Update to version 7", "Description?"),
    ],
)
async def test_what_stands_behind_the_command_is_the_title_unless_it_is_politeness(
    bot: Bot, typed: str, heard: str
) -> None:
    assert heard in await said(bot, f"change new {typed}")


async def test_a_title_behind_the_command_that_is_too_long_is_said_at_once_and_kept_in_the_form(bot: Bot) -> None:
    title = "The platform is updated to version 5 " * 4
    heard = await said(bot, f"/change new {title}", who=LUC)

    assert f"This has {len(title.strip())} characters (an emoji counts as two); shorten it to 100." in heard
    assert title.strip() in str(bot.teams.with_button("change.edit").card)
    assert "Description?" in await said(bot, TITLE, who=LUC)


@pytest.mark.parametrize(
    "times",
    [
        ["15.12.2027 8pm", "90"],
        ["15.12.2027", "20:00-21:30"],
        ["14.12.2027", "15.12.2027 8pm", "1h30"],
        ["15 décembre 2027", "20 Uhr", "1½ h"],
    ],
    ids=" > ".join,
)
async def test_a_date_with_a_time_answers_both_questions_in_three_languages(bot: Bot, times: list[str]) -> None:
    await answered(bot, *BEFORE, *times, *BEHIND)

    assert window(await the_draft(bot)) == "2027-12-15 20:00, 90 min"


async def test_several_problems_are_shown_together_and_only_they_are_asked_again(bot: Bot) -> None:
    await entered(bot, date="2027-03-01", tests="-", rollback="")
    card = str(bot.teams.with_button("change.edit").card)
    assert all(each in card for each in ("in the past", "at least one test", "how to revert"))

    await said(bot, next(DAYS), "Log in; Open a course", "Restore the snapshot.", who=LUC)

    plan = (await the_draft(bot)).plan
    assert (plan.tests, plan.risks) == (("Log in", "Open a course"), FORM["risks"])


async def test_a_correction_does_not_ask_the_later_questions_again(bot: Bot, change: Change) -> None:
    taken = change.plan.window.start.astimezone(START.tzinfo)
    heard = await answered(bot, *BEFORE, f"{taken:%d.%m.%Y}", f"{taken:%H:%M}", "90", *BEHIND)
    assert f"{change.id} (Update to version 5) already takes" in heard

    await bot.type(LUC, free := next(DAYS))

    assert f"{(await the_draft(bot)).plan.window.start:%-d.%-m.%Y}" == free


async def test_back_from_the_summary_asks_one_question_and_returns_to_the_summary(bot: Bot) -> None:
    await answered(bot, *BEFORE, next(DAYS), "22:00", "90", *BEHIND)
    for _step in range(20):
        await bot.type(LUC, "back")
        if "Title?" in last(bot):
            break
    await bot.type(LUC, "Another title")

    assert "Type `submit` to submit it" in last(bot)
    assert (await the_draft(bot)).plan.title == "Another title"


@pytest.mark.parametrize(
    ("before", "answer", "heard"), [([], "1.12.2027", "At what time"), (["1.12.2027"], "22:00", "Expected downtime?")]
)
async def test_a_command_between_the_questions_of_a_request_is_carried_out_and_the_request_waits(
    bot: Bot, change: Change, before: list[str], answer: str, heard: str
) -> None:
    await said(bot, "/change new", *BEFORE, *before)

    assert change.id in await said(bot, f"show {number(change)}")
    assert heard in await said(bot, answer)


# ── The form ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("date", "time"),
    [("2028-04-15", "08:00 PM"), ("2028-04-15T00:00:00.000Z", "20:00:00"), ("2028-15-04", "8:00\u202fPM")],
)
async def test_what_phones_send_for_the_date_and_the_time_is_read(bot: Bot, date: str, time: str) -> None:
    await entered(bot, date=date, time=time)

    assert window(await the_draft(bot)) == "2028-04-15 20:00, 90 min"


async def test_a_moment_that_is_another_day_or_time_at_the_service_is_asked_back_and_kept(bot: Bot) -> None:
    moment = {"date": "2028-04-15T22:00:00Z", "time": "2028-04-15T20:00:00Z"}
    answer = await entered(bot, **moment)

    heard = " ".join(words(answer["value"]))
    assert "Sun 16 Apr 2028 in Europe/Zurich: type 16.4.2028 for that, or 15.4.2028 for Sat 15 Apr 2028" in heard
    assert "22:00 in Europe/Zurich: type 22:00 for that, or 20:00" in heard
    assert {name: inputs_of(answer["value"])[name]["value"] for name in moment} == moment


async def test_no_field_is_emptied_when_it_is_refused(bot: Bot) -> None:
    wrong = {"date": "04/05/2027", "time": "25:00", "minutes": "long", "title": "x" * 130}
    found = inputs_of((await entered(bot, **wrong, tests="\u200b"))["value"])

    assert {name: found[name]["value"] for name in wrong} == wrong
    assert not [name for name, field in found.items() if "maxLength" in field], "clients cut off without a word"


async def test_a_title_and_a_test_of_zero_width_characters_are_refused(bot: Bot) -> None:
    answer = str(await entered(bot, title="\u200b\u2060", tests="\u200b\n\u3164"))

    assert "Give the change a short title." in answer
    assert "Give at least one test" in answer
