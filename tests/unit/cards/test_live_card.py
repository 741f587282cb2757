"""What was entered, and the change's one live card."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cards.status import status_card
from cards.summary import summary_card
from changes.lifecycle.preparing import EDITABLE
from changes.model import (
    BEFORE_WORK,
    State,
)
from changes.timeline import timeline
from tests.cards.subjects import START, view
from tests.unit.cards.looking import EMERGENCY, NORMAL, at, says, verbs


def test_the_summary_shows_the_plan_and_every_date_with_its_zone() -> None:
    seen = view(NORMAL["draft"])
    seen = replace(seen, now=START - timedelta(days=30))
    card = summary_card(seen, timeline(seen.change, seen.service))
    for text in (
        "01.04.2027 09:00 CEST",
        "08.04.2027 09:00 CEST",
        "15.04.2027 19:15 CEST",
        "15.04.2027 22:00–23:30 CEST",
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
    assert 0 < said.index(first) < said.index(second) < said.index("Postponed without GO | 15.04.2027 22:00 CEST")


def test_the_summary_at_short_notice_asks_for_go_after_the_pre_check() -> None:
    seen = replace(view(NORMAL["draft"]), now=START - timedelta(days=4))
    said = says(summary_card(seen, timeline(seen.change, seen.service)))
    assert "GO / NO-GO | right after the pre-check" in said
    assert "Reminder to everyone | 14.04.2027 09:00 CEST" in said


@pytest.mark.parametrize("state", State)
def test_the_live_card_says_the_state_and_offers_only_what_fits(state: State) -> None:
    offered = verbs(status_card(view(NORMAL[state.value])))
    gives_date = {"change.edit", "change.move"} & set(offered)
    assert bool(gives_date) == (state in EDITABLE)
    assert ("change.withdraw" in offered) == (state in BEFORE_WORK)
    assert set(offered) <= {"change.edit", "change.move", "change.withdraw"}


NEXT = {
    State.SUBMITTED: "Pierre André or a deputy is asked for the pre-check",
    State.PRECHECK_PENDING: "answers the pre-check. Without GO by 13.04.2027 09:00 CEST",
    State.CORRECTIONS_REQUESTED: "Nadia Favre corrects the plan",
    State.PRECHECKED: "is asked for GO / NO-GO",
    State.GO_PENDING: "says GO or NO-GO. Without GO by 13.04.2027 09:00 CEST the change is postponed.",
    State.SCHEDULED: "everyone is reminded on 14.04.2027 09:00 CEST, then the data snapshot begins 15.04.2027 19:15",
    State.SNAPSHOTTING: "Nadia Favre starts it 15.04.2027 22:00 CEST",
    State.READY: "Nadia Favre starts it 15.04.2027 22:00 CEST",
    State.IN_PROGRESS: "It is the cutoff",
    State.TROUBLE: "looks for the cause",
    State.EXTENDED: "If it is not done by 15.04.2027 23:45 CEST",
    State.INCIDENT: "being fixed",
    State.RESTORING: "being restored",
    State.COMPLETED: "the review on 16.04.2027 09:00 CEST",
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
    assert "15.04.2027 22:03 CEST" in said
    assert "15.04.2027 23:21 CEST after 1 h 18 min" in said
    assert "successful" in said
    assert "rolled back to the snapshot" in says(status_card(view(NORMAL["rolled back"])))
