"""The cutoff with its arithmetic, the incident and the restore."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cards.implementation.cutoff import cutoff_card
from cards.implementation.implementation import day_card
from cards.incident.incident import incident_card
from changes.events import Entry, IncidentDeclared
from changes.model import (
    Extension,
    Restore,
    SnapshotStatus,
    State,
)
from tests.cards.subjects import CLAIRE, NADIA, PIERRE, START, WINDOW, booking, near, view
from tests.unit.cards.looking import NORMAL, at, says, verbs, walk

ALWAYS = ["incident.update", "incident.tried", "incident.tried", "incident.handover", "test.accept"]
"""What can be pressed on an incident whatever became of its snapshot, while a test keeps it from ending."""


def pressed(card: dict[str, Any]) -> list[str]:
    """The verbs of its buttons, those beside the tests left out."""
    return [verb for verb in verbs(card) if verb != "test.result"]


def test_the_cutoff_shows_the_ends_of_every_way_and_suggests_what_covers_restore_and_tests() -> None:
    """CASES.md, Arithmetic that the process itself gets wrong."""
    card = cutoff_card(at(NORMAL["cutoff asked"], 60), "cutoff:0")
    said = says(card)
    assert "The window ends Thu 15 Apr 2027, 23:30 (CEST). Will it be done by then?" in said
    assert "Last restore in time | Thu 15 Apr 2027, 22:15 (CEST) (already past)" in said
    assert "it ends Fri 16 Apr 2027, 00:15 (CEST)" in said
    assert "it ends Fri 16 Apr 2027, 00:30 (CEST)" in said
    assert "1 h more" in said
    [minutes] = [node for node in walk(card) if node.get("id") == "extra_minutes"]
    assert minutes["value"] == "60"
    assert verbs(card) == ["window.extend", "incident.declare"], "a test has failed: solved would be refused"
    mended = NORMAL["cutoff asked"].with_(tests={})
    assert verbs(cutoff_card(at(mended, 60), "cutoff:0")) == ["trouble.solved", "window.extend", "incident.declare"]


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
    more = Extension(45, "The import is slow.", NADIA, START + timedelta(minutes=61))
    extended = NORMAL["in_progress"].with_(extensions=(more,))
    for of in (NORMAL["cutoff answered"], NORMAL["completed"], extended):
        card = cutoff_card(view(of), "cutoff:0")
        assert verbs(card) == []
        assert "decision needed" not in says(card)
    assert (
        "**Nadia Favre** extended the window by 45 min on Thu 15 Apr 2027, 23:01 (CEST): | The import is slow."
        in says(cutoff_card(view(extended), "cutoff:0"))
    )
    again = cutoff_card(view(extended), "cutoff:1")
    assert verbs(again), "after an extension it is asked again"


def test_the_cutoff_keeps_its_buttons_until_it_is_answered_after_it_was_asked() -> None:
    """Trouble reported and solved at 10:10 for a window until 12:00 answers nothing at 11:30."""
    early = NORMAL["trouble"].with_(cutoff_answered=True)
    assert "trouble.solved" in verbs(cutoff_card(at(early, 60), "cutoff:0"))
    restored = verbs(cutoff_card(at(NORMAL["restored"], 60), "cutoff:0"))
    assert restored == ["window.extend", "incident.declare"], "it is not asked yet, and nothing is to be solved"
    assert verbs(cutoff_card(at(NORMAL["cutoff asked"], 60), "cutoff:0"))
    answered = cutoff_card(at(NORMAL["cutoff answered"], 63), "cutoff:0")
    assert verbs(answered) == []
    assert (
        "**Nadia Favre** answered on Thu 15 Apr 2027, 23:02 (CEST): solved. | Now: CHG-2027-0007 is in progress."
        in says(answered)
    )


def test_the_cutoff_says_no_minutes_that_go_stale() -> None:
    for minutes in (60, 75, 95):
        said = says(cutoff_card(at(NORMAL["cutoff asked"], minutes), "cutoff:0"))
        assert "in 30 min" not in said
        assert ", now" not in said
        assert " ago" not in said
    over = says(cutoff_card(at(NORMAL["cutoff asked"], 95), "cutoff:0"))
    assert "The window ended Thu 15 Apr 2027, 23:30 (CEST)." in over
    day = says(day_card(at(NORMAL["in_progress"], 50), "day:1"))
    assert "Cutoff | Thu 15 Apr 2027, 23:00 (CEST) | End | Thu 15 Apr 2027, 23:30 (CEST)" in day


def test_the_record_of_the_cutoff_says_who_declared_the_incident() -> None:
    asked = START + timedelta(minutes=60)
    of = NORMAL["incident"].with_(cutoff_asked_at=asked)
    declared = Entry(9, asked + timedelta(minutes=5), CLAIRE, "card", IncidentDeclared("Nobody can log in."))
    said = says(cutoff_card(replace(view(of), history=(declared,)), "cutoff:0"))
    assert "**Claire Rey** declared an incident on Thu 15 Apr 2027, 23:05 (CEST): | Nobody can log in." in said


def test_the_way_out_says_from_when_on_an_extension_needs_the_approver() -> None:
    assert "More than 2 h in all has to be granted by Pierre André" in says(
        day_card(view(NORMAL["in_progress"]), "day:1")
    )


def test_a_restore_shows_what_would_be_lost_and_when_it_would_end() -> None:
    card = incident_card(at(NORMAL["incident"], 62), "incident")
    assert "everything since Thu 15 Apr 2027, 19:15 (CEST)" in says(card)
    assert "It ends | Fri 16 Apr 2027, 00:17 (CEST), with the tests, if begun Thu 15 Apr 2027, 23:02 (CEST)" in says(
        card
    )
    assert "Snapshot | CHG-2027-0007" in says(card)
    assert pressed(card) == ["restore.ask", *ALWAYS]


def test_the_recoveries_of_an_incident_stand_side_by_side_with_their_ends() -> None:
    said = says(incident_card(at(NORMAL["incident"], 62), "incident"))
    assert "Keep fixing | nobody can say when" in said
    assert "Files from SSD NAS | Fri 16 Apr 2027, 00:02 (CEST)" in said
    assert "Files from Small desktop NAS | Fri 16 Apr 2027, 00:47 (CEST)" in said
    assert "Restore the data | Fri 16 Apr 2027, 00:17 (CEST)" in said


def test_files_from_a_backup_come_with_the_services_own_checklist_and_link() -> None:
    said = says(incident_card(view(NORMAL["incident"]), "incident"))
    assert "[Open SSD NAS](https://nas.example.ch/learn)" in said
    assert "1. Open the share.\n2. Copy" in said
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
    assert "asked for a restore on Thu 15 Apr 2027, 23:10 (CEST)" in says(card)
    assert pressed(card) == ["restore.confirm", "restore.withdraw", *ALWAYS]


def test_who_confirms_a_restore_is_never_who_asked_for_it() -> None:
    of = NORMAL["restore asked for"]
    assert "has to confirm it: Pierre André or a deputy." in says(incident_card(view(of), "incident"))
    own = of.with_(restore=Restore(PIERRE, START))
    assert "has to confirm it: a deputy." in says(incident_card(view(own), "incident"))
    alone = view(own)
    alone = replace(alone, service=replace(alone.service, deputies=()))
    assert "has to confirm it, but the service has no deputy: an admin" in says(incident_card(alone, "incident"))


def test_without_a_snapshot_there_is_nothing_to_restore() -> None:
    card = incident_card(view(NORMAL["no snapshot to restore"]), "incident")
    assert "bring files back from a backup" in says(card)
    assert pressed(card) == ALWAYS


def test_a_restore_that_runs_says_when_it_ends_and_by_hand_is_reported() -> None:
    provider = incident_card(view(NORMAL["restoring"]), "incident")
    assert "Expected end | Fri 16 Apr 2027, 00:05 (CEST)" in says(provider)
    assert "With the tests | Fri 16 Apr 2027, 00:20 (CEST)" in says(provider)
    assert "about 35 % (an estimate" in says(provider)
    assert verbs(provider) == ["incident.update"]
    late = incident_card(view(NORMAL["restore late"]), "incident")
    assert verbs(late) == ["restore.done", "restore.failed", "incident.update"]
    by_hand = incident_card(view(NORMAL["restoring"], backend="dashboard"), "incident")
    assert verbs(by_hand) == ["restore.done", "restore.failed", "incident.update"]
    assert "restore the data from **CHG-2027-0007**" in says(by_hand)


def test_a_failed_restore_goes_on_with_the_incident_process() -> None:
    card = incident_card(view(NORMAL["restore failed"]), "incident")
    assert "The restore failed: the incident process takes over." in says(card)
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


def test_tests_are_recorded_in_an_incident_and_it_is_resolved_only_when_every_one_passed_or_is_accepted() -> None:
    for name in ("incident", "incident, nothing tested", "handed over"):
        card = incident_card(view(NORMAL[name]), "incident")
        assert "test.result" in verbs(card)
        assert "incident.close" not in verbs(card)
        assert "the incident cannot be resolved" in says(card)
    failed = says(incident_card(view(NORMAL["incident"]), "incident"))
    assert "Test 2 failed. Test 3 has no result yet. Log a fix and test again, restore, or hand over" in failed
    for name in ("incident, all tests passed", "incident, tests accepted"):
        card = incident_card(view(NORMAL[name]), "incident")
        assert card["actions"][0]["title"] == "Resolve incident"
        assert card["actions"][0]["style"] == "positive"
        assert "tells everyone affected that it is over" in says(card)


def test_affected_people_are_told_and_when_they_hear_of_it_again_stands_on_the_card() -> None:
    card = incident_card(view(NORMAL["incident, tests accepted"]), "incident")
    assert "How it stands, and what comes next (people affected read this)" in says(card)
    assert (
        "last told on Thu 15 Apr 2027, 23:00 (CEST); the next update is due by Fri 16 Apr 2027, 01:00 (CEST)."
        in says(card)
    )


@pytest.mark.parametrize("name", ["incident", "restore asked for", "restoring"])
def test_whose_data_a_restore_overwrites_is_said_before_it_is_asked_when_confirmed_and_while_it_runs(name: str) -> None:
    assert "since the snapshot as well" not in says(incident_card(view(NORMAL[name]), "incident"))
    said = says(incident_card(replace(view(NORMAL[name]), neighbours=near()), "incident"))
    does = "It overwrites" if name == "restoring" else "It would overwrite"
    assert f"{does} what CHG-2027-0008 (New firewall) did on Hannibal since the snapshot as well" in said
    assert ("their people were told" if name == "restoring" else "their people are told") in said


@pytest.mark.parametrize("name", ["all tests passed", "incident, all tests passed", "restore asked for"])
def test_while_another_change_is_restored_nothing_is_tested_ended_or_restored(name: str) -> None:
    other = (booking("CHG-2027-0008", "New firewall", WINDOW, State.RESTORING),)
    seen = replace(view(NORMAL[name]), neighbours=other)
    card = day_card(seen, "day:1") if name == "all tests passed" else incident_card(seen, "incident")
    assert "CHG-2027-0008 (New firewall) is being restored on Hannibal, as of" in says(card)
    ends = {"change.complete", "incident.close", "test.result", "test.accept", "restore.confirm"}
    assert not ends & set(verbs(card))
