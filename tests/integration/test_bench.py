"""What the bench measures with is what the bot itself would have stored, and what it found is drawn as it is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from application.change_service import execute
from application.retry_log import RetryLog
from bench import seed, svg
from bench.figures import Figure, percentile
from bench.goals import Goal
from bench.templates import APPROVER, DUE_SERVICES, templates
from changes import commands as c
from changes import events as e
from changes.lifecycle import fold
from changes.model import SYSTEM, Person, State
from changes.planning.timeline import pending
from storage import open_store

NOW = datetime.now(UTC)  # noqa: TID251  # the bench lives by real time, as the process that it measures does


@pytest.mark.asyncio
async def test_the_copies_are_changes_as_the_bot_stores_them(tmp_path: Path) -> None:
    made, services = await templates(), seed.catalogue()
    url = f"sqlite+aiosqlite:///{tmp_path}/changes.db"
    due = list(seed.due_from(made, 1, NOW - timedelta(minutes=1), timedelta()))
    await seed.seed(url, [*seed.to_press(made, NOW), *seed.stored(made, 40, NOW), *due], "http://teams/")
    store, of_due = await open_store(url, RetryLog()), seed.catalogue(DUE_SERVICES)
    try:
        async with store.units() as unit:
            found = await unit.changes.find()
            assert len(found) == seed.PRESSES + 40 + 1
            for change in found:
                assert fold(await unit.changes.history(change.id)) == change
                assert await unit.messages.get(change.id, "status") is not None
        async with store.units() as unit:
            first = next(change for change in found if change.state is State.GO_PENDING)
            given = await execute(unit, services, first.id, c.GiveGo(Person(APPROVER.object_id)), NOW, "test")
            assert given.state is State.SCHEDULED
        async with store.units() as unit:
            claimed = await unit.changes.load(due[0].change)
            assert claimed is not None
            step = pending(claimed.change, of_due.of(claimed.change))[0]
            assert step.key in due[0].due
            await execute(unit, of_due, due[0].change, c.FireStep(SYSTEM, step.key), NOW, "test")
            assert any(isinstance(each.event, e.StepFired) for each in await unit.changes.history(due[0].change))
    finally:
        await store.close()


def test_a_plot_is_svg_with_a_bar_for_each_figure() -> None:
    drawn = svg.bars("A & B", "ms", ["one", "two"], [("x", [1.0, None]), ("y", [3.0, 200.0])], [svg.Mark("bar", 2)])
    ends = ET.fromstring(drawn).findall("{http://www.w3.org/2000/svg}rect")  # noqa: S314  # it is ours
    assert len(ends) == 2 + 3


def test_a_goal_is_held_against_the_worst_figure_of_its_engine() -> None:
    goal = Goal("queries", "÷ with 1,000", 2, 1.2, "×", is_least=True)
    found = [
        Figure(f"{name} ÷ with 1,000", where, "×", [value])
        for name, where, value in (
            ("list", "sqlite, much", 1.1),
            ("count", "sqlite, much", 1.5),
            ("count", "postgresql, much", 9.0),
        )
    ]
    worst = goal.worst(found, "sqlite")
    assert worst is not None
    assert goal.met(worst) == "bar"
    assert goal.worst([], "sqlite") is None
    assert percentile([3, 1, 2], 0.99) == 3
