"""What waits behind a message in one conversation follows it without being looked for, in its order and once."""

from datetime import timedelta

import pytest

from application.ports import Binding, RetryableError
from application.retry_log import RetryLog
from changes.effects import Effect, Reply, UpsertStatusCard
from changes.text.messages import Message
from scheduler.outbox import AHEAD, RUN
from scheduler.worker import Worker
from tests.integration.scheduler.conftest import World
from tests.integration.scheduler.test_side_by_side import Hanging, add
from tests.support.asked_statements import counted
from tests.support.autocommit import autocommit

CHANGE = "CHG-2027-0001"
DONE, GIVE_BACK = "leased_until=?, owner=?, done_at", "SET leased_until=?, owner=? WHERE outbox.id IN (SELECT"


def lines(number: int) -> list[Effect]:
    """So many messages of one thread."""
    return [UpsertStatusCard(f"line {each}", CHANGE) for each in range(number)]


def keys(number: int) -> list[str]:
    return [each.key for each in lines(number)]


async def test_what_waits_behind_a_message_is_not_looked_for(world: World) -> None:
    await add(world, *lines(1 + AHEAD), *(UpsertStatusCard("other", "CHG-2027-0002"),))
    hanging = Hanging(world)
    with counted(world.store) as counts:
        await hanging.worker.run_due()
    assert [each for each in hanging.carried if each != "other"] == keys(1 + AHEAD)
    closing = [each for each in counts.transactions if any(DONE in statement for statement, _ in each)]
    looking = [each for each in closing if any("not_before" in statement for statement, _ in each)]
    assert len(closing) >= 1 + AHEAD, "each is written before the next begins"
    assert len(looking) <= 2, "only what ends a run makes it look again"


async def test_of_a_run_that_fails_the_others_wait_for_the_one_and_none_goes_out_twice(world: World) -> None:
    await add(world, *lines(5))
    carried, fails = list[str](), ["line 2"]

    async def carry(effect: Effect) -> None:
        if effect.key in fails:
            fails.remove(effect.key)
            raise RetryableError(Message("Teams is away."), 30)
        carried.append(effect.key)

    worker = Worker(world.store.units, world.catalogue, world.clock, carry, {}, "this worker", RetryLog())
    await worker.run_due()
    assert carried == keys(2)
    # Nobody holds what was taken up with it: whoever comes next takes it from there.
    world.clock.go_on(seconds=31)
    other = Worker(world.store.units, world.catalogue, world.clock, carry, {}, "another worker", RetryLog())
    await other.run_due()
    assert carried == keys(5)


async def test_a_worker_that_stops_gives_back_what_it_has_not_begun(world: World) -> None:
    await add(world, *lines(4))
    hanging = Hanging(world, "line 1")
    async with hanging.at_work():
        await hanging.began.wait()
        hanging.worker.stop()
    assert hanging.carried == keys(2)
    other = Hanging(world)
    await other.worker.run_due()
    assert other.carried == ["line 2", "line 3"]


@pytest.mark.parametrize("waited", [timedelta(), RUN])
async def test_after_a_second_a_run_is_looked_for_again_as_an_answer_may_wait_behind_it(
    world: World, waited: timedelta
) -> None:
    change = await world.submitted()
    await world.worker.run_due()
    await autocommit(world.store).bindings.put(Binding("learn", "http://x", "19:group", is_channel=False))
    await add(world, *(UpsertStatusCard(each, change.id) for each in keys(4)))
    answer = Reply("answer", "", {"id": "19:group", "serviceUrl": ""}, {})
    carried = list[str]()

    async def carry(effect: Effect) -> None:
        if effect.key == "line 1":
            await add(world, answer)
            worker.wake()
            world.clock.go_on(seconds=waited.total_seconds())
        carried.append(effect.key)

    worker = Worker(world.store.units, world.catalogue, world.clock, carry, {}, "this worker", RetryLog())
    with counted(world.store) as counts:
        await worker.run_due()
    assert carried == [*keys(4), "answer"]
    given_back = [
        told for each in counts.with_(GIVE_BACK) for what, told in each if GIVE_BACK in what and told[:5] == "(None"
    ]
    assert bool(given_back) is bool(waited)
