"""The snapshot against the clock: request, move and GO say when the work can start, and the waiver is there in time."""

import pytest

from changes.model import SnapshotStatus, State
from tests.support.days import card_with, moment, with_go
from tests.support.running import CHANGE, Bot
from tests.support.said import posts
from tests.support.teams import CLAIRE, NADIA, PIERRE, actions

SOON = {"date": "2027-04-15", "time": "02:51", "kind": "emergency", "reason": "A hole is used."}


async def asked_for_soon(bot: Bot) -> None:
    """It is 02:10, and GO is asked for a window at 02:51."""
    await bot.advance(moment(4, 15, 2, 10))
    await bot.requested(SOON)


async def test_a_move_says_the_earliest_start_that_its_snapshot_allows(bot: Bot) -> None:
    await with_go(bot)
    bot.teams.calls.clear()
    await bot.type(NADIA, f"/change move {CHANGE} 2027-04-08 10:00 90 The supplier is here now.")
    assert any("With GO after Thu 8 Apr 2027, 07:30" in line for line in posts(bot)), "10:00 less 2 h 30 min"


async def test_request_card_go_and_the_locked_start_say_when_the_work_can_start_and_not_to_wait_past_the_window(
    bot: Bot,
) -> None:
    await asked_for_soon(bot)
    handed_in = [line for line in posts(bot) if "15.04. 02:10" in line]
    assert any("A snapshot takes 2 h 30 min. With GO after" in line for line in handed_in)
    await bot.advance(moment(4, 15, 2, 31))
    assert "Earliest start | 2 h 30 min after GO" in card_with(bot, "go.give"), "the card, before it is pressed"
    assert "or give GO without snapshot." in card_with(bot, "go.give")
    await bot.type(PIERRE, f"/change go {CHANGE}")
    [given] = posts(bot, "gave **GO**")
    assert "Thu 15 Apr 2027, 05:01" in given
    await bot.advance(moment(4, 15, 2, 52))
    [locked] = posts(bot, "the start is locked")
    late = "It ends at about Thu 15 Apr 2027, 05:01 (CEST) only, after the window: postpone the change, or let"
    assert late in locked
    assert "Wait" not in locked


async def test_the_waiver_can_be_given_with_go_and_then_the_window_is_kept(bot: Bot) -> None:
    await asked_for_soon(bot)
    await bot.advance(moment(4, 15, 2, 31))
    asked = bot.teams.with_button("go.give")
    assert "A snapshot takes 2 h 30 min" in card_with(bot, "go.give")
    assert "GO without snapshot" in [each["title"] for each in actions(asked.card or {})]
    await bot.press(PIERRE, "go.give", comment="", waiver="The backup of tonight is enough.")
    snapshot = (await bot.change()).snapshot
    assert (snapshot.detail, bool(snapshot.waived_by)) == ("The backup of tonight is enough.", True)
    await bot.advance(moment(4, 15, 2, 51))
    assert (await bot.change()).snapshot.status is SnapshotStatus.WAIVED
    assert bot.provider.count("create") == 0
    await bot.type(NADIA, f"/change start {CHANGE}")
    assert (await bot.change()).state is State.IN_PROGRESS


@pytest.mark.parametrize("runs", [False, True], ids=["before it begins", "while it runs"])
async def test_the_waiver_can_be_given_before_the_snapshot_which_is_not_begun_then_and_while_it_runs(
    bot: Bot, runs: bool
) -> None:
    await with_go(bot)
    if runs:
        await bot.advance(moment(4, 15, 20))
    before = (await bot.change()).snapshot.status
    assert (before is SnapshotStatus.RUNNING) is runs
    await bot.type(NADIA, f"/change waive {CHANGE} I want to begin.")
    assert (await bot.change()).snapshot.status is before, "it is not the implementer's"
    await bot.type(CLAIRE, f"/change waive {CHANGE} The backup of tonight is enough.")
    await bot.advance(moment(4, 15, 22))
    assert bot.provider.count("create") == runs
    await bot.type(NADIA, f"/change start {CHANGE}")
    assert (await bot.change()).state is State.IN_PROGRESS


async def test_a_snapshot_that_ends_within_the_window_is_waited_for_until_a_time_that_is_said(bot: Bot) -> None:
    await bot.advance(moment(4, 15, 19, 30))
    await bot.requested({"time": "21:30", "minutes": "180", "kind": "emergency", "reason": "A hole is used."})
    await bot.type(PIERRE, f"/change go {CHANGE}")
    await bot.advance(moment(4, 15, 21, 30))
    [locked] = posts(bot, "the start is locked")
    assert "It ends at about Thu 15 Apr 2027, 22:00 (CEST). Wait for it, postpone the change, or let" in locked
    await bot.advance(moment(4, 15, 22, 1))
    assert (await bot.change()).state is State.READY
