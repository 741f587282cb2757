"""The card of a snapshot, with a provider and by hand."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cards.elements.state_labels import state_label
from cards.overview.detail import show_card
from cards.overview.status import status_card
from cards.snapshot.progress import progress_card
from changes.snapshots import FailureReason, OperationState
from tests.cards.subjects import START, neighbour, view
from tests.unit.cards.looking import NORMAL, at, says, verbs, walk


def test_an_estimated_progress_says_that_it_is_one() -> None:
    seen = at(NORMAL["snapshotting"], -93)
    assert "about 48 % (an estimate" in says(progress_card(seen, "progress:1.1"))
    assert seen.operation is not None
    told = replace(seen, operation=replace(seen.operation, estimated=False, percent=50))
    assert "| 50 % |" in says(progress_card(told, "progress:1.1"))


def test_the_bar_falls_back_to_one_of_letters() -> None:
    [bar] = [
        node
        for node in walk(progress_card(view(NORMAL["snapshotting"]), "progress:1.1"))
        if node.get("type") == "ProgressBar"
    ]
    assert (bar["value"], bar["max"]) == (48, 100)
    assert bar["fallback"]["text"] == "█" * 10 + "░" * 10


def test_a_late_snapshot_says_that_nothing_has_failed() -> None:
    assert "Nothing has failed" in says(progress_card(at(NORMAL["snapshotting"], 5), "progress:1.1"))
    assert "Nothing has failed" not in says(progress_card(at(NORMAL["snapshotting"], -60), "progress:1.1"))


AFTER_A_FAILURE = {
    *("snapshot.retry", "snapshot.started", "snapshot.finished"),
    *("change.postpone", "snapshot.waive"),
}


def test_a_failed_snapshot_says_why_and_what_can_be_done() -> None:
    card = progress_card(view(NORMAL["snapshot failed"]), "progress:1.1")
    assert "the quota of snapshots is used up" in says(card)
    assert "may let it start without one" in says(card)
    assert set(verbs(card)) == AFTER_A_FAILURE


@pytest.mark.parametrize("cause", list(FailureReason))
def test_each_cause_has_its_advice_and_what_helps_most_comes_first(cause: FailureReason) -> None:
    card = progress_card(view(NORMAL[f"snapshot failed, {cause}"]), "progress:1.1")
    assert set(verbs(card)) == AFTER_A_FAILURE
    look_first = cause in (FailureReason.LOST, FailureReason.NEVER_DONE)
    admins = cause in (
        FailureReason.TOKEN,
        FailureReason.RIGHT,
        FailureReason.NOT_FOUND,
        FailureReason.INVALID,
        FailureReason.SYSTEM_DISK,
    )
    assert ("Look at the dashboard first" in says(card)) is look_first
    assert ("Nobody knows whether there is a snapshot." in says(card)) is look_first
    assert ("An administrator has to mend it" in says(card)) is admins
    assert verbs(card)[0] == ("snapshot.finished" if look_first else "snapshot.started" if admins else "snapshot.retry")
    assert [action.get("style") == "positive" for action in card["actions"]] == [True, False, False, False, False]


def test_the_snapshot_of_somebody_else_is_not_given_our_name() -> None:
    for cause, name in ((FailureReason.LOST, "CHG-2027-0007"), (FailureReason.BUSY, None)):
        card = progress_card(view(NORMAL[f"snapshot failed, {cause}"]), "progress:1.1")
        [field] = [node for node in walk(card) if node.get("id") == "snapshot_name"]
        assert field.get("value") == name


def test_a_snapshot_that_is_late_or_out_of_sight_can_be_reported_by_a_person() -> None:
    for name in ("snapshot late", "snapshot out of sight"):
        card = progress_card(view(NORMAL[name]), "progress:1.1")
        assert verbs(card) == ["snapshot.finished", "snapshot.failed", "snapshot.waive", "change.postpone"]


def test_what_a_person_takes_by_hand_is_estimated_and_reported_whatever_the_backend() -> None:
    card = progress_card(view(NORMAL["snapshot taken by hand"]), "progress:1.1")
    assert "about 48 % (an estimate from the usual 2 h 30 min)" in says(card)
    assert "taken on the dashboard" in says(card)
    assert "snapshot.finished" in verbs(card)
    late = says(progress_card(at(NORMAL["snapshot taken by hand"], 5), "progress:1.1"))
    assert "It takes longer than expected. Please look at the dashboard." in late
    assert "the bot keeps looking" not in late


def test_on_the_dashboard_a_person_is_told_each_step_and_reports_the_end() -> None:
    asked = progress_card(view(NORMAL["snapshot asked for"], backend="dashboard"), "progress:1.1")
    assert "VPS > Hannibal > Snapshot" in says(asked)
    assert "data only" in says(asked)
    reports = ["snapshot.finished", "snapshot.failed", "snapshot.waive", "change.postpone"]
    assert verbs(asked) == ["snapshot.started", *reports]
    running = progress_card(view(NORMAL["snapshotting"], backend="dashboard"), "progress:1.1")
    assert "Thu 15 Apr 2027, 21:45 (CEST)" in says(running)
    assert "snapshot.started" not in verbs(running)


def test_what_a_provider_takes_can_be_waived_or_the_change_postponed_while_it_runs() -> None:
    assert verbs(progress_card(view(NORMAL["snapshotting"]), "progress:1.1")) == ["change.postpone", "snapshot.waive"]


def test_a_waived_snapshot_names_who_waived_it_and_why() -> None:
    said = says(progress_card(view(NORMAL["snapshot waived"]), "progress:1.1"))
    assert "**Pierre André** lets it start without" in said


def guide(minutes: float) -> dict[str, Any]:
    return progress_card(at(NORMAL["snapshot asked for"], minutes, "dashboard"), "progress:1.1")


@pytest.mark.parametrize("minutes", [-165, -150])
def test_until_it_can_begin_in_time_the_guide_says_until_when_that_is(minutes: float) -> None:
    said = says(guide(minutes))
    assert (
        "For the work to start on time, Thu 15 Apr 2027, 22:00 (CEST), it has to begin by Thu 15 Apr 2027, 19:30"
        in said
    )
    assert "From Thu 15 Apr 2027, 21:00 (CEST) on it is too late." in said


def test_later_the_guide_says_when_the_work_would_start_instead() -> None:
    said = says(guide(-100))
    late = "The start will be late: begun at Thu 15 Apr 2027, 20:20 (CEST), the snapshot lets the work start Thu 15 Apr"
    assert f"{late} 2027, 22:50 (CEST)" in said
    assert "to start on time" not in said


def test_when_it_is_too_late_to_begin_only_what_is_there_already_or_doing_without_is_offered() -> None:
    card = guide(-60)
    assert "It is too late for a snapshot: begun now it would end after the window" in says(card)
    assert "Please take the snapshot now" not in says(card)
    assert verbs(card) == ["snapshot.finished", "snapshot.failed", "snapshot.waive", "change.postpone"]
    for cause in FailureReason:
        failed = progress_card(at(NORMAL[f"snapshot failed, {cause}"], -60), "progress:1.1")
        assert verbs(failed) == ["snapshot.finished", "change.postpone", "snapshot.waive"]
        assert "too late for a snapshot" in says(failed)


@pytest.mark.parametrize(("minutes", "early"), [(-164, True), (-106, True), (-105, False)])
def test_whoever_says_that_it_is_finished_says_of_what_and_looks_again_when_it_is_early(
    minutes: float, early: bool
) -> None:
    for name in ("snapshot taken by hand", "snapshot asked for"):
        card = progress_card(at(NORMAL[name], minutes, "dashboard"), "progress:1.1")
        [of] = [node for node in walk(card) if node.get("id") == "result"]
        offered = [each["value"] for each in of["choices"]]
        assert offered == ["data", "system", *(["data_checked"] if early else [])]
        assert "value" not in of


def test_a_snapshot_that_is_held_names_whose_change_it_waits_for_and_until_when() -> None:
    seen = view(NORMAL["snapshot held"])
    seen = replace(seen, neighbours=(neighbour(minutes=-90),))
    card = progress_card(seen, "progress:1.0")
    waits = "The snapshot waits for CHG-2027-0003 (Moodle 4.5 to 5.0), which needs Hannibal first, until about"
    assert f"{waits} Thu 15 Apr 2027, 20:30 (CEST)." in says(card)
    assert "It begins by itself when that has ended. Pierre André or a deputy can let it begin now" in says(card)
    assert verbs(card) == ["change.postpone", "snapshot.retry", "snapshot.waive"]


def test_a_snapshot_that_is_held_for_too_long_does_not_promise_to_begin() -> None:
    seen = view(NORMAL["snapshot held"])
    card = progress_card(replace(seen, neighbours=(neighbour(minutes=0),)), "progress:1.0")
    assert "By then it is too late" in says(card)
    assert "begins by itself" not in says(card)
    assert "snapshot.retry" in verbs(card)
    late = progress_card(replace(seen, now=START - timedelta(minutes=60)), "progress:1.0")
    assert "It is too late for a snapshot" in says(late)
    assert verbs(late) == ["change.postpone", "snapshot.waive"]


def test_a_failed_snapshot_on_a_server_that_is_needed_first_is_tried_again_with_a_reason_only() -> None:
    seen = replace(view(NORMAL["snapshot failed"]), neighbours=(neighbour(),))
    [again] = [node for node in walk(progress_card(seen, "progress:1.1")) if node.get("verb") == "snapshot.retry"]
    assert again.get("associatedInputs") != "none"
    [free] = [
        node
        for node in walk(progress_card(view(NORMAL["snapshot failed"]), "progress:1.1"))
        if node.get("verb") == "snapshot.retry"
    ]
    assert free["associatedInputs"] == "none"


def test_a_snapshot_that_waits_for_another_of_ours_says_so_and_shows_no_progress() -> None:
    card = progress_card(view(NORMAL["snapshot waits for ours"]), "progress:1.1")
    assert "another operation of ours is under way on Hannibal" in says(card)
    assert "%" not in says(card)
    assert verbs(card) == ["change.postpone", "snapshot.waive"]


def test_a_snapshot_that_ends_after_the_start_or_the_window_says_what_that_means() -> None:
    running = NORMAL["snapshotting"]

    def begun(minutes: int) -> str:
        started = START + timedelta(minutes=minutes)
        of = running.with_(snapshot=replace(running.snapshot, started_at=started))
        return says(progress_card(replace(view(of), now=started), "progress:1.1"))

    assert "So the work can start" not in begun(-165)
    assert "So the work can start Thu 15 Apr 2027, 22:30 (CEST), not Thu 15 Apr 2027, 22:00 (CEST)." in begun(-120)
    assert "That is after the window, Thu 15 Apr 2027, 23:30 (CEST)" in begun(-30)


def test_a_newer_attempt_is_named_only_where_one_stands() -> None:
    running = NORMAL["snapshotting"]
    retried = running.with_(snapshot=replace(running.snapshot, attempt=2))
    assert "a newer one stands below" in says(progress_card(view(retried), "progress:1.1"))
    asked = NORMAL["snapshot asked for"]
    again = asked.with_(snapshot=replace(asked.snapshot, attempt=2))
    said = says(progress_card(replace(view(again), operation=None), "progress:1.1"))
    assert "stands below" not in said
    assert "the snapshot is asked for anew" in said
    moved = NORMAL["scheduled"].with_(round=2)
    assert "This attempt is over." in says(progress_card(view(moved), "progress:1.1"))
    assert "stands below" not in says(progress_card(view(moved), "progress:1.1"))


@pytest.mark.parametrize(
    ("name", "says_it"),
    [("cancelled during the snapshot", "The change was cancelled"), ("postponed", "The change was postponed")],
)
def test_after_the_date_was_given_up_the_card_shows_no_progress_and_no_newer_attempt(name: str, says_it: str) -> None:
    card = progress_card(view(NORMAL[name]), "progress:1.1")
    assert says_it in says(card)
    assert "%" not in says(card)
    assert "stands below" not in says(card)
    assert verbs(card) == []


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("snapshotting", "Snapshot under way"),
        ("snapshot taken by hand", "Snapshot under way"),
        ("snapshot asked for", "Waits for its snapshot"),
        ("snapshot held", "Waits for another change on the server"),
        ("snapshot failed", "Snapshot failed"),
        ("snapshot failed, lost", "Nobody knows whether there is a snapshot"),
        ("snapshot failed, busy", "Snapshot failed"),
    ],
)
def test_the_state_of_a_change_that_waits_for_its_snapshot_is_the_one_it_is_in(name: str, label: str) -> None:
    assert state_label(NORMAL[name])[0] == label
    seen = view(NORMAL[name])
    for card in (status_card(seen), show_card(seen, [])):
        assert label in says(card)
        assert ("Snapshot under way" in says(card)) is (label == "Snapshot under way")


def test_a_progress_card_without_an_operation_shows_nothing_done() -> None:
    seen = replace(view(NORMAL["snapshotting"]), operation=None)
    assert "about 0 %" in says(progress_card(seen, "progress:1.1"))
    failed = replace(view(NORMAL["snapshotting"]).operation, state=OperationState.UNKNOWN, percent=None)  # type: ignore[type-var]
    assert "about 0 %" in says(progress_card(replace(seen, operation=failed), "progress:1.1"))
