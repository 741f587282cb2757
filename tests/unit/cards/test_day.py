"""The card of the day: locked, ready, the tests, the record."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cards.implementation.implementation import day_card
from cards.implementation.tests import MOST_BUTTONS
from cards.incident.incident import incident_card
from changes.model import (
    IMPLEMENTING,
    State,
    TestResult,
)
from tests.cards.subjects import NADIA, START, near, view
from tests.unit.cards.looking import NORMAL, at, says, verbs, walk


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
    assert "Snapshot | expected end Thu 15 Apr 2027, 21:45 (CEST)" in says(locked)
    assert verbs(day_card(at(NORMAL["ready"], 0), "day:1")) == ["window.start"]


def test_before_the_window_start_is_not_offered_but_says_when_it_opens_and_who_may_start_it_earlier() -> None:
    early = day_card(at(NORMAL["ready"], -1), "day:1")
    assert "Start opens at Thu 15 Apr 2027, 22:00 (CEST)." in says(early)
    assert "Start early…" in says(early)
    assert "Reason for the early start (people affected read this)" in says(early)
    assert "Only the approver or a deputy can do that." in says(early)
    assert [node["title"] for node in early["actions"]] == ["Start early…"]
    open_ = day_card(at(NORMAL["ready"], 0), "day:1")
    assert [node["title"] for node in open_["actions"]] == ["Start"]
    assert "Start early" not in says(open_)


def test_beside_an_incident_of_the_server_start_is_not_offered_and_the_incident_is_named() -> None:
    seen = replace(at(NORMAL["ready"], 5), neighbours=near())
    card = day_card(seen, "day:1")
    assert "CHG-2027-0008 (New firewall) is an incident on Hannibal, as of Thu 15 Apr 2027, 22:05 (CEST)" in says(card)
    assert [node["title"] for node in card["actions"]] == ["Refresh", "Start beside it…"]
    assert "Reason (stays in the thread)" in says(card)
    before = day_card(replace(seen, now=START - timedelta(minutes=5)), "day:1")
    assert "people affected read this" in says(before), "it is an early start too"
    assert "Start opens at Thu 15 Apr 2027, 22:00 (CEST)." in says(before)


def test_a_waived_snapshot_and_one_that_is_held_or_planned_are_said_as_they_are() -> None:
    waived = says(day_card(at(NORMAL["snapshot waived with GO"], 1), "day:1"))
    assert "Snapshot | none: waived by Pierre André" in waived
    assert "Everything is ready." in waived
    held = says(day_card(view(NORMAL["snapshot held"]), "day:1"))
    assert "CHG-2027-0003 needs Hannibal first" in held
    assert "Snapshot under way" not in held
    planned = says(day_card(view(NORMAL["snapshot planned earlier"]), "day:1"))
    assert "Snapshot | begins Thu 15 Apr 2027, 17:00 (CEST)" in planned
    assert verbs(day_card(view(NORMAL["snapshot planned earlier"]), "day:1")) == []


def test_an_early_start_stays_on_the_card_with_its_reason() -> None:
    said = says(day_card(view(NORMAL["started early"]), "day:1"))
    assert "Started before its window: | Nobody is working any more." in said


def test_a_card_of_an_earlier_date_offers_nothing() -> None:
    moved = NORMAL["ready"].with_(round=2)
    card = day_card(at(moved, 5), "day:1")
    assert "The plan was changed since." in says(card)
    assert verbs(card) == []


def test_whose_time_on_the_server_an_extension_would_take_is_said_before_it_is_pressed() -> None:
    card = day_card(replace(view(NORMAL["in_progress"]), neighbours=near()[1:2]), "day:1")
    assert (
        "An extension into these times takes them from other changes of Hannibal, and their people are told: "
        "CHG-2027-0010 (New firewall), Fri 16 Apr 2027, 00:00–01:00 (CEST)." in says(card)
    )
    assert "takes them from" not in says(day_card(view(NORMAL["in_progress"]), "day:1"))


def test_the_day_shows_the_start_the_cutoff_and_the_end() -> None:
    said = says(day_card(view(NORMAL["extended"]), "day:1"))
    for text in ("Thu 15 Apr 2027, 22:03 (CEST)", "Thu 15 Apr 2027, 23:45 (CEST)", "Fri 16 Apr 2027, 00:15 (CEST)"):
        assert text in said


def test_every_open_test_can_pass_or_fail_and_a_recorded_one_can_be_corrected() -> None:
    card = day_card(view(NORMAL["in_progress"]), "day:1")
    pressed = [
        (node["data"]["test"], node["data"]["result"]) for node in walk(card) if node.get("verb") == "test.result"
    ]
    assert pressed == [(0, "fail"), (1, "pass"), (2, "pass"), (2, "fail")]
    assert "passed, Nadia Favre" in says(card)


def test_what_is_still_missing_stands_in_the_place_of_complete() -> None:
    nothing = day_card(view(NORMAL["nothing tested"]), "day:1")
    assert "Tests 1, 2, 3 have no result yet. Until then it cannot be completed." in says(nothing)
    some = day_card(view(NORMAL["in_progress"]), "day:1")
    assert "Test 2 failed. Test 3 has no result yet. Fix it and test again, or report the issue" in says(some)
    for card in (nothing, some):
        assert "change.complete" not in verbs(card)
    done = day_card(view(NORMAL["all tests passed"]), "day:1")
    assert "Every test passed: *Complete* sends the end notice." in says(done)
    assert verbs(done)[-4] == "change.complete"
    assert next(node for node in walk(done) if node.get("verb") == "change.complete")["style"] == "positive"


def test_a_restore_lets_no_failed_test_pass() -> None:
    """Must show 2: after a restore *Complete* with 0 of 3 passed told everyone "resolved"."""
    failed = NORMAL["all tests failed"].with_(restored=True)
    card = day_card(view(failed), "day:1")
    assert "change.complete" not in verbs(card)
    assert "The restore did not solve it: fix it and test again, or declare an incident" in says(card)


@pytest.mark.parametrize(("name", "draw"), [("in_progress", day_card), ("incident", incident_card)])
def test_a_test_that_failed_or_has_no_result_can_be_accepted_by_name_and_with_a_reason(name: str, draw: Any) -> None:
    card = draw(view(NORMAL[name]), {"in_progress": "day:1", "incident": "incident"}[name])
    [accept] = [node for node in walk(card) if node.get("verb") == "test.accept"]
    assert "test" not in accept["data"], "it is chosen"
    [chosen] = [node for node in walk(card) if node.get("id") == "test"]
    assert [(each["value"], each["title"]) for each in chosen["choices"]] == [
        ("1", "2. Open a course and its forum (failed)"),
        ("2", "3. Upload a file of 20 MB (no result)"),
    ]
    assert "Why is it acceptable? (people affected read this)" in says(card)


def test_who_accepted_what_and_why_stands_beside_the_test() -> None:
    card = day_card(view(NORMAL["tests accepted"]), "day:1")
    said = "accepted by Claire Rey (deputy for Pierre André): It failed before the update too."
    assert says(card).count(said) == 3
    assert "change.complete" in verbs(card)
    assert "test.accept" not in verbs(card), "nothing blocks the end any more"
    missing = says(day_card(view(NORMAL["a missing test accepted"]), "day:1"))
    assert f"no result | \n{said}" in missing


def test_while_the_issue_is_open_nothing_can_be_completed_and_the_card_says_what_becomes_of_the_results() -> None:
    card = day_card(view(NORMAL["trouble"]), "day:1")
    assert not {"change.complete"} & set(verbs(card))
    assert "Once the issue is solved, run the tests again: earlier results no longer count." in says(card)


def test_twelve_tests_have_as_many_buttons_as_fit_and_all_of_them_can_be_chosen() -> None:
    many = tuple(f"Test {number}" for number in range(12))
    of = NORMAL["nothing tested"]
    of = of.with_(plan=replace(of.plan, tests=many), tests=(None,) * 12)
    card = day_card(view(of), "day:1")
    beside = [node for node in walk(card) if node.get("verb") == "test.result" and "test" in node["data"]]
    assert len(beside) == MOST_BUTTONS
    [chosen] = [node for node in walk(card) if node.get("id") == "test"]
    assert len(chosen["choices"]) == 12
    in_panel = [
        node["data"]["result"]
        for node in walk(card)
        if node.get("verb") == "test.result" and "test" not in node["data"]
    ]
    assert in_panel == ["pass", "fail"]
    passed, failed = TestResult(True, NADIA, START), TestResult(False, NADIA, START)
    later = of.with_(tests=(passed,) * 10 + (failed, None))
    pressed = {
        (node["data"].get("test"), node["data"]["result"])
        for node in walk(day_card(view(later), "day:1"))
        if node.get("verb") == "test.result"
    }
    assert {(10, "pass"), (11, "pass"), (11, "fail")} <= pressed, "what keeps it from ending can be pressed"


@pytest.mark.parametrize("state", sorted(IMPLEMENTING))
def test_while_it_is_being_worked_on_there_is_always_a_way_to_more_time_and_to_an_incident(state: State) -> None:
    card = day_card(view(NORMAL[state.value]), "day:1")
    assert {"window.extend", "incident.declare"} <= set(verbs(card))
    assert ("trouble.solved" in verbs(card)) == (state is State.TROUBLE)


def test_the_day_that_is_over_is_a_record_without_buttons() -> None:
    card = day_card(view(NORMAL["completed"]), "day:1")
    assert verbs(card) == []
    assert "Thu 15 Apr 2027, 23:21 (CEST)" in says(card)
