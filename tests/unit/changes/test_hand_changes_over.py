"""docs/process.md, P8, P12: a change whose requester is gone goes on, and who edited another's decides nothing."""

from dataclasses import replace
from datetime import date

import pytest

from changes import commands as c
from changes.errors import NotAllowed, WrongState
from changes.model import SYSTEM, Person, State
from changes.notification.cards import CardKind
from changes.notification.thread_messages import ThreadMessage
from tests.support.builder import a_change, after_tests
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, at, night, plan

ALONE = replace(LEARN, deputies=())


@pytest.mark.parametrize(
    "stands", ["submitted", "pre-check asked", "GO asked", "scheduled", "ready", "in progress", "incident"]
)
def test_a_change_that_is_handed_over_keeps_its_state_its_decisions_and_its_results(stands: str) -> None:
    story = a_change(stands)
    if story.now_it_is.started_at:
        after_tests(story)
    before = story.now_it_is
    change = story.then(None, c.Reassign(PIERRE, LUC, LUC)).now_it_is
    assert (change.requester, change.plan.implementer) == (LUC, LUC)
    assert (change.state, change.round, change.tests) == (before.state, before.round, before.tests)
    for had, has in ((before.precheck, change.precheck), (before.go, change.go)):
        assert (had is None) == (has is None)
        if had is not None and has is not None:
            assert has.fingerprint == change.plan.fingerprint, "it stays a decision about this plan"
            assert (has.by, has.at, has.verdict) == (had.by, had.at, had.verdict)


def test_there_has_to_be_a_person_who_takes_over_and_something_to_take_over() -> None:
    story = a_change()
    for same in (c.Reassign(PIERRE), c.Reassign(PIERRE, NADIA, NADIA)):
        story.refuses(same, "nothing was changed", error=WrongState)
    story.refuses(c.Reassign(PIERRE, SYSTEM), "Only a person", error=WrongState)
    a_change("cancelled").refuses(c.Reassign(PIERRE, LUC), "nothing to hand over", error=WrongState)


@pytest.mark.parametrize("by", [PIERRE, CLAIRE])
@pytest.mark.parametrize("how", ["edit", "move"])
def test_whoever_edited_or_moved_anothers_change_does_not_decide_about_it(how: str, by: Person) -> None:
    story, now = a_change("pre-check asked"), at(2027, 4, 1, 10)
    later = plan(date(2027, 5, 20)).window
    story.do(c.Edit(by, plan(what="All plug-ins.")) if how == "edit" else c.Move(by, later), now)
    story.until(at(2027, 5, 6) if how == "move" else now)
    assert story.now_it_is.state is State.PRECHECK_PENDING
    other = CLAIRE if by == PIERRE else PIERRE
    asked = [each for each in story.cards(CardKind.PRECHECK) if not each.only_edit][-1]
    assert asked.mention == (other,)
    for decision in (c.ApprovePrecheck(by), c.RequestCorrections(by, "Why?")):
        story.refuses(decision, f"somebody else has to decide about it. Ask {other.name}", error=NotAllowed)
    assert story.then(None, c.ApprovePrecheck(other)).now_it_is.state is State.PRECHECKED


def test_it_holds_for_go_the_waiver_and_a_long_extension_too() -> None:
    story = a_change("pre-check asked").then(
        None, c.Edit(PIERRE, plan(what="All plug-ins.")), c.ApprovePrecheck(CLAIRE)
    )
    story.until(at(2027, 4, 8)).refuses(c.GiveGo(PIERRE), error=NotAllowed)
    story.do(c.GiveGo(CLAIRE))
    story.refuses(c.WaiveSnapshot(PIERRE, "The NAS."), error=NotAllowed)
    story.then(None, c.WaiveSnapshot(CLAIRE, "The NAS.")).until(night(22)).do(c.Start(PIERRE))
    story.refuses(c.Extend(PIERRE, 200, "It is slow."), "", night(23), NotAllowed)


@pytest.mark.parametrize(
    "command",
    [
        c.Edit(PIERRE, plan(what="All plug-ins.")),
        c.Move(PIERRE, plan(date(2027, 4, 28)).window),
        c.Reassign(PIERRE, implementer=PIERRE),
    ],
)
def test_when_nobody_is_left_who_may_decide_it_is_said_at_once(command: c.Command) -> None:
    story = a_change("pre-check asked", service=ALONE).then(at(2027, 4, 1, 10), command)
    [told] = story.lines(ThreadMessage.NOBODY_DECIDES)
    assert told.at == at(2027, 4, 1, 10)
    assert NADIA in told.mention
