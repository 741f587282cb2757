"""The day nobody scripted: the cutoff is always asked, tests gate every end, and nothing starts before its window."""

from pathlib import Path

import pytest

from changes.model import State
from tests.support.days import at_work, card_with, moment, with_go
from tests.support.running import CHANGE, Bot
from tests.support.said import body, mailed, mails, notices, posts, reminders
from tests.support.teams import CLAIRE, NADIA, PIERRE, shown, verbs, words


async def test_an_issue_solved_before_the_cutoff_does_not_answer_it_and_one_reported_after_it_asks_again(
    bot: Bot,
) -> None:
    await at_work(bot)
    await bot.type(NADIA, f"/change trouble {CHANGE} The import hangs.")
    await bot.type(NADIA, f"/change solved {CHANGE}")
    await bot.advance(moment(4, 15, 23, 1))
    asked = bot.teams.with_button("window.extend")
    assert {"trouble.solved", "window.extend", "incident.declare"} <= set(verbs(asked.card))
    await bot.press(NADIA, "trouble.solved")
    assert set(verbs(asked.card)) <= {"card.refresh"}
    assert "**Nadia Favre** answered on Thu 15 Apr 2027, 23:01 (CEST): solved." in words(asked.card)
    await bot.advance(moment(4, 15, 23, 5))
    await bot.type(NADIA, f"/change trouble {CHANGE} It came back.")
    await bot.advance(moment(4, 15, 23, 11))
    assert len(posts(bot, "Solved, extension or incident?")) == 1


async def test_complete_is_offered_once_the_approver_accepted_what_failed_and_affected_people_and_the_record_read_why(
    bot: Bot, tmp_path: Path
) -> None:
    await at_work(bot)
    day = bot.teams.with_button("trouble.report")
    assert "change.complete" not in verbs(day.card)
    await bot.press(NADIA, "test.result", test="0", result="pass")
    await bot.press(NADIA, "test.result", test="1", result="fail")
    assert "Test 2 failed. Fix and retest" in shown(day.card)
    await bot.press(NADIA, "test.accept", test="1", waiver="It is fine.")
    assert "change.complete" not in verbs(day.card), "only the approver or a deputy can accept it"
    await bot.press(CLAIRE, "test.accept", test="1", waiver="Exercises are slow until Monday.")
    assert "accepted by Claire Rey" in shown(day.card)
    await bot.press(NADIA, "change.complete")
    limitation = "Known limitation: Open a course and hand in an exercise (Exercises are slow until Monday.)"
    assert (await bot.change()).state is State.COMPLETED
    assert limitation in posts(bot, "Maintenance finished")[0]
    assert limitation in body(mails(tmp_path)[-1])
    await bot.type(NADIA, f"/change show {CHANGE}")
    assert "accepted test 2 as is: Exercises are slow until" in bot.overview()


@pytest.mark.parametrize("by_card", [False, True], ids=["by a command", "on the card"])
async def test_before_the_window_only_the_approver_starts_with_a_reason_that_affected_people_read_once(
    bot: Bot, by_card: bool
) -> None:
    await with_go(bot)
    for minute in (46, 59):
        await bot.advance(moment(4, 15, 21, minute))
        await bot.type(NADIA, f"/change start {CHANGE}")
        assert "leaves it as it is" not in posts(bot)[-1], "who may not is asked for no reason"
        await bot.type(NADIA, f"/change start {CHANGE} I have time now.")
        assert "begins at Thu 15 Apr 2027, 22:00 (CEST). Before that only the approver or a deputy" in posts(bot)[-1]
        assert (await bot.change()).state is State.READY, "however ready everything is"
    if by_card:
        await bot.type(NADIA, f"/change show {CHANGE}")
        assert "*Start* opens Thu 15 Apr 2027, 22:00 (CEST)." in card_with(bot, "window.start")
        await bot.press(NADIA, "window.start", reason="I am early.")
        assert (await bot.change()).state is State.READY
        await bot.press(PIERRE, "window.start", reason="Everybody has gone home.")
    else:
        await bot.type(PIERRE, f"/change start {CHANGE}")
        assert "leaves it as it is" in posts(bot)[-1], "why, is asked"
        await bot.type(PIERRE, "Everybody has gone home.")
    assert (await bot.change()).early_reason == "Everybody has gone home."
    [started] = posts(bot, "15.04. 21:59 **ISC Learn Platform: Maintenance has started**")
    early = "The work begins earlier than announced for Thu 15 Apr 2027, 22:00–23:30 (CEST): Everybody has gone home."
    assert early in started
    assert reminders(bot, "started CHG-2027-0001 before its window. “Everybody has gone home.”") == [
        "15.04. 21:59 Nadia"
    ]
    await bot.advance(moment(4, 15, 22, 20))
    assert len(posts(bot, "Maintenance has started")) == 1
    assert not posts(bot, "should have started")


async def test_a_window_that_nobody_starts_is_told_at_its_end(bot: Bot, tmp_path: Path) -> None:
    await with_go(bot)
    await bot.advance(moment(4, 15, 22))
    bot.teams.calls.clear()
    await bot.advance(moment(4, 15, 23, 29))
    assert [line[:12] for line in posts(bot, "should have started by now")] == ["15.04. 22:15", "15.04. 22:30"]
    assert notices(bot) == []
    await bot.advance(moment(4, 15, 23, 31))
    assert notices(bot) == ["15.04. 23:30 ISC Learn Platform: Maintenance postponed"]
    assert mailed(tmp_path, "isc-learn")[-1] == "15.04. 23:30 ISC Learn Platform: Maintenance postponed"
    told = body(mails(tmp_path, "isc-learn")[-1])
    assert "announced for Thu 15 Apr 2027, 22:00–23:30 (CEST) is postponed. We will tell you the new date." in told
    assert "started" not in told, "why is a matter of the thread"
    assert (await bot.change()).state is State.POSTPONED
    assert "It was not started within its window." in posts(bot, "is postponed. `/change")[0]
