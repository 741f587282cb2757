"""While the approver is away the deputies are asked, and the record says for whom they decided."""

from changes.model import State
from tests.support.days import moment
from tests.support.running import CHANGE, Bot
from tests.support.talking import last
from tests.support.teams import CLAIRE, NADIA, PIERRE, Message, words


def mentioned(message: Message) -> set[str]:
    return {each["mentioned"]["name"] for each in message.entities if each["type"] == "mention"}


def asked(bot: Bot, words: str) -> set[str]:
    """Who was mentioned by the last message that says so."""
    return mentioned([call.message for call in bot.teams.calls if words in call.message.line][-1])


# docs/process.md, P9
async def test_while_the_approver_is_away_the_deputy_is_asked_and_the_record_says_deputy_for_approver_by_name(
    bot: Bot,
) -> None:
    await bot.type(PIERRE, "/change absent 29.3.2027 20.4.2027")
    assert "Mon 29 Mar 2027 – Tue 20 Apr 2027" in last(bot)
    await bot.at_precheck()
    assert asked(bot, "your pre-check of") == {"Claire Rey"}
    assert "Pierre André is away until Tue 20 Apr 2027: a deputy decides." in " ".join(
        words(bot.teams.with_button("precheck.approve").card)
    )
    refused = await bot.press(NADIA, "precheck.approve")
    assert "Only Pierre André or a deputy can decide" in str(refused)
    await bot.press(CLAIRE, "precheck.approve")
    change = await bot.change()
    assert change.state is State.PRECHECKED
    assert change.precheck is not None
    assert (change.precheck.by, change.precheck.deputy_for) == (CLAIRE.person, PIERRE.person)
    await bot.type(NADIA, f"/change show {CHANGE}")
    assert "Claire Rey (deputy for Pierre André) approved the pre-check" in bot.overview()
    await bot.advance(moment(4, 9, 9))
    assert asked(bot, "GO or NO-GO for") == {"Claire Rey"}


async def test_what_waits_for_whoever_goes_away_is_asked_of_the_deputies_at_once_and_they_may_answer_all_the_same(
    bot: Bot,
) -> None:
    await bot.at_precheck()
    await bot.type(PIERRE, "/change absent 2027-04-01 2027-04-09")
    assert asked(bot, "is away: please answer") == {"Claire Rey"}
    await bot.press(PIERRE, "precheck.approve")
    assert (await bot.change()).state is State.PRECHECKED


async def test_a_preflight_a_week_before_warns_when_nobody_can_decide(bot: Bot) -> None:
    await bot.prechecked()
    for person in (PIERRE, CLAIRE):
        await bot.type(person, "/change absent 2027-04-05 2027-04-16")
    await bot.advance(moment(4, 7, 9))
    assert asked(bot, "Too few approvers are there") == {"Nadia Favre"}


async def test_dates_that_make_no_sense_are_refused_and_an_absence_is_taken_back_by_its_number_by_whose_it_is(
    bot: Bot,
) -> None:
    for typed, sentence in (
        ("2027-05-10 2027-05-01", "The last day lies before the first"),
        ("2027-03-01", "These days are over already."),
        ("2027-05-01 2029-05-01", "more than a year"),
        ("soon", "Give the date like 15.4.2027"),
        ("remove 99", "You have no such absence"),
        ("remove", "You have no such absence"),
    ):
        await bot.type(PIERRE, f"/change absent {typed}")
        assert sentence in last(bot), typed
    await bot.type(PIERRE, "/change absent 2027-04-05 2027-04-16")
    await bot.type(PIERRE, "/change absent 2027-04-10")
    assert "already have an absence" in last(bot)
    await bot.type(CLAIRE, "/change absent remove 1")
    assert "You have no such absence" in last(bot)
    await bot.type(PIERRE, "/change absent remove 1")
    assert "None recorded." in last(bot)
