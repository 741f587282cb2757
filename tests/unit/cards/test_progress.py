"""The card of a snapshot, with a provider and by hand."""

from dataclasses import replace

import pytest

from cards.progress import progress_card
from changes.snapshots import Cause, OperationState
from tests.cards.subjects import view
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


@pytest.mark.parametrize("cause", list(Cause))
def test_each_cause_has_its_advice_and_what_helps_most_comes_first(cause: Cause) -> None:
    card = progress_card(view(NORMAL[f"snapshot failed, {cause}"]), "progress:1.1")
    assert set(verbs(card)) == AFTER_A_FAILURE
    look_first = cause in (Cause.LOST, Cause.NEVER_DONE)
    admins = cause in (Cause.TOKEN, Cause.RIGHT, Cause.NOT_FOUND, Cause.INVALID, Cause.SYSTEM_DISK)
    assert ("Look at the dashboard first" in says(card)) is look_first
    assert ("Nobody knows whether there is a snapshot." in says(card)) is look_first
    assert ("An administrator has to mend it" in says(card)) is admins
    assert verbs(card)[0] == ("snapshot.finished" if look_first else "snapshot.started" if admins else "snapshot.retry")
    assert [action.get("style") == "positive" for action in card["actions"]] == [True, False, False, False, False]


def test_the_snapshot_of_somebody_else_is_not_given_our_name() -> None:
    for cause, name in ((Cause.LOST, "CHG-2027-0007"), (Cause.BUSY, None)):
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
    assert "15.04.2027 21:45 CEST" in says(running)
    assert "snapshot.started" not in verbs(running)


def test_with_a_provider_there_is_nothing_to_press_while_it_runs() -> None:
    assert verbs(progress_card(view(NORMAL["snapshotting"]), "progress:1.1")) == []


def test_a_waived_snapshot_names_who_waived_it_and_why() -> None:
    said = says(progress_card(view(NORMAL["snapshot waived"]), "progress:1.1"))
    assert "**Pierre André** lets it start without" in said


def test_the_card_of_an_earlier_attempt_is_over() -> None:
    retried = NORMAL["snapshotting"].with_(snapshot=replace(NORMAL["snapshotting"].snapshot, attempt=2))
    assert "a newer one stands below" in says(progress_card(view(retried), "progress:1.1"))


def test_a_progress_card_without_an_operation_shows_nothing_done() -> None:
    seen = replace(view(NORMAL["snapshotting"]), operation=None)
    assert "about 0 %" in says(progress_card(seen, "progress:1.1"))
    failed = replace(view(NORMAL["snapshotting"]).operation, state=OperationState.UNKNOWN, percent=None)  # type: ignore[type-var]
    assert "about 0 %" in says(progress_card(replace(seen, operation=failed), "progress:1.1"))
