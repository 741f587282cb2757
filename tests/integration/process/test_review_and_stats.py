"""After the day, from outside: the review tells what happened, the numbers stay, and the next plan learns from them."""

from datetime import timedelta

from changes.model import State
from changes.reporting.search import Search
from tests.support.days import moment
from tests.support.running import CHANGE, FORM, Bot
from tests.support.teams import NADIA, PIERRE, words, words_below_the_call


async def carried(bot: Bot, day: int, took: int) -> str:
    """An emergency on that day in March, 14:00 to 15:30, whose work takes so many minutes; its id."""
    await bot.requested({"date": f"2027-03-{day}", "time": "14:00", "kind": "emergency", "reason": "A hole."})
    await bot.press(PIERRE, "go.give")
    await bot.advance(moment(3, day, 14))
    await bot.press(NADIA, "window.start")
    await bot.advance(moment(3, day, 14) + timedelta(minutes=took - 12))
    await bot.press(NADIA, "test.result", test="0", result="pass")
    await bot.advance(moment(3, day, 14) + timedelta(minutes=took))
    await bot.press(NADIA, "test.result", test="1", result="fail")
    await bot.press(NADIA, "test.result", test="1", result="pass")
    await bot.press(NADIA, "change.complete")
    return (await bot.unit.changes.find(Search(states=[State.COMPLETED])))[-1].id


def last_card(bot: Bot, title: str) -> str:
    """What stands on the newest card that begins so."""
    found = [" | ".join(words_below_the_call(call.message)) for call in bot.teams.calls if call.message.card]
    return next((text for text in reversed(found) if text.startswith(title)), "")


async def test_the_review_sets_the_plan_against_what_happened_and_the_next_plan_is_told_that_the_last_three_took_longer(
    bot: Bot,
) -> None:
    for day, took in ((15, 80), (16, 100), (17, 130)):
        await carried(bot, day, took)
        await bot.advance(moment(3, day + 1, 9))
        if day == 16:
            review = last_card(bot, "Review")
            for expected in (
                "Tue 16 Mar 2027, 14:00–15:30 (CET) | Planned | Actual",
                "Started | 14:00 | 14:00",
                "Ended | 15:30 | 15:40, 10 min late",
                "Duration | 1 h 30 min | 1 h 40 min",
                "0 days (short notice)",
                "Snapshot | 2 h 30 min |",
                "2 of 2 passed; one failed at first",
                "2. Open a course and hand in an exercise",
            ):
                assert expected in review
            answer = await bot.press(NADIA, "review.save", went_well="", to_improve="Plan two hours next time.")
            assert "Plan two hours next time." in str(answer["value"])
    assert (await bot.change("CHG-2027-0002")).review == "To improve: Plan two hours next time."
    await bot.type(NADIA, "/change new")
    late = (
        "2 of the last 3 changes of ISC Learn Platform ended after their window, by 25 min (median). "
        "The last 3 took 1 h 40 min (median)."
    )
    assert late in last_card(bot, "Request a change")
    answer = await bot.press(NADIA, "change.edit", **FORM)
    summary = " | ".join(words(answer["value"]))
    assert late in summary
    assert "Snapshots of Hannibal took 2 h 3" in summary
    assert "(median of the last 3); 2 h 30 min are planned." in summary
    await bot.press(NADIA, "change.submit")
    await bot.advance(moment(4, 1, 9))
    assert late in last_card(bot, "Pre-check")
    await bot.type(NADIA, "/change stats learn 2027-Q1")
    numbers = last_card(bot, "Statistics 2027-Q1")
    for expected in ("Submitted | 3", "Successful | 100 %", "33 % (1 of 3)", "median 25 min, average 25 min"):
        assert expected in numbers


# docs/process.md, P103
async def test_finished_early_or_cancelled_the_change_stays_in_the_history_with_its_real_times(bot: Bot) -> None:
    await carried(bot, 15, 40)
    await bot.requested({"date": "2027-04-20"})
    await bot.advance(moment(3, 17, 11, 30))
    await bot.type(NADIA, "/change cancel 2 The vendor withdrew it.")
    await bot.type(NADIA, "/change list all")
    listed = last_card(bot, "Changes")
    assert f"{CHANGE} · Mon 15 Mar 2027, 14:00–15:30 (CET)" in listed
    assert "CHG-2027-0002 · Tue 20 Apr 2027, 22:00–23:30 (CEST)" in listed
    await bot.type(NADIA, f"/change show {CHANGE}")
    early = last_card(bot, "Update to version 5")
    assert "Mon 15 Mar 2027, 14:00 (CET) – Nadia Favre started the change." in early
    assert "Mon 15 Mar 2027, 14:40 (CET) – Nadia Favre completed it" in early
    await bot.type(NADIA, "/change show 2")
    assert "Wed 17 Mar 2027, 11:30 (CET) – Nadia Favre cancelled it. The vendor withdrew it." in last_card(
        bot, "Update"
    )
    await bot.type(NADIA, "/change statistiques 2027")
    numbers = last_card(bot, "Statistics 2027")
    assert "Submitted | 2" in numbers
    assert "100 % (1 of 1)" in numbers
    assert "1 cancelled" in numbers


async def test_a_period_without_changes_says_so_and_what_to_do(bot: Bot) -> None:
    await bot.type(NADIA, "/change stats ISC Learn Platform 2026")
    nothing = last_card(bot, "Statistics 2026")
    assert "No change submitted so far has its window in 2026." in nothing
    assert "/change" not in nothing, "buttons lead on"
    await bot.type(NADIA, "/change stats 2027-Q7")
    assert "2027-Q2" in bot.teams.texts()[-1]
    await bot.type(NADIA, "/change stats nowhere")
    assert "Choose one of" in bot.teams.texts()[-1]
