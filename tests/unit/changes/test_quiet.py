"""Nobody is chased at night, and what the process asks for at once is never held."""

from dataclasses import replace
from datetime import datetime

import pytest

from changes import commands as c
from changes.planning.deadlines import defer_past_quiet_hours
from changes.planning.steps import StepKind
from changes.planning.timeline import timeline
from changes.policy import Service
from tests.support.builder import a_change
from tests.support.core import LEARN, NADIA, PIERRE, Story, at, night


def quiet(begins: int, ends: int, **other: int) -> Service:
    return replace(LEARN, policy=replace(LEARN.policy, quiet_from_hour=begins, quiet_to_hour=ends, **other))


def dues(story: Story, kind: StepKind, service: Service = LEARN) -> list[datetime]:
    return [step.due for step in timeline(story.now_it_is, service) if step.kind is kind]


@pytest.mark.parametrize(
    ("begins", "ends", "moment", "then"),
    [
        (21, 7, night(20, 59), night(20, 59)),
        (21, 7, night(21), at(2027, 4, 16, 7)),
        (21, 7, night(6, 59), at(2027, 4, 16, 7)),
        (21, 7, at(2027, 4, 16, 7), at(2027, 4, 16, 7)),
        (21, 7, at(2027, 3, 27, 23), at(2027, 3, 28, 7)),
        (0, 6, night(0), night(6)),
        (24, 6, night(5), night(6)),
        (18, 24, night(23), night(0)),
        (12, 14, night(13), night(14)),
        (12, 14, night(23), night(23)),
        (7, 7, at(2027, 4, 15, 7), at(2027, 4, 15, 7)),
        (0, 24, at(2027, 4, 15, 7), at(2027, 4, 15, 7)),
    ],
)
def test_quiet_hours_end_by_the_services_clock(begins: int, ends: int, moment: datetime, then: datetime) -> None:
    assert defer_past_quiet_hours(moment, quiet(begins, ends)) == then


def test_what_reminds_waits_for_the_end_of_the_quiet_hours_and_what_asks_does_not() -> None:
    early = quiet(21, 7, day_hour=6)
    waiting = a_change("GO asked")
    for kind, when in (
        (StepKind.GO, at(2027, 4, 8, 6)),
        (StepKind.GO_NUDGE, at(2027, 4, 9, 7)),
        (StepKind.SILENCE, at(2027, 4, 13, 6)),
    ):
        assert dues(waiting, kind, early) == [when]
    corrected = a_change("pre-check asked")
    corrected.do(c.RequestCorrections(PIERRE, "Which backup?"), at(2027, 4, 1, 12))
    reminders = dues(corrected, StepKind.CORRECTIONS, early)
    assert reminders
    assert {LEARN.local(each).hour for each in reminders} == {7}


@pytest.mark.parametrize(
    "kind",
    [
        *(StepKind.CUTOFF, StepKind.CUTOFF_SILENCE, StepKind.OVERRUN, StepKind.NOT_STARTED),
        *(StepKind.NOT_STARTED_APPROVER, StepKind.OVERRUN_NAG, StepKind.ABANDONED),
    ],
)
def test_the_deadlines_of_the_window_are_never_held(kind: StepKind) -> None:
    story = a_change("in progress")
    assert dues(story, kind) == dues(story, kind, quiet(0, 0))
    assert story.now_it_is.plan.implementer == NADIA
