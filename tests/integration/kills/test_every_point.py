"""Kill -9 at every point from the step that asks to the result: one snapshot, one restore, and the change goes on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import pytest

from changes import commands as c
from changes.model import State
from changes.snapshots import FailureReason
from tests.integration.kills.conftest import SNAPSHOT, Day
from tests.integration.scheduler.conftest import ANNE, IVO, START

MOST_POINTS = 200
ENOUGH_POINTS = 7
"""A life has more boundaries than that."""


@dataclass(frozen=True, slots=True)
class Points:
    """Which boundaries are killed at: every one, or some in every run, of which others are the next run's."""

    stride: int
    seed: int

    @property
    def of_the_call(self) -> range:
        """Those of the life that asks: never so far apart that none lies between the record and the call."""
        return range(1, MOST_POINTS, self.stride)

    @property
    def afterwards(self) -> range:
        """Those of the lives that wait for the result: three times as far apart, and beginning elsewhere each time."""
        apart = 1 if self.stride == 1 else 3 * self.stride
        return range(1 + self.seed % apart, MOST_POINTS, apart)


@pytest.fixture
def points(pytestconfig: pytest.Config) -> Points:
    return Points(int(pytestconfig.getoption("stride")), int(pytestconfig.getoption("seed")))


async def killed_at_each_point(day: Day, moment: datetime, goes_on: Callable[[], Awaitable[None]], each: range) -> None:
    """Live at that moment over and over, killed at the next of the points each time, until a life ends by itself."""
    day.keep()
    for point in each:
        await day.as_kept()
        day.it_is(moment)
        if await day.live(point):
            assert point > ENOUGH_POINTS, "hardly anything was killed"
            return
        await goes_on()
        day.nothing_is_left()
    raise AssertionError(f"the life at {moment} has no end")


async def unsure(day: Day, kind: str) -> bool:
    """Whether it is recorded that the call was perhaps made, and no more than that."""
    operation = await day.operation(kind)
    return operation is not None and not operation.handle and not operation.state.over


async def found_or_not(day: Day, kind: str) -> bool:
    """Time goes on until the call is known to be accepted or lost; whether the kill left that open."""
    was_unsure = await unsure(day, kind)
    for minutes in (3, 4):  # a lease ends after two, the search in the listing after five
        day.wait(minutes)
        await day.live()
        if not await unsure(day, kind):
            break
    return was_unsure


async def killed_at_any_point_of(
    day: Day,
    kind: Literal["snapshot", "restore"],
    points: Points,
    again: tuple[c.Command, ...],
    goes_on: Callable[[], Awaitable[None]],
) -> None:
    """Killed from now on, half way through and at the end: the provider is asked once, and again only by people."""
    call, minutes = ("create", 150) if kind == "snapshot" else ("restore", 60)
    begun, asked_again = day.clock.now(), 0

    async def asks_once() -> None:
        """Whether the call was lost only people can tell, who look, see nothing, and ask once more."""
        nonlocal asked_again
        was_unsure, change = await found_or_not(day, kind), await day.look()
        asked = change.snapshot if kind == "snapshot" else change.restore
        made = day.provider.snapshots if kind == "snapshot" else day.provider.snapshots[0].restores
        assert asked is not None
        assert (asked.cause is FailureReason.LOST) == (was_unsure and not made)
        if asked.cause is FailureReason.LOST:
            asked_again += 1
            await day.tell(*again)
            await day.live()
        assert day.provider.count(call) == 1
        await goes_on()

    async def goes_on_by_itself() -> None:
        day.wait(3)
        await day.live()
        await goes_on()
        assert day.provider.count(call) == 0, "this provider was asked in an earlier life"

    await killed_at_each_point(day, begun, asks_once, points.of_the_call)
    assert asked_again >= 1, "no kill fell between the record and the call"
    for passed in (minutes / 2, minutes):
        await killed_at_each_point(day, begun + timedelta(minutes=passed), goes_on_by_itself, points.afterwards)


async def test_killed_at_any_point_of_the_snapshot_exactly_one_exists_and_the_change_goes_on(
    day: Day, points: Points
) -> None:
    async def goes_on() -> None:
        day.it_is(START - timedelta(minutes=5))
        await day.live()
        change = await day.look()
        assert change.state is State.READY
        assert [(each.name, each.disk) for each in day.provider.snapshots] == [(change.snapshot.name, "data")]

    day.it_is(START - timedelta(days=1))
    await day.live()
    day.it_is(SNAPSHOT)
    await killed_at_any_point_of(day, "snapshot", points, (c.RetrySnapshot(IVO),), goes_on)


async def test_killed_at_any_point_of_the_restore_it_is_carried_out_once_and_the_change_goes_on(
    day: Day, points: Points
) -> None:
    async def goes_on() -> None:
        day.wait(60)
        await day.live()
        change = await day.look()
        assert (change.state, change.restored) == (State.IN_PROGRESS, True)
        assert len(day.provider.snapshots[0].restores) == 1

    for moment in (START - timedelta(days=1), SNAPSHOT, START - timedelta(minutes=10), START):
        day.it_is(moment)
        await day.live()
    day.wait(40)
    ask = (c.AskRestore(IVO), c.ConfirmRestore(ANNE, "Hannibal"))
    await day.tell(c.Start(IVO), c.DeclareIncident(IVO, "Down."), ask[0])
    await day.live()
    await day.tell(ask[1])
    await killed_at_any_point_of(day, "restore", points, ask, goes_on)
