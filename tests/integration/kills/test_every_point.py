"""Kill -9 at every point between recording an operation and reading its result: one snapshot, one restore."""

from datetime import timedelta

from changes import commands as c
from changes.model import SnapshotStatus, State
from changes.snapshots import Cause
from tests.integration.kills.conftest import SNAPSHOT, Day
from tests.integration.scheduler.conftest import ANNE, IVO, START

MOST_POINTS = 200
UNSENT_SNAPSHOT = 4
UNSENT_RESTORE = 6
"""Points between the record and the call itself, where the server is looked up first: only a person can tell then."""


async def until_ready(day: Day) -> None:
    """The snapshot goes on after the death. A person who is asked looks, sees nothing, and presses *Try again*."""
    snapshot = (await day.look()).snapshot
    for minutes in (3, 4):
        day.wait(minutes)
        await day.live()
        snapshot = (await day.look()).snapshot
        if snapshot.status is not SnapshotStatus.REQUESTED:
            break
    if snapshot.status is SnapshotStatus.FAILED:
        assert snapshot.cause is Cause.LOST
        assert day.provider.snapshots == (), "a person was asked about a snapshot that is there"
        await day.tell(c.RetrySnapshot(IVO))
        await day.live()
    day.wait(160)
    await day.live()


async def test_killed_at_any_point_of_the_snapshot_exactly_one_exists_and_the_change_goes_on(day: Day) -> None:
    day.it_is(START - timedelta(days=1))
    await day.live()
    deaths = asked_again = 0
    day.keep()
    for point in range(1, MOST_POINTS):
        await day.as_kept()
        day.it_is(SNAPSHOT)
        if await day.live(point):
            break
        deaths += 1
        await until_ready(day)
        change = await day.look()
        assert change.state is State.READY, f"killed at point {point}"
        assert [each.disk for each in day.provider.snapshots] == ["data"], f"killed at point {point}"
        assert day.provider.snapshots[0].name == change.snapshot.name
        assert day.provider.count("create") == 1
        asked_again += change.snapshot.attempt - 1
    assert deaths >= 7
    assert asked_again == UNSENT_SNAPSHOT


async def test_killed_at_any_point_of_the_restore_it_is_carried_out_once_and_the_change_goes_on(day: Day) -> None:
    for moment in (START - timedelta(days=1), SNAPSHOT, START - timedelta(minutes=10), START):
        day.it_is(moment)
        await day.live()
    day.wait(40)
    await day.tell(c.Start(IVO), c.DeclareIncident(IVO, "Down."), c.AskRestore(IVO), c.ConfirmRestore(ANNE, "Hannibal"))
    deaths = asked_again = 0
    day.keep()
    begun = day.clock.now()
    for point in range(1, MOST_POINTS):
        await day.as_kept()
        day.it_is(begun)
        if await day.live(point):
            break
        deaths += 1
        change = await day.look()
        for minutes in (3, 4):
            day.wait(minutes)
            await day.live()
            change = await day.look()
            if change.state is not State.RESTORING or await day.handle("restore"):
                break
        if change.state is State.INCIDENT:
            assert change.restore is not None
            assert change.restore.cause is Cause.LOST
            assert day.provider.snapshots[0].restores == ()
            await day.tell(c.AskRestore(IVO), c.ConfirmRestore(ANNE, "Hannibal"))
            await day.live()
            asked_again += 1
        day.wait(61)
        await day.live()
        change = await day.look()
        assert (change.state, change.restored) == (State.IN_PROGRESS, True), f"killed at point {point}"
        assert len(day.provider.snapshots[0].restores) == 1, f"killed at point {point}"
        assert day.provider.count("restore") == 1
    assert deaths >= 9
    assert asked_again == UNSENT_RESTORE
