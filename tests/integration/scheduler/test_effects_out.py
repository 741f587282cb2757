"""Effects on their way out: a failure waits or is given up, and holds its own lane only."""

from datetime import timedelta

import pytest

from application.ports import OutcomeUnknown, PermanentError, RateLimited, RetryableError
from changes.effects import Effect, UpsertCard, UpsertStatusCard
from scheduler.delivery_attempt import PATIENCE
from tests.integration.scheduler.conftest import START, World
from tests.support.autocommit import autocommit


async def waiting_for(world: World, change_id: str) -> list[type[Effect]]:
    return [type(effect) for effect in world.carried if effect.change == change_id]


async def test_an_effect_that_has_to_wait_holds_its_own_lane_and_no_other(world: World) -> None:
    slow = await world.submitted()
    other = await world.submitted(START + timedelta(days=2))
    refused: list[str] = []

    async def carry(effect: Effect) -> None:
        if effect.change == slow.id and not refused:
            refused.append(effect.key)
            raise RetryableError("Teams is busy", 90)
        world.carried.append(effect)

    world.carry = carry  # type: ignore[method-assign]
    world.worker = world.new_worker()
    await world.worker.run_due()
    assert await waiting_for(world, slow.id) == []
    assert await waiting_for(world, other.id) == [UpsertStatusCard]
    await world.later(seconds=89)
    assert await waiting_for(world, slow.id) == []
    assert await world.worker.next_wake() == world.clock.now() + timedelta(seconds=1)
    await world.later(seconds=1)
    assert [effect.key for effect in world.carried if effect.change == slow.id] == refused
    assert not await world.dead()


async def test_what_never_works_is_given_up_holds_nothing_and_is_sent_again_when_an_admin_says_so(world: World) -> None:
    change = await world.submitted()
    world.refusals[UpsertStatusCard] = PermanentError("The bot was removed from the team.")
    await world.at(START - timedelta(days=14))
    assert await waiting_for(world, change.id) == [UpsertCard]
    assert {(dead.effect.change, dead.error) for dead in await world.dead()} == {
        (change.id, "The bot was removed from the team.")
    }
    assert all(dead.at == world.clock.now() for dead in await world.dead())
    world.refusals.clear()
    for dead in await world.dead():
        async with world.store.units() as unit:
            assert await unit.outbox.requeue(dead.id, world.clock.now())
            assert not await unit.outbox.requeue(dead.id, world.clock.now())
    await world.worker.run_due()
    assert not await world.dead()
    assert UpsertStatusCard in await waiting_for(world, change.id)


@pytest.mark.parametrize("error", [RetryableError("Teams is busy"), RuntimeError("a defect")])
async def test_what_fails_is_tried_for_a_day_more_and_more_slowly_before_it_is_given_up(
    world: World, error: Exception
) -> None:
    await world.submitted()
    began = world.clock.now()
    world.refusals[UpsertStatusCard] = error
    waits = []
    while not await world.dead():
        await world.worker.run_due()
        wake = await world.worker.next_wake()
        assert wake
        waits.append((wake - world.clock.now()).total_seconds())
        world.clock.go_to(wake + timedelta(hours=1) if len(waits) > 20 else wake)
    [dead] = await world.dead()
    assert str(error) in dead.error
    assert dead.at - began >= PATIENCE
    for attempt, wait in enumerate(waits[:20]):
        assert min(300, 2**attempt) / 2 <= wait <= min(300, 2**attempt)


async def test_what_there_is_no_room_for_yet_was_not_tried_and_is_never_given_up_for_it(world: World) -> None:
    await world.submitted()
    world.refusals[UpsertStatusCard] = RateLimited("as often as is allowed", 3)
    for _ in range(100):
        await world.worker.run_due()
        world.clock.go_on(seconds=3)
    assert not await world.dead()
    [entry] = await autocommit(world.store).outbox.claim(world.clock.now(), "me", 60)
    assert entry.attempts == 0


async def test_what_was_perhaps_taken_is_tried_once_more_at_once_and_then_no_faster_than_every_minute(
    world: World,
) -> None:
    await world.submitted()
    world.refusals[UpsertStatusCard] = OutcomeUnknown("Teams answered 504.")
    waits = []
    for _ in range(5):
        await world.worker.run_due()
        wake = await world.worker.next_wake()
        assert wake
        waits.append((wake - world.clock.now()).total_seconds())
        world.clock.go_to(wake)
    assert waits[0] <= 1
    assert all(60 <= wait <= 90 for wait in waits[1:])
