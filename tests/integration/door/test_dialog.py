"""The request in a dialog of Teams, from outside: everything is said in it, and nothing in a conversation."""

from typing import Any

import pytest

from changes.model import State
from tests.support.dialog import Dialog
from tests.support.running import CHANGE, FORM, Bot
from tests.support.teams import CHANNEL, CLAIRE, LUC, NADIA, PIERRE, Somebody, chat_of, place, text_of

NEW = {"verb": "change.edit", "change": "new", "revision": 0}


def told(bot: Bot, since: int, channel: str = "") -> list[str]:
    """What the bot has said since then, in the channel or chat if one is named; edits of what stands are no news."""
    return [
        text_of(call.message)
        for call in bot.teams.calls[since:]
        if call.kind != "edit" and place(call.message) == (channel or place(call.message))
    ]


async def filled_in(bot: Bot, where: str = "channel", **other: str) -> Dialog:
    dialog = await Dialog(bot, NADIA, where).opened(NEW)
    assert dialog.title == "Request a change"
    return await dialog.press("Continue", **(FORM | other))


async def edited(bot: Bot, who: Somebody = NADIA) -> Dialog:
    """That person presses *Edit* on the change's card in the channel."""
    root = next(each for each in bot.teams.messages.values() if each.card and CHANGE in text_of(each))
    data = {"verb": "change.edit", "change": CHANGE, "message": "status"}
    revision = (await bot.change()).revision
    return await Dialog(bot, who, root.conversation).opened(data | {"revision": revision})


@pytest.mark.parametrize("where", ["personal", "channel"])
async def test_a_change_is_requested_in_a_dialog_and_the_receipt_goes_to_the_person(bot: Bot, where: str) -> None:
    await bot.type(NADIA, "/change help")
    since = len(bot.teams.calls)
    dialog = await filled_in(bot, where=where)
    assert CHANGE in dialog.title
    assert FORM["title"] in dialog.text
    assert told(bot, since) == []
    await dialog.press("Submit")
    assert dialog.answers[-1] == {}, "it is closed"
    assert (await bot.change()).state is State.SUBMITTED
    (receipt,) = told(bot, since, chat_of(NADIA))
    assert receipt.startswith(f"{CHANGE} has been submitted. ")
    assert "Thu 1 Apr 2027" in receipt
    assert not [each for each in told(bot, since, CHANNEL) if "has been submitted. " in each]


async def test_in_the_playground_the_apps_command_ends_with_a_sentence_since_nothing_closes_its_dialog(
    bot: Bot,
) -> None:
    await bot.type(NADIA, "/change help")
    dialog = await (await Dialog(bot, NADIA).by_command()).press("Cancel")
    assert dialog.sentence == "Nothing was changed"
    dialog = await (await Dialog(bot, NADIA).by_command()).press("Continue", **FORM)
    await dialog.press("Submit")
    assert dialog.sentence.startswith(f"{CHANGE} has been submitted. ")
    assert dialog.sentence in bot.teams.texts()


async def test_who_has_no_chat_with_the_bot_reads_the_receipt_in_the_dialog(bot: Bot) -> None:
    dialog = await filled_in(bot)
    await dialog.press("Submit")
    assert dialog.sentence.startswith(f"{CHANGE} has been submitted. ")


async def test_everything_that_is_wrong_stands_at_its_field_and_everything_typed_is_kept(bot: Bot) -> None:
    long = "A very long text. " * 300
    typed = {"title": "x" * 200, "date": "the day after", "minutes": "0", "what": FORM["what"], "risks": "“quotes” <b>"}
    dialog = await filled_in(bot, **typed)
    for each in typed.values():
        assert each in str(dialog.card)
    for problem in ("shorten it to", "the day after"):
        assert problem in dialog.text
    assert await bot.stored() is None
    await dialog.press("Continue", what=long)
    assert "characters at once, more than I can take" in dialog.text
    for each in (long[:3000], "x" * 200, "“quotes” <b>"):
        assert each in str(dialog.card)
    await dialog.press("Continue", **FORM)
    assert CHANGE in dialog.title


async def test_a_form_that_is_sent_twice_is_one_draft_and_one_submission(bot: Bot) -> None:
    await bot.type(NADIA, "/change help")
    dialog = await Dialog(bot, NADIA).opened(NEW)
    form = dialog.card
    for _ in range(2):  # the first answer was lost
        dialog.card = form
        await dialog.press("Continue", **FORM)
    assert await bot.stored("CHG-2027-0002") is None
    summary = dialog.card
    for _ in range(2):  # delivered twice
        dialog.card = summary
        await dialog.press("Submit", activity_id="the same")
        assert dialog.answers[-1] == {}
    dialog.card = summary
    await dialog.press("Submit")
    assert dialog.sentence.startswith("Already done by Nadia Favre, ")
    assert len([each for each in told(bot, 0, chat_of(NADIA)) if "has been submitted" in each]) == 1


async def test_what_is_typed_beside_an_open_dialog_is_no_answer_to_it(bot: Bot) -> None:
    dialog = await filled_in(bot, where="personal")
    await bot.type(NADIA, "submit")
    assert (await bot.change()).state is State.DRAFT
    await bot.type(NADIA, "/change new")
    await bot.type(NADIA, "Another title")
    assert "What will change?" in bot.teams.texts()[-1] or "?" in bot.teams.texts()[-1]
    await dialog.press("Submit")
    assert (await bot.change()).state is State.SUBMITTED
    assert (await bot.change()).plan.title == FORM["title"]


async def test_editing_from_the_card_in_the_channel_posts_nothing_there_and_the_card_changes(bot: Bot) -> None:
    await bot.requested()
    since = len(bot.teams.calls)
    dialog = await edited(bot)
    assert dialog.title == f"Edit {CHANGE}"
    assert FORM["risks"] in str(dialog.card)
    await dialog.press("Continue", title="Update to version 5.1")
    assert dialog.answers[-1] == {}
    assert (await bot.change()).plan.title == "Update to version 5.1"
    (receipt,) = told(bot, since, chat_of(NADIA))
    assert receipt.startswith(f"The plan of {CHANGE} has been changed. ")
    cards = [call for call in bot.teams.calls[since:] if call.kind != "edit" and call.message.card]
    assert not cards, "a second card of the change"
    assert any("Update to version 5.1" in text_of(call.message) for call in bot.teams.calls[since:])


async def test_the_summary_leads_back_to_the_form_and_a_draft_is_discarded_in_it(bot: Bot) -> None:
    dialog = await filled_in(bot)
    await dialog.press("Edit")
    assert FORM["what"] in str(dialog.card)
    await dialog.press("Cancel")
    assert dialog.sentence.startswith(f"The draft {CHANGE} has been discarded.")
    dialog = await Dialog(bot, NADIA).opened(NEW)
    await dialog.press("Cancel")
    assert dialog.answers[-1] == {}, "nothing was there to be dropped"


async def test_a_plan_that_changed_meanwhile_is_not_overwritten_and_what_was_typed_is_kept(bot: Bot) -> None:
    await bot.requested()
    dialog = await edited(bot)
    await bot.type(PIERRE, f"/change move {CHANGE} 2027-04-16 21:00")
    moved = await bot.change()
    for _ in range(2):
        await dialog.press("Continue", what="I had typed this for an hour.")
        assert "I had typed this for an hour." in str(dialog.card)
        assert f"{CHANGE} was changed while you were filling in this form, so nothing was saved." in dialog.text
    assert await bot.change() == moved


async def test_whoever_may_not_edit_hears_why_and_no_form_opens(bot: Bot) -> None:
    await bot.requested()
    dialog = await edited(bot, LUC)
    assert "Only" in dialog.sentence
    data = {"verb": "change.edit", "change": CHANGE, "revision": (await bot.change()).revision, "title": "Mine now"}
    await dialog.submit(data)
    assert "Only" in dialog.text
    assert (await bot.change()).plan.title == FORM["title"]


async def test_a_cancelled_change_opens_no_form_and_one_that_is_cancelled_meanwhile_keeps_what_was_typed(
    bot: Bot,
) -> None:
    await bot.requested()
    dialog = await edited(bot)
    await bot.type(NADIA, f"/change cancel {CHANGE} Not needed")
    await dialog.press("Continue", what="All of it")
    assert "All of it" in str(dialog.card)
    assert "cancelled" in dialog.text
    assert "cancelled" in (await edited(bot)).sentence


@pytest.mark.parametrize(
    "data",
    [
        *(None, [], "x", 7, {}, {"verb": "go.give", "change": CHANGE, "revision": 1}, {"verb": ["change.edit"]}),
        {"verb": "change.edit", "change": "CHG-2027-0099", "revision": 1, "title": "x"},
        {"verb": "change.submit", "change": "CHG-2027-0099", "revision": {"a": 1}},
        {"verb": "change.withdraw", "change": "../../etc", "form": "0" * 16},
        {"verb": "command", "change": "command", "typed": "cancel 1"},
        {"verb": "command", "change": "command", "typed": {"a": "new"}},
        NEW | {"form": ["x"], "title": {"a": "b"}, "what": [1, 2], "minutes": 1e300},
        NEW | {"form": "x" * 5000, "implementer": "00000000-0000-0000-0000-000000000000"},
        NEW | {"title": "\x07\u202e**<at>everybody</at>", "tests": "\n" * 3000, "date": "\N{RIGHT-TO-LEFT MARK}"},
    ],
)
async def test_hostile_data_is_answered_and_changes_nothing(bot: Bot, data: Any) -> None:
    await bot.requested()
    before, since = await bot.change(), len(bot.teams.calls)
    for where in ("personal", "channel"):
        dialog = Dialog(bot, CLAIRE, where)
        await dialog.submit(data)
        assert dialog.card or dialog.sentence
    assert await bot.change() == before
    assert await bot.stored("CHG-2027-0002") is None
    assert told(bot, since) == []


@pytest.mark.parametrize("command", ["neu", "", "change.edit", ["new"], None])
async def test_another_command_of_the_app_is_answered_with_a_sentence(bot: Bot, command: Any) -> None:
    dialog = await Dialog(bot, NADIA).by_command(command)
    assert dialog.sentence


async def test_somebody_elses_dialog_is_not_gone_on_with(bot: Bot) -> None:
    dialog = await filled_in(bot)
    theirs = Dialog(bot, CLAIRE)
    theirs.card = dialog.card
    await theirs.press("Submit")
    assert "no change" in theirs.sentence.lower() or "Only" in theirs.sentence
    assert (await bot.change()).state is State.DRAFT


async def test_in_french_the_dialog_is_in_french(bot: Bot) -> None:
    bot.teams.locales[NADIA.name] = "fr-CH"
    dialog = await Dialog(bot, NADIA).by_command()
    assert dialog.title == "Nouvelle demande de changement"
    await dialog.press("Continuer", **(FORM | {"date": ""}))
    assert "Indiquez" in dialog.text or "date" in dialog.text


async def test_the_chat_of_two_people_where_the_app_is_used_is_not_taken_for_that_with_the_bot(bot: Bot) -> None:
    dialog = Dialog(bot, NADIA, "personal")
    await dialog.by_command()
    assert await bot.unit.chats.get(NADIA.object_id) is None
