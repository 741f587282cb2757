"""Who is asked while somebody is away, by the day on which it is asked."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes.model import Person
from changes.planning.approver_availability import available_approvers
from changes.policy import Away, Service
from tests.support.builder import a_change
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE

APRIL = date(2027, 4, 1)
TWO = replace(LEARN, deputies=(CLAIRE, LUC))


def away(*absences: tuple[Person, date, date]) -> Service:
    """The service with two deputies while somebody is away."""
    return replace(TWO, away=tuple(Away(*each) for each in absences))


def until(day: int) -> date:
    return date(2027, 4, day)


@given(st.lists(st.sampled_from((PIERRE, CLAIRE, LUC))), st.lists(st.sampled_from((PIERRE, CLAIRE, LUC, NADIA))))
def test_somebody_is_asked_whoever_is_away_and_never_who_takes_part(gone: list[Person], involved: list[Person]) -> None:
    asked = away(*((each, APRIL, APRIL) for each in gone)).asked(involved, APRIL)
    may = {PIERRE, CLAIRE, LUC} - set(involved)
    assert set(asked) <= may
    assert bool(asked) == bool(may)
    if may - set(gone):
        assert not set(asked) & set(gone)


@pytest.mark.parametrize(("last", "able"), [(12, (CLAIRE, LUC)), (13, (LUC,)), (20, (LUC,))])
def test_who_is_there_on_one_of_the_days_of_go_can_decide(last: int, able: tuple[Person, ...]) -> None:
    service = away((PIERRE, APRIL, until(30)), (CLAIRE, until(5), until(last)))
    assert available_approvers(a_change().now_it_is, service) == able
