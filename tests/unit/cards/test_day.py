"""The card of the day: locked, ready, the tests, the record."""

from dataclasses import replace
from typing import Any

import pytest

from cards.implementation.tests import MOST_BUTTONS
from changes.model import IMPLEMENTING, State, TestResult
from tests.cards.subjects import NADIA, START, near
from tests.support.teams_rules import walk
from tests.unit.cards.looking import NORMAL, Card, drawn, seen

OPENS = "*Start* opens Thu 15 Apr 2027, 22:00 (CEST)."


def pressed(card: Card) -> list[tuple[Any, str]]:
    """The buttons that record a test: which, and with what result."""
    return [(node["data"].get("test"), node["data"]["result"]) for node in card.buttons("test.result")]


def test_start_is_locked_with_the_reason_until_the_snapshot_is_settled() -> None:
    drawn("day", "snapshotting").offers("change.postpone", "snapshot.waive").shows(
        "locked until the snapshot is complete, or waived by Pierre André or a deputy",
        "Snapshot | expected end 21:45",
    )
    ways = ("snapshot.retry", "snapshot.started", "snapshot.finished", "change.postpone", "snapshot.waive")
    drawn("day", "snapshot failed").shows("There is no snapshot: *Start* is locked.").offers(*ways)
    drawn("day", "snapshot failed, lost").shows("The snapshot is unconfirmed: *Start* is locked.")
    drawn("day", "ready", 0).offers("window.start", "change.postpone").shows("Latest restore start | 22:15")


def test_before_the_window_or_beside_an_incident_start_is_offered_only_to_who_may_say_why() -> None:
    early = drawn("day", "ready", -1).shows(OPENS, "Start early…", "Only the approver or a deputy can do that.")
    assert early.shows("Reason for the early start (people affected read this)").titles == ["Start early…"]
    assert drawn("day", "ready", 0).lacks("Start early").titles == ["Start", "Postpone…"]
    card = drawn("day", seen("ready", 5, neighbours=near()))
    card.shows("CHG-2027-0008 (New firewall) is an incident on Hannibal: nothing else starts there")
    assert card.shows("Reason (stays in the thread)").titles == ["Refresh", "Start anyway…"]
    before = drawn("day", seen("ready", -5, neighbours=near()))
    before.shows("people affected read this", OPENS)  # it is an early start too


def test_a_waived_snapshot_and_one_that_is_held_or_planned_are_said_as_they_are() -> None:
    waived = drawn("day", "snapshot waived with GO", 1)
    waived.shows("Snapshot | none: waived by Pierre André", "*Start* sends the start notice")
    drawn("day", "snapshot held").shows("CHG-2027-0003 uses Hannibal first").lacks("Snapshot in progress")
    drawn("day", "snapshot planned earlier").shows("Snapshot | begins 17:00").offers()


def test_the_day_shows_its_start_its_cutoff_its_end_and_why_it_began_early() -> None:
    times = "Started | 22:03 | Cutoff | 23:45 | End | 00:15, Fri 16 Apr 2027"
    drawn("day", "extended").shows(times, "Thu 15 Apr 2027, 22:00 – Fri 16 Apr 2027, 00:15 (CEST)")
    drawn("day", "started early").shows("Started before its window: | Nobody is working any more.")


def test_a_card_of_an_earlier_date_and_the_day_that_is_over_offer_nothing() -> None:
    drawn("day", NORMAL["ready"].with_(round=2), 5).shows("Superseded: the plan changed.").offers()
    drawn("day", "completed").offers().shows("Thu 15 Apr 2027, 23:21 (CEST)")


def test_whose_time_on_the_server_an_extension_would_take_is_said_before_it_is_pressed() -> None:
    drawn("day", seen("in_progress", neighbours=near()[1:2])).shows(
        "An extension into these times takes them from other changes of Hannibal, and their people are told: "
        "CHG-2027-0010 (New firewall), Fri 16 Apr 2027, 00:00–01:00 (CEST)."
    )
    drawn("day", "in_progress").lacks("takes them from").shows(
        "An overrun of more than 2 h in all needs the agreement of Pierre André"
    )


def test_every_open_test_can_pass_or_fail_and_a_recorded_one_can_be_corrected() -> None:
    card = drawn("day", "in_progress").shows("passed, Nadia Favre")
    beside = [(test, result) for test, result in pressed(card) if test is not None]
    assert beside == [(0, "fail"), (1, "pass"), (2, "pass"), (2, "fail")]
    for row in (node for node in walk(card.drawn) if node.get("type") == "Column"):
        assert len([node for node in walk(row) if node.get("type") == "Action.Execute"]) <= 1, "one button in a cell"


def test_any_result_takes_a_note_and_the_tests_without_one_pass_with_one_press() -> None:
    noted = NORMAL["in_progress"].with_(tests=(None, TestResult(False, NADIA, START, "Error 500"), None))
    card = drawn("day", noted).shows("failed, Nadia Favre: Error 500", "Note to the result", "Pass the rest")
    assert [result for test, result in pressed(card) if test is None] == ["pass", "fail"], "in the panel"
    assert "tests.pass" in drawn("day", "nothing tested").shows("Pass all").verbs
    assert "tests.pass" not in drawn("day", "all tests passed").verbs


def test_what_is_still_missing_stands_in_the_place_of_complete() -> None:
    nothing, some, done = (drawn("day", name) for name in ("nothing tested", "in_progress", "all tests passed"))
    nothing.shows("Tests 1, 2 and 3 have no result yet. Until then it cannot be completed.")
    some.shows(
        "Test 2 failed. Test 3 has no result yet. Fix and retest, report an issue, or Pierre André or a deputy accepts"
    )
    assert "change.complete" not in nothing.verbs + some.verbs
    done.shows("✓ Every test passed: *Complete* sends the end notice.")
    assert done.titles[0] == "Complete"
    assert done.buttons("change.complete")[0]["style"] == "positive"


def test_neither_an_open_issue_nor_a_restore_lets_it_be_completed_with_old_or_failed_results() -> None:
    """Must show 2: after a restore *Complete* with 0 of 3 passed told everyone "resolved"."""
    card = drawn("day", "trouble")
    card.shows("Once the issue is solved, rerun the tests: earlier results no longer count.")
    assert "change.complete" not in card.verbs
    card = drawn("day", NORMAL["all tests failed"].with_(restored=True))
    card.shows("The restore did not solve it: fix and retest, declare an incident", "deputy accepts it as is.")
    assert "change.complete" not in card.verbs


@pytest.mark.parametrize(("name", "which"), [("in_progress", "day"), ("incident", "incident")])
def test_a_test_that_failed_or_has_no_result_can_be_accepted_by_name_and_with_a_reason(name: str, which: str) -> None:
    card = drawn(which, name).shows("To accept it as it is: why? (people affected read this)")
    [accept] = card.buttons("test.accept")
    assert "test" not in accept["data"], "it is chosen"
    assert [(each["value"], each["title"]) for each in card.field("test")["choices"]] == [
        ("1", "✗ 2. Open a course and its forum"),
        ("2", "○ 3. Upload a file of 20 MB"),
        ("0", "✓ 1. Log in with a student accoun…"),
    ], "what blocks the end comes first"


def test_who_accepted_what_and_why_stands_beside_the_test() -> None:
    card = drawn("day", "tests accepted")
    said = "accepted by Claire Rey (deputy for Pierre André): It failed before the update too."
    assert card.said.count(said) == 3
    assert "change.complete" in card.verbs
    assert "test.accept" not in card.verbs, "nothing blocks the end any more"
    drawn("day", "a missing test accepted").shows(f"no result | \n{said}")


TESTED = sorted(name for name, of in NORMAL.items() if of.state in (*IMPLEMENTING, State.INCIDENT))


@pytest.mark.parametrize("name", TESTED)
def test_tests_with_the_same_result_have_the_same_buttons_or_it_says_where_they_are(name: str) -> None:
    of = NORMAL[name]
    card = drawn("incident" if of.state is State.INCIDENT else "day", of)
    beside: dict[tuple[object, bool], set[tuple[str, ...]]] = {}
    for number, result in enumerate(of.tests):
        alike = (result and result.passed, number in of.accepted_tests)
        beside.setdefault(alike, set()).add(tuple(said for test, said in pressed(card) if test == number))
    assert all(len(each) == 1 for each in beside.values()), beside
    if any(() in each for each in beside.values()):
        card.shows("Any result can also be recorded under *")


def test_while_a_restore_waits_to_be_confirmed_nothing_passes_all_at_once() -> None:
    of = NORMAL["restore asked for"].with_(tests=(None, None, None))
    assert "tests.pass" not in drawn("incident", of).verbs
    assert "tests.pass" in drawn("incident", of.with_(restore=None)).verbs


def test_twelve_tests_have_as_many_buttons_as_fit_and_all_of_them_can_be_chosen() -> None:
    of = NORMAL["nothing tested"]
    twelve = tuple(f"Test {number}" for number in range(12))
    of = of.with_(plan=replace(of.plan, tests=twelve), tests=(None,) * 12)
    card = drawn("day", of)
    assert len([test for test, _ in pressed(card) if test is not None]) <= MOST_BUTTONS
    assert [result for test, result in pressed(card) if test is None] == ["pass", "fail"], "in the panel"
    assert len(card.field("test")["choices"]) == 12
    passed, failed = TestResult(True, NADIA, START), TestResult(False, NADIA, START)
    later = drawn("day", of.with_(tests=(passed,) * 10 + (failed, None)))
    assert {(10, "pass"), (11, "pass")} <= set(pressed(later)), "what keeps it from ending can be pressed"


@pytest.mark.parametrize("state", sorted(IMPLEMENTING))
def test_while_it_is_being_worked_on_there_is_always_a_way_to_more_time_and_to_an_incident(state: State) -> None:
    offered = drawn("day", state.value).verbs
    assert {"window.extend", "incident.declare"} <= set(offered)
    assert ("trouble.solved" in offered) == (state is State.TROUBLE)


def test_an_issue_that_is_open_in_the_extra_time_stands_on_the_card_until_it_is_solved_or_every_test_passed() -> None:
    extended = NORMAL["extended"].with_(trouble="Nobody can log in.")
    card = drawn("day", extended).shows("Issue reported | Nobody can log in.")
    assert "trouble.solved" in card.verbs
    assert "change.complete" not in card.verbs
    assert "trouble.solved" in drawn("cutoff", extended, 90, message="cutoff:1").shows("Nobody can log in.").verbs
    done = extended.with_(tests=tuple(TestResult(passed=True, by=NADIA, at=START) for _ in extended.tests))
    card = drawn("day", done)
    assert "change.complete" in card.verbs
    assert "trouble.solved" not in card.verbs


def test_after_a_restore_it_is_said_that_the_window_is_over_and_what_is_left() -> None:
    """The end that stood there alone was half an hour ago."""
    of = NORMAL["restored"]
    after = "The window has been over since 23:30. Restored at 00:10, Fri 16 Apr 2027: rerun the tests."
    for minutes in (130, 200):
        drawn("day", of, minutes).shows(after).lacks(" ago", "over for")
    retested = of.with_(tests=tuple(TestResult(passed=True, by=NADIA, at=START) for _ in of.plan.tests))
    drawn("day", retested, 130).shows("Restored at 00:10").lacks("rerun the tests")
    drawn("day", of, 80).lacks("has been over")
    drawn("day", "in_progress", 130).lacks("has been over")
