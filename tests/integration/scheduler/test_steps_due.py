"""Steps of the timeline: in order, once, after a restart too, and one that fails is no other change's trouble."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from changes import commands as c
from changes.effects import PostThreadMessage
from changes.events import StepFired, StepSkipped
from changes.model import State
from changes.notification.thread_messages import ThreadMessage
from changes.planning.steps import Step, StepKind
from changes.policy import Catalogue, Policy, Service
from tests.integration.scheduler.conftest import ANNE, LEARN, START, World
from tests.support.autocommit import autocommit


async def fired(world: World, change_id: str) -> list[StepKind]:
    trail = await autocommit(world.store).changes.history(change_id)
    return [entry.event.kind for entry in trail if isinstance(entry.event, StepFired)]


def broken(service: Service) -> Service:
    """The service with a fault of ours in it: whatever is decided about its changes raises."""
    return replace(service, policy=cast("Policy", None))


async def waits(world: World, number: int) -> list[float]:
    """How long the worker waits between so many tries, in seconds."""
    found = []
    for _ in range(number):
        await world.worker.run_due()
        wake = await world.worker.next_wake()
        assert wake
        found.append((wake - world.clock.now()).total_seconds())
        world.clock.go_to(wake)
    return found


async def skipped(world: World, change_id: str) -> dict[StepKind, str]:
    trail = await autocommit(world.store).changes.history(change_id)
    return {entry.event.kind: entry.event.reason for entry in trail if isinstance(entry.event, StepSkipped)}


async def test_late_steps_of_several_changes_run_in_the_order_of_their_times(world: World) -> None:
    later = await world.submitted(START + timedelta(days=5))
    sooner = await world.submitted(START)
    await world.worker.run_due()
    world.carried.clear()
    await world.at(START - timedelta(days=11))  # the pre-check of both, and its preparation, were missed
    decided = list(dict.fromkeys(effect.change for effect in world.carried))
    assert await fired(world, sooner.id) == [StepKind.PRECHECK]
    assert await skipped(world, sooner.id) == {StepKind.PREPARE: "The pre-check itself is due."}
    assert await fired(world, later.id) == [StepKind.PREPARE]
    assert decided == [sooner.id, later.id]  # though the later one was handed in first


async def test_missed_steps_run_once_after_a_restart_and_the_useless_ones_are_recorded(world: World) -> None:
    change = await world.submitted()
    await world.at(START - timedelta(days=14))
    await world.tell(change, c.ApprovePrecheck(ANNE))
    world.clock.go_to(START - timedelta(hours=30))  # the last moment for GO passed while nothing ran
    await world.restart()
    await world.worker.run_due()
    await world.restart()
    await world.worker.run_due()
    assert (await world.look_at(change)).state is State.POSTPONED
    assert await fired(world, change.id) == [StepKind.PRECHECK, StepKind.SILENCE]
    assert set(await skipped(world, change.id)) == {StepKind.PREPARE, StepKind.PREFLIGHT_WEEK, StepKind.GO}
    told = [effect.line for effect in world.carried if isinstance(effect, PostThreadMessage)]
    assert told.count(ThreadMessage.POSTPONED_SILENT) == 1


async def test_a_step_that_fails_holds_up_its_own_change_only(world: World, caplog: pytest.LogCaptureFixture) -> None:
    old = replace(LEARN, key="old")
    world.catalogue = Catalogue({"learn": LEARN, "old": old})
    orphan = await world.submitted(START - timedelta(days=1), service="old")
    change = await world.submitted()
    world.catalogue = Catalogue({"learn": LEARN, "old": broken(old)})
    await world.restart()
    world.clock.go_to(START - timedelta(days=14))
    with caplog.at_level(logging.ERROR):
        await world.worker.run_due()
    assert await fired(world, change.id) == [StepKind.PRECHECK]
    assert orphan.id in caplog.text
    assert "AttributeError" in caplog.text

    again = await world.worker.next_wake()
    assert again == world.clock.now() + timedelta(seconds=5)
    world.catalogue = Catalogue({"learn": LEARN, "old": old})
    await world.restart()
    await world.worker.run_due()
    assert await fired(world, orphan.id) == []  # not before its time
    await world.at(again)
    assert await fired(world, orphan.id) == [StepKind.PRECHECK]


async def test_a_step_that_goes_on_failing_is_tried_less_and_less_often(world: World) -> None:
    await world.submitted()
    world.catalogue = Catalogue({"learn": broken(LEARN)})
    await world.restart()
    world.clock.go_to(START - timedelta(days=14))
    assert await waits(world, 9) == [5, 10, 20, 40, 80, 160, 300, 300, 300]


async def test_a_step_of_a_service_that_left_the_settings_is_looked_at_every_five_minutes(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    change = await world.submitted()
    world.catalogue = Catalogue({})
    await world.restart()
    world.clock.go_to(START - timedelta(days=14))
    assert await waits(world, 3) == [300, 300, 300]
    assert not any(record.exc_info for record in caplog.records), "it is no fault"
    world.catalogue = Catalogue({"learn": LEARN})
    await world.restart()
    await world.worker.run_due()
    assert await fired(world, change.id) == [StepKind.PRECHECK]


async def test_a_step_of_a_change_that_went_another_way_is_dropped(world: World) -> None:
    change = await world.submitted()
    unit = autocommit(world.store)
    stored = await unit.changes.load(change.id)
    assert stored
    step = Step("no such step", StepKind.GO, START - timedelta(days=20))
    await unit.changes.save(stored.change, stored.version, (), (step,), (), world.clock.now())
    await world.at(START - timedelta(days=20))
    assert await unit.due_items.next_due() is None


@pytest.mark.parametrize(
    ("start", "snapshot"),
    [
        # The clocks go forward on 28.03.2027: 22:00 the evening before is 21:00 UTC, the evening itself 20:00 UTC.
        (datetime(2027, 3, 27, 21, tzinfo=UTC), datetime(2027, 3, 27, 18, 15, tzinfo=UTC)),
        (datetime(2027, 3, 28, 20, tzinfo=UTC), datetime(2027, 3, 28, 17, 15, tzinfo=UTC)),
        # The clocks go back on 31.10.2027.
        (datetime(2027, 10, 31, 21, tzinfo=UTC), datetime(2027, 10, 31, 18, 15, tzinfo=UTC)),
    ],
)
async def test_steps_fire_at_the_right_instant_around_a_change_of_the_clocks(
    world: World, start: datetime, snapshot: datetime
) -> None:
    world.clock.go_to(start - timedelta(days=27))
    change = await world.scheduled(start)

    async def move(to: datetime) -> None:
        world.clock.go_to(to)

    moments = await world.worker.advance(snapshot - timedelta(seconds=1), move)
    local = [moment.astimezone(LEARN.zone) for moment in moments]
    assert [(moment.hour, moment.minute) for moment in local] == [(9, 0)]  # the reminder, on the local clock
    assert (start.astimezone(LEARN.zone).date() - local[0].date()).days == 1
    assert (await world.look_at(change)).state is State.SCHEDULED
    await world.at(snapshot)
    assert world.provider.asked == [change.id]
