"""Snapshots: asked for once, adopted after a crash, followed by the minute; the start is locked until the end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from application.ports import Operation
from application.ports.provider import ProviderUncertain, ProviderUnreachable
from changes import commands as c
from changes.model import Change, SnapshotStatus, State
from changes.notification.cards import CardKind
from changes.notification.thread_messages import ThreadMessage
from changes.snapshots import FailureReason, OperationState
from scheduler.operation_log import OperationLog
from tests.integration.scheduler.conftest import ANNE, LEARN, World

LOST = "Look at the dashboard"


@pytest.fixture
async def change(world: World) -> Change:
    """A change whose snapshot is due now."""
    return await world.snapshot_due()


async def test_a_provider_that_was_away_is_asked_again_when_it_said_so(world: World, change: Change) -> None:
    world.provider.answers.append(ProviderUnreachable("Infomaniak is busy.", 40))
    await world.worker.run_due()
    await world.later(seconds=39)
    assert world.provider.asked == [change.id]
    await world.later(seconds=1)
    assert world.provider.asked == [change.id] * 2
    assert (await world.look_at(change)).snapshot.status is SnapshotStatus.RUNNING
    assert (await world.operation(change)).asked_at == world.clock.now()


async def test_a_defect_while_asking_is_told_and_the_call_is_not_repeated(world: World, change: Change) -> None:
    world.provider.answers.append(ValueError("a defect"))
    await world.worker.run_due()
    await world.minutes(30)
    assert LOST in (await world.look_at(change)).snapshot.detail
    assert world.provider.asked == [change.id]


async def test_a_lost_answer_is_still_not_repeated_when_the_provider_is_away_afterwards(
    world: World, change: Change
) -> None:
    world.provider.answers.append(ProviderUncertain("No answer came."))
    world.provider.away = ProviderUnreachable("Infomaniak does not answer.", 60)
    await world.worker.run_due()
    await world.minutes(2)
    world.provider.away = None
    world.provider.show(change.id, OperationState.RUNNING)
    await world.minutes(1)
    assert world.provider.asked == [change.id]
    assert (await world.look_at(change)).snapshot.status is SnapshotStatus.RUNNING


async def test_the_progress_card_is_edited_at_most_once_a_minute_and_late_is_said_once(
    world: World, change: Change
) -> None:
    await world.worker.run_due()
    drawn = len(world.drawn(CardKind.PROGRESS))
    for _ in range(30):
        await world.later(seconds=10)
    assert len(world.drawn(CardKind.PROGRESS)) - drawn == 5
    assert {card.message for card in world.drawn(CardKind.PROGRESS)} == {"progress:1.1"}
    await world.minutes(165)
    locked = [ThreadMessage.START_LOCKED, ThreadMessage.SNAPSHOT_LATE]
    assert world.told() == locked
    operation = await world.operation(change)
    assert (operation.percent, operation.estimated) == (99, True)


async def test_a_look_that_breaks_does_not_stop_the_others_and_is_repeated_in_a_minute(
    world: World, change: Change
) -> None:
    await world.worker.run_due()
    async with world.store.units() as unit:
        mine = (await unit.operations.latest(change.id)).get("snapshot")
        assert mine
        strange = replace(mine, key="strange", handle="nowhere", asked_at=mine.asked_at - timedelta(hours=1))
        await unit.operations.put(strange)
    world.provider.show(change.id, OperationState.SUCCEEDED)
    await world.minutes(1)
    assert (await world.look_at(change)).state is State.READY
    assert await world.worker.next_wake() == world.clock.now() + timedelta(minutes=1)


async def test_a_waived_snapshot_is_not_followed_any_more(world: World, change: Change) -> None:
    await world.worker.run_due()
    await world.tell(change, c.WaiveSnapshot(ANNE, "The NAS is fresh."))
    world.provider.show(change.id, OperationState.FAILED, detail="The disk is full.")
    await world.minutes(2)
    after = await world.look_at(change)
    assert (after.state, after.snapshot.status) == (State.READY, SnapshotStatus.WAIVED)
    assert ThreadMessage.SNAPSHOT_FAILED not in world.told()
    assert (await world.operation(change)).cause is FailureReason.OVERTAKEN


async def test_a_snapshot_is_followed_though_the_clock_was_set_back_while_it_runs(world: World, change: Change) -> None:
    await world.worker.run_due()
    world.provider.show(change.id, OperationState.RUNNING)
    await world.minutes(1)
    world.provider.show(change.id, OperationState.SUCCEEDED)
    await world.later(minutes=-30)
    await world.minutes(1)

    ended = await world.operation(change)
    assert ended.state is OperationState.SUCCEEDED
    assert ended.asked_at <= world.clock.now()


async def test_an_operation_that_may_run_is_seen_behind_sixty_later_ones(world: World) -> None:
    change = await world.submitted()
    now = world.clock.now()
    runs = Operation("runs", change.id, "snapshot", "A", now, handle="a", state=OperationState.RUNNING)
    overtaken = replace(runs, key="overtaken", state=OperationState.FAILED, cause=FailureReason.OVERTAKEN)
    long_ago = replace(overtaken, key="long ago", asked_at=now - timedelta(days=1))
    async with world.store.units() as unit:
        for each in (runs, overtaken, long_ago):
            await unit.operations.put(each)
        for number in range(60):
            await unit.operations.put(replace(runs, key=f"over {number}", state=OperationState.SUCCEEDED))
    books = OperationLog(world.store.units, world.catalogue, world.clock, {})
    async with world.store.units() as unit:
        found = await books.in_its_way(unit, replace(runs, key="asked"), LEARN)
    assert {each.key for each in found} == {"runs", "overtaken"}
