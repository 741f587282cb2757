"""What was entered, and the change's one live card."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cards.overview.status import status_card
from cards.request.summary import summary_card
from changes.lifecycle.request import EDITABLE
from changes.model import (
    BEFORE_WORK,
    State,
    Window,
)
from changes.planning.timeline import timeline
from tests.cards.subjects import PIERRE, START, near, view
from tests.unit.cards.looking import EMERGENCY, NORMAL, at, says, verbs


def test_the_summary_shows_the_plan_and_every_date_with_its_zone() -> None:
    seen = view(NORMAL["draft"])
    seen = replace(seen, now=START - timedelta(days=30))
    card = summary_card(seen, timeline(seen.change, seen.service))
    for text in (
        "Thu 1 Apr 2027, 09:00 (CEST)",
        "Thu 8 Apr 2027, 09:00 (CEST)",
        "Thu 15 Apr 2027, 19:15 (CEST)",
        "Thu 15 Apr 2027, 22:00–23:30 (CEST)",
    ):
        assert text in says(card)
    assert verbs(card) == ["change.submit", "change.edit", "change.withdraw"]
    assert "Short notice" not in says(card)


def test_a_date_of_the_summary_that_has_passed_means_at_once() -> None:
    seen = replace(view(NORMAL["draft"]), now=START - timedelta(days=10))
    said = says(summary_card(seen, timeline(seen.change, seen.service)))
    assert "Pre-check | at once" in said
    assert "Short notice" in said
    assert "Pierre André or a deputy has to waive the lead time." in said


def test_the_summary_of_an_emergency_promises_no_reminder_and_nothing_before_its_go() -> None:
    """The window is an hour away: the day before, and the moment at which a snapshot would have begun, are past."""
    asked = START - timedelta(hours=1)
    seen = replace(view(EMERGENCY["draft"].with_(submitted_at=asked)), now=asked)
    said = says(summary_card(seen, timeline(seen.change, seen.service)))
    assert "Reminder to everyone" not in said
    first, second = "Pre-check and GO | at once", "Snapshot begins | right after GO"
    assert (
        0 < said.index(first) < said.index(second) < said.index("Postponed without GO | Thu 15 Apr 2027, 22:00 (CEST)")
    )


def test_the_summary_at_short_notice_asks_for_go_after_the_pre_check() -> None:
    seen = replace(view(NORMAL["draft"]), now=START - timedelta(days=4))
    said = says(summary_card(seen, timeline(seen.change, seen.service)))
    assert "GO / NO-GO | right after the pre-check" in said
    assert "Reminder to everyone | Wed 14 Apr 2027, 09:00 (CEST)" in said


@pytest.mark.parametrize("state", State)
def test_the_live_card_says_the_state_and_offers_only_what_fits(state: State) -> None:
    offered = verbs(status_card(view(NORMAL[state.value])))
    gives_date = {"change.edit", "change.move"} & set(offered)
    assert bool(gives_date) == (state in EDITABLE)
    assert ("change.withdraw" in offered) == (state in BEFORE_WORK)
    assert set(offered) <= {"change.edit", "change.move", "change.withdraw"}


NEXT = {
    State.SUBMITTED: "Pierre André or a deputy is asked for the pre-check",
    State.PRECHECK_PENDING: "answers the pre-check. Without GO by Tue 13 Apr 2027, 09:00 (CEST)",
    State.CORRECTIONS_REQUESTED: "Nadia Favre corrects the plan",
    State.PRECHECKED: "is asked for GO / NO-GO",
    State.GO_PENDING: "says GO or NO-GO. Without GO by Tue 13 Apr 2027, 09:00 (CEST) the change is postponed.",
    State.SCHEDULED: "everyone is reminded on Wed 14 Apr 2027, 09:00 (CEST), then the data snapshot begins Thu 15 Apr",
    State.SNAPSHOTTING: "Nadia Favre starts it Thu 15 Apr 2027, 22:00 (CEST)",
    State.READY: "Nadia Favre starts it Thu 15 Apr 2027, 22:00 (CEST)",
    State.IN_PROGRESS: "It is the cutoff",
    State.TROUBLE: "looks for the cause",
    State.EXTENDED: "If it is not done by Thu 15 Apr 2027, 23:45 (CEST)",
    State.INCIDENT: "being fixed",
    State.RESTORING: "being restored",
    State.COMPLETED: "the review on Fri 16 Apr 2027, 09:00 (CEST)",
    State.NO_GO: "Nadia Favre gives it a new date",
    State.POSTPONED: "Nadia Favre gives it a new date",
    State.DRAFT: "nobody has been asked",
}


@pytest.mark.parametrize("state", NEXT)
def test_the_live_card_says_who_does_what_next_and_when(state: State) -> None:
    assert NEXT[state] in says(status_card(view(NORMAL[state.value])))


def test_a_change_that_should_have_begun_says_who_has_to_start_it() -> None:
    assert "Nadia Favre has to start it, or postpone it." in says(status_card(at(NORMAL["ready"], 20)))


def test_a_finished_change_keeps_its_real_times() -> None:
    """CASES.md 33."""
    said = says(status_card(view(NORMAL["completed"])))
    assert "Thu 15 Apr 2027, 22:03 (CEST)" in said
    assert "Thu 15 Apr 2027, 23:21 (CEST) after 1 h 18 min" in said
    assert "successful" in said
    assert "rolled back to the snapshot" in says(status_card(view(NORMAL["rolled back"])))


def test_a_waived_snapshot_is_not_said_to_begin() -> None:
    said = says(status_card(view(NORMAL["snapshot waived with GO"])))
    assert "everyone is reminded on Wed 14 Apr 2027, 09:00 (CEST). It starts without a snapshot." in said
    assert "snapshot begins" not in said


def test_a_snapshot_that_failed_is_held_or_planned_earlier_is_said_as_it_is() -> None:
    failed = says(status_card(view(NORMAL["snapshot failed"])))
    assert "Snapshot failed" in failed
    held = says(status_card(view(NORMAL["snapshot held"])))
    assert "its snapshot waits until Hannibal is free" in held
    for said in (failed, held):
        assert "Snapshot under way" not in said
        assert "starts it" not in said, "nobody knows when"
    planned = says(status_card(view(NORMAL["snapshot planned earlier"])))
    assert "then the data snapshot begins Thu 15 Apr 2027, 17:00 (CEST). That is earlier than usual" in planned


def test_an_emergency_is_asked_for_pre_check_and_go_in_one() -> None:
    assert "says GO or NO-GO; that is the pre-check too." in says(status_card(view(EMERGENCY["precheck_pending"])))
    assert "asked for pre-check and GO in one" in says(status_card(view(EMERGENCY["submitted"])))


def test_without_a_new_date_the_day_is_named_on_which_it_is_cancelled() -> None:
    since = START - timedelta(days=7)
    said = says(status_card(view(NORMAL["no_go"].with_(state_since=since))))
    assert "Without a date it is cancelled on Thu 3 Jun 2027." in said


def test_beside_an_incident_of_the_server_nobody_is_said_to_start() -> None:
    said = says(status_card(replace(at(NORMAL["ready"], 5), neighbours=near())))
    assert "CHG-2027-0008 (New firewall) is an incident on Hannibal: nothing else starts there" in said
    assert "has to start it" not in said


def test_a_restore_that_should_have_ended_asks_somebody_to_look() -> None:
    assert "the restore should have ended Fri 16 Apr 2027, 00:05 (CEST)" in says(
        status_card(at(NORMAL["restoring"], 140))
    )
    assert "until about Fri 16 Apr 2027, 00:05 (CEST)" in says(status_card(at(NORMAL["restoring"], 100)))


def test_the_review_that_is_due_is_asked_of_the_implementer() -> None:
    assert "Now: Nadia Favre writes the review." in says(status_card(at(NORMAL["completed"], 24 * 60)))


def test_in_a_short_window_the_cutoff_is_in_its_middle() -> None:
    of = NORMAL["in_progress"]
    short = of.with_(plan=replace(of.plan, window=Window(START, START + timedelta(minutes=20))))
    assert "Cutoff | Thu 15 Apr 2027, 22:10 (CEST), in 5 min" in says(status_card(at(short, 5)))


def test_far_behind_its_end_the_live_card_shows_no_distance_that_nobody_redraws() -> None:
    assert "30 min ago" in says(status_card(at(NORMAL["in_progress"], 120)))
    assert "ago" not in says(status_card(at(NORMAL["in_progress"], 15 * 60)))


def test_a_span_is_the_difference_of_the_two_times_beside_it() -> None:
    """1 h 4 stood beside 1 h 5."""
    for seconds in (0, 29, 31, 59):
        began = START + timedelta(seconds=59 - seconds)
        ended = START + timedelta(minutes=65, seconds=seconds)
        said = says(status_card(view(NORMAL["completed"].with_(started_at=began, ended_at=ended))))
        assert "Started | Thu 15 Apr 2027, 22:00 (CEST) | Ended | Thu 15 Apr 2027, 23:05 (CEST) after 1 h 5 min" in said


def test_the_summary_says_in_one_place_what_speaks_against_the_plan() -> None:
    of = NORMAL["draft"]
    seen = replace(view(of), now=START - timedelta(hours=1), neighbours=near()[1:2])
    said = says(summary_card(seen, timeline(seen.change, seen.service)))
    assert "Please note" in said
    assert (
        "A snapshot takes 2 h 30 min: begun on Thu 15 Apr 2027, 21:00 (CEST) it would end Thu 15 Apr 2027, 23:30 (CEST)"
        in said
    )
    assert "Other changes near it, on the same server or service: CHG-2027-0010 (New firewall)" in said
    own = view(of.with_(requester=PIERRE))
    assert "It is the own change of Pierre André: a deputy decides." in says(
        summary_card(own, timeline(own.change, own.service))
    )
    alone = replace(own, service=replace(own.service, deputies=()))
    assert "Nobody can decide about it" in says(summary_card(alone, timeline(own.change, own.service)))
    fine = replace(view(of), now=START - timedelta(days=30))
    assert "Please note" not in says(summary_card(fine, timeline(of, fine.service)))
