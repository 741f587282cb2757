"""What people type and paste, from outside: it arrives whole, is read as it was meant, and is asked once."""

import itertools
import re
from typing import Any

import pytest
import pytest_asyncio

from changes.model import Change, State
from tests.support.running import FORM, START, Bot
from tests.support.talking import last
from tests.support.teams import CLAIRE, LUC, NADIA, PIERRE, Somebody, words

pytestmark = pytest.mark.asyncio(loop_scope="module")
DAYS = (f"{day}.{month}.2027" for month in (9, 10) for day in itertools.chain(range(1, 28)))
"""A day for the window of each change: no two overlap."""


async def requested(bot: Bot, **other: str) -> str:
    """The id of a change that was handed in."""
    await bot.type(NADIA, "/change new")
    await bot.press(NADIA, "change.edit", **(FORM | {"date": next(DAYS), **other}))
    await bot.press(NADIA, "change.submit")
    found = re.findall(r"(CHG-2027-\d{4}) is handed in", " ".join(bot.teams.texts()))
    return str(found[-1])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def change(bot: Bot) -> str:
    """One that waits for its pre-check."""
    return await requested(bot)


async def answered(bot: Bot, *answers: str, who: Somebody = LUC) -> str:
    """What is said to the last of the answers, given one by one; the first is the title."""
    await bot.type(who, "/change new")
    for answer in answers:
        await bot.type(who, answer)
    return last(bot)


async def the_draft(bot: Bot) -> Change:
    """The draft whose summary was shown last."""
    found = re.findall(r"CHG-2027-\d{4}", str(bot.teams.calls[-1].message.card))
    assert found, last(bot)
    return await bot.change(found[0])


def fields(answer: dict[str, Any]) -> dict[str, Any]:
    """The inputs of the form that answers a press, by id."""
    return {each["id"]: each for each in answer["value"]["body"] if str(each["type"]).startswith("Input.")}


TITLE, WHAT, WHY = "Update to version 5", "The platform is updated.", "Security support ends."
BEHIND = ("Log in; Open a course", "-", "Restore the snapshot.", "-", "-", "-", "normal")
"""The answers behind the duration: tests, risks, rollback, affected, notify, implementer, kind."""


# ── 1. One tokeniser for a line ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("separator", ["\n", "\t", "\u2028"], ids=ascii)
async def test_what_stands_behind_the_id_arrives_whole_whatever_stands_between(bot: Bot, separator: str) -> None:
    change = await requested(bot)

    await bot.type(NADIA, f"/change cancel {change}{separator}The vendor withdrew it.\nMore in\tspring.")

    assert (await bot.change(change)).state is State.CANCELLED
    await bot.type(NADIA, f"/change show {change}")
    assert "cancelled it. The vendor withdrew it. More in spring." in " ".join(bot.overview().split())


@pytest.mark.parametrize(
    "line", ["/change list\nopen", "/change\tlist\topen", "/change\nlist open", "/change list\u2028open"], ids=ascii
)
async def test_a_command_may_be_broken_over_lines(bot: Bot, line: str) -> None:
    await bot.type(NADIA, line)

    assert "no command" not in last(bot)
    assert "Changes" in last(bot)


@pytest.mark.parametrize("separator", ["\n", "\t", "\u2028"], ids=ascii)
async def test_every_word_behind_a_command_ends_where_any_blank_stands(bot: Bot, change: str, separator: str) -> None:
    await bot.type(CLAIRE, f"/change assign {change} implementer Nadia Favre")

    await bot.type(CLAIRE, separator.join(("/change", "assign", change, "implementer", "Luc Bonvin")))

    assert (await bot.change(change)).plan.implementer.name == "Luc Bonvin"


# ── 2. One reader for each kind of value ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "start", "minutes"),
    [
        ("8.5.2028 20:00 90 min", "2028-05-08 20:00", 90),
        ("9 mai 2028 à 20h 1h30", "2028-05-09 20:00", 90),
        ("10. Mai 2028 um 20 Uhr 1 Std", "2028-05-10 20:00", 60),
        ("Thu 11.5.2028 8pm 2 hrs", "2028-05-11 20:00", 120),
        ("12.5.2028 20:00–24:00", "2028-05-12 20:00", 240),
        ("2028\u201105\u201113 20:00 1,5\u202fh", "2028-05-13 20:00", 90),
        ("14.5.2028 20:00 24:00", "2028-05-14 20:00", 240),
        ("15.5.2028 8-10pm", "2028-05-15 20:00", 120),
        ("16.5.2028 20:00, für 2 h", "2028-05-16 20:00", 120),
        ("17 mai 2028 à 20 heures pendant 1 heure et demie", "2028-05-17 20:00", 90),
    ],
)
async def test_a_change_is_moved_to_the_window_that_was_typed(
    bot: Bot, change: str, typed: str, start: str, minutes: int
) -> None:
    await bot.type(NADIA, f"/change move {change} {typed}")

    found = await bot.change(change)
    local = found.plan.window.start.astimezone(START.tzinfo)
    assert (f"{local:%Y-%m-%d %H:%M}", found.plan.window.minutes) == (start, minutes), last(bot)


async def test_a_date_with_two_readings_is_asked_back_with_both_and_never_guessed(bot: Bot, change: str) -> None:
    before = await bot.change(change)

    await bot.type(NADIA, f"/change move {change} 04/05/2027 20:00")

    assert "5.4.2027 for Mon 5 Apr 2027, or 4.5.2027 for Tue 4 May 2027" in last(bot)
    assert await bot.change(change) == before


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("20.5.2028 20:00 22:00", "type 20:00-22:00, or 20:00 for 22 h"),
        ("20.5.2028 20h 22h", "type 20:00-22:00, or 20:00 for 22 h"),
        ("20.5.2028 10-2am", "type 10:00-02:00, or 22:00-02:00"),
        ("20.5.2028 20:00-20:00", "ends when it starts"),
        ("20.5.2028 20:00 bis 21.5.2028 02:00", "Is “21.5.2028” the end?"),
    ],
)
async def test_a_window_that_may_be_two_is_asked_back_and_nothing_is_moved(
    bot: Bot, change: str, typed: str, readings: str
) -> None:
    before = await bot.change(change)

    await bot.type(NADIA, f"/change move {change} {typed}")

    assert readings in last(bot)
    assert await bot.change(change) == before


async def test_two_readings_are_named_in_the_language_of_whoever_typed_the_date(bot: Bot, change: str) -> None:
    await bot.type(NADIA, "/change language fr")
    await bot.type(NADIA, f"/change move {change} 04/05/2027 20:00")
    said = last(bot)
    await bot.type(NADIA, "/change language en")

    assert "5.4.2027 pour le lun. 5 avr. 2027" in said
    assert "4.5.2027 pour le mar. 4 mai 2027" in said


@pytest.mark.parametrize(
    "typed", ["12.7.2027-30.7.2027", "12.7.–30.7.2027", "du 12 au 30 juillet", "vom 12. bis zum 30. Juli", "July 12-30"]
)
async def test_an_absence_is_noted_however_its_days_are_written(bot: Bot, typed: str) -> None:
    await bot.type(PIERRE, f"/change absent {typed}")

    assert "Mon 12 Jul 2027 – Fri 30 Jul 2027" in last(bot)
    [number] = re.findall(r"Fri 30 Jul 2027 \| (\d+)", last(bot))
    await bot.type(PIERRE, f"/change absent remove #{number}")
    assert "Mon 12 Jul 2027" not in last(bot)


async def test_a_third_date_is_refused_and_not_dropped(bot: Bot) -> None:
    await bot.type(PIERRE, "/change absent 12.7.2027 30.7.2027 5.8.2027")

    assert "more than two dates" in last(bot)


async def test_the_questions_understand_three_languages(bot: Bot) -> None:
    await answered(bot, TITLE, WHAT, WHY, "15 avril 2028", "20 Uhr", "1½ h", *BEHIND)

    window = (await the_draft(bot)).plan.window
    assert (f"{window.start.astimezone(START.tzinfo):%Y-%m-%d %H:%M}", window.minutes) == ("2028-04-15 20:00", 90)
    await bot.type(LUC, "cancel")


# ── 3. Device values are not typed values ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("2028-04-15", "08:00 PM"),
        ("2028-04-15T00:00:00.000Z", "20:00:00"),
        ("2028-15-04", "8:00\u202fPM"),
    ],
)
async def test_what_phones_send_for_the_date_and_the_time_is_read(bot: Bot, date: str, time: str) -> None:
    await bot.type(LUC, "/change new")
    await bot.press(LUC, "change.edit", **(FORM | {"date": date, "time": time}))

    found = re.findall(r"CHG-2027-\d{4}", str(bot.teams.with_button("change.submit").card))
    window = (await bot.change(found[0])).plan.window
    assert f"{window.start.astimezone(START.tzinfo):%Y-%m-%d %H:%M}" == "2028-04-15 20:00"
    await bot.type(LUC, "cancel")


async def test_a_moment_that_is_another_day_or_time_at_the_service_is_asked_back_and_kept(bot: Bot) -> None:
    entered = {"date": "2028-04-15T22:00:00Z", "time": "2028-04-15T20:00:00Z"}
    await bot.type(LUC, "/change new")
    answer = await bot.press(LUC, "change.edit", **(FORM | entered))

    said = " ".join(words(answer["value"]))
    assert "Sun 16 Apr 2028 in Europe/Zurich: type 16.4.2028 for that, or 15.4.2028 for Sat 15 Apr 2028" in said
    assert "22:00 in Europe/Zurich: type 22:00 for that, or 20:00" in said
    assert {name: fields(answer)[name]["value"] for name in entered} == entered


async def test_no_field_is_emptied_when_it_is_refused(bot: Bot) -> None:
    entered = {"date": "04/05/2027", "time": "25:00", "minutes": "long", "title": "x" * 130, "tests": "\u200b"}
    await bot.type(LUC, "/change new")
    answer = await bot.press(LUC, "change.edit", **(FORM | entered))

    found = fields(answer)
    assert {name: found[name]["value"] for name in ("date", "time", "minutes", "title")} == {
        name: entered[name] for name in ("date", "time", "minutes", "title")
    }
    assert not [name for name, field in found.items() if "maxLength" in field], "clients cut off without a word"


# ── 5. Asked at once, corrected once ───────────────────────────────────────────────────────────────────────────────


async def test_a_past_date_is_refused_when_it_is_typed(bot: Bot) -> None:
    said = await answered(bot, TITLE, WHAT, WHY, "1.3.2027")

    assert "Mon 1 Mar 2027 is in the past" in said
    assert "On which day?" in said


async def test_a_time_that_has_passed_today_is_refused_when_it_is_typed(bot: Bot) -> None:
    assert "already passed" in await answered(bot, TITLE, WHAT, WHY, "today", "9:00")


async def test_an_unknown_implementer_is_refused_when_they_are_named(bot: Bot) -> None:
    said = await answered(bot, TITLE, WHAT, WHY, next(DAYS), "22h", "90", *BEHIND[:3], "Zoé")

    assert "I have not met “Zoé” yet" in said


async def test_several_problems_are_shown_together_and_only_they_are_asked_again(bot: Bot) -> None:
    await bot.type(LUC, "/change new")
    await bot.press(LUC, "change.edit", **(FORM | {"date": "2027-03-01", "tests": "-", "rollback": ""}))
    card = str(bot.teams.with_button("change.edit").card)
    assert "in the past" in card
    assert "at least one test" in card
    assert "how to roll it back" in card

    for answer in (next(DAYS), "Log in; Open a course", "Restore the snapshot."):
        await bot.type(LUC, answer)

    change = await the_draft(bot)
    assert (change.plan.tests, change.plan.risks) == (("Log in", "Open a course"), FORM["risks"])
    await bot.type(LUC, "cancel")


async def test_a_correction_does_not_ask_the_later_questions_again(bot: Bot, change: str) -> None:
    taken = (await bot.change(change)).plan.window.start.astimezone(START.tzinfo)
    said = await answered(bot, TITLE, WHAT, WHY, f"{taken:%d.%m.%Y}", f"{taken:%H:%M}", "90", *BEHIND)
    assert f"{change} (Update to version 5) already takes" in said

    await bot.type(LUC, free := next(DAYS))

    assert f"{(await the_draft(bot)).plan.window.start:%-d.%-m.%Y}" == free
    await bot.type(LUC, "cancel")


async def test_back_asks_one_question_again_and_goes_on_where_it_was(bot: Bot) -> None:
    await answered(bot, TITLE, WHAT, WHY, "back", "back")
    await bot.type(LUC, "Another platform is updated.")

    assert "On which day?" in last(bot)
    await bot.type(LUC, "cancel")


async def test_back_from_the_summary_asks_one_question_and_returns_to_the_summary(bot: Bot) -> None:
    await answered(bot, TITLE, WHAT, WHY, next(DAYS), "22:00", "90", *BEHIND)
    for _step in range(20):
        await bot.type(LUC, "back")
        if "What is it called?" in last(bot):
            break
    await bot.type(LUC, "Another title")

    assert (await the_draft(bot)).plan.title == "Another title"
    assert "Is this right?" in last(bot)
    await bot.type(LUC, "cancel")


# ── 8. Invisible is empty ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_title_and_a_test_of_zero_width_characters_are_refused(bot: Bot) -> None:
    await bot.type(LUC, "/change new")
    answer = await bot.press(LUC, "change.edit", **(FORM | {"title": "\u200b\u2060", "tests": "\u200b\n\u3164"}))

    assert "Give the change a short title." in str(answer)
    assert "Name at least one test" in str(answer)


@pytest.mark.parametrize(
    "line",
    ["\ufeff/change list", "/change \u200blist", "\u200b/change\u200b list\u200b", "/chan\u00adge list"],
    ids=ascii,
)
async def test_a_command_with_invisible_characters_is_known(bot: Bot, line: str) -> None:
    await bot.type(NADIA, line)

    assert "Changes" in last(bot)


@pytest.mark.parametrize(
    "name", ["Pierre Andre\u0301", "pierre andre", "PIERRE ANDRÉ", "\u200bPierre\u00a0André"], ids=ascii
)
async def test_a_name_is_met_however_its_accents_are_typed(bot: Bot, change: str, name: str) -> None:
    await bot.type(CLAIRE, f"/change assign {change} implementer Luc Bonvin")
    await bot.type(CLAIRE, f"/change assign {change} implementer {name}")

    assert (await bot.change(change)).plan.implementer.name == "Pierre André"


async def test_a_mention_names_the_implementer_in_an_answer_as_in_a_command(bot: Bot, change: str) -> None:
    said = await answered(bot, TITLE, WHAT, WHY, next(DAYS), "22h", "90", *BEHIND[:3], "<at>Pierre Andr&eacute;</at>")
    assert "What will people notice?" in said, "the next question"
    await bot.type(LUC, "cancel")

    await bot.type(CLAIRE, f"/change assign {change} implementer Luc Bonvin")
    await bot.type(CLAIRE, f"/change assign {change} implementer <at>André, Pierre</at>")
    assert (await bot.change(change)).plan.implementer.name == "Pierre André"


async def test_the_words_of_a_dialog_are_known_with_invisible_characters(bot: Bot) -> None:
    for word in ("\u200bback\ufeff", "`back`", "/retour", "Zurück"):
        await answered(bot, TITLE, word)
        assert "title" in last(bot).casefold()
    await bot.type(LUC, "cancel")


# ── 9. Too long ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_title_that_is_too_long_is_said_at_once(bot: Bot) -> None:
    title = "The platform is updated to version 5 " * 4
    await bot.type(LUC, f"/change new {title}")

    assert f"This has {len(title.strip())} characters (an emoji counts as two); shorten it to 100." in last(bot)
    assert title.strip() in str(bot.teams.with_button("change.edit").card), "the form keeps the text"
    await bot.type(LUC, "Update to version 5")
    assert "modified" in last(bot)
    await bot.type(LUC, "cancel")


async def test_a_title_behind_the_command_is_not_asked_again(bot: Bot) -> None:
    await bot.type(LUC, "/change new Update to version 5")

    assert "modified" in last(bot)
    await bot.type(LUC, "cancel")


@pytest.mark.parametrize(
    ("answers", "length", "limit"),
    [
        ((TITLE, "x" * 1501), 1501, 1500),
        ((TITLE, WHAT, WHY, "15.4.2028", "22h", "90", *BEHIND[:1], "x" * 801), 801, 800),
    ],
)
async def test_an_answer_that_is_too_long_says_so_before_the_next_question(
    bot: Bot, answers: tuple[str, ...], length: int, limit: int
) -> None:
    said = await answered(bot, *answers)

    assert f"This has {length} characters (an emoji counts as two); shorten it to {limit}." in said
    await bot.type(LUC, "cancel")


async def test_too_many_tests_are_said_before_the_next_question(bot: Bot) -> None:
    said = await answered(bot, TITLE, WHAT, WHY, "15.4.2028", "22h", "90", "\n".join(f"Test {n}" for n in range(13)))

    assert "13 tests are too many" in said
    await bot.type(LUC, "cancel")


async def test_a_reason_that_is_too_long_can_be_sent_again_without_the_command(bot: Bot) -> None:
    change = await requested(bot)

    await bot.type(NADIA, f"/change cancel {change} {'Not now. ' * 60}")
    assert "This has 539 characters; shorten it to 500 and send it again. Nothing was changed." in last(bot)
    assert (await bot.change(change)).state is State.SUBMITTED
    await bot.type(NADIA, "The vendor withdrew it.")

    assert (await bot.change(change)).state is State.CANCELLED
