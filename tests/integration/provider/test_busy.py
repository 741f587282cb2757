"""A provider that is busy with our own operation is waited for; with anybody else's it is a failure with a way on.

Over plain HTTP, with two services on one simulated server, whose snapshot takes 40 minutes and whose restore 20.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from changes.model import SnapshotStatus, State
from changes.snapshots import FailureReason
from settings import LOCAL_SERVICES
from tests.support.days import snapshot_card
from tests.support.running import CHANGE, START, ZURICH, Bot, running
from tests.support.teams import LUC, NADIA, PIERRE, verbs, words
from tests.support.two_services import evening

OTHER = "CHG-2027-0002"
WAITS = "the snapshot waits until another operation of ours on Hasdrubal has ended"


def on_one_server(folder: Path) -> str:
    """The demo's service and a forum, both on Hasdrubal."""
    text = LOCAL_SERVICES.read_text(encoding="utf-8")
    text = text.replace("Hannibal", "Hasdrubal").replace("= 150", "= 40").replace("= 60", "= 20")
    head, _, rest = text.partition("[[service]]")
    service = "[[service]]" + rest
    forum = service.replace('key = "learn"', 'key = "forum"').replace('"ISC Learn Platform"', '"Forum"')
    services = folder / "services.toml"
    services.write_text(head + service + "\n" + forum, encoding="utf-8")
    return str(services)


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with running(tmp_path, START, CHANGE_SERVICES=on_one_server(tmp_path)) as bot:
        await bot.type(NADIA, "change bind forum", "channel")
        yield bot


async def requested(bot: Bot, **other: str) -> None:
    """An emergency of Luc's, with its GO."""
    emergency = {"kind": "emergency", "reason": "A hole is being used.", "implementer": LUC.object_id, **other}
    await bot.requested(emergency, NADIA)
    await bot.press(PIERRE, "go.give")


def said(bot: Bot, part: str) -> list[str]:
    """When it was said."""
    calls = [call for call in bot.teams.calls if call.kind == "post" and part in call.message.text]
    return [call.at.astimezone(ZURICH).strftime("%H:%M") for call in calls]


async def cancelled_while_it_runs(bot: Bot) -> None:
    """The first change's snapshot runs from 21:05 until 21:45, and nobody needs it any more."""
    await bot.scheduled()
    await bot.advance(evening(21, 6))
    assert (await bot.change()).snapshot.status is SnapshotStatus.RUNNING
    await bot.type(NADIA, f"/change cancel {CHANGE} The supplier is ill.")
    await bot.advance(evening(21, 8))
    assert (await bot.change()).state is State.CANCELLED


async def test_a_snapshot_waits_for_one_of_ours_that_nobody_needs_any_more_and_begins_by_itself_though_the_process_dies(
    bot: Bot,
) -> None:
    await cancelled_while_it_runs(bot)
    await requested(bot, service="forum", date="2027-04-15", time="22:30", minutes="120")
    await bot.advance(evening(21, 36))
    waiting = await bot.change(OTHER)
    assert (waiting.state, waiting.snapshot.status) == (State.SNAPSHOTTING, SnapshotStatus.REQUESTED)
    assert said(bot, WAITS) == ["21:35"]
    text = " ".join(words(snapshot_card(bot).card))
    assert "another of our operations is running on Hasdrubal" in text
    assert "%" not in text
    assert {"snapshot.waive", "change.postpone"} == set(verbs(snapshot_card(bot).card))
    before = bot.provider.count("create")
    for second in range(10, 310, 15):
        await bot.advance(evening(21, 36) + timedelta(seconds=second - 10))
    assert 3 <= bot.provider.count("create") - before <= 5, "about every minute"
    await bot.restart(evening(21, 43))
    await bot.advance(evening(21, 50))
    begun = await bot.change(OTHER)
    assert begun.snapshot.status is SnapshotStatus.RUNNING
    assert begun.snapshot.started_at is not None
    assert begun.snapshot.started_at - evening(21, 45) < timedelta(minutes=2)
    assert said(bot, WAITS) == ["21:35"]
    assert said(bot, "perhaps somebody") == []
    assert [each.name for each in bot.provider.snapshots] == [CHANGE, OTHER]
    await bot.advance(evening(22, 31))
    assert (await bot.change(OTHER)).state is State.READY


async def test_whoever_waives_it_or_takes_it_by_hand_while_it_waits_is_not_overtaken_by_another_snapshot(
    bot: Bot,
) -> None:
    await cancelled_while_it_runs(bot)
    await requested(bot, service="forum", date="2027-04-15", time="22:30", minutes="120")
    await bot.advance(evening(21, 36))
    await bot.press(PIERRE, "snapshot.waive", comment="Nothing is written.")
    await bot.advance(evening(22, 31))
    assert (await bot.change(OTHER)).state is State.READY
    assert [each.name for each in bot.provider.snapshots] == [CHANGE]


async def test_it_waits_no_longer_than_a_snapshot_makes_sense_and_then_fails_as_busy(bot: Bot) -> None:
    await cancelled_while_it_runs(bot)
    # From 22:10 to 22:20: begun after 21:40 it would end after the window.
    await requested(bot, service="forum", date="2027-04-15", time="22:10", minutes="10")
    await bot.advance(evening(21, 39))
    assert (await bot.change(OTHER)).snapshot.status is SnapshotStatus.REQUESTED
    await bot.advance(evening(21, 42))
    failed = (await bot.change(OTHER)).snapshot
    assert (failed.status, failed.cause) == (SnapshotStatus.FAILED, FailureReason.BUSY)
    assert "It is too late for a snapshot" in " ".join(words(snapshot_card(bot).card))
    assert "snapshot.retry" not in verbs(snapshot_card(bot).card)


async def test_what_somebody_else_began_is_not_waited_for(bot: Bot) -> None:
    await bot.advance(evening(21, 8))
    bot.provider.inject_fault("operation-in-progress")
    await requested(bot, service="forum", date="2027-04-15", time="22:30", minutes="120")
    await bot.advance(evening(21, 37))
    failed = (await bot.change()).snapshot
    assert (failed.status, failed.cause) == (SnapshotStatus.FAILED, FailureReason.BUSY)
    assert said(bot, WAITS) == []
    assert said(bot, "perhaps begun by somebody on the dashboard")[-1] == "21:35"


async def beside_an_incident(bot: Bot, minutes: int) -> None:
    """The first change is an incident; the approver let the other's snapshot begin `minutes` before the restore."""
    await bot.started()
    await bot.type(NADIA, f"/change incident {CHANGE} Nobody can log in.")
    await requested(bot, service="forum", date="2027-04-15", time="23:15", minutes="240")
    await bot.advance(evening(22, 21))
    held = (await bot.change(OTHER)).snapshot
    assert (held.status, held.detail) == (SnapshotStatus.HELD, CHANGE)
    assert "waits for CHG-2027-0001 (Update to version 5), which needs Hasdrubal first" in " ".join(
        words(snapshot_card(bot).card)
    )
    await bot.press(PIERRE, "snapshot.retry", comment="The forum is on another disk.")
    assert (await bot.change(OTHER)).snapshot.status is SnapshotStatus.RUNNING
    await bot.type(NADIA, f"/change restore {CHANGE}")
    await bot.advance(evening(22, 21) + timedelta(minutes=minutes))
    await bot.press(PIERRE, "restore.confirm", vps_name="Hasdrubal")


async def test_a_restore_waits_for_our_snapshot_and_is_then_asked_for_once(bot: Bot) -> None:
    await beside_an_incident(bot, 30)
    now = bot.clock.now()
    assert len(said(bot, "the restore waits until another operation of ours on Hasdrubal has ended")) == 1
    await bot.advance(now + timedelta(minutes=13))
    assert (await bot.change()).state is State.RESTORING
    assert [len(each.restores) for each in bot.provider.snapshots] == [1, 0]
    await bot.advance(now + timedelta(minutes=34))
    assert (await bot.change()).state is State.IN_PROGRESS
    assert len(said(bot, "the restore waits until")) == 1
    assert [len(each.restores) for each in bot.provider.snapshots] == [1, 0]


async def test_a_restore_waits_no_longer_than_it_takes_and_then_says_that_it_was_refused(bot: Bot) -> None:
    await beside_an_incident(bot, 5)
    now = bot.clock.now()
    await bot.advance(now + timedelta(minutes=19))
    assert (await bot.change()).state is State.RESTORING
    await bot.advance(now + timedelta(minutes=22))
    after = await bot.change()
    assert after.state is State.INCIDENT
    assert after.restore is not None
    assert after.restore.cause is FailureReason.BUSY
    # Asked for anew it is a restore of its own, and the one that waited is never asked for again.
    await bot.type(NADIA, f"/change restore {CHANGE}")
    await bot.advance(now + timedelta(minutes=37))
    await bot.press(PIERRE, "restore.confirm", vps_name="Hasdrubal")
    await bot.advance(now + timedelta(minutes=60))
    assert (await bot.change()).state is State.IN_PROGRESS
    assert [len(each.restores) for each in bot.provider.snapshots] == [1, 0]
