"""Every message is true at the moment it is read, or is edited, and nothing is said twice."""

from pathlib import Path

import pytest

from tests.support.days import at_work, moment, with_go
from tests.support.running import CHANGE, Bot
from tests.support.said import mailed, notices, posts
from tests.support.teams import CHANNEL, CLAIRE, NADIA, PIERRE, shown, verbs


def standing(bot: Bot) -> list[str]:
    """What every card of the change says as it stands now."""
    return [shown(each.card) for each in bot.teams.messages.values() if each.card and CHANGE in shown(each.card)]


async def test_a_reminder_that_comes_on_the_day_itself_says_today(bot: Bot, tmp_path: Path) -> None:
    await with_go(bot)
    await bot.clock.move_to(moment(4, 15, 8), bot.app.store.units)  # asleep until then
    await bot.settle()
    assert mailed(tmp_path, "isc-learn")[-1] == "15.04. 08:00 ISC Learn Platform: Reminder: maintenance today"


async def test_after_a_failure_nothing_says_that_the_snapshot_is_under_way_nor_to_press_start_while_it_is_locked(
    bot: Bot,
) -> None:
    await with_go(bot)
    bot.provider.inject_fault("snapshot-fails")
    await bot.advance(moment(4, 15, 20, 31))
    assert posts(bot, "there is no snapshot")
    assert not any("Snapshot in progress" in card for card in standing(bot))
    await bot.advance(moment(4, 15, 22, 31))
    assert len(posts(bot, "the start is locked")) == 3, "at 22:00, 22:15 and 22:30"
    assert not posts(bot, "Press *Start*")
    assert not any("*Start* sends the start notice" in card for card in standing(bot))


@pytest.mark.parametrize("end", ["cancel", "postpone"])
async def test_after_the_change_was_taken_back_no_card_counts_its_snapshot_on(bot: Bot, end: str) -> None:
    await with_go(bot)
    await bot.advance(moment(4, 15, 19, 30))
    await bot.type(PIERRE, f"/change {end} {CHANGE} The supplier is ill.")
    assert not any(" %" in card for card in standing(bot)), standing(bot)


async def test_at_work_what_would_be_refused_is_not_offered_and_the_cutoff_counts_with_one_length_for_a_restore(
    bot: Bot,
) -> None:
    await at_work(bot)
    in_the_channel = [each for each in bot.teams.messages.values() if each.conversation.startswith(CHANNEL)]
    offered = {verb for each in in_the_channel for verb in verbs(each.card)}
    assert offered.isdisjoint({"change.move", "change.postpone", "change.withdraw", "change.edit"})
    await bot.advance(moment(4, 15, 23))
    assert "Restore | 00:15, Fri 16 Apr 2027" in posts(bot, "Cutoff")[-1]


async def test_in_a_short_window_the_cutoff_and_its_nudge_do_not_come_in_one_second(bot: Bot) -> None:
    await bot.given_go({"minutes": "20"})
    await bot.advance(moment(4, 15, 22))
    await bot.type(NADIA, f"/change start {CHANGE}")
    await bot.advance(moment(4, 15, 22, 21))
    assert [line[:12] for line in posts(bot, "cutoff reached")] == ["15.04. 22:10"]
    assert [line[:12] for line in posts(bot, "Solved, extension")] == ["15.04. 22:13"]
    assert [line[:12] for line in notices(bot)][-1] == "15.04. 22:20"


async def test_the_record_names_a_deputy_and_for_whom_in_good_english(bot: Bot) -> None:
    await bot.at_go()
    card = bot.teams.with_button("go.give")
    await bot.type(CLAIRE, f"/change go {CHANGE}")
    assert "Claire Rey (deputy for Pierre André)" in shown(card.card)
    await bot.type(CLAIRE, f"/change show {CHANGE}")
    assert "for Pierre André) gave GO." in bot.overview()
    assert ",," not in " ".join(posts(bot))
