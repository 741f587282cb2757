"""Restores: asked for once, adopted after a crash, followed by the minute; what nobody can see is said, not guessed."""

from datetime import timedelta

import pytest

from application.ports import Operation, PermanentError, RetryableError
from changes import commands as c
from changes.effects import PostThreadMessage, UpsertCard, UpsertStatusCard
from changes.model import Change, State
from changes.notification.cards import CardKind
from changes.notification.thread_messages import ThreadMessage
from changes.snapshots import FailureReason, OperationState
from tests.integration.scheduler.conftest import ANNE, IVO, START, World
from tests.integration.scheduler.test_snapshots_followed import Crash, minutes
from tests.support.autocommit import autocommit


@pytest.fixture
async def change(world: World) -> Change:
    """A change whose restore was just confirmed."""
    made = await world.scheduled()
    world.clock.go_to(START - timedelta(days=1))
    await world.worker.run_due()
    world.clock.go_to(START - timedelta(minutes=165))
    await world.worker.run_due()
    world.provider.show(made.id, OperationState.SUCCEEDED)
    await minutes(world, 1)
    world.clock.go_to(START)
    await world.worker.run_due()
    await world.tell(made, c.Start(IVO))
    world.clock.go_on(minutes=60)
    await world.tell(made, c.DeclareIncident(IVO, "Nobody can log in."))
    await world.tell(made, c.AskRestore(IVO))
    await world.worker.run_due()
    world.carried.clear()
    world.provider.asked.clear()
    return await world.tell(made, c.ConfirmRestore(ANNE, "Hannibal"))


def handle(change: Change) -> str:
    return f"restore of {change.id}"


def told(world: World) -> list[ThreadMessage]:
    return [effect.line for effect in world.carried if isinstance(effect, PostThreadMessage)]


async def operation(world: World, change: Change) -> Operation:
    found = await autocommit(world.store).operations.latest(change.id, "restore")
    assert found
    return found


async def test_a_restore_is_followed_to_its_end_with_its_milestones(world: World, change: Change) -> None:
    await world.worker.run_due()
    await minutes(world, 80)
    assert told(world) == [ThreadMessage.RESTORE_STARTED, ThreadMessage.RESTORE_HALF, ThreadMessage.RESTORE_LATE]
    world.provider.show(handle(change), OperationState.SUCCEEDED)
    await minutes(world, 1)
    after = await world.look_at(change)
    assert (after.state, after.restored, world.provider.asked) == (State.IN_PROGRESS, True, [handle(change)])


async def test_the_incident_card_shows_the_progress_once_a_minute(world: World, change: Change) -> None:
    await world.worker.run_due()
    world.carried.clear()
    for _ in range(18):
        world.clock.go_on(seconds=10)
        await world.worker.run_due()
    assert len([e for e in world.carried if isinstance(e, UpsertCard) and e.card is CardKind.INCIDENT]) == 3
    assert len([e for e in world.carried if isinstance(e, UpsertStatusCard)]) == 3
    assert (await operation(world, change)).percent == 5


@pytest.mark.parametrize("accepted", [True, False])
async def test_after_a_crash_the_next_worker_adopts_the_restore_and_never_asks_twice(
    world: World, change: Change, accepted: bool
) -> None:
    world.provider.answers.append(Crash())
    with pytest.raises(Crash):
        await world.worker.run_due()
    if accepted:
        world.provider.show(handle(change), OperationState.RUNNING)
    await world.restart()
    await minutes(world, 9)
    after = await world.look_at(change)
    assert after.state is (State.RESTORING if accepted else State.INCIDENT)
    assert world.provider.asked == [handle(change)]
    if not accepted:
        assert after.restore is not None
        assert after.restore.cause is FailureReason.LOST
        assert after.handed_over_at is None


async def test_an_end_that_a_person_reported_first_is_not_reported_again(world: World, change: Change) -> None:
    await world.worker.run_due()
    await world.tell(change, c.NoteRestoreDone(IVO))
    world.provider.show(handle(change), OperationState.FAILED, detail="Much later.")
    await minutes(world, 3)
    after = await world.look_at(change)
    assert (after.state, after.restored) == (State.IN_PROGRESS, True)
    assert (await operation(world, change)).cause is FailureReason.OVERTAKEN


async def test_the_live_card_follows_the_clock_while_the_incident_is_open_and_not_afterwards(
    world: World, change: Change
) -> None:
    await world.worker.run_due()
    world.provider.show(handle(change), OperationState.SUCCEEDED)
    await minutes(world, 1)
    await world.tell(change, c.RecordTest(IVO, 0, passed=True))
    await world.tell(change, c.Complete(IVO))
    await world.worker.run_due()
    world.carried.clear()
    await minutes(world, 5)
    assert [e for e in world.carried if isinstance(e, UpsertStatusCard)] == []


async def test_the_clock_on_a_card_is_let_go_when_teams_is_away_and_nothing_piles_up(
    world: World, change: Change
) -> None:
    await world.worker.run_due()
    world.refusals[UpsertStatusCard] = PermanentError("The bot was removed.")
    world.refusals[UpsertCard] = RetryableError("Teams is away.")
    await minutes(world, 20)
    assert not [parcel for parcel in await world.dead() if ":clock:" in parcel.effect.key]
    world.refusals.clear()
    world.carried.clear()
    await minutes(world, 1)
    assert len([e for e in world.carried if isinstance(e, UpsertStatusCard)]) == 1


async def test_an_incident_that_was_left_open_ticks_for_half_a_day_and_no_longer(world: World, change: Change) -> None:
    await world.worker.run_due()
    world.provider.show(handle(change), OperationState.FAILED, detail="The hypervisor gave up.")
    await minutes(world, 1)
    world.clock.go_on(hours=11)
    world.carried.clear()
    await minutes(world, 2)
    assert [e for e in world.carried if isinstance(e, UpsertStatusCard)]
    world.clock.go_on(hours=3)
    world.carried.clear()
    await minutes(world, 2)
    assert not [e for e in world.carried if isinstance(e, UpsertStatusCard)]
