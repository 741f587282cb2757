"""The pre-check and GO cards, and the records that they turn into."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from application.change_context import ChangeContext
from cards.approval.decisions import go_card, precheck_card
from cards.overview.status import status_card
from changes.model import (
    Decision,
    State,
)
from changes.policy import Away
from tests.cards.subjects import CLAIRE, PIERRE, START, near, view
from tests.unit.cards.looking import EMERGENCY, NORMAL, says, verbs


def test_the_pre_check_shows_what_changes_how_it_is_tested_the_downtime_the_risks_and_the_way_back() -> None:
    card = precheck_card(view(NORMAL["precheck_pending"]), "precheck:1")
    for text in ("with its plugins", "Log in with a student", "1 h 30 min", "quiz plugin", "Restore the data snapshot"):
        assert text in says(card)
    assert verbs(card) == ["precheck.approve", "precheck.correct"]


def test_the_pre_check_says_until_when_an_answer_is_needed_and_what_silence_brings() -> None:
    assert "Without GO by Tue 13 Apr 2027, 09:00 (CEST) the change is postponed." in says(
        precheck_card(view(NORMAL["precheck_pending"]), "precheck:1")
    )


def test_short_notice_is_shown_with_its_reason_and_that_approving_waives_the_lead_time() -> None:
    said = says(precheck_card(view(NORMAL["precheck_pending"]), "precheck:1"))
    assert "Short notice: requested less than 21 days ahead." in said
    assert "The exams begin in three weeks." in said
    assert "Approving also waives the lead time." in said
    in_time = NORMAL["precheck_pending"].with_(short_notice=False)
    assert "waives" not in says(precheck_card(view(in_time), "precheck:1"))


def test_an_emergency_has_one_card_with_go_and_no_go() -> None:
    card = precheck_card(view(EMERGENCY["precheck_pending"]), "precheck:1")
    assert verbs(card) == ["go.give", "go.refuse"]
    assert "Somebody is using a hole in 4.5." in says(card)
    for text in ("Readiness", "Earliest start", "Snapshot preflight | not run yet", "Without GO by"):
        assert text in says(card)


@pytest.mark.parametrize("state", sorted(set(State) - {State.PRECHECK_PENDING}))
def test_an_answered_pre_check_has_no_buttons(state: State) -> None:
    """CASES.md 23."""
    assert verbs(precheck_card(view(NORMAL[state.value]), "precheck:1")) == []


@pytest.mark.parametrize("state", sorted(set(State) - {State.GO_PENDING}))
def test_an_answered_go_has_no_buttons(state: State) -> None:
    assert verbs(go_card(view(NORMAL[state.value]), "go:1", "notice")) == []


def test_go_shows_the_very_notice_that_it_sends() -> None:
    card = go_card(view(NORMAL["go_pending"]), "go:1", "**Planned maintenance** on Thursday.\n\nNobody can log in.")
    assert "**Planned maintenance** on Thursday. | Nobody can log in." in says(card)
    assert verbs(card) == ["go.give", "go.refuse"]


def test_the_record_of_a_decision_says_who_when_and_the_comment() -> None:
    said = says(go_card(view(NORMAL["scheduled"]), "go:1", ""))
    assert "**Pierre André** gave GO on Thu 8 Apr 2027, 11:00 (CEST)." in said
    assert "Please tell the teachers" in said
    assert "Thu 15 Apr 2027, 22:00–23:30 (CEST)" in said


def test_the_record_says_deputy_for_the_approver_by_name() -> None:
    """CASES.md 19."""
    assert "**Claire Rey (deputy for Pierre André)** gave GO" in says(
        go_card(view(NORMAL["decided by a deputy"]), "go:1", "")
    )


def test_after_corrections_the_card_says_what_has_to_be_corrected() -> None:
    said = says(precheck_card(view(NORMAL["corrections_requested"]), "precheck:1"))
    assert "asked for corrections" in said
    assert "Please tell the teachers" in said


@pytest.mark.parametrize("draw", [precheck_card, lambda seen, message: go_card(seen, message.replace("pre", ""), "")])
def test_a_decision_about_another_text_is_void_and_the_card_says_so(draw: Any) -> None:
    """CASES.md 21."""
    card = draw(view(NORMAL["edited after the decision"]), "precheck:1")
    assert "This card is void: the plan was changed afterwards" in says(card)
    assert verbs(card) == []


@pytest.mark.parametrize("state", ["postponed", "cancelled"])
def test_a_card_that_nobody_answered_says_what_became_of_the_change(state: str) -> None:
    """CASES.md 20."""
    assert f"Nobody answered here: CHG-2027-0007 is {state}." in says(go_card(view(NORMAL[state]), "go:1", ""))


def test_a_decision_that_was_overtaken_says_so() -> None:
    """CASES.md 18."""
    cancelled = NORMAL["scheduled"].with_(state=State.CANCELLED)
    assert "Since then: CHG-2027-0007 is cancelled." in says(go_card(view(cancelled), "go:1", ""))


def test_an_approver_who_is_involved_is_not_the_one_who_is_asked() -> None:
    own = NORMAL["go_pending"].with_(requester=PIERRE)
    assert "A deputy decides." in says(go_card(view(own), "go:1", ""))


def test_an_overlap_that_was_let_through_is_shown_with_who_and_why() -> None:
    of = NORMAL["precheck_pending"]
    allowed = Decision("conflict", CLAIRE, START, of.plan.fingerprint, "Both can be done at once.")
    said = says(precheck_card(view(of.with_(conflict_allowed=allowed)), "precheck:1"))
    assert "**Claire Rey** lets it stand" in said
    assert "Both can be done at once." in said


def test_go_shows_the_tests_the_rollback_plan_the_risks_and_whether_it_can_take_place() -> None:
    said = says(go_card(replace(view(NORMAL["preflight passed"]), neighbours=near()[1:2]), "go:1", "notice"))
    for text in (
        "1. Log in with a student account\n2. Open a course and its forum",
        "Rollback plan | Restore the data snapshot and the old code.",
        "Risks | The quiz plugin may not be ready for 5.0.",
        "Snapshot preflight | passed, Wed 7 Apr 2027, 22:00 (CEST)",
        "Near it | CHG-2027-0010 (New firewall), Fri 16 Apr 2027, 00:00–01:00 (CEST)",
        "Earliest start | Thu 15 Apr 2027, 22:00 (CEST)",
        "Without GO by Tue 13 Apr 2027, 09:00 (CEST) the change is postponed.",
    ):
        assert text in said
    failed = says(go_card(view(NORMAL["preflight failed"]), "go:1", ""))
    assert "Snapshot preflight | found problems, Wed 7 Apr 2027, 22:00 (CEST)" in failed
    assert "The data disk of Hannibal was not found. The token is not accepted." in failed
    assert "Snapshot preflight | not run yet" in says(go_card(view(NORMAL["go_pending"]), "go:1", ""))


def test_go_says_who_is_away() -> None:
    seen = view(NORMAL["go_pending"])
    absence = Away(CLAIRE, date(2027, 4, 1), date(2027, 4, 20))
    away = replace(seen, service=replace(seen.service, away=(absence,)))
    assert "Away | Claire Rey, until Tue 20 Apr 2027" in says(go_card(away, "go:1", ""))
    assert "Away" not in says(go_card(seen, "go:1", ""))
    both = replace(seen, service=replace(seen.service, away=(absence, replace(absence, person=PIERRE))))
    assert "Everybody who may decide is away until the deadline, Tue 13 Apr 2027, 09:00 (CEST)" in says(
        go_card(both, "go:1", "")
    )


def test_a_go_that_leaves_people_less_than_a_week_says_so_before_and_in_the_record() -> None:
    late = replace(view(NORMAL["go_pending"]), now=START - timedelta(days=3))
    assert "With a GO on Mon 12 Apr 2027 people get 3 days of notice." in says(go_card(late, "go:1", ""))
    assert "of notice" not in says(go_card(view(NORMAL["go_pending"]), "go:1", ""))
    given = NORMAL["scheduled"]
    assert given.go is not None
    given = given.with_(go=replace(given.go, at=START - timedelta(hours=24)))
    assert "GO was late: people get one day of notice." in says(go_card(view(given), "go:1", ""))
    assert "GO was late" not in says(go_card(view(NORMAL["scheduled"]), "go:1", ""))


def test_a_snapshot_that_go_would_begin_too_late_can_be_waived_with_go() -> None:
    """GO at 02:31 for 02:51 promised a start at 02:51 beside a snapshot that ends 05:01."""
    for named, draw in ((NORMAL, lambda seen: go_card(seen, "go:1", "")), (EMERGENCY, in_an_emergency)):
        card = draw(view(named["snapshot too late for GO"]))
        assert "lets the work start" in says(card)
        assert "GO without snapshot…" in says(card)
        assert "Why may it start without a snapshot? (stays in the thread)" in says(card)
        assert verbs(card) == ["go.give", "go.give", "go.refuse"]
    assert "GO without snapshot" not in says(go_card(view(NORMAL["go_pending"]), "go:1", ""))


def in_an_emergency(seen: ChangeContext) -> dict[str, Any]:
    return precheck_card(seen, "precheck:1")


def test_the_record_of_go_says_that_the_snapshot_was_waived_with_it_by_whom_and_why() -> None:
    said = says(go_card(view(NORMAL["snapshot waived with GO"]), "go:1", ""))
    assert "Without a snapshot, waived by Pierre André: | Infomaniak: the quota of snapshots is used up." in said


def test_where_nobody_can_decide_nobody_is_said_to_be_asked_and_the_way_out_is() -> None:
    for card in (
        go_card(view(NORMAL["nobody can decide"]), "go:1", ""),
        status_card(view(NORMAL["nobody can decide"])),
    ):
        said = says(card)
        assert "Nobody can decide about it" in said
        assert "ISC Learn Platform, or it is cancelled and somebody else requests it anew" in said
        assert "Pierre André or a deputy" not in said
        assert "says GO or NO-GO" not in said


def test_short_notice_says_why_it_is_and_what_waives_it() -> None:
    moved = NORMAL["go_pending"].with_(requested_at=START - timedelta(days=40), round=2, prechecked_round=1)
    said = says(go_card(view(moved), "go:2", ""))
    assert "Short notice: this date was proposed less than 7 days ahead. GO waives the lead time." in said
    given = says(go_card(view(NORMAL["go_pending"].with_(prechecked_round=1)), "go:1", ""))
    assert "Short notice: requested less than 21 days ahead." in given
    assert "has to waive" not in given, "the pre-check has waived it"


def test_an_overlap_of_another_plan_is_not_shown_as_let_through() -> None:
    of = NORMAL["precheck_pending"]
    allowed = Decision("conflict", CLAIRE, START, "another plan", "Both can be done at once.")
    assert "lets it stand" not in says(precheck_card(view(of.with_(conflict_allowed=allowed)), "precheck:1"))
