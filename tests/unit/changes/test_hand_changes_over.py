"""PROCESS.md, Roles: a change whose requester is gone goes on, and whoever edited another's decides nothing of it."""

from dataclasses import replace
from datetime import date

import pytest

from changes import commands as c
from changes.errors import NotAllowed, WrongState
from changes.model import SYSTEM, Person, State
from changes.notification.cards import CardKind
from changes.notification.thread_messages import ThreadMessage
from changes.policy import Service
from tests.support.core import (
    CLAIRE,
    LEARN,
    LUC,
    NADIA,
    PIERRE,
    Story,
    after_tests,
    an_incident,
    at,
    at_go,
    at_precheck,
    in_progress,
    plan,
    ready,
    requested,
    scheduled,
)

EVA = Person("e", "Eva")
WITH_ADMIN: Service = replace(LEARN, admins=(EVA,))
MAKES = {
    "requested": requested,
    "at pre-check": at_precheck,
    "at GO": at_go,
    "scheduled": scheduled,
    "ready": ready,
    "in progress": in_progress,
    "an incident": an_incident,
}


@pytest.mark.parametrize("what", list(MAKES))
def test_a_change_that_is_handed_over_keeps_its_state_its_decisions_and_its_results(what: str) -> None:
    story = MAKES[what]()
    if story.now_it_is.started_at:
        after_tests(story, story.entries[-1].at)
    before = story.now_it_is
    story.do(c.Reassign(PIERRE, LUC, LUC), story.entries[-1].at)
    change = story.now_it_is
    assert (change.requester, change.plan.implementer) == (LUC, LUC)
    assert (change.state, change.round, change.tests) == (before.state, before.round, before.tests)
    for decision in ("precheck", "go"):
        had, has = getattr(before, decision), getattr(change, decision)
        assert (had is None) == (has is None)
        if has is not None:
            assert has.fingerprint == change.plan.fingerprint, "it stays a decision about this plan"
            assert (has.by, has.at, has.verdict) == (had.by, had.at, had.verdict)


def test_who_takes_over_is_told_and_does_what_the_other_did() -> None:
    story = scheduled()
    story.do(c.Reassign(CLAIRE, implementer=LUC), at(2027, 4, 9))
    [told] = story.lines(ThreadMessage.REASSIGNED)
    assert set(told.mention) == {LUC, NADIA}, "whoever has it now, and whoever had it"
    story.until(at(2027, 4, 15, 19, 15))
    story.do(c.NoteSnapshotFinished(SYSTEM, "CHG"), at(2027, 4, 15, 21, 45))
    story.until(at(2027, 4, 15, 22))
    with pytest.raises(NotAllowed):
        story.do(c.Start(NADIA), at(2027, 4, 15, 22))
    story.do(c.Start(LUC), at(2027, 4, 15, 22))
    assert story.now_it_is.state is State.IN_PROGRESS


def test_the_approver_a_deputy_and_an_admin_hand_it_over_and_nobody_else() -> None:
    for by in (PIERRE, CLAIRE, EVA):
        story = requested()
        story.service = WITH_ADMIN
        story.do(c.Reassign(by, requester=LUC), at(2027, 3, 16))
        assert story.now_it_is.requester == LUC
    for by in (NADIA, LUC, SYSTEM):
        with pytest.raises(NotAllowed, match="Only Pierre, a deputy or an admin"):
            requested().do(c.Reassign(by, requester=LUC), at(2027, 3, 16))


def test_there_has_to_be_a_person_who_takes_over_and_something_to_take_over() -> None:
    story = requested()
    for same in (c.Reassign(PIERRE), c.Reassign(PIERRE, NADIA, NADIA)):
        with pytest.raises(WrongState, match="nothing was changed"):
            story.do(same, at(2027, 3, 16))
    with pytest.raises(WrongState, match="Only a person"):
        story.do(c.Reassign(PIERRE, SYSTEM), at(2027, 3, 16))
    story.do(c.Cancel(NADIA, "Not needed."), at(2027, 3, 16))
    with pytest.raises(WrongState, match="nothing to hand over"):
        story.do(c.Reassign(PIERRE, LUC), at(2027, 3, 16))


def test_the_review_of_who_is_gone_can_be_handed_over_too() -> None:
    story = after_tests(in_progress(), at(2027, 4, 15, 22, 30))
    story.do(c.Complete(NADIA), at(2027, 4, 15, 22, 40))
    story.do(c.Reassign(PIERRE, implementer=LUC), at(2027, 4, 15, 22, 50))
    story.until(at(2027, 4, 16))
    [card] = story.cards(CardKind.REVIEW)
    assert card.mention == (LUC,)


# ── whoever edits another's change ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", [PIERRE, CLAIRE])
@pytest.mark.parametrize("how", ["edit", "move"])
def test_whoever_edited_or_moved_anothers_change_does_not_decide_about_it_and_the_other_is_asked(
    how: str, by: Person
) -> None:
    story = at_precheck()
    later = plan(date(2027, 5, 20))
    now = at(2027, 4, 1, 10)
    story.do(c.Edit(by, plan(what="All plug-ins.")) if how == "edit" else c.Move(by, later.window), now)
    story.until(at(2027, 5, 6) if how == "move" else now)
    assert story.now_it_is.state is State.PRECHECK_PENDING
    other = CLAIRE if by == PIERRE else PIERRE
    asked = [each for each in story.cards(CardKind.PRECHECK) if not each.only_edit][-1]
    assert asked.mention == (other,)
    for decision in (c.ApprovePrecheck(by), c.RequestCorrections(by, "Why?")):
        with pytest.raises(NotAllowed, match=f"somebody else has to decide about it. Ask {other.name}"):
            story.do(decision, story.entries[-1].at)
    story.do(c.ApprovePrecheck(other), story.entries[-1].at)
    decided = story.now_it_is
    assert decided.state is State.PRECHECKED


def test_it_holds_for_go_the_waiver_and_a_long_extension_too() -> None:
    story = at_precheck()
    story.do(c.Edit(PIERRE, plan(what="All plug-ins.")), at(2027, 4, 1, 10))
    story.do(c.ApprovePrecheck(CLAIRE), at(2027, 4, 1, 11))
    story.until(at(2027, 4, 8))
    with pytest.raises(NotAllowed):
        story.do(c.GiveGo(PIERRE), at(2027, 4, 8, 10))
    story.do(c.GiveGo(CLAIRE), at(2027, 4, 8, 10))
    with pytest.raises(NotAllowed):
        story.do(c.WaiveSnapshot(PIERRE, "The NAS."), at(2027, 4, 8, 11))
    story.do(c.WaiveSnapshot(CLAIRE, "The NAS."), at(2027, 4, 8, 11))
    story.until(at(2027, 4, 15, 22))
    story.do(c.Start(PIERRE), at(2027, 4, 15, 22))
    with pytest.raises(NotAllowed):
        story.do(c.Extend(PIERRE, 200, "It is slow."), at(2027, 4, 15, 23))


@pytest.mark.parametrize(
    "command",
    [
        c.Edit(PIERRE, plan(what="All plug-ins.")),
        c.Move(PIERRE, plan(date(2027, 4, 28)).window),
        c.Reassign(PIERRE, implementer=PIERRE),
    ],
)
def test_when_nobody_is_left_who_may_decide_it_is_said_at_once(command: c.Command) -> None:
    story = at_precheck()
    story.service = replace(LEARN, deputies=())
    story.do(command, at(2027, 4, 1, 10))
    [told] = story.lines(ThreadMessage.NOBODY_DECIDES)
    assert told.at == at(2027, 4, 1, 10)
    assert NADIA in told.mention


def test_the_approvers_own_change_without_a_deputy_is_said_to_be_undecidable_at_the_request() -> None:
    story = Story(replace(LEARN, deputies=()))
    story.do(c.Draft(PIERRE, plan(implementer=LUC)), at(2027, 3, 15))
    story.do(c.Submit(PIERRE), at(2027, 3, 15))
    [told] = story.lines(ThreadMessage.NOBODY_DECIDES)
    assert told.mention == (PIERRE, LUC)
