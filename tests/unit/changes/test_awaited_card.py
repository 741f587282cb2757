"""Which card a change waits on, as it goes through its day: the one that must never be lost."""

import pytest

from changes import commands as c
from changes.model import SYSTEM, Change, Outcome, State
from changes.notification.cards import CardKind, awaited_card, cards_in_use
from tests.support.core import CLAIRE, NADIA, PIERRE, Story, at, at_go, at_precheck, in_progress, requested, scheduled


def awaited(story: Story) -> CardKind | None:
    return awaited_card(story.now_it_is)


def in_incident() -> Story:
    story = in_progress()
    story.do(c.DeclareIncident(NADIA, "Nobody can log in."), at(2027, 4, 15, 22, 30))
    return story


def test_before_the_day_it_is_the_card_of_the_decision_that_is_asked_for() -> None:
    assert awaited(requested()) is None
    story = at_precheck()
    assert awaited(story) is CardKind.PRECHECK
    story.do(c.ApprovePrecheck(PIERRE), at(2027, 4, 1, 12))
    assert awaited(story) is None
    assert awaited(at_go()) is CardKind.GO
    assert awaited(scheduled()) is None


def test_on_the_day_it_is_the_snapshot_the_start_and_the_tests() -> None:
    story = scheduled()
    story.until(at(2027, 4, 15, 19, 15))
    assert awaited(story) is CardKind.PROGRESS
    story.do(c.NoteSnapshotStarted(SYSTEM), at(2027, 4, 15, 19, 16))
    story.do(c.NoteSnapshotFinished(SYSTEM, "CHG-2027-0001"), at(2027, 4, 15, 21, 46))
    assert awaited(story) is CardKind.DAY
    assert awaited(in_progress()) is CardKind.DAY


def test_from_the_cutoff_until_it_is_answered_it_is_that_and_the_tests_are_still_needed() -> None:
    story = in_progress()
    story.do(c.ReportTrouble(NADIA, "Nobody can log in."), at(2027, 4, 15, 22, 30))
    assert cards_in_use(story.now_it_is) == (CardKind.DAY,)
    story.until(at(2027, 4, 15, 23))
    assert cards_in_use(story.now_it_is) == (CardKind.CUTOFF, CardKind.DAY)
    story.do(c.SolveTrouble(NADIA), at(2027, 4, 15, 23, 5))
    assert cards_in_use(story.now_it_is) == (CardKind.DAY,)


def test_in_an_incident_it_is_that_and_handed_over_also_everything_that_is_known() -> None:
    story = in_incident()
    assert cards_in_use(story.now_it_is) == (CardKind.INCIDENT,)
    story.do(c.AskRestore(NADIA), at(2027, 4, 15, 22, 40))
    story.do(c.ConfirmRestore(CLAIRE, "Hannibal"), at(2027, 4, 15, 22, 41))
    assert cards_in_use(story.now_it_is) == (CardKind.INCIDENT, CardKind.HANDOVER)
    other = in_incident()
    other.do(c.HandOver(NADIA, "Nothing helps."), at(2027, 4, 15, 22, 50))
    assert cards_in_use(other.now_it_is) == (CardKind.INCIDENT, CardKind.HANDOVER)


def test_afterwards_it_is_the_review_from_the_day_on_which_it_is_asked_for() -> None:
    story = in_progress()
    for number in range(2):
        story.do(c.RecordTest(NADIA, number, passed=True), at(2027, 4, 15, 22, 30))
    story.do(c.Complete(NADIA), at(2027, 4, 15, 22, 40))
    assert awaited(story) is None
    story.until(at(2027, 4, 16))
    assert awaited(story) is CardKind.REVIEW
    story.do(c.SaveReview(NADIA, "It went well."), at(2027, 4, 16, 10))
    assert awaited(story) is None


@pytest.mark.parametrize("state", [State.CANCELLED, State.POSTPONED, State.NO_GO, State.DRAFT])
def test_what_is_given_up_or_not_begun_waits_on_its_live_card(state: State) -> None:
    change: Change = in_progress().now_it_is.with_(state=state, outcome=Outcome.SUCCESSFUL)
    assert cards_in_use(change) == ()
