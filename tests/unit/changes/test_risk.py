"""How much a change puts at risk, and why (docs/process.md, P120 to P122)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from changes import commands as c
from changes.errors import NotAllowed, WrongState
from changes.events import ApprovalGiven, GoGiven, PrecheckApproved
from changes.model import RISK_QUESTIONS, ChangeType, Person, RiskLevel, RiskRules, Stage, State
from changes.notification import CardKind, ThreadMessage
from changes.policy import Away, Service
from changes.reporting.risk import RiskFacts, assess
from changes.reporting.worklist import asked_people
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, REQUESTED, Story, at, plan
from tests.support.risk_table import CHANGES, DOCS, SERVICE, Described, asked, document

BAD = tuple((each.ask, each.answers[-1][0]) for each in RISK_QUESTIONS)
FINE = tuple((each.ask, each.answers[0][0]) for each in RISK_QUESTIONS)
EVA = Person("e", "Eva")


@pytest.mark.parametrize("each", CHANGES, ids=lambda each: each.what)
def test_the_level_of_each_described_change_is_what_a_person_would_say(each: Described) -> None:
    risk = assess(each.plan, SERVICE, each.facts)
    assert risk is not None
    assert risk.level is each.level
    assert bool(risk.reasons) or risk.level is RiskLevel.LOW
    two = each.level is RiskLevel.HIGH and each.kind is ChangeType.NORMAL
    assert asked(each) == ("the approver and a deputy" if two else "the approver or a deputy")


def test_the_page_of_the_twenty_changes_is_as_the_code_has_it() -> None:
    assert len(CHANGES) == 20
    assert DOCS.read_text(encoding="utf-8") == document(), "python -m tests.support.risk_table"


def test_a_service_without_the_table_has_no_risk_and_two_plans_of_it_are_one() -> None:
    assert assess(plan(), LEARN, RiskFacts(short_notice=True)) is None
    assert plan(risk_answers=()).fingerprint == plan().fingerprint != plan(risk_answers=FINE).fingerprint
    story = Story(LEARN).then(REQUESTED, c.Draft(NADIA, plan()), c.Submit(NADIA))
    assert story.now_it_is.risk is None


def test_what_is_not_answered_counts_as_the_worst_and_says_so() -> None:
    risk = assess(plan(), SERVICE, RiskFacts())
    assert risk is not None
    assert risk.level is RiskLevel.HIGH
    assert all(each.endswith("Not answered, which counts as the worst.") for each in risk.reasons)
    assert len(risk.reasons) == len(RISK_QUESTIONS)


def test_answers_and_facts_are_not_added_up() -> None:
    five = (*BAD[:1], *FINE[1:3], BAD[3], FINE[4])  # three and three points
    risk = assess(plan(risk_answers=five), SERVICE, RiskFacts(short_notice=True, near=(), runs=()))
    assert risk is not None
    assert risk.level is RiskLevel.MEDIUM
    assert [str(each) for each in risk.reasons[:1]] == ["How many people notice it? everybody"]


HIGH = replace(SERVICE, deputies=(CLAIRE, LUC))


def stands(story: Story) -> State:
    return story.now_it_is.state


def asked_for(question: str = "pre-check", service: Service = HIGH, **other: Any) -> Story:
    story = Story(service).then(REQUESTED, c.Draft(NADIA, plan(risk_answers=BAD, **other)), c.Submit(NADIA))
    story.until(at(2027, 4, 1, 9, 1))
    if question == "GO":
        story.then(at(2027, 4, 1, 10), c.ApprovePrecheck(PIERRE), c.ApprovePrecheck(CLAIRE))
        story.until(at(2027, 4, 8, 9, 1))
    return story


def test_a_high_risk_asks_two_for_the_pre_check_and_for_go() -> None:
    story = asked_for()
    assert story.cards(CardKind.PRECHECK)[0].mention == (PIERRE, CLAIRE, LUC)
    assert story.do(c.ApprovePrecheck(CLAIRE, "Fine."), at(2027, 4, 1, 10)) == (
        ApprovalGiven("approved", story.now_it_is.plan.fingerprint, "Fine.", None),
    )
    assert stands(story) is State.PRECHECK_PENDING
    assert asked_people(story.now_it_is, HIGH, story.last) == {PIERRE}, "one is left, and the approver is asked first"
    story.refuses(c.ApprovePrecheck(CLAIRE), "waiting for Pierre and Luc: you have decided already", error=WrongState)
    story.refuses(c.ApprovePrecheck(EVA), "Only Pierre, Claire and Luc can decide", error=NotAllowed)
    story.refuses(c.ApprovePrecheck(NADIA), "can decide", error=NotAllowed)
    assert story.do(c.ApprovePrecheck(PIERRE))[0] == PrecheckApproved(story.now_it_is.plan.fingerprint, "", False, None)
    story.until(at(2027, 4, 8, 9, 1))
    story.do(c.GiveGo(PIERRE))
    assert stands(story) is State.GO_PENDING
    story.do(c.GiveGo(LUC))
    assert story.happened(GoGiven)
    assert [each.by for each in story.now_it_is.approvals] == [CLAIRE, PIERRE]
    assert stands(story) is State.SCHEDULED


def test_whoever_has_decided_is_not_reminded() -> None:
    story = asked_for()
    story.do(c.ApprovePrecheck(PIERRE), at(2027, 4, 1, 10))
    story.until(at(2027, 4, 6, 12))
    nudges = story.lines(ThreadMessage.PRECHECK_NUDGE, ThreadMessage.PRECHECK_DEPUTIES)
    assert nudges
    assert all(PIERRE not in each.mention and {CLAIRE, LUC} & {*each.mention} for each in nudges)


@pytest.mark.parametrize("question", ["pre-check", "GO"])
def test_one_no_is_a_no_whoever_agreed_before(question: str) -> None:
    story = asked_for(question)
    story.do(c.GiveGo(PIERRE) if question == "GO" else c.ApprovePrecheck(PIERRE))
    story.do(c.RefuseGo(LUC, "Exams.") if question == "GO" else c.RequestCorrections(LUC, "More tests."))
    assert stands(story) is (State.NO_GO if question == "GO" else State.CORRECTIONS_REQUESTED)


def test_an_emergency_asks_one_whatever_its_risk() -> None:
    story = Story(HIGH).then(
        at(2027, 4, 14, 10),
        c.Draft(NADIA, plan(risk_answers=BAD, kind=ChangeType.EMERGENCY, reason="It is open to everybody.")),
        c.Submit(NADIA),
    )
    story.until(at(2027, 4, 14, 10, 1))
    story.do(c.GiveGo(LUC))
    change = story.now_it_is
    assert change.state is State.SCHEDULED
    assert change.risk is not None
    assert change.risk.level is RiskLevel.HIGH


def test_a_high_risk_with_too_few_people_says_so_when_it_is_handed_in_and_again() -> None:
    story = asked_for(service=SERVICE, implementer=CLAIRE)
    assert story.lines(ThreadMessage.NOBODY_DECIDES)
    story.do(c.ApprovePrecheck(PIERRE))
    assert stands(story) is State.PRECHECK_PENDING
    before = len(story.lines(ThreadMessage.NOBODY_DECIDES))
    story.until(at(2027, 4, 6, 12))
    assert len(story.lines(ThreadMessage.NOBODY_DECIDES)) > before


def test_so_does_one_whose_people_are_away_until_the_deadline() -> None:
    away = Away(CLAIRE, date(2027, 4, 1), date(2027, 4, 30))
    assert asked_for(service=replace(SERVICE, away=(away,))).lines(ThreadMessage.NOBODY_DECIDES)
    assert not asked_for(service=replace(HIGH, away=(away,))).lines(ThreadMessage.NOBODY_DECIDES)


def test_the_second_stage_is_asked_once_the_first_is_complete_and_is_called_in_the_thread() -> None:
    staged = replace(HIGH, approvals=(Stage((PIERRE, CLAIRE)), Stage((EVA, LUC), 2)))
    story = asked_for(service=staged)
    assert story.cards(CardKind.PRECHECK)[0].mention == (PIERRE,)
    story.refuses(c.ApprovePrecheck(EVA), "waiting for Pierre", error=WrongState)
    story.do(c.ApprovePrecheck(CLAIRE), at(2027, 4, 1, 10))  # in Pierre's place
    [line] = story.lines(ThreadMessage.APPROVAL_GIVEN)
    assert line.mention == (EVA, LUC)
    assert story.now_it_is.approvals[0].deputy_for == PIERRE
    story.then(at(2027, 4, 1, 11), c.ApprovePrecheck(EVA), c.ApprovePrecheck(LUC))
    assert stands(story) is State.PRECHECKED


def test_whoever_answered_for_one_stage_is_not_asked_for_the_next() -> None:
    story = asked_for(service=replace(HIGH, approvals=(Stage((CLAIRE,)), Stage((PIERRE, LUC)))))
    story.do(c.ApprovePrecheck(CLAIRE), at(2027, 4, 1, 10))
    assert stands(story) is State.PRECHECK_PENDING
    story.refuses(c.ApprovePrecheck(CLAIRE), "waiting for Pierre and Luc: you have decided already", error=WrongState)
    story.do(c.ApprovePrecheck(LUC))
    assert stands(story) is State.PRECHECKED


def test_whoever_decided_cannot_be_made_its_implementer() -> None:
    story = asked_for()
    story.do(c.ApprovePrecheck(LUC), at(2027, 4, 1, 10))
    story.refuses(c.Reassign(PIERRE, None, LUC), "decided about", error=WrongState)


def test_settings_that_ask_for_fewer_let_the_next_answer_end_it() -> None:
    story = asked_for()
    story.do(c.ApprovePrecheck(PIERRE))
    story.service = replace(HIGH, approvals=(Stage((PIERRE,)),))
    story.do(c.ApprovePrecheck(PIERRE))
    assert stands(story) is State.PRECHECKED


def test_medium_asks_one() -> None:
    answers = (*BAD[:1], *FINE[1:3], BAD[3], FINE[4])
    story = Story(HIGH).then(REQUESTED, c.Draft(NADIA, plan(risk_answers=answers)), c.Submit(NADIA))
    story.until(at(2027, 4, 1, 9, 1))
    story.do(c.ApprovePrecheck(CLAIRE))
    assert stands(story) is State.PRECHECKED
    assert story.now_it_is.risk == assess(plan(risk_answers=answers), HIGH, RiskFacts())
    assert RiskRules().medium == 4
