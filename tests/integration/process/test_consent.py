"""A word alone does something only where the text that can be read last names it."""

from changes.model import State
from dialogs.keywords import BACK, CANCEL, HELP, NO, SAME, SUBMIT, YES
from tests.integration.process.test_conversation import TYPED
from tests.support.running import CHANGE, FORM, Bot
from tests.support.talking import last, said
from tests.support.teams import LUC, NADIA

WORDS = YES | SUBMIT | BACK | HELP | NO | SAME


async def test_beside_the_summary_of_a_form_no_word_alone_submits_corrects_or_ends_the_request(bot: Bot) -> None:
    await bot.type(NADIA, "/change new")
    await bot.press(NADIA, "change.edit", **FORM)
    before = await bot.change()
    for word in sorted(WORDS):
        await bot.type(NADIA, word)
        assert await bot.change() == before, word
        assert "modified" not in last(bot), "no question is asked that nobody began"
    assert before.state is State.DRAFT
    await bot.press(NADIA, "change.submit")
    assert (await bot.change()).state is State.SUBMITTED, "its buttons still do"


async def test_the_summary_after_the_questions_says_which_words_it_takes_and_takes_no_others(bot: Bot) -> None:
    await said(bot, "/change new", *TYPED, who=LUC)
    prompt = last(bot)
    assert prompt == "Type `submit` to submit it, `back` to correct it, or `cancel` to discard the draft."
    before = await bot.change()
    for word in sorted((YES | NO | SAME | HELP) - CANCEL):
        await bot.type(LUC, word)
        assert last(bot) == prompt, word
        assert await bot.change() == before, word
    await bot.type(LUC, "soumettre")
    assert (await bot.change(CHANGE)).state is not State.DRAFT
