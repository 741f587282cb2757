"""Effects on their way out: a failure waits or is given up, and holds its own lane only."""

from datetime import timedelta

import pytest

from changes.effects import Effect, SendNotice, ShowCard, ShowStatus
from changes.ports import Later, Never
from scheduler.outbox import MOST_ATTEMPTS
from tests.integration.scheduler.conftest import START, World


async def waiting_for(world: World, change_id: str) -> list[type[Effect]]:
    return [type(effect) for effect in world.carried if effect.change == change_id]


async def test_an_effect_that_has_to_wait_holds_its_own_lane_and_no_other(world: World) -> None:
    slow = await world.submitted()
    other = await world.submitted(START + timedelta(days=2))
    refused: list[str] = []

    async def carry(effect: Effect) -> None:
        if effect.change == slow.id and not refused:
            refused.append(effect.key)
            raise Later("Teams is busy", 90)
        world.carried.append(effect)

    world.carry = carry  # type: ignore[method-assign]
    world.worker = world.new_worker()
    await world.worker.run_due()
    assert await waiting_for(world, slow.id) == []
    assert await waiting_for(world, other.id) == [ShowStatus]
    world.clock.go_on(seconds=89)
    await world.worker.run_due()
    assert await waiting_for(world, slow.id) == []
    assert await world.worker.next_wake() == world.clock.now() + timedelta(seconds=1)
    world.clock.go_on(seconds=1)
    await world.worker.run_due()
    assert [effect.key for effect in world.carried if effect.change == slow.id] == refused
    assert not await world.dead()


async def test_what_waits_in_a_lane_goes_out_behind_what_failed_and_in_order(world: World) -> None:
    change = await world.submitted()
    world.refusals[ShowStatus] = Later("Teams is busy", 10)
    world.clock.go_to(START - timedelta(days=14))
    await world.worker.run_due()
    assert world.carried == []  # the pre-check card waits behind the status card
    world.refusals.clear()
    world.clock.go_on(seconds=10)
    await world.worker.run_due()
    assert await waiting_for(world, change.id) == [ShowStatus, ShowStatus, ShowCard]


async def test_what_never_works_is_given_up_shown_to_the_admin_and_holds_nothing(world: World) -> None:
    change = await world.submitted()
    world.refusals[ShowStatus] = Never("The bot was removed from the team.")
    world.clock.go_to(START - timedelta(days=14))
    await world.worker.run_due()
    assert await waiting_for(world, change.id) == [ShowCard]
    assert {(dead.effect.change, dead.error) for dead in await world.dead()} == {
        (change.id, "The bot was removed from the team.")
    }
    assert all(dead.at == world.clock.now() for dead in await world.dead())


@pytest.mark.parametrize("error", [Later("Teams is busy"), RuntimeError("a defect")])
async def test_what_fails_too_often_is_given_up(world: World, error: Exception) -> None:
    await world.submitted()
    world.refusals[ShowStatus] = error
    waits = []
    for _ in range(MOST_ATTEMPTS - 1):
        await world.worker.run_due()
        assert not await world.dead()
        wake = await world.worker.next_wake()
        assert wake
        waits.append((wake - world.clock.now()).total_seconds())
        world.clock.go_to(wake)
    await world.worker.run_due()
    assert [str(error) in dead.error for dead in await world.dead()] == [True]
    for attempt, wait in enumerate(waits):
        assert min(300, 2**attempt) / 2 <= wait <= min(300, 2**attempt)


async def test_a_notice_is_not_sent_again_by_the_worker_that_follows(world: World) -> None:
    change = await world.scheduled()
    sent = [effect for effect in world.carried if isinstance(effect, SendNotice)]
    assert [notice.change for notice in sent] == [change.id]
    world.carried.clear()
    await world.restart()
    await world.worker.run_due()
    assert world.carried == []
