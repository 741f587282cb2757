"""The cutoff with its arithmetic, the incident and the restore."""

from dataclasses import replace
from datetime import timedelta

from cards.cutoff import cutoff_card
from cards.day import day_card
from cards.incident import incident_card
from changes.model import (
    Extension,
    Restore,
    SnapshotStatus,
)
from tests.cards.subjects import NADIA, PIERRE, START, view
from tests.unit.cards.looking import NORMAL, at, says, verbs, walk

ALWAYS = ["incident.tried", "incident.tried", "incident.handover", "incident.close"]
"""What can be pressed on an incident whatever became of its snapshot."""


def test_the_cutoff_shows_the_ends_of_every_way_and_suggests_what_covers_restore_and_tests() -> None:
    """CASES.md, Arithmetic that the process itself gets wrong."""
    card = cutoff_card(at(NORMAL["in_progress"], 60), "cutoff:0")
    said = says(card)
    assert "The window ends 15.04.2027 23:30 CEST, in 30 min." in said
    assert "Last restore in time | 15.04.2027 22:15 CEST (already past)" in said
    assert "it ends 16.04.2027 00:15 CEST" in said
    assert "it ends 16.04.2027 00:30 CEST" in said
    assert "1 h more" in said
    [minutes] = [node for node in walk(card) if node.get("id") == "extra_minutes"]
    assert minutes["value"] == "60"
    assert verbs(card) == ["trouble.solved", "window.extend", "incident.declare"]


def test_the_suggestion_really_covers_it() -> None:
    for minute in range(60, 95, 7):
        seen = at(NORMAL["in_progress"], minute)
        [field] = [node for node in walk(cutoff_card(seen, "cutoff:0")) if node.get("id") == "extra_minutes"]
        assert seen.change.ends_at + timedelta(minutes=int(field["value"])) >= seen.now + timedelta(
            minutes=15 + 60 + 15
        )


def test_without_a_snapshot_the_cutoff_does_not_offer_to_restore_one() -> None:
    waived = NORMAL["in_progress"].with_(snapshot=replace(NORMAL["in_progress"].snapshot, status=SnapshotStatus.WAIVED))
    said = says(cutoff_card(at(waived, 60), "cutoff:0"))
    assert "no snapshot to restore" in said
    assert "Last restore" not in said


def test_an_answered_cutoff_has_no_buttons() -> None:
    more = Extension(45, "x", NADIA, START)
    for of in (NORMAL["cutoff answered"], NORMAL["completed"], NORMAL["in_progress"].with_(extensions=(more,))):
        card = cutoff_card(view(of), "cutoff:0")
        assert verbs(card) == []
        assert "This was answered" in says(card)
    again = cutoff_card(view(NORMAL["in_progress"].with_(extensions=(more,))), "cutoff:1")
    assert verbs(again), "after an extension it is asked again"


def test_the_way_out_says_from_when_on_an_extension_needs_the_approver() -> None:
    assert "More than 2 h in all has to be granted by Pierre André" in says(
        day_card(view(NORMAL["in_progress"]), "day:1")
    )


def test_a_restore_shows_what_would_be_lost_and_when_it_would_end() -> None:
    card = incident_card(at(NORMAL["incident"], 62), "incident")
    assert "everything since 15.04.2027 19:15 CEST: 3 h 47 min" in says(card)
    assert "It ends | 16.04.2027 00:17 CEST, with the tests" in says(card)
    assert "Snapshot | CHG-2027-0007" in says(card)
    assert verbs(card) == ["restore.ask", *ALWAYS]


def test_the_recoveries_of_an_incident_stand_side_by_side_with_their_ends() -> None:
    said = says(incident_card(at(NORMAL["incident"], 62), "incident"))
    assert "Keep fixing | nobody can say when" in said
    assert "Files from SSD NAS | 16.04.2027 00:02 CEST" in said
    assert "Files from Small desktop NAS | 16.04.2027 00:47 CEST" in said
    assert "Restore the data | 16.04.2027 00:17 CEST" in said


def test_files_from_a_backup_come_with_the_services_own_checklist_and_link() -> None:
    said = says(incident_card(view(NORMAL["incident"]), "incident"))
    assert "[Open SSD NAS](https://nas.example.ch/learn)" in said
    assert "Open the share. |" in said
    assert "Find the newest copy from before the change." in said, "a backup without steps gets those that always hold"


def test_what_was_tried_stands_on_the_card() -> None:
    said = says(incident_card(view(NORMAL["much tried"]), "incident"))
    assert "Tried so far" in said
    assert said.count("Infomaniak: the quota of snapshots is used up.") == 3


def test_an_incident_is_handed_over_once() -> None:
    assert "incident.handover" not in verbs(incident_card(view(NORMAL["handed over"]), "incident"))


def test_a_restore_is_confirmed_by_typing_the_name_of_the_server() -> None:
    card = incident_card(view(NORMAL["restore asked for"]), "incident")
    assert "Type Hannibal to confirm: its data will be overwritten" in says(card)
    assert "3 h 47 min" in says(incident_card(at(NORMAL["restore asked for"], 62), "incident"))
    assert verbs(card) == ["restore.confirm", *ALWAYS]


def test_who_confirms_a_restore_is_never_who_asked_for_it() -> None:
    of = NORMAL["restore asked for"]
    assert "has to confirm it: Pierre André or a deputy." in says(incident_card(view(of), "incident"))
    own = of.with_(restore=Restore(PIERRE, START))
    assert "has to confirm it: a deputy." in says(incident_card(view(own), "incident"))
    alone = view(own)
    alone = replace(alone, service=replace(alone.service, deputies=()))
    assert "has to confirm it, but the service has no deputy." in says(incident_card(alone, "incident"))


def test_without_a_snapshot_there_is_nothing_to_restore() -> None:
    card = incident_card(view(NORMAL["no snapshot to restore"]), "incident")
    assert "bring files back from a backup" in says(card)
    assert verbs(card) == ALWAYS


def test_a_restore_that_runs_says_when_it_ends_and_by_hand_is_reported() -> None:
    provider = incident_card(view(NORMAL["restoring"]), "incident")
    assert "Expected end | 16.04.2027 00:05 CEST" in says(provider)
    assert "With the tests | 16.04.2027 00:20 CEST" in says(provider)
    assert "about 35 % (an estimate" in says(provider)
    assert verbs(provider) == []
    late = incident_card(view(NORMAL["restore late"]), "incident")
    assert verbs(late) == ["restore.done", "restore.failed"]
    by_hand = incident_card(view(NORMAL["restoring"], backend="dashboard"), "incident")
    assert verbs(by_hand) == ["restore.done", "restore.failed"]
    assert "restore the data from **CHG-2027-0007**" in says(by_hand)


def test_a_failed_restore_goes_on_with_the_incident_process() -> None:
    card = incident_card(view(NORMAL["restore failed"]), "incident")
    assert "go on with the incident process" in says(card)
    assert "restore.ask" in verbs(card)
    assert "restore.done" in verbs(card)
    busy = says(incident_card(view(NORMAL["restore failed, busy"]), "incident"))
    assert "nothing was overwritten" in busy
    lost = says(incident_card(view(NORMAL["restore failed, lost"]), "incident"))
    assert "Look at Infomaniak's dashboard before anything else" in lost


def test_an_incident_that_is_over_or_restored_has_no_buttons() -> None:
    assert verbs(incident_card(view(NORMAL["restored"]), "incident")) == []
    assert "Run the tests again" in says(incident_card(view(NORMAL["restored"]), "incident"))
    assert "The incident is over." in says(incident_card(view(NORMAL["completed"]), "incident"))
