"""What is typed while the bot waits for an answer: the answer, a correction, a refusal to answer, or a command."""

import re

import pytest

from changes.model import Change, State
from tests.support.french import english_in
from tests.support.running import FORM, START, Bot
from tests.support.talking import last, number, requested, said
from tests.support.teams import EVERYBODY, LUC, NADIA, words

pytestmark = pytest.mark.asyncio(loop_scope="module")


def start(change: Change) -> str:
    return f"{change.plan.window.start.astimezone(START.tzinfo):%Y-%m-%d %H:%M}"


# ── A question for a reason swallows no command ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "command"),
    [
        ("reporter {n}", "déplacer {n} jeudi 7.10.2027 20h"),
        ("annuler {n}", "reporter {n}"),
        ("cancel {n}", "prolonger {n} 1h parce que la page est blanche"),
        ("cancel {n}", "liste"),
        ("cancel {n}", "bilan"),
        ("cancel {n}", "/show {n}"),
        ("cancel {n}", "Show CHG-2027-000{n}"),
    ],
)
async def test_a_command_is_carried_out_and_is_no_reason(bot: Bot, question: str, command: str) -> None:
    change = await requested(bot)
    n = number(change)
    assert "Why is" in await said(bot, question.format(n=n))

    answer = await said(bot, command.format(n=n))

    assert f"My question about {change.id} is closed: nothing was done about it." in answer
    assert "no command" not in answer
    assert (await bot.change(change.id)).state is State.SUBMITTED
    await bot.type(NADIA, "cancel")


async def test_what_may_be_an_answer_or_a_command_is_asked_back_and_taken_when_it_is_sent_again(bot: Bot) -> None:
    change = await requested(bot)
    text = "Update 2 is not out yet"

    answer = await said(bot, f"cancel {number(change)}", text)
    assert "reads like a command" in answer
    assert "/change update 2 is not out yet" in answer
    assert (await bot.change(change.id)).state is State.SUBMITTED

    await bot.type(NADIA, text)
    assert (await bot.change(change.id)).state is State.CANCELLED
    assert text in str(await bot.change(change.id))


@pytest.mark.parametrize("text", ["Test of the new disks failed", "Start at the vendor is late", "Move to 3 servers"])
async def test_a_sentence_that_begins_with_the_word_of_a_command_is_an_answer(bot: Bot, text: str) -> None:
    change = await requested(bot)

    await said(bot, f"cancel {number(change)}", text)

    assert (await bot.change(change.id)).state is State.CANCELLED
    assert text in str(await bot.change(change.id))


@pytest.mark.parametrize("asked", ["tomorrow", "at"])
async def test_a_command_between_the_questions_of_a_request_is_carried_out_and_the_request_waits(
    bot: Bot, asked: str
) -> None:
    change = await requested(bot)
    answers = ["/change new", "Update", "It is updated.", "-", *(["1.12.2027"] if asked == "at" else [])]
    await said(bot, *answers)

    assert change.id in await said(bot, f"show {number(change)}")
    await bot.type(NADIA, "1.12.2027" if asked == "tomorrow" else "22:00")

    assert ("At what time" if asked == "tomorrow" else "How long") in last(bot)
    await bot.type(NADIA, "cancel")


async def test_a_title_that_reads_like_a_command_is_asked_back(bot: Bot) -> None:
    assert "reads like a command" in await said(bot, "/change new", "Update 5")

    await bot.type(NADIA, "Update 5")

    assert "What will be modified?" in last(bot)
    await bot.type(NADIA, "cancel")


# ── No is no reason ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "no", ["no", "No!", "non", "Nein.", "never mind", "laisse", "laisse tomber", "rien", "stop", "nichts"]
)
@pytest.mark.parametrize("command", ["cancel", "postpone"])
async def test_no_leaves_it_as_it_is_and_is_never_the_reason(bot: Bot, command: str, no: str) -> None:
    change = await requested(bot)

    answer = await said(bot, f"{command} {number(change)}", no)

    assert f"Nothing was changed in {change.id}." in answer
    assert await bot.change(change.id) == change


# ── A date where a reason was asked for, and a part that is corrected ──────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answer", "moved_to"),
    [
        ("18.12.2027 20:00", "2027-12-18 20:00"),
        ("dimanche 19.12.2027", "2027-12-19 21:00"),
        ("20 décembre 2027 à 20h", "2027-12-20 20:00"),
    ],
)
async def test_a_date_at_the_question_about_short_notice_is_the_new_date(bot: Bot, answer: str, moved_to: str) -> None:
    change = await requested(bot)
    assert "short notice" in await said(bot, f"move {number(change)} tomorrow 21:00")

    await bot.type(NADIA, answer)

    moved = await bot.change(change.id)
    assert (start(moved), moved.plan.reason, moved.plan.window.minutes) == (moved_to, "", 90), last(bot)


async def test_words_at_the_question_about_short_notice_are_the_reason(bot: Bot) -> None:
    change = await requested(bot)

    await said(bot, f"move {number(change)} tomorrow 21:00", "Tomorrow 8 people are off anyway")

    moved = await bot.change(change.id)
    assert (start(moved), "Tomorrow 8 people are off anyway" in str(moved)) == ("2027-03-16 21:00", True), last(bot)
    await said(bot, f"cancel {number(change)} Not needed any more")


@pytest.mark.parametrize(
    ("typed", "answers", "moved_to"),
    [
        ("04/01/2028 20:00", ["4.1.2028"], "2028-01-04 20:00"),
        ("05/01/2028 20:00", ["5.1.2028 20:00"], "2028-01-05 20:00"),
        ("vendredi 7.1.2028", ["21h"], "2028-01-07 21:00"),
        ("samedi 8.1.2028", ["-"], "2028-01-08 22:00"),
        ("20:00", ["9.1.2028"], "2028-01-09 20:00"),
        ("1.3.2027 20:00", ["10.1.2028"], "2028-01-10 20:00"),
        ("", ["11.1.2028", "20:00"], "2028-01-11 20:00"),
        ("", ["12.1.2028 20:00"], "2028-01-12 20:00"),
    ],
)
async def test_the_part_that_was_missing_or_wrong_is_taken_by_itself(
    bot: Bot, typed: str, answers: list[str], moved_to: str
) -> None:
    change = await requested(bot)

    answer = await said(bot, f"/change move {number(change)} {typed}".strip(), *answers)

    assert start(await bot.change(change.id)) == moved_to, answer


async def test_what_was_typed_behind_a_wrong_date_is_kept(bot: Bot) -> None:
    change = await requested(bot)

    await said(bot, f"/change move {number(change)} 06/01/2028 20:00 45 min The vendor asks.", "6.1.2028 21:00")

    moved = await bot.change(change.id)
    assert (start(moved), moved.plan.window.minutes) == ("2028-01-06 21:00", 45)
    assert "The vendor asks." in str(moved)


async def test_who_takes_over_is_asked_until_somebody_is_named(bot: Bot) -> None:
    change = await requested(bot)

    await said(bot, f"assign {number(change)} Luc Bonvin", "implementer")

    assert (await bot.change(change.id)).plan.implementer.name == LUC.name, last(bot)


async def test_an_edit_form_asks_nobody_to_type(bot: Bot) -> None:
    change = await requested(bot)
    await said(bot, f"edit {number(change)}")

    assert change.id in await said(bot, f"show {number(change)}")
    assert "no command" in await said(bot, "the learning platform")
    assert await bot.change(change.id) == change


# ── The questions of a request ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "answers", [["15.12.2027 8pm", "90"], ["15.12.2027", "20:00-21:30"], ["14.12.2027", "15.12.2027 8pm", "1h30"]]
)
async def test_a_date_with_a_time_answers_both_questions(bot: Bot, answers: list[str]) -> None:
    behind = ["Log in", "-", "-", "-", "-", "-", "-"]
    await said(bot, "/change new", "Update to version 5", "It is updated.", "-", *answers, *behind)

    found = re.findall(r"CHG-2027-\d{4}", str(bot.teams.calls[-1].message.card))
    assert found, last(bot)
    draft = await bot.change(found[0])
    assert (start(draft), draft.plan.window.minutes) == ("2027-12-15 20:00", 90)
    await bot.type(NADIA, "cancel")


async def test_a_date_with_two_readings_and_a_time_is_asked_back_with_both(bot: Bot) -> None:
    assert "could be two dates" in await said(bot, "/change new", "Update", "It.", "-", "04/05/2027 20:00")
    await bot.type(NADIA, "cancel")


async def test_a_reason_is_asked_for_only_where_one_is_needed(bot: Bot) -> None:
    before = ["/change new", "Update to version 5", "It is updated.", "-"]
    behind = ["22:00", "90", "Log in", "-", "-", "-", "-", "-", "-"]
    far = await said(bot, *before, "13.12.2027", *behind)
    assert "Why can it not wait?" not in far
    assert "Is this right?" in far
    await bot.type(NADIA, "cancel")

    for day, kind in (("17.3.2027", "normal"), ("12.12.2027", "emergency")):
        asked = await said(bot, *before, day, *behind[:-1], kind)
        assert "Why can it not wait?" in asked.splitlines()[-1]
        assert "`-`" not in asked.splitlines()[-1]
        assert "Here a reason is needed" in await said(bot, "-")
        await bot.type(NADIA, "cancel")


@pytest.mark.parametrize("polite", ["please", "svp", "s'il vous plaît", "merci", "bitte"])
async def test_a_word_of_politeness_is_no_title(bot: Bot, polite: str) -> None:
    assert "What is it called?" in await said(bot, f"change new {polite}")
    await bot.type(NADIA, "cancel")


async def test_a_title_that_was_taken_from_the_command_is_named(bot: Bot) -> None:
    assert "Its title is “Update to version 7”" in await said(bot, "change new Update to version 7")
    await bot.type(NADIA, "cancel")


@pytest.mark.parametrize("typed", ["{n}", "#{n}", "{id}", "/change {n}"])
async def test_a_number_alone_shows_the_change(bot: Bot, typed: str) -> None:
    change = await requested(bot)

    assert change.id in await said(bot, typed.format(n=number(change), id=change.id))
    assert "What happened" in bot.overview()


# ── In French ──────────────────────────────────────────────────────────────────────────────────────────────────────

WRONG = {
    "service": ["nowhere", ""],
    "title": ["", "x" * 101],
    "what": ["", "x" * 1501],
    "why": ["x" * 501],
    "date": ["", "hier", "04/05/2027", "31.2.2027", "lundi 16.3.2027", "2027-03-01"],
    "time": ["", "25:00", "minuit", "24:00"],
    "minutes": ["", "2", "99999", "longtemps"],
    "tests": ["", "-", "x" * 151, "\n".join(f"Essai {n}" for n in range(13))],
    "risks": ["", "x" * 801],
    "rollback": ["", "x" * 801],
    "implementer": ["Zoé"],
    "affected": ["x" * 301],
    "notify": ["personne", "a@x.ch " * 80, ", ".join(f"a{n}@x.ch" for n in range(25))],
    "kind": ["rapide"],
    "reason": ["x" * 301],
}
"""What each field refuses."""
RIGHT = {
    "title": "Mise à jour",
    "what": "La plateforme.",
    "why": "-",
    "date": "1.2.2028",
    "time": "22:00",
    "minutes": "90",
    "tests": "Se connecter",
    "risks": "-",
    "rollback": "-",
    "implementer": "-",
    "affected": "-",
    "notify": "-",
    "kind": "urgence",
}
"""An answer to each question, in their order."""


async def test_every_refused_field_is_refused_in_french(bot: Bot) -> None:
    await bot.type(NADIA, "/change language fr")
    since = len(bot.teams.calls)
    answers: list[object] = []
    for field, wrong in WRONG.items():
        for each in wrong:
            await bot.type(NADIA, "/change new")
            answers.append(await bot.press(NADIA, "change.edit", **(FORM | {"notify": "", field: each})))
    await bot.type(NADIA, "/change nouveau")
    for field, right in RIGHT.items():
        for each in WRONG[field]:
            await bot.type(NADIA, each or "\u200b")
            if "?" not in last(bot):
                break
        await bot.type(NADIA, right)
    for each in ("-", "x" * 301):
        await bot.type(NADIA, each)
    asked = last(bot)
    texts = {call.message.text for call in bot.teams.calls[since:]}
    texts |= {word for call in bot.teams.calls[since:] for word in words(call.message.card)}
    texts |= {word for each in answers for word in words(each["value"])}  # type: ignore[index]
    await said(bot, "annuler", "/change langue en")

    assert "Pourquoi" in asked, asked
    known = [*FORM.values(), *(each for wrong in WRONG.values() for each in wrong), "ISC Learn Platform new"]
    strays = english_in(texts - {""}, " ".join([*known, *(who.name for who in EVERYBODY)]))
    assert not strays, strays


async def test_every_correction_is_asked_for_in_french(bot: Bot) -> None:
    change = await requested(bot)
    n = number(change)
    await bot.type(NADIA, "/change language fr")
    texts = [
        await said(bot, f"prolonger {n}", "bientôt", "stop", f"déplacer {n}", "04/01/2028", "4.1.2028", "25:00", "non"),
        await said(bot, f"attribuer {n}", "intervenant", "Zoé", "rien", f"fini {n}", "avant", "laisse"),
        await said(bot, f"annuler {n}", "Test 2 échoué", f"voir {n}", f"annuler {n}", "non", "aide"),
    ]
    await said(bot, "/change langue en")

    strays = english_in("\n".join(texts).split("\n"), " ".join([*FORM.values(), "ISC", *(e.name for e in EVERYBODY)]))
    assert not strays, strays
    assert not re.search(r"\b(REASON|NAME|TEXT|NOTE|KIND|the reason)\b", "".join(texts))
