"""Who is asked while somebody is away, by the day on which it is asked."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes import commands as c
from changes.effects import PostThreadMessage, UpsertCard
from changes.notification.thread_messages import ThreadMessage
from changes.planning.approver_availability import available_approvers
from changes.policy import Away
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, Story, at, at_go, requested

APRIL = date(2027, 4, 1)
TWO = replace(LEARN, deputies=(CLAIRE, LUC))


def away(*absences: tuple[object, date, date]) -> tuple[Away, ...]:
    return tuple(Away(person, first, last) for person, first, last in absences)  # type: ignore[arg-type]


def with_(story: Story, *absences: tuple[object, date, date]) -> Story:
    story.service = replace(TWO, away=away(*absences))
    return story


def nudged(story: Story, line: ThreadMessage) -> list[tuple[object, ...]]:
    return [
        each.mention
        for each in story.said(PostThreadMessage)
        if isinstance(each, PostThreadMessage) and each.line is line
    ]


@given(st.lists(st.sampled_from((PIERRE, CLAIRE, LUC))), st.lists(st.sampled_from((PIERRE, CLAIRE, LUC, NADIA))))
def test_somebody_is_asked_whoever_is_away_and_never_who_takes_part(gone: list[object], involved: list[object]) -> None:
    service = replace(TWO, away=away(*((each, APRIL, APRIL) for each in gone)))
    asked = service.asked(involved, APRIL)  # type: ignore[arg-type]
    may = {PIERRE, CLAIRE, LUC} - set(involved)
    assert set(asked) <= may
    assert bool(asked) == bool(may)
    if may - set(gone):
        assert not set(asked) & set(gone)


def test_the_deputies_who_are_there_are_asked_for_go() -> None:
    story = with_(requested(), (PIERRE, date(2027, 4, 1), date(2027, 4, 20)), (LUC, date(2027, 4, 1), date(2027, 4, 9)))
    story.until(at(2027, 4, 1))
    cards = [each for each in story.said(UpsertCard) if isinstance(each, UpsertCard)]
    assert [each.mention for each in cards] == [(CLAIRE,)]


def test_deputies_who_were_asked_in_the_first_place_are_nudged_as_whoever_was_asked() -> None:
    story = with_(requested(), (PIERRE, date(2027, 4, 1), date(2027, 4, 20)))
    story.until(at(2027, 4, 1))
    story.do(c.ApprovePrecheck(CLAIRE), at(2027, 4, 1, 12))
    story.until(at(2027, 4, 12))
    assert nudged(story, ThreadMessage.GO_NUDGE) == [(CLAIRE, LUC)] * 2
    assert nudged(story, ThreadMessage.GO_DEPUTIES) == []


def test_deputies_are_asked_when_the_approver_left_after_go_was_asked() -> None:
    story = with_(at_go(), (PIERRE, date(2027, 4, 10), date(2027, 4, 20)))
    story.until(at(2027, 4, 12))
    assert nudged(story, ThreadMessage.GO_DEPUTIES) == [(CLAIRE, LUC)]


@pytest.mark.parametrize(
    ("last", "able"), [(date(2027, 4, 12), (CLAIRE, LUC)), (date(2027, 4, 13), (LUC,)), (date(2027, 4, 20), (LUC,))]
)
def test_who_is_there_on_one_of_the_days_of_go_can_decide(last: date, able: tuple[object, ...]) -> None:
    gone = [(PIERRE, date(2027, 4, 1), date(2027, 4, 30)), (CLAIRE, date(2027, 4, 5), last)]
    story = with_(requested(), *gone)
    assert available_approvers(story.now_it_is, story.service) == able
