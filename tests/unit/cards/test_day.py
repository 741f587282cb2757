"""The card of the day: locked, ready, the tests, the record."""

from dataclasses import replace

import pytest

from cards.day import MOST_BUTTONS, day_card
from changes.model import (
    AT_WORK,
    State,
    TestResult,
)
from tests.cards.subjects import NADIA, START, view
from tests.unit.cards.looking import NORMAL, says, verbs, walk


def test_start_is_locked_with_the_reason_until_the_snapshot_is_settled() -> None:
    locked = day_card(view(NORMAL["snapshotting"]), "day:1")
    assert verbs(locked) == ["change.postpone", "snapshot.waive"]
    failed = day_card(view(NORMAL["snapshot failed"]), "day:1")
    assert "There is no snapshot: *Start* is locked." in says(failed)
    lost = says(day_card(view(NORMAL["snapshot failed, lost"]), "day:1"))
    assert "Nobody knows whether there is a snapshot: *Start* is locked." in lost
    assert verbs(failed) == [
        *("snapshot.retry", "snapshot.started", "snapshot.finished"),
        *("change.postpone", "snapshot.waive"),
    ]
    assert "locked until the snapshot is finished, or waived by Pierre André or a deputy" in says(locked)
    assert "Snapshot | expected end 15.04.2027 21:45 CEST" in says(locked)
    assert verbs(day_card(view(NORMAL["ready"]), "day:1")) == ["window.start"]


def test_the_day_shows_the_start_the_cutoff_and_the_end() -> None:
    said = says(day_card(view(NORMAL["extended"]), "day:1"))
    for text in ("15.04.2027 22:03 CEST", "15.04.2027 23:45 CEST", "16.04.2027 00:15 CEST"):
        assert text in said


def test_every_open_test_can_pass_or_fail_and_a_recorded_one_can_be_corrected() -> None:
    card = day_card(view(NORMAL["in_progress"]), "day:1")
    pressed = [
        (node["data"]["test"], node["data"]["result"]) for node in walk(card) if node.get("verb") == "test.result"
    ]
    assert pressed == [(0, "fail"), (1, "pass"), (2, "pass"), (2, "fail")]
    assert "passed, Nadia Favre" in says(card)


def test_complete_says_what_is_still_missing() -> None:
    assert "3 tests have no result yet." in says(day_card(view(NORMAL["nothing tested"]), "day:1"))
    assert "One test has no result yet." in says(day_card(view(NORMAL["in_progress"]), "day:1"))
    done = NORMAL["in_progress"]
    passed, failed = (TestResult(verdict, NADIA, START) for verdict in (True, False))
    assert "A test failed" in says(day_card(view(done.with_(tests=(passed, failed, passed))), "day:1"))
    assert "Every test has its result" in says(day_card(view(done.with_(tests=(passed,) * 3)), "day:1"))
    assert "Every test has its result" in says(day_card(view(done.with_(tests=(failed,) * 3, restored=True)), "day:1"))


def test_twelve_tests_have_as_many_buttons_as_fit_and_the_others_follow() -> None:
    many = tuple(f"Test {number}" for number in range(12))
    of = NORMAL["nothing tested"]
    of = of.with_(plan=replace(of.plan, tests=many), tests=(None,) * 12)
    card = day_card(view(of), "day:1")
    assert verbs(card).count("test.result") == MOST_BUTTONS
    assert "The buttons of the other tests come" in says(card)
    passed, failed = TestResult(True, NADIA, START), TestResult(False, NADIA, START)
    later = of.with_(tests=(passed,) * 10 + (failed, None))
    pressed = {
        (node["data"]["test"], node["data"]["result"])
        for node in walk(day_card(view(later), "day:1"))
        if node.get("verb") == "test.result"
    }
    assert {(10, "pass"), (11, "pass"), (11, "fail")} <= pressed, "what keeps it from ending can be pressed"


@pytest.mark.parametrize("state", sorted(AT_WORK))
def test_while_it_is_being_worked_on_there_is_always_a_way_to_more_time_and_to_an_incident(state: State) -> None:
    card = day_card(view(NORMAL[state.value]), "day:1")
    assert {"window.extend", "incident.declare"} <= set(verbs(card))
    assert ("trouble.solved" in verbs(card)) == (state is State.TROUBLE)
    assert ("change.complete" in verbs(card)) == (state is not State.TROUBLE)


def test_the_day_that_is_over_is_a_record_without_buttons() -> None:
    card = day_card(view(NORMAL["completed"]), "day:1")
    assert verbs(card) == []
    assert "15.04.2027 23:21 CEST" in says(card)
