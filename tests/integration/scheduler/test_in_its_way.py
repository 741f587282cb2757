"""What may be under way at a server is found however many operations were recorded after it."""

from dataclasses import replace
from datetime import timedelta

from application.ports import Operation
from changes.snapshots import FailureReason, OperationState
from scheduler.operation_log import OperationLog
from tests.integration.scheduler.conftest import LEARN, World


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
