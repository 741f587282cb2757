"""The hand-over card, and the warnings and the clock that come before it."""

from dataclasses import replace
from typing import Any

from application.change_context import ChangeContext
from cards.approval.decisions import go_card, precheck_card
from cards.elements.countdown import too_short
from cards.incident.handover import handover_card
from cards.overview.status import status_card
from cards.request.summary import summary_card
from changes.model import State, Window
from changes.planning.timeline import timeline
from tests.cards.subjects import START, WINDOW, view
from tests.unit.cards.looking import NORMAL, at, says, verbs


def test_the_hand_over_says_everything_that_whoever_takes_over_has_to_know() -> None:
    said = says(handover_card(view(NORMAL["handed over"]), "handover"))
    for wanted in (
        "It is not solved. The incident process takes over.",
        "Implementer | Nadia Favre",
        "Approver | Pierre André",
        "Server | Hannibal",
        "Snapshot | CHG-2027-0007, of Thu 15 Apr 2027, 19:15 (CEST)",
        "Restore | failed, Thu 15 Apr 2027, 23:10 (CEST): Infomaniak: the quota",
        "Tests that failed",
        "✘ 2. Open a course and its forum",
        "What was tried",
        "Backups at hand | SSD NAS | [open](https://nas.example.ch/learn), about 45 min",
        "[The incident process](https://wiki.example.ch/processes/incident)",
        "What happened",
    ):
        assert wanted in said
    assert verbs(handover_card(view(NORMAL["handed over"]), "handover")) == []


def test_from_the_confirmation_of_a_restore_on_the_incident_process_is_prepared() -> None:
    said = says(handover_card(view(NORMAL["restoring"]), "handover"))
    for wanted in (
        "Incident process prepared",
        "The data is being restored. In case that does not solve it, everything that the incident process needs",
        "[The incident process](https://wiki.example.ch/processes/incident)",
        "Restore | under way since Thu 15 Apr 2027, 23:05 (CEST)",
        "What happened",
        "asked for corrections",
    ):
        assert wanted in said
    assert "Handed over" not in said
    assert "takes over" not in said


def test_what_is_prepared_is_true_in_every_state() -> None:
    restored = says(handover_card(view(NORMAL["restored"]), "handover"))
    assert "The data is restored and the tests are run again. In case that does not solve it" in restored
    refused = says(handover_card(view(NORMAL["restore failed, busy"]), "handover"))
    assert "Incident process prepared" in refused
    assert "It is not solved, and it is not handed over yet" in refused
    handed = says(handover_card(view(NORMAL["handed over"]), "handover"))
    assert "Incident: hand-over" in handed
    assert "Handed over | Thu 15 Apr 2027, 23:10 (CEST)" in handed


def test_a_hand_over_that_ended_says_so() -> None:
    assert "The incident is over." in says(handover_card(view(NORMAL["completed"]), "handover"))


def test_the_live_card_shows_the_clock_of_the_day_while_the_work_goes_on() -> None:
    """CASES.md, Arithmetic that the process itself gets wrong."""
    said = says(status_card(at(NORMAL["in_progress"], 50)))
    for wanted in (
        "Cutoff | Thu 15 Apr 2027, 23:00 (CEST), in 10 min",
        "End | Thu 15 Apr 2027, 23:30 (CEST), in 40 min",
        "Last restore in time | Thu 15 Apr 2027, 22:15 (CEST) (already past)",
        "If restored now | it ends Fri 16 Apr 2027, 00:05 (CEST), with 15 min for the tests",
        "If tests fail again | restored only then, it ends Fri 16 Apr 2027, 00:20 (CEST)",
        "What covers that | 1 h more",
        "Reckoned Thu 15 Apr 2027, 22:50 (CEST).",
    ):
        assert wanted in said
    assert "What covers that | the window, as it is" in says(status_card(at(NORMAL["extended"], 40)))
    assert "20 min ago" in says(status_card(at(NORMAL["in_progress"], 110)))
    assert "If restored now" not in says(status_card(view(NORMAL["completed"])))


def test_a_window_too_short_for_its_own_restore_is_warned_of_wherever_it_is_decided() -> None:
    short = Window(START, START.replace(hour=21))
    sentence = "The window of 1 h is too short to go back in it: a restore takes 1 h and its tests 15 min."
    for name in ("draft", "precheck_pending", "go_pending"):
        of = NORMAL[name]
        assert sentence in says(card_of(view(of.with_(plan=replace(of.plan, window=short)))))
        assert "too short" not in says(card_of(view(of)))
    assert too_short(view(NORMAL["draft"].with_(plan=replace(NORMAL["draft"].plan, window=WINDOW)))) == []


def card_of(seen: ChangeContext) -> dict[str, Any]:
    """The card on which the change is decided in its state."""
    match seen.change.state:
        case State.DRAFT:
            return summary_card(seen, timeline(seen.change, seen.service))
        case State.PRECHECK_PENDING:
            return precheck_card(seen, "precheck:1")
        case _:
            return go_card(seen, "go:1", "")
