"""The hand-over card, and the warning of a window that is too short, wherever it is decided."""

from dataclasses import replace

import pytest

from cards.elements.countdown import too_short
from changes.model import Window
from tests.cards.subjects import START, WINDOW
from tests.unit.cards.looking import NORMAL, drawn, seen

PROCESS = "[The incident process](https://wiki.example.ch/processes/incident)"


def test_the_hand_over_says_everything_that_whoever_takes_over_has_to_know() -> None:
    drawn("handover", "handed over").offers().shows(
        *("Incident: hand-over", "Handed over | Thu 15 Apr 2027, 23:10 (CEST)"),
        *("It is not solved. The incident process takes over.", PROCESS),
        *("Implementer | Nadia Favre", "Approver | Pierre André", "Server | Hannibal"),
        "Snapshot | CHG-2027-0007, of Thu 15 Apr 2027, 19:15 (CEST)",
        "Restore | failed, Thu 15 Apr 2027, 23:10 (CEST): Infomaniak: the quota",
        *("Tests that failed", "✘ 2. Open a course and its forum", "What was tried", "What happened"),
        "Backups at hand | SSD NAS | [open](https://nas.example.ch/learn), about 45 min",
    )


def test_from_the_confirmation_of_a_restore_on_the_incident_process_is_prepared_and_true_in_every_state() -> None:
    running = (
        drawn("handover", "restoring")
        .lacks("Handed over", "takes over")
        .shows(
            *("Incident process prepared", PROCESS, "What happened", "asked for corrections"),
            "The data is being restored. In case that does not solve it, everything that the incident process needs",
            "Restore | under way since Thu 15 Apr 2027, 23:05 (CEST)",
        )
    )
    running.offers()
    again = "The data is restored and the tests are run again. In case that does not solve it"
    drawn("handover", "restored").shows(again)
    refused = drawn("handover", "restore failed, busy").shows("Incident process prepared")
    refused.shows("It is not solved, and it is not handed over yet")
    drawn("handover", "completed").shows("The incident is over.")


@pytest.mark.parametrize(
    ("name", "card"), [("draft", "summary"), ("precheck_pending", "precheck"), ("go_pending", "go")]
)
def test_a_window_too_short_for_its_own_restore_is_warned_of_wherever_it_is_decided(name: str, card: str) -> None:
    of = NORMAL[name]
    short = of.with_(plan=replace(of.plan, window=Window(START, START.replace(hour=21))))
    warned = "The window of 1 h is too short to go back in it: a restore takes 1 h and its tests 15 min."
    drawn(card, short).shows(warned)
    drawn(card, of).lacks("too short")
    assert too_short(seen(of.with_(plan=replace(of.plan, window=WINDOW)))) == []
