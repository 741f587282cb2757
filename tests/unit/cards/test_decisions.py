"""The pre-check and GO cards, and the records that they turn into."""

from typing import Any

import pytest

from cards.decisions import go_card, precheck_card
from changes.model import (
    Decision,
    State,
)
from tests.cards.subjects import CLAIRE, PIERRE, START, view
from tests.unit.cards.looking import EMERGENCY, NORMAL, says, verbs


def test_the_pre_check_shows_what_changes_how_it_is_tested_the_downtime_the_risks_and_the_way_back() -> None:
    card = precheck_card(view(NORMAL["precheck_pending"]), "precheck:1")
    for text in ("with its plugins", "Log in with a student", "1 h 30 min", "quiz plugin", "Restore the data snapshot"):
        assert text in says(card)
    assert verbs(card) == ["precheck.approve", "precheck.correct"]


def test_the_pre_check_says_until_when_an_answer_is_needed_and_what_silence_brings() -> None:
    assert "Without GO by 13.04.2027 09:00 CEST the change is postponed." in says(
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
    assert "**Pierre André** gave GO on 08.04.2027 11:00 CEST." in said
    assert "Please tell the teachers" in said
    assert "15.04.2027 22:00–23:30 CEST" in said


def test_the_record_says_deputy_for_the_approver_by_name() -> None:
    """CASES.md 19."""
    assert "**Claire Rey, deputy for Pierre André,** gave GO" in says(
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
    allowed = Decision("conflict", CLAIRE, START, "f", "Both can be done at once.")
    said = says(precheck_card(view(NORMAL["precheck_pending"].with_(conflict_allowed=allowed)), "precheck:1"))
    assert "**Claire Rey** lets it stand" in said
    assert "Both can be done at once." in said
