"""Restores: asked for once, adopted after a crash, followed by the minute; what nobody can see is said, not guessed."""

from datetime import timedelta

import pytest

from application.ports import PermanentError, RetryableError
from changes import commands as c
from changes.effects import UpsertCard, UpsertStatusCard
from changes.model import Change, State
from changes.notification.cards import CardKind
from changes.notification.thread_messages import ThreadMessage
from changes.snapshots import FailureReason, OperationState
from tests.integration.scheduler.conftest import ANNE, IVO, START, World


@pytest.fixture
async def change(world: World) -> Change:
    """A change whose restore was just confirmed."""
    made = await world.scheduled()
    await world.at(START - timedelta(days=1))
    await world.at(START - timedelta(minutes=165))
    world.provider.show(made.id, OperationState.SUCCEEDED)
    await world.minutes(1)
    await world.at(START)
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


async def test_a_restore_is_followed_to_its_end_with_its_milestones_and_shown_once_a_minute(
    world: World, change: Change
) -> None:
    await world.worker.run_due()
    drawn, live = len(world.drawn(CardKind.INCIDENT)), len(world.live_cards())
    for _ in range(18):
        await world.later(seconds=10)
    assert (len(world.drawn(CardKind.INCIDENT)) - drawn, len(world.live_cards()) - live) == (3, 3)
    assert (await world.operation(change, "restore")).percent == 5
    await world.minutes(77)
    assert world.told() == [ThreadMessage.RESTORE_LATE], "its card says that it began and is half done"
    world.provider.show(handle(change), OperationState.SUCCEEDED)
    await world.minutes(1)
    after = await world.look_at(change)
    assert (after.state, after.restored, world.provider.asked) == (State.IN_PROGRESS, True, [handle(change)])


async def test_an_end_that_a_person_reported_first_is_not_reported_again(world: World, change: Change) -> None:
    await world.worker.run_due()
    await world.tell(change, c.NoteRestoreDone(IVO))
    world.provider.show(handle(change), OperationState.FAILED, detail="Much later.")
    await world.minutes(3)
    after = await world.look_at(change)
    assert (after.state, after.restored) == (State.IN_PROGRESS, True)
    assert (await world.operation(change, "restore")).cause is FailureReason.OVERTAKEN


async def test_the_live_card_follows_the_clock_while_the_incident_is_open_and_not_afterwards(
    world: World, change: Change
) -> None:
    await world.worker.run_due()
    world.provider.show(handle(change), OperationState.SUCCEEDED)
    await world.minutes(1)
    await world.tell(change, c.RecordTest(IVO, 0, passed=True))
    await world.tell(change, c.Complete(IVO))
    await world.worker.run_due()
    world.carried.clear()
    await world.minutes(5)
    assert world.live_cards() == []


async def test_the_clock_on_a_card_is_let_go_when_teams_is_away_and_nothing_piles_up(
    world: World, change: Change
) -> None:
    await world.worker.run_due()
    world.refusals[UpsertStatusCard] = PermanentError("The bot was removed.")
    world.refusals[UpsertCard] = RetryableError("Teams is away.")
    await world.minutes(20)
    assert not [entry for entry in await world.dead() if ":clock:" in entry.effect.key]
    world.refusals.clear()
    world.carried.clear()
    await world.minutes(1)
    assert len(world.live_cards()) == 1


async def test_an_incident_that_was_left_open_ticks_for_half_a_day_and_no_longer(world: World, change: Change) -> None:
    await world.worker.run_due()
    world.provider.show(handle(change), OperationState.FAILED, detail="The hypervisor gave up.")
    await world.minutes(1)
    world.clock.go_on(hours=11)
    world.carried.clear()
    await world.minutes(2)
    assert world.live_cards()
    world.clock.go_on(hours=3)
    world.carried.clear()
    await world.minutes(2)
    assert not world.live_cards()
