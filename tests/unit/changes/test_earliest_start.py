"""When the work can start at the earliest, by the snapshot and the clock (PROCESS.md, row *request*)."""

from datetime import timedelta

from changes import commands as c
from changes.model import SYSTEM
from changes.planning.deadlines import earliest_start
from tests.support.core import LEARN, PIERRE, Story, at, scheduled

START = at(2027, 4, 15, 22)
LASTS = timedelta(minutes=LEARN.vps.snapshot_minutes)


def begun() -> Story:
    story = scheduled()
    story.until(at(2027, 4, 15, 19, 15))
    story.do(c.NoteSnapshotStarted(SYSTEM), at(2027, 4, 15, 19, 45))
    return story


def test_a_snapshot_that_can_still_begin_when_it_is_due_lets_the_work_start_with_the_window() -> None:
    assert earliest_start(scheduled().now_it_is, LEARN, at(2027, 4, 15, 19)) == START


def test_go_twenty_minutes_before_the_window_means_a_start_when_its_snapshot_has_ended() -> None:
    assert earliest_start(scheduled().now_it_is, LEARN, at(2027, 4, 15, 21, 40)) == at(2027, 4, 15, 21, 40) + LASTS


def test_a_snapshot_that_runs_lets_it_start_when_it_is_expected_to_end() -> None:
    change = begun().now_it_is
    assert earliest_start(change, LEARN, at(2027, 4, 15, 20)) == at(2027, 4, 15, 22, 15)
    assert earliest_start(change, LEARN, at(2027, 4, 15, 22, 30)) == at(2027, 4, 15, 22, 30)


def test_a_finished_or_waived_snapshot_lets_it_start_with_the_window_or_at_once() -> None:
    finished, waived = begun(), scheduled()
    finished.do(c.NoteSnapshotFinished(SYSTEM, "CHG-2027-0001"), at(2027, 4, 15, 21, 45))
    waived.do(c.WaiveSnapshot(PIERRE, "Only a setting."), at(2027, 4, 9))
    for story in (finished, waived):
        assert earliest_start(story.now_it_is, LEARN, at(2027, 4, 15, 21, 50)) == START
        assert earliest_start(story.now_it_is, LEARN, at(2027, 4, 15, 22, 20)) == at(2027, 4, 15, 22, 20)
