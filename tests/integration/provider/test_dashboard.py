"""A snapshot that a person takes on the dashboard, over plain HTTP: who is reminded when, and what a person may say."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from changes.model import State
from tests.support.days import snapshot_card
from tests.support.running import START, ZURICH, Bot, running
from tests.support.services import ON_THE_DASHBOARD, demo_services
from tests.support.teams import NADIA, PIERRE, Somebody, actions, parts, text_of, verbs
from tests.support.two_services import evening

DASHBOARD = "Please take the snapshot now"
LONG = {"minutes": "240"}
"""A window from 22:00 until 02:00: a snapshot is too late from 23:30 on."""


async def scheduled(bot: Bot, **other: str) -> None:
    """A change with GO whose snapshot is taken by hand; it is noon of its day."""
    await bot.given_go(other)
    await bot.advance(evening(12, 0))


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with running(tmp_path, START, CHANGE_SERVICES=demo_services(tmp_path, ON_THE_DASHBOARD)) as bot:
        yield bot


def said(bot: Bot, *parts: str) -> list[tuple[str, list[str]]]:
    """When a line with one of these parts came, and whom it mentioned."""
    found = []
    for call in bot.teams.calls:
        if call.kind == "post" and any(part in call.message.line for part in parts):
            people = [name.name for name in (NADIA, PIERRE) if f"<at>{name.name}</at>" in call.message.line]
            found.append((call.at.astimezone(ZURICH).strftime("%H:%M"), people))
    return found


async def finish(bot: Bot, who: Somebody = NADIA, **inputs: str) -> dict[str, Any]:
    """Say that it is finished, by the button, which takes what is entered beside it."""
    message = snapshot_card(bot)
    [button] = [each for each in actions(message.card or {}) if each.get("verb") == "snapshot.finished"]
    answer = await bot.teams.execute(who, "snapshot.finished", button["data"] | inputs, message)
    await bot.settle()
    return answer


NUDGE = "nobody has begun the data snapshot of Hannibal yet"
TOO_LATE = "it is too late for a snapshot of"


async def test_nobody_begins_it_and_the_card_and_reminders_say_until_when_it_has_to_begin_then_that_it_is_too_late(
    bot: Bot,
) -> None:
    await scheduled(bot)
    await bot.advance(evening(19, 16))
    card = snapshot_card(bot)
    late = (
        "it has to begin by Thu 15 Apr 2027, 19:30 (CEST); after that, the start is delayed by the same time. "
        "It is too late from Thu 15 Apr 2027, 21:00 (CEST)."
    )
    assert DASHBOARD in text_of(card)
    assert late in text_of(card)
    await bot.advance(evening(19, 36))
    assert late in text_of(card), "it holds whenever it is read"
    assert "snapshot.started" in verbs(card.card)
    await bot.advance(evening(23, 0))
    assert "It is too late for a snapshot" in text_of(card)
    assert DASHBOARD not in text_of(card)
    assert verbs(card.card) == [
        "snapshot.finished",
        "snapshot.failed",
        "snapshot.waive",
        "change.postpone",
    ]
    assert said(bot, "it is time for the data snapshot of") == [("19:15", ["Nadia Favre"])]
    both = ["Nadia Favre", "Pierre André"]
    minutes = ("19:35", "19:50", "20:05", "20:20", "20:35", "20:50")
    assert said(bot, NUDGE) == [("19:25", ["Nadia Favre"]), *((minute, both) for minute in minutes)]
    assert said(bot, TOO_LATE) == [("21:00", both)]
    in_time, *after = [call.message.text for call in bot.teams.calls if NUDGE in call.message.text]
    assert "It has to begin by Thu 15 Apr 2027, 19:30 (CEST)" in in_time
    assert "begun now it lets the work start Thu 15 Apr 2027, 22:05 (CEST)" in after[0]
    assert "begun now it lets the work start Thu 15 Apr 2027, 23:20 (CEST)" in after[-1]
    await bot.press(PIERRE, "snapshot.waive", comment="Nothing is written to the disk.")
    assert (await bot.change()).state is State.READY


async def test_started_and_try_again_end_with_the_window(bot: Bot) -> None:
    await scheduled(bot)
    await bot.advance(evening(19, 20))
    stale = snapshot_card(bot).card or {}
    [started] = [each for each in actions(stale) if each.get("verb") == "snapshot.started"]
    await bot.press(NADIA, "snapshot.started")
    await bot.advance(evening(19, 25))
    await bot.press(NADIA, "snapshot.failed", comment="No room on the dashboard.")
    [again] = [each for each in actions(snapshot_card(bot).card or {}) if each.get("verb") == "snapshot.retry"]
    await bot.advance(evening(23, 31))
    before = await bot.change()
    assert (before.state, before.closing_reason) == (State.POSTPONED, "It was not started within its window.")
    for button in (started, again):
        # Also to whoever has the card of the present revision, if there were one.
        data = button["data"] | {"revision": before.revision}
        answer = await bot.teams.execute(NADIA, button["verb"], data, snapshot_card(bot))
        assert "is postponed" in str(answer["value"])
    assert await bot.change() == before
    assert "The change was postponed" in text_of(snapshot_card(bot))
    assert verbs(snapshot_card(bot).card) == []


async def test_a_snapshot_of_the_system_is_not_taken_and_one_that_ended_implausibly_early_passes_once_it_was_checked(
    bot: Bot,
) -> None:
    await scheduled(bot)
    await bot.advance(evening(19, 16))
    await bot.press(NADIA, "snapshot.started")
    await bot.advance(evening(19, 56))
    [field] = [each for each in parts(snapshot_card(bot).card, "Input.") if each["id"] == "result"]
    assert "value" not in field, "nothing is chosen for whoever reports"
    before = await bot.change()
    for result, refusal in (
        ("", "Say whether it is a snapshot of the data or of the system."),
        ("system", "Only a snapshot of the data can be restored"),
        ("data", "That was only 40 min, and it usually takes 2 h 30 min."),
    ):
        answer = await finish(bot, snapshot_name="hannibal-0415", result=result)
        assert refusal in str(answer["value"])
    assert await bot.change() == before
    [field] = [each for each in parts(snapshot_card(bot).card, "Input.") if each["id"] == "result"]
    assert "data_checked" in [each["value"] for each in field["choices"]]
    await finish(bot, snapshot_name="hannibal-0415", result="data_checked")
    after = await bot.change()
    assert (after.state, after.snapshot.name) == (State.READY, "hannibal-0415")


async def test_one_that_begins_late_in_a_long_window_says_when_the_work_can_start_and_is_too_late_at_its_own_time(
    bot: Bot,
) -> None:
    await scheduled(bot, **LONG)
    await bot.advance(evening(22, 16))
    assert said(bot, TOO_LATE) == []
    await bot.press(NADIA, "snapshot.started")
    later = "The work can start Fri 16 Apr 2027, 00:46 (CEST), not Thu 15 Apr 2027, 22:00 (CEST)."
    assert later in text_of(snapshot_card(bot))
    await bot.advance(evening(0, 46, 16))
    assert said(bot, TOO_LATE) == []
    await finish(bot, snapshot_name="hannibal-0415", result="data")
    await bot.press(NADIA, "window.start")
    assert (await bot.change()).state is State.IN_PROGRESS


async def test_a_restart_in_between_loses_no_reminder_and_repeats_none(bot: Bot) -> None:
    await scheduled(bot)
    await bot.advance(evening(19, 26))
    await bot.restart(evening(19, 31))
    await bot.advance(evening(20, 6))
    # It is down at 20:20 and at 20:35: what was missed is said once.
    await bot.restart(evening(20, 36))
    assert [when for when, _ in said(bot, NUDGE)] == ["19:25", "19:35", "19:50", "20:05", "20:36"]
    await bot.advance(evening(20, 59))
    await bot.restart()
    await bot.advance(evening(23, 31))
    assert [when for when, _ in said(bot, NUDGE)] == ["19:25", "19:35", "19:50", "20:05", "20:36", "20:51"]
    assert [when for when, _ in said(bot, TOO_LATE)] == ["21:00"]
    assert [when for when, _ in said(bot, "it is time for the data snapshot of")] == ["19:15"]
    assert (await bot.change()).state is State.POSTPONED
