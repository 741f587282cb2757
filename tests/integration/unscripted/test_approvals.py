"""Who decides, what they see, and who hands a change over when its people are gone."""

from pathlib import Path

import pytest

from changes.model import State
from tests.support.days import card_with, moment, with_go
from tests.support.running import CHANGE, START, Bot, running
from tests.support.said import mailed, posts, reminders
from tests.support.services import demo_services
from tests.support.teams import CLAIRE, LUC, PIERRE

DEPUTIES = 'deputies = ["00000000-0000-0000-0000-000000000022"]\n'


async def test_an_approvers_own_change_without_a_deputy_is_said_at_the_request_with_the_way_out(tmp_path: Path) -> None:
    async with running(tmp_path, START, CHANGE_SERVICES=demo_services(tmp_path, (DEPUTIES, ""))) as bot:
        await bot.drafted({"implementer": ""}, PIERRE)
        assert "An admin has to name a deputy of ISC Learn Platform" in card_with(bot, "change.submit"), (
            "on the summary, before it is sent"
        )
        await bot.press(PIERRE, "change.submit")
        told = posts(bot, "CHG-2027-0001: Nobody can decide about it")
        assert len(told) == 1
        assert "An admin has to name a deputy of ISC Learn Platform" in told[0]
        assert not posts(bot, "Pierre André is asked"), "never himself about his own change"


async def test_an_approver_is_not_said_to_be_asked_about_a_change_of_their_own(bot: Bot) -> None:
    await bot.requested(None, PIERRE)
    assert posts(bot, "Claire Rey is asked for the pre-check on Thu 1 Apr 2027")
    assert not posts(bot, "Pierre André is asked")
    await bot.advance(moment(4, 1, 9))
    assert posts(bot, "<at>Claire Rey</at>: your pre-check of CHG-2027-0001")
    assert not posts(bot, "<at>Pierre André</at>: your pre-check of CHG-2027-0001 (Update to version 5)")


async def test_when_all_who_may_decide_are_away_that_is_said_at_the_request(bot: Bot) -> None:
    for who in (PIERRE, CLAIRE):
        await bot.type(who, "/change absent 2027-03-20 2027-04-16")
    await bot.requested()
    [told] = posts(bot, "Too few approvers are there until the deadline")
    assert told.startswith("15.03. 10:00 CHG-2027-0001: Too few"), (
        "the requester reads it under what was just submitted"
    )
    assert "/change move CHG-2027-0001" in told


@pytest.mark.parametrize(
    ("date", "at", "says"),
    [
        ("2027-04-15", "30.03. 09:00", "is in 2 days"),  # a Thursday
        ("2027-04-18", "01.04. 09:00", "is tomorrow"),  # a Sunday, whose pre-check moves to the Friday before
        ("2027-04-17", "01.04. 09:00", "is tomorrow"),  # a Saturday
        ("2027-04-19", "02.04. 09:00", "is in 3 days"),  # a Monday, 16 days after a Saturday
    ],
)
async def test_the_reminder_to_prepare_comes_for_every_window_with_the_true_number_of_days(
    bot: Bot, date: str, at: str, says: str
) -> None:
    await bot.requested({"date": date})
    await bot.advance(moment(4, 6, 9))
    [prepare] = posts(bot, "everything prepared?")
    assert (prepare[:12], says in prepare) == (at, True), prepare


async def test_the_go_card_shows_what_was_looked_at_and_a_preflight_that_fails_the_day_before_is_told_that_day(
    bot: Bot,
) -> None:
    await bot.at_go()
    card = card_with(bot, "go.give")
    assert "Log in as a teacher" in card
    assert "Restore the data snapshot." in card
    assert "Snapshot preflight | passed, Wed 7 Apr 2027, 09:00 (CEST)" in card
    await bot.type(PIERRE, f"/change go {CHANGE}")
    bot.provider.inject_fault("unauthorised", on="read", times=None)
    await bot.advance(moment(4, 14, 9))
    [told] = posts(bot, "would not work as things are")
    assert told.startswith("14.04. 09:00 <at>Nadia Favre</at>:")


async def test_a_preflight_that_fails_stands_on_the_go_card_and_is_told_before_go(bot: Bot) -> None:
    await bot.at_precheck()
    await bot.type(PIERRE, f"/change approve {CHANGE}")
    bot.provider.inject_fault("unauthorised", on="read", times=None)
    await bot.advance(moment(4, 8, 9))
    [told] = posts(bot, "of Hannibal for CHG-2027-0001 would not work as things are")
    assert told.startswith("07.04. 09:00 <at>Nadia Favre</at>:")
    assert "does not accept the bot's token" in card_with(bot, "go.give")


async def test_an_approver_hands_a_change_over_and_everybody_concerned_hears_of_it(bot: Bot) -> None:
    await with_go(bot)
    await bot.type(PIERRE, f"/change assign {CHANGE} implementer luc")
    await bot.type(PIERRE, f"/change assign {CHANGE} requester <at>Luc Bonvin</at>")
    assert posts(bot, "The requester of CHG-2027-0001 is Luc Bonvin now, and the implementer Luc Bonvin.")
    for told in posts(bot, "handed CHG-2027-0001 over"):
        assert "<at>Luc Bonvin</at>" in told
        assert "<at>Nadia Favre</at>" in told, "who has no part in it any more"
    change = await bot.change()
    assert (change.requester.name, change.plan.implementer.name) == ("Luc Bonvin", "Luc Bonvin")
    assert change.state is State.SCHEDULED, "the decisions hold: nothing is done in another way"
    await bot.advance(moment(4, 15, 22))
    await bot.type(LUC, f"/change start {CHANGE}")
    assert (await bot.change()).state is State.IN_PROGRESS


async def test_while_its_requester_is_gone_the_approver_moves_a_change_and_a_deputy_decides_about_it(
    bot: Bot, tmp_path: Path
) -> None:
    await with_go(bot)
    await bot.type(PIERRE, f"/change move {CHANGE} 2027-04-29 22:00")
    assert reminders(bot, "moved CHG-2027-0001 to Thu 29 Apr 2027") == ["08.04. 09:00 Nadia"]
    await bot.advance(moment(4, 22, 9))
    assert posts(bot, "<at>Claire Rey</at>: GO or NO-GO for CHG-2027-0001")
    await bot.type(PIERRE, f"/change go {CHANGE}")
    assert "somebody else has to decide about it. Ask Claire Rey." in posts(bot)[-1]
    await bot.type(CLAIRE, f"/change go {CHANGE}")
    assert mailed(tmp_path, "isc-learn")[-1] == "22.04. 09:00 ISC Learn Platform: New date for the maintenance"


@pytest.mark.parametrize("who", [PIERRE, CLAIRE], ids=["the approver", "a deputy"])
async def test_while_its_requester_is_gone_others_cancel_a_change(bot: Bot, who: object) -> None:
    await with_go(bot)
    await bot.type(LUC, f"/change cancel {CHANGE} It is in my way.")
    assert (await bot.change()).state is State.SCHEDULED, "not whoever likes"
    await bot.type(PIERRE if who is PIERRE else CLAIRE, f"/change cancel {CHANGE} Its requester has left.")
    assert (await bot.change()).state is State.CANCELLED
    assert "<at>Nadia Favre</at>" in posts(bot, "cancelled CHG-2027-0001")[0]
