"""The card of a snapshot, with a provider and by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cards.elements.state_labels import state_label
from cards.overview.detail import show_card
from cards.overview.status import status_card
from changes.model import State
from changes.notification.cards import CardKind, message_of
from changes.snapshots import FailureReason, OperationState
from tests.cards.subjects import START, neighbour
from tests.support.teams_rules import walk
from tests.unit.cards.looking import NORMAL, Card, drawn, says, seen

FOUND, WAIVE_LAST = "snapshot.finished", ("change.postpone", "snapshot.waive")
AFTER_A_FAILURE = {"snapshot.retry", "snapshot.started", FOUND, *WAIVE_LAST}
REPORTS = (FOUND, "snapshot.failed", "snapshot.waive", "change.postpone")
BY_HAND = "dashboard"


def test_an_estimated_progress_says_that_it_is_one() -> None:
    drawn("progress", "snapshotting").shows("≈ 48 %, ready about 21:45", "Started ✓ – Half ○ – Ready ○").offers(
        *WAIVE_LAST
    )
    operation = seen("snapshotting").operation
    assert operation is not None
    told = seen("snapshotting", operation=replace(operation, estimated=False, percent=50))
    drawn("progress", told).shows("| 50 %, ready about 21:45 |")
    for nothing in (None, replace(operation, state=OperationState.UNKNOWN, percent=None)):
        drawn("progress", seen("snapshotting", operation=nothing)).shows("≈ 0 %")


def test_the_bar_is_one_of_letters_where_it_must_and_a_late_one_says_that_nothing_has_failed() -> None:
    [bar] = [node for node in walk(drawn("progress", "snapshotting").drawn) if node.get("type") == "ProgressBar"]
    assert (bar["value"], bar["max"], bar["fallback"]["text"]) == (48, 100, "█" * 10 + "░" * 10)
    drawn("progress", "snapshot late").shows("Nothing has failed").lacks("ready about")
    drawn("progress", "snapshotting").lacks("Nothing has failed")


@pytest.mark.parametrize("cause", list(FailureReason))
def test_a_failed_snapshot_says_why_with_its_advice_and_what_helps_most_comes_first(cause: FailureReason) -> None:
    reasons = FailureReason
    card = drawn("progress", f"snapshot failed, {cause}")
    card.shows("the quota of snapshots is used up", "may waive the snapshot")
    assert set(card.verbs) == AFTER_A_FAILURE
    look_first = cause in (reasons.LOST, reasons.NEVER_DONE)
    admins = cause in (reasons.TOKEN, reasons.RIGHT, reasons.NOT_FOUND, reasons.INVALID, reasons.SYSTEM_DISK)
    assert ("Check the dashboard first" in card.said) is look_first
    assert ("Nobody knows whether there is a snapshot." in card.said) is look_first
    assert ("An administrator has to fix this" in card.said) is admins
    assert card.verbs[0] == (FOUND if look_first else "snapshot.started" if admins else "snapshot.retry")
    styles = [action.get("style") == "positive" for action in card.drawn["actions"]]
    assert styles == [True, False, False, False, False]
    late = drawn("progress", f"snapshot failed, {cause}", -60).shows("too late for a snapshot")
    late.offers(FOUND, *WAIVE_LAST)


def test_a_failed_snapshot_has_our_name_only_if_it_is_ours_and_beside_another_takes_a_reason() -> None:
    for cause, name in ((FailureReason.LOST, "CHG-2027-0007"), (FailureReason.BUSY, None)):
        assert drawn("progress", f"snapshot failed, {cause}").field("snapshot_name").get("value") == name
    [needed] = drawn("progress", seen("snapshot failed", neighbours=(neighbour(),))).buttons("snapshot.retry")
    [free] = drawn("progress", "snapshot failed").buttons("snapshot.retry")
    assert (needed.get("associatedInputs"), free["associatedInputs"]) == (None, "none")


@pytest.mark.parametrize("name", ["snapshot late", "snapshot out of sight"])
def test_a_snapshot_that_is_late_or_out_of_sight_can_be_reported_by_a_person(name: str) -> None:
    drawn("progress", name).offers(*REPORTS)


def test_by_hand_a_person_is_told_each_step_and_what_they_take_is_estimated_and_reported() -> None:
    drawn("progress", seen("snapshot asked for", backend=BY_HAND)).shows(
        "VPS > Hannibal > Snapshot", "data only"
    ).offers("snapshot.started", *REPORTS)
    running = drawn("progress", seen("snapshotting", backend=BY_HAND)).shows("ready about 21:45").lacks("Expected end")
    assert "snapshot.started" not in running.verbs
    card = drawn("progress", "snapshot taken by hand")
    card.shows("≈ 48 %", "Usually 2 h 30 min.", "taken on the dashboard")
    assert FOUND in card.verbs
    late = drawn("progress", seen("snapshot late", backend=BY_HAND)).lacks("the bot keeps checking")
    late.shows("It takes longer than expected. Please check the dashboard.")


def test_a_waived_snapshot_names_who_waived_it_and_why() -> None:
    drawn("progress", "snapshot waived").shows("**Pierre André** waived the snapshot")


def test_a_snapshot_that_is_held_says_for_whom_until_when_and_whether_it_can_still_begin() -> None:
    card = drawn("progress", seen("snapshot held", neighbours=(neighbour(minutes=-90),)), message="progress:1.0")
    waits = "The snapshot waits for CHG-2027-0003 (Moodle 4.5 to 5.0), which needs Hannibal first, until about"
    card.shows(f"{waits} Thu 15 Apr 2027, 20:30 (CEST).")
    card.shows("It begins automatically after that. Pierre André or a deputy can let it begin now")
    card.offers("change.postpone", "snapshot.retry", "snapshot.waive")
    card = drawn("progress", seen("snapshot held", neighbours=(neighbour(minutes=0),)), message="progress:1.0")
    assert "snapshot.retry" in card.shows("By then it is too late").lacks("begins automatically").verbs
    late = drawn("progress", "snapshot held", -60, message="progress:1.0")
    late.shows("It is too late for a snapshot").offers(*WAIVE_LAST)


def test_a_snapshot_that_waits_for_another_of_ours_says_so_and_shows_no_progress() -> None:
    card = drawn("progress", "snapshot waits for ours").lacks("%").offers(*WAIVE_LAST)
    card.shows("another of our operations is running on Hannibal")


def test_a_snapshot_that_ends_after_the_start_or_the_window_says_what_that_means() -> None:
    running = NORMAL["snapshotting"]

    def begun(minutes: int) -> Card:
        started = START + timedelta(minutes=minutes)
        return drawn("progress", running.with_(snapshot=replace(running.snapshot, started_at=started)), minutes)

    begun(-165).lacks("The work can start")
    later = "The work can start Thu 15 Apr 2027, 22:30 (CEST), not Thu 15 Apr 2027, 22:00 (CEST)."
    begun(-120).shows(later)
    begun(-30).shows("That is after the end of the window, Thu 15 Apr 2027, 23:30 (CEST)")


def test_a_newer_attempt_is_named_only_where_one_stands() -> None:
    retried, again = (
        NORMAL[name].with_(snapshot=replace(NORMAL[name].snapshot, attempt=2))
        for name in ("snapshotting", "snapshot asked for")
    )
    drawn("progress", retried).shows("a newer attempt has its own card below")
    drawn("progress", seen(again, operation=None)).shows("the snapshot was requested again").lacks("below")
    drawn("progress", NORMAL["scheduled"].with_(round=2)).shows("this attempt is over.").lacks("below")


UNDER_WAY = "Snapshot in progress"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        *(("snapshotting", UNDER_WAY), ("snapshot taken by hand", UNDER_WAY)),
        ("snapshot asked for", "Awaiting its snapshot"),
        ("snapshot held", "Waiting for another change on the server"),
        *(("snapshot failed", "Snapshot failed"), ("snapshot failed, busy", "Snapshot failed")),
        ("snapshot failed, lost", "Snapshot unconfirmed"),
    ],
)
def test_the_state_of_a_change_that_waits_for_its_snapshot_is_the_one_it_is_in(name: str, label: str) -> None:
    assert state_label(NORMAL[name])[0] == label
    for card in (status_card(seen(name)), show_card(seen(name), [])):
        assert label in says(card)
        assert (UNDER_WAY in says(card)) is (label == UNDER_WAY)


@pytest.mark.parametrize("name", ["in_progress", "trouble", "incident", "restoring", "rolled back", "completed"])
def test_once_the_work_has_begun_the_card_is_a_record_of_what_there_is(name: str) -> None:
    finished = START - timedelta(minutes=15)
    snapshot = replace(NORMAL["ready"].snapshot, finished_at=finished)
    of = NORMAL[name].with_(started_at=NORMAL[name].started_at or START, snapshot=snapshot)
    card = drawn("progress", of, message=message_of(CardKind.PROGRESS, of)).offers()
    card.shows(f"Snapshot kept: {snapshot.name}, taken Thu 15 Apr 2027, 21:45 (CEST).")
    card.lacks("can start", "complete", state_label(of)[0])
    assert card.drawn["body"][0]["style"] == "emphasis"


def test_a_waived_snapshot_is_a_record_too_once_the_work_has_begun() -> None:
    waived = NORMAL["snapshot waived with GO"]
    of = waived.with_(state=State.IN_PROGRESS, started_at=START)
    drawn("progress", of, message=message_of(CardKind.PROGRESS, of)).shows("waived the snapshot:").lacks("In progress")
