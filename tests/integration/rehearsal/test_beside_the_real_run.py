"""A rehearsal beside the real run of the same change: the same messages, word for word, and nothing else anywhere."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.rehearsed import by_minute, rehearse, rehearsed, tables, told_by_mail, told_in_teams
from tests.support.running import CHANGE, START, ZURICH, Bot, running
from tests.support.services import ON_THE_DASHBOARD, demo_services
from tests.support.teams import LUC, NADIA, PIERRE


def moment(day: int, hour: int, minute: int, month: int = 4) -> datetime:
    """A moment in 2027, just after the minute."""
    return datetime(2027, month, day, hour, minute, 10, tzinfo=ZURICH)


async def until_the_work_began(bot: Bot, *, by_hand: bool) -> None:
    """What the people of a rehearsal do, at the minutes at which they do it there."""
    await bot.advance(moment(15, 10, 2, month=3))
    await bot.press(NADIA, "change.submit")
    await bot.advance(moment(1, 9, 2))
    await bot.press(PIERRE, "precheck.approve")
    await bot.advance(moment(8, 9, 2))
    await bot.press(PIERRE, "go.give")
    if by_hand:
        await bot.advance(moment(15, 19, 17))
        await bot.press(NADIA, "snapshot.started")
        await bot.advance(moment(15, 21, 49))
        await bot.press(NADIA, "snapshot.finished", snapshot_name=CHANGE, result="data")
    await bot.advance(moment(15, 22, 2))
    await bot.press(NADIA, "window.start")


async def on_a_good_day(bot: Bot, *, by_hand: bool) -> None:
    await until_the_work_began(bot, by_hand=by_hand)
    await bot.advance(moment(15, 22, 32))
    await bot.press(NADIA, "tests.pass")
    await bot.advance(moment(15, 22, 34))
    await bot.press(NADIA, "change.complete")
    await bot.advance(moment(16, 9, 1))


async def on_a_bad_day(bot: Bot, *, by_hand: bool) -> None:
    await until_the_work_began(bot, by_hand=by_hand)
    await bot.advance(moment(15, 22, 4))
    await bot.press(NADIA, "test.result", test="0", result="fail", note="It does not work as before.")
    await bot.advance(moment(15, 22, 6))
    await bot.press(NADIA, "trouble.report", reason="A test fails, and the cause is not known yet.")
    await bot.advance(moment(15, 23, 2))
    await bot.press(NADIA, "window.extend", extra_minutes="30", reason="We have an idea and need more time for it.")
    await bot.advance(moment(15, 23, 32))
    await bot.press(NADIA, "incident.declare", reason="It did not help, and nobody can say how long it takes.")
    await bot.advance(moment(15, 23, 34))
    await bot.press(NADIA, "restore.ask")
    await bot.advance(moment(15, 23, 36))
    await bot.press(PIERRE, "restore.confirm", vps_name="Hannibal")
    done = 38
    if by_hand:
        await bot.advance(moment(16, 0, 38))
        await bot.press(NADIA, "restore.done")
        done = 40
    await bot.advance(moment(16, 0, done))
    await bot.press(NADIA, "tests.pass")
    await bot.advance(moment(16, 0, done + 2))
    await bot.press(NADIA, "change.complete")
    await bot.advance(moment(19, 9, 1))


@pytest.mark.parametrize("day", ["good", "bad"], ids=["by the provider", "by hand"])
async def test_a_rehearsal_says_what_the_real_run_says_word_for_word(tmp_path: Path, day: str) -> None:
    by_hand = day == "bad"
    more = {"CHANGE_SERVICES": demo_services(tmp_path, ON_THE_DASHBOARD)} if by_hand else {}
    async with running(tmp_path, START, **more) as bot:
        await bot.drafted()
        messages = await rehearse(bot, NADIA, f"/change rehearse {CHANGE} {day}")
        bot.teams.calls.clear()
        await (on_a_bad_day if by_hand else on_a_good_day)(bot, by_hand=by_hand)
        real = [*told_in_teams(bot.teams.calls), *told_by_mail(tmp_path / "mail")]
    receipt = f"{CHANGE} has been submitted."  # answers who presses the button, and is no message of the timeline
    played, told = rehearsed(messages), [each for each in real if not each.words.startswith(receipt)]
    assert len(played) == (31 if by_hand else 19)
    assert by_minute(played) == by_minute(told)


async def test_everybody_whom_the_stages_ask_decides_in_a_rehearsal(tmp_path: Path) -> None:
    async with running(tmp_path, START, CHANGE_SERVICES=services_with_a_board(tmp_path)) as bot:
        await bot.drafted()
        played = rehearsed(await rehearse(bot, NADIA, f"/change rehearse {CHANGE} good"))
        for said in (f"Pierre André approved {CHANGE}", "Luc Bonvin approved the pre-check", "Luc Bonvin gave GO"):
            assert any(said in each.words for each in played), said
        assert any("is completed" in each.words for each in played)


def services_with_a_board(folder: Path) -> str:
    """The demo's, in which the approver decides first, and then somebody who is no deputy."""
    stages = f"""[service.groups]
board = ["{LUC.object_id}"]
[[service.approval]]
who = ["approver"]
[[service.approval]]
who = ["board"]
[service.vps]"""
    return demo_services(folder, ("[service.vps]", stages))


async def test_nothing_real_is_touched_but_for_one_line_of_the_history(bot: Bot, tmp_path: Path) -> None:
    await bot.reach("requested", bot.requested)
    await bot.settle()
    before, asked = tables(tmp_path / "changes.db"), list(bot.provider.calls)
    for day in ("good", "bad"):
        await rehearse(bot, NADIA, f"/change rehearse {CHANGE} {day}")
    after = tables(tmp_path / "changes.db")
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"outbox", "events", "changes", "deliveries", "settings", "sqlite_sequence"}
    new = {name: [row for row in after[name] if row not in before[name]] for name in changed}
    assert [row for row in new["outbox"] if "'reply'" not in row and "'play_rehearsal'" not in row] == []
    assert len(new["events"]) == 2
    assert all("'rehearsed'" in row for row in new["events"])
    assert [row for row in new.get("settings", []) if "'worker:" not in row and "'clock.offset'" not in row] == []
    (change,) = new["changes"]
    versions = re.compile(r"\b\d+\b")
    assert versions.sub("", change) == versions.sub("", before["changes"][0])
    assert bot.provider.calls == asked
    assert not (tmp_path / "mail").exists()
    assert await bot.unit.outbox.dead() == ()
