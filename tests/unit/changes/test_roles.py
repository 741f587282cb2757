"""PROCESS.md, Roles, as one table: who may do what, for a change that Nadia requests and Luc implements."""

import pytest

from changes.errors import NotAllowed
from changes.model import CLOCK, Person
from changes.roles import Act, may, require
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, plan, requested

EVA = Person("e", "Eva")
WHO = {"requester": NADIA, "implementer": LUC, "approver": PIERRE, "deputy": CLAIRE, "stranger": EVA, "clock": CLOCK}
TABLE = {
    Act.REQUEST: {"requester"},
    Act.EDIT: {"requester"},
    Act.DECIDE: {"approver", "deputy"},
    Act.EXTEND_FAR: {"approver", "deputy"},
    Act.RUN: {"implementer", "approver", "deputy"},
    Act.REPORT_SNAPSHOT: {"implementer", "approver", "deputy", "clock"},
    Act.POSTPONE: {"requester", "implementer", "approver", "deputy"},
    Act.REVIEW: {"requester", "implementer", "approver", "deputy"},
    Act.CONFIRM_RESTORE: {"approver", "deputy"},
    Act.TICK: {"clock"},
}


@pytest.mark.parametrize("role", list(WHO))
@pytest.mark.parametrize("act", list(Act))
def test_each_act_is_for_its_roles_and_whoever_may_not_reads_why(act: Act, role: str) -> None:
    change = requested(plan(implementer=LUC)).now_it_is
    allowed = role in TABLE[act]
    assert may(WHO[role], act, change, LEARN) is allowed
    if not allowed:
        with pytest.raises(NotAllowed) as refused:
            require(WHO[role], act, change, LEARN)
        assert refused.value.sentence.endswith(".")
        assert "{" not in refused.value.sentence


@pytest.mark.parametrize("involved", ["requester", "implementer"])
def test_the_approver_never_decides_about_a_change_of_their_own(involved: str) -> None:
    change = requested(plan(implementer=PIERRE if involved == "implementer" else LUC)).now_it_is
    if involved == "requester":
        change = change.with_(requester=PIERRE)
    assert not may(PIERRE, Act.DECIDE, change, LEARN)
    assert may(CLAIRE, Act.DECIDE, change, LEARN)
