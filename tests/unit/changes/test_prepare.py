"""PROCESS.md, row *prepare reminder*: for every window, with the true number of days, before the pre-check itself."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changes import events as e
from changes.model import ChangeType
from changes.notification.thread_messages import ThreadMessage
from changes.planning.steps import StepKind
from changes.planning.timeline import days_until, timeline
from tests.support.builder import a_change
from tests.support.core import LEARN, NADIA, Story, at, plan

FIRST = date(2027, 2, 1)
TWO_YEARS = 2 * 365


def steps(start: date) -> tuple[date, date]:
    """On which days it is prepared, and pre-checked."""
    story = a_change("submitted", plan(start, 20, reason="It is urgent."), now=at(2026, 12, 1))
    due = {step.kind: LEARN.local(step.due).date() for step in timeline(story.now_it_is, LEARN)}
    return due[StepKind.PREPARE], due[StepKind.PRECHECK]


@pytest.mark.parametrize("month", range(24))
def test_for_every_window_of_two_years_prepare_comes_on_a_working_day_before_the_precheck(month: int) -> None:
    for number in range(month * TWO_YEARS // 24, (month + 1) * TWO_YEARS // 24):
        start = FIRST + timedelta(days=number)
        prepare, precheck = steps(start)
        assert prepare < precheck, start
        assert LEARN.is_working(prepare), start
        assert LEARN.is_working(precheck), start
        assert prepare <= start - timedelta(days=16), start
        assert precheck <= start - timedelta(days=14), start


def said(story: Story) -> tuple[list[int], list[int]]:
    """At which entries it was prepared, and the pre-check asked."""
    prepared = {each.at for each in story.lines(ThreadMessage.PREPARE)}
    asked = [each.seq for each in story.entries if isinstance(each.event, e.PrecheckAsked)]
    fired = [each for each in story.entries if getattr(each.event, "kind", None) is StepKind.PREPARE]
    return [each.seq for each in fired if each.at in prepared and isinstance(each.event, e.StepFired)], asked


@given(st.integers(0, TWO_YEARS), st.integers(0, 40), st.integers(0, 23), st.sampled_from([0, 1, 9, 30, 60]))
@settings(max_examples=300, deadline=None)
def test_it_is_prepared_with_the_true_number_of_days(day: int, lead: int, hour: int, asleep: int) -> None:
    start = at(2027, 2, 1, 20) + timedelta(days=day)
    now = start - timedelta(days=lead, hours=hour + 1)
    story = a_change("submitted", plan(LEARN.local(start).date(), 20, reason="It is urgent."), now=now).at_once(now)
    for _ in range(60):
        now += timedelta(hours=asleep or 24)
        if now >= start:
            break
        story.at_once(now)
    prepared, asked = said(story)
    assert len(prepared) <= 1
    if prepared and asked:
        assert prepared[0] < asked[0]
    precheck = next(step.due for step in timeline(story.now_it_is, LEARN) if step.kind is StepKind.PRECHECK)
    for line in story.lines(ThreadMessage.PREPARE):
        assert line.mention == (NADIA,)
        assert days_until(precheck, line.at, LEARN) >= 1, "never on the day of the pre-check itself"


def test_an_emergency_is_not_prepared() -> None:
    story = a_change("submitted", plan(kind=ChangeType.EMERGENCY, reason="A hole."), now=at(2027, 3, 1))
    story.until(at(2027, 4, 14))
    assert not story.lines(ThreadMessage.PREPARE)
