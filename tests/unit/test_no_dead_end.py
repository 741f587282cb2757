"""No reachable state is a dead end, and none is silent for longer than the process allows (docs/process.md,
P77 to P82). The tables that show it are docs/ways.md."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from changes import commands as c
from changes.model import IMPLEMENTING, IN_INCIDENT, OPEN, SYSTEM, Change, ChangeType, SnapshotStatus, State
from changes.planning.timeline import pending
from tests.support.core import LUC, NADIA, PIERRE, Story, plan
from tests.support.scenes import NAMES, Scene, scene
from tests.support.tables import DOCS, allowed, document, drawn, spoken, tried

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OVER = {"reviewed", "cancelled"}
BY_ITSELF = {"restoring", "completed"}
"""The provider restores, and the review is asked for on the next working day: a command is there, if need be."""
LATER = plan(date(2027, 7, 15)).window


@pytest.mark.thorough
def test_the_tables_in_the_documentation_are_those_of_the_code() -> None:
    assert DOCS.read_text(encoding="utf-8") == document(), "run `python -m tests.support.tables`"


def test_every_state_of_the_process_has_a_scene() -> None:
    assert {scene(name).story.now_it_is.state for name in NAMES} == set(State)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OVER | BY_ITSELF])
def test_from_every_state_somebody_can_go_on_by_a_button_that_stands_there(name: str) -> None:
    there = scene(name)
    ways = allowed(there)
    assert ways.keys() & drawn(there), f"{name}: only commands lead on, {ways}"


@pytest.mark.parametrize("name", NAMES)
def test_no_button_stands_there_that_would_be_refused_to_everybody(name: str) -> None:
    there = scene(name)
    assert drawn(there) <= allowed(there).keys()


def helpful(story: Story) -> list[c.Command]:
    """What a team would do next to bring the change to its end, the nearest first."""
    change = story.now_it_is
    tests = [c.RecordTest(LUC, index, passed=True) for index in (*change.open_tests, *change.failed_tests)]
    return [
        *(c.Submit(NADIA), c.Edit(NADIA, replace(change.plan, title="Corrected")), c.Move(NADIA, LATER)),
        *(c.ApprovePrecheck(PIERRE), c.GiveGo(PIERRE), c.NoteSnapshotFinished(LUC, "CHG-2027-0001", checked=True)),
        *(c.RetrySnapshot(PIERRE, "It has nothing to do with the incident."), c.Start(LUC), c.NoteRestoreDone(LUC)),
        *(c.SolveTrouble(LUC), *tests, c.Complete(LUC), c.CloseIncident(LUC), c.SaveReview(LUC, "It went well.")),
    ]


WANTED: dict[type[c.Command], set[State]] = {
    c.Edit: {State.CORRECTIONS_REQUESTED},
    c.Move: {State.NO_GO, State.POSTPONED},
    c.SolveTrouble: {State.TROUBLE},
    c.NoteRestoreDone: {State.RESTORING},
}
"""What a team would do in these states only, though it could elsewhere."""


def carried_on(scene: Scene) -> Story:
    """The story as a helpful team carries it on, with the time passing while there is nothing to do."""
    story, now = scene.story, scene.now
    for _ in range(80):
        change = story.now_it_is
        if change.state is State.COMPLETED and change.review:
            return story
        for command in helpful(story):
            if change.state in WANTED.get(type(command), set(State)) and tried(Scene(story, now), command):
                story.do(command, now)
                break
        else:
            due = pending(change, story.service)
            if not due:
                return story
            now = max(now, due[0].due)
            story.do(c.FireStep(SYSTEM, due[0].key), now)
    return story


@pytest.mark.parametrize("name", [name for name in NAMES if name != "cancelled"])
def test_a_helpful_team_brings_the_change_to_its_review_from_every_state(name: str) -> None:
    ended = carried_on(scene(name)).now_it_is
    assert (ended.state, bool(ended.review)) == (State.COMPLETED, True), name


def patience(change: Change) -> timedelta:
    """How long the change may be silent where it stands (docs/process.md, P77 to P82), with nights and Easter."""
    restore = change.restore
    match change.state:
        case State.PRECHECK_PENDING | State.GO_PENDING:
            if change.plan.kind is ChangeType.NORMAL:
                return 5 * DAY
            return 30 * MINUTE if change.nudges else 15 * MINUTE
        case State.CORRECTIONS_REQUESTED:
            return 4 * DAY
        case State.NO_GO | State.POSTPONED:
            return 9 * DAY
        case State.SNAPSHOTTING if any("snapshot_too_late" in key for key in change.fired_steps):
            return 2 * HOUR  # said; what is left is to postpone, or to start without
        case State.SNAPSHOTTING if change.snapshot.status in (SnapshotStatus.FAILED, SnapshotStatus.HELD):
            return 30 * MINUTE
        case State.INCIDENT if restore is not None and restore.open:
            return 10 * MINUTE
        case State.INCIDENT if change.handed_over_at is not None:
            return 2 * HOUR
        case State.INCIDENT:
            return 30 * MINUTE
        case State.RESTORING:
            return 90 * MINUTE
        case State.COMPLETED:
            return 9 * DAY
        case _:
            return timedelta(days=15)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OVER | {"draft"}])
def test_while_nobody_does_anything_no_state_is_silent_for_longer_than_the_process_allows(name: str) -> None:
    there = scene(name)
    story, last = there.story, timedelta()
    before = story.now_it_is
    # An incident speaks every half hour for as long as it lasts: two days of that show it as well as ten weeks.
    watched = timedelta(days=2 if before.state in IMPLEMENTING | IN_INCIDENT else 75)
    for each in spoken(there, watched):
        assert each.after - last <= patience(before), f"{name}: silent from {last} to {each.after} in {before.state}"
        last, before = each.after, story.now_it_is
    assert story.now_it_is.state not in OPEN or watched - last <= patience(story.now_it_is), (
        f"{name}: nothing is said any more after {last}, and it is {story.now_it_is.state}"
    )
