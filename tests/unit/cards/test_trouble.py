"""The cutoff with its arithmetic, the incident, the restore and the hand-over; and the warning of a short window."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cards.elements.countdown import too_short
from changes.events import Completed, Entry, IncidentDeclared
from changes.model import Extension, Outcome, Restore, SnapshotStatus, State, Window
from tests.cards.subjects import CLAIRE, NADIA, PIERRE, START, WINDOW, booking, near
from tests.unit.cards.looking import NORMAL, Card, drawn, seen

ALWAYS = ["incident.update", "incident.tried", "incident.tried", "incident.handover", "test.accept"]
"""What can be pressed on an incident whatever became of its snapshot, while a test keeps it from ending."""
SOLVED, MORE, DOWN, KEEP = "trouble.solved", "window.extend", "incident.declare", "holding.keep"


def pressed(card: Card) -> list[str]:
    """The verbs of its buttons, those beside the tests left out."""
    return [verb for verb in card.verbs if verb != "test.result"]


def test_the_cutoff_shows_the_ends_of_every_way_and_suggests_what_covers_restore_and_tests() -> None:
    """docs/process.md, P68."""
    card = drawn("cutoff", "cutoff asked", 60).shows(
        "The window ends Thu 15 Apr 2027, 23:30 (CEST). Will it be done by then?",
        "Finish as planned | 23:30 | every test passed",
        "Restore | 00:15, Fri 16 Apr 2027 | declare an incident, then restore; an extension of 45 min",
        "Retest first, then restore | 00:30, Fri 16 Apr 2027 | declare an incident, then restore; an extension of 1 h",
        "If begun at 23:00; every minute later is a minute more.",
        "A restore that began by 22:15 would still have ended within the window.",
    )
    buttons = [(each["data"]["extra_minutes"], each.get("style")) for each in card.buttons(MORE)]
    assert buttons == [("30", None), ("60", "positive"), ("90", None)]
    card.offers(*[MORE] * 3, DOWN, KEEP)  # a test has failed: solved would be refused
    drawn("cutoff", NORMAL["cutoff asked"].with_(tests={}), 60).offers(SOLVED, *[MORE] * 3, DOWN, KEEP)


@pytest.mark.parametrize("which", ["cutoff", "day"])
def test_the_issue_that_was_reported_is_not_asked_for_again_where_an_incident_is_declared(which: str) -> None:
    of = NORMAL["trouble"]
    assert drawn(which, of, 60).field("incident")["value"] == of.trouble != ""
    assert "value" not in drawn(which, of.with_(trouble=""), 60).field("incident")


def test_without_a_snapshot_there_is_nothing_to_restore_neither_at_the_cutoff_nor_in_an_incident() -> None:
    of = NORMAL["in_progress"]
    waived = of.with_(snapshot=replace(of.snapshot, status=SnapshotStatus.WAIVED))
    drawn("cutoff", waived, 60).shows("no snapshot to restore").lacks("Back by")
    card = drawn("incident", "no snapshot to restore").shows("restore files from a backup")
    assert pressed(card) == ALWAYS


def test_an_answered_cutoff_has_no_buttons_and_says_who_answered_it_and_how() -> None:
    more = Extension(45, "The import is slow.", NADIA, START + timedelta(minutes=61))
    extended = NORMAL["in_progress"].with_(extensions=(more,))
    for of in (NORMAL["cutoff answered"], NORMAL["completed"], extended):
        drawn("cutoff", of).offers().lacks("decision needed")
    said = "**Nadia Favre** extended the window by 45 min on Thu 15 Apr 2027, 23:01 (CEST): | The import is slow."
    drawn("cutoff", extended).shows(said)
    assert drawn("cutoff", extended, message="cutoff:1").verbs, "after an extension it is asked again"
    asked = START + timedelta(minutes=60)
    declared = Entry(9, asked + timedelta(minutes=5), CLAIRE, "card", IncidentDeclared("Nobody can log in."))
    context = seen(NORMAL["incident"].with_(cutoff_asked_at=asked), history=(declared,))
    said = "**Claire Rey** declared an incident on Thu 15 Apr 2027, 23:05 (CEST): | Nobody can log in."
    drawn("cutoff", context).shows(said, "Answered").lacks("Now:", "is an incident")
    ended = Entry(10, asked + timedelta(hours=2), NADIA, "card", Completed(Outcome.ROLLED_BACK))
    over = seen(NORMAL["rolled back"].with_(cutoff_asked_at=asked), history=(declared, ended))
    drawn("cutoff", over).shows(said, "completed it on").lacks("Now:", "Rolled back")


def test_the_cutoff_keeps_its_buttons_until_it_is_answered_after_it_was_asked() -> None:
    """Trouble reported and solved at 10:10 for a window until 12:00 answers nothing at 11:30."""
    assert SOLVED in drawn("cutoff", NORMAL["trouble"].with_(cutoff_answered=True), 60).verbs
    drawn("cutoff", "restored", 60).offers(*[MORE] * 3, DOWN, KEEP)  # it is not asked yet, and nothing is to be solved
    drawn("cutoff", "cutoff answered", 63).offers().shows(
        "**Nadia Favre** answered on Thu 15 Apr 2027, 23:02 (CEST): solved."
    ).lacks("Now:")


def test_the_cutoff_says_no_minutes_that_go_stale() -> None:
    for minutes in (60, 75, 95):
        drawn("cutoff", "cutoff asked", minutes).lacks("in 30 min", ", now", " ago")
    drawn("day", "in_progress", 50).shows("Cutoff | 23:00 | End | 23:30 | Latest restore start | 22:15")


def test_a_restore_shows_what_would_be_lost_and_when_it_and_the_other_ways_would_end() -> None:
    card = drawn("incident", "incident", 62).shows(
        "**Data loss**: everything entered since Thu 15 Apr 2027, 19:15 (CEST) is overwritten.",
        "Snapshot CHG-2027-0007, 1 h 15 min with the tests.",
        "Keep fixing | No ETA",
        "Files from SSD NAS | Takes 1 h | Steps",
        "Files from Small desktop NAS | Takes 1 h 45 min | Steps",
        "Restore the snapshot | Takes 1 h 15 min | Choose…",
    )
    assert pressed(card) == ["restore.ask", *ALWAYS]


def test_files_from_a_backup_come_with_its_steps_and_what_was_tried_stands_there() -> None:
    card = drawn("incident", "incident").shows(
        "[Open SSD NAS](https://nas.example.ch/learn)", "1. Open the share.\n2. Copy"
    )
    card.shows("Find the newest copy from before the change.")  # a backup without steps gets those that always hold
    card = drawn("incident", "much tried").shows("Done so far")
    assert card.said.count("Infomaniak: the quota of snapshots is used up.") == 2


def test_an_incident_is_handed_over_once_and_over_or_restored_it_has_no_buttons() -> None:
    assert "incident.handover" not in drawn("incident", "handed over").verbs
    drawn("incident", "restored").offers().shows("Rerun the tests")
    drawn("incident", "completed").shows("The incident is resolved.")


def test_a_restore_is_confirmed_by_typing_the_name_of_the_server_and_never_by_who_asked() -> None:
    card = drawn("incident", "restore asked for").shows("Type Hannibal to confirm: its data will be overwritten")
    card.shows("asked for a restore on Thu 15 Apr 2027, 23:10 (CEST)")
    assert pressed(card) == ["restore.confirm", "restore.withdraw", *ALWAYS]
    of = NORMAL["restore asked for"]
    drawn("incident", of).shows("must confirm it: Pierre André or a deputy.")
    own = of.with_(restore=Restore(PIERRE, START))
    drawn("incident", own).shows("must confirm it: a deputy.")
    alone = seen(own, service=replace(seen(own).service, deputies=()))
    drawn("incident", alone).shows("must confirm it, but the service has no deputy: an admin")


def test_a_restore_that_runs_says_when_it_ends_and_by_hand_is_reported() -> None:
    provider = (
        drawn("incident", "restoring").offers("incident.update").shows("≈ 35 %, ready about 00:05, Fri 16 Apr 2027")
    )
    provider.shows("With the tests | Fri 16 Apr 2027, 00:20 (CEST)").lacks("Expected end")
    reports = ("restore.done", "restore.failed", "incident.update")
    drawn("incident", "restore late").offers(*reports)
    by_hand = drawn("incident", seen("restoring", backend="dashboard")).offers(*reports)
    by_hand.shows("restore the data from **CHG-2027-0007**")


def test_a_failed_restore_goes_on_with_the_incident_process() -> None:
    card = drawn("incident", "restore failed").shows("The restore failed: the incident process takes over.")
    assert {"restore.ask", "restore.done"} <= set(card.verbs)
    drawn("incident", "restore failed, busy").shows("nothing was overwritten")
    drawn("incident", "restore failed, lost").shows("check Infomaniak's dashboard before anything else")


@pytest.mark.parametrize("name", ["incident", "incident, nothing tested", "handed over"])
def test_an_incident_is_not_resolved_before_every_test_passed_or_is_accepted(name: str) -> None:
    card = drawn("incident", name).shows("the incident cannot be resolved")
    assert "test.result" in card.verbs
    assert "incident.close" not in card.verbs
    failed = "Test 2 failed. Test 3 has no result yet. Log a fix and retest, restore, hand over, or "
    drawn("incident", "incident").shows(failed + "Pierre André or a deputy accepts it as is; until then")


@pytest.mark.parametrize("name", ["incident, all tests passed", "incident, tests accepted"])
def test_an_incident_whose_tests_passed_or_are_accepted_is_resolved_and_everyone_hears_of_it(name: str) -> None:
    card = drawn("incident", name).shows("tells everyone affected that it is over")
    assert (card.titles[0], card.drawn["actions"][0]["style"]) == ("Resolve incident", "positive")


def test_affected_people_are_told_and_when_they_hear_of_it_again_stands_on_the_card() -> None:
    drawn("incident", "incident, tests accepted").shows(
        "Message to the people affected (English)",
        "Now: Nadia Favre is working on the recovery: a fix, files from a backup, or a snapshot restore.",
        "Next incident update due by Fri 16 Apr 2027, 01:00 (CEST).",
        "Last update | Thu 15 Apr 2027, 23:00 (CEST)",
    )


@pytest.mark.parametrize("name", ["incident", "restore asked for", "restoring"])
def test_whose_data_a_restore_overwrites_is_said_before_it_is_asked_when_confirmed_and_while_it_runs(name: str) -> None:
    drawn("incident", name).lacks("also overwrite")
    runs = name == "restoring"
    does, told = ("It also overwrites", "were") if runs else ("It would also overwrite", "are")
    card = drawn("incident", seen(name, neighbours=near())).shows(f"their people {told} told")
    card.shows(f"{does} what CHG-2027-0008 (New firewall) did on Hannibal since the snapshot")


@pytest.mark.parametrize("name", ["all tests passed", "incident, all tests passed", "restore asked for"])
def test_while_another_change_is_restored_nothing_is_tested_ended_or_restored(name: str) -> None:
    other = (booking("CHG-2027-0008", "New firewall", WINDOW, State.RESTORING),)
    card = drawn("day" if name == "all tests passed" else "incident", seen(name, neighbours=other))
    card.shows("CHG-2027-0008 (New firewall) is being restored on Hannibal: its data is overwritten")
    ends = {"change.complete", "incident.close", "test.result", "test.accept", "restore.confirm"}
    assert not ends & set(card.verbs)


PROCESS = "[Open the incident process](https://wiki.example.ch/processes/incident)"


def test_the_hand_over_says_everything_that_whoever_takes_over_has_to_know() -> None:
    drawn("handover", "handed over").offers().shows(
        *("Incident: hand-over", "Handed over | Thu 15 Apr 2027, 23:10 (CEST)"),
        *("Not resolved: the incident process takes over.", PROCESS),
        *("Implementer | Nadia Favre", "Approver | Pierre André", "Server | Hannibal"),
        "Snapshot | CHG-2027-0007, Thu 15 Apr 2027, 19:15 (CEST)",
        "Restore | failed, Thu 15 Apr 2027, 23:10 (CEST): Infomaniak: the quota",
        *("Failed tests", "✗ 2. Open a course and its forum", "Actions so far", "Timeline"),
        "Available backups | SSD NAS | [open](https://nas.example.ch/learn), about 45 min",
    )


def test_from_the_confirmation_of_a_restore_on_the_incident_process_is_prepared_and_true_in_every_state() -> None:
    running = (
        drawn("handover", "restoring")
        .lacks("Handed over", "takes over")
        .shows(
            *("Incident process prepared", PROCESS, "Timeline", "requested corrections"),
            "The data is being restored. If that does not solve it, everything the incident process needs",
            "Restore | running since Thu 15 Apr 2027, 23:05 (CEST)",
        )
    )
    running.offers()
    again = "The data is restored; the tests are being rerun. If that does not solve it"
    drawn("handover", "restored").shows(again)
    refused = drawn("handover", "restore failed, busy").shows("Incident process prepared")
    refused.shows("Not resolved and not handed over yet")
    drawn("handover", "completed").shows("The incident is resolved.")


@pytest.mark.parametrize(
    ("name", "card"), [("draft", "summary"), ("precheck_pending", "precheck"), ("go_pending", "go")]
)
def test_a_window_too_short_for_its_own_restore_is_warned_of_wherever_it_is_decided(name: str, card: str) -> None:
    of = NORMAL[name]
    short = of.with_(plan=replace(of.plan, window=Window(START, START.replace(hour=21))))
    warned = "The window of 1 h is too short for a rollback (1 h restore + 15 min tests): plan 1 h 15 min or more"
    drawn(card, short).shows(warned)
    drawn(card, of).lacks("too short")
    assert too_short(seen(of.with_(plan=replace(of.plan, window=WINDOW)))) == ""
