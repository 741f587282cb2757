"""Nobody is left waiting, and nobody is chased at night (docs/process.md, P77 to P82): what holds for all reminders."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changes import commands as c
from changes.model import Person, State
from changes.notification.notices import NoticeKind
from changes.notification.thread_messages import ThreadMessage
from changes.planning.deadlines import defer_past_quiet_hours
from changes.planning.steps import StepKind
from changes.planning.timeline import pending, timeline
from changes.policy import Policy, Service
from changes.text.messages import Message
from tests.support.builder import a_change, urgent
from tests.support.core import LEARN, NADIA, PIERRE, Story, at, night
from tests.support.examples import examples
from tests.support.scenes import BY_HAND


def said(story: Story, *lines: ThreadMessage) -> list[tuple[datetime, set[Person]]]:
    """When each of the lines was said, and to whom."""
    return [(each.at, set(each.mention)) for each in story.lines(*lines)]


def test_asked_on_a_friday_the_first_reminder_comes_on_monday_and_not_on_the_same_day() -> None:
    story = a_change("NO-GO", now=at(2027, 4, 9, 8)).until(at(2027, 4, 20))
    assert said(story, ThreadMessage.NEW_DATE_NUDGE) == [(at(2027, 4, 12), {NADIA}), (at(2027, 4, 19), {NADIA})]


def by_hand() -> Story:
    """A change whose snapshot waits to be begun on the dashboard, in a window long enough for one."""
    return a_change("snapshot requested", service=BY_HAND, minutes=240)


def test_what_was_done_is_not_asked_for_any_more() -> None:
    story = by_hand().then(night(19, 20), c.NoteSnapshotStarted(NADIA)).until(night(22))
    assert not story.lines(ThreadMessage.SNAPSHOT_NUDGE)
    story = a_change("incident, tests passed").then(None, c.HandOver(NADIA, "Nothing helps.")).until(night(1, 30))
    count = len(story.lines(ThreadMessage.HANDOVER_NUDGE))
    assert count == 1
    story.then(None, c.CloseIncident(NADIA)).until(at(2027, 4, 17))
    assert len(story.lines(ThreadMessage.HANDOVER_NUDGE)) == count
    story = a_change("completed").until(at(2027, 4, 24)).then(None, c.SaveReview(NADIA, "It went well."))
    assert len(story.until(at(2027, 7, 1)).lines(ThreadMessage.REVIEW_NUDGE)) == 1
    assert pending(story.now_it_is, LEARN) == ()


def test_the_incident_goes_on_while_a_restore_waits_and_whoever_asked_for_it_is_not_asked_to_confirm_it() -> None:
    story = a_change("incident").then(None, c.AskRestore(NADIA)).until(night(23))
    assert said(story, ThreadMessage.INCIDENT_NUDGE) == [(night(23), {NADIA})]
    story = a_change("incident").then(None, c.AskRestore(PIERRE)).until(night(22, 40))
    assert not [people for _, people in said(story, ThreadMessage.RESTORE_NUDGE) if PIERRE in people]


WAITING: dict[str, Callable[[], Story]] = {
    "pre-check": lambda: a_change("pre-check asked"),
    "GO": lambda: a_change("GO asked"),
    "corrections": lambda: a_change("corrections requested"),
    "emergency": lambda: urgent(night(22), date(2027, 4, 17)),
    "new date": lambda: a_change("NO-GO"),
    "snapshot": by_hand,
    "incident": lambda: a_change("incident"),
    "open window": lambda: a_change("in progress"),
}


@pytest.mark.parametrize("what", WAITING)
def test_reminders_that_were_missed_collapse_to_one(what: str) -> None:
    story = WAITING[what]()
    now = story.last + timedelta(
        hours={"pre-check": 30, "GO": 30, "corrections": 24 * 6, "new date": 24 * 10}.get(what, 4)
    )
    story.at_once(now)
    nudges = [each.line for each in story.lines() if each.at == now and _reminds(each.line)]
    assert len(nudges) == len(set(nudges)) <= 1
    story.until(now + timedelta(minutes=4))
    assert [each.line for each in story.lines() if now < each.at and _reminds(each.line)] == []


def _reminds(line: ThreadMessage) -> bool:
    return any(word in line for word in ("nudge", "nag", "corrections_reminder"))


INTERVALS = [
    each.name
    for each in fields(Policy)
    if each.name.startswith(("nudge", "deputies", "emergency", "new_date", "give_up", "snapshot_nudge"))
    or each.name.startswith(("snapshot_approver", "snapshot_every", "nag", "incident", "restore", "handover", "review"))
    or each.name == "corrections_days"
]


@given(st.sets(st.sampled_from(INTERVALS)) | st.just(set(INTERVALS)), st.sampled_from(sorted(WAITING)))
@settings(max_examples=examples(100))
def test_an_interval_of_nought_switches_its_reminders_off_and_never_loops(off: set[str], what: str) -> None:
    story = WAITING[what]()
    numbers = dict.fromkeys(off, 0)
    story.service = replace(story.service, policy=replace(story.service.policy, **numbers))
    count, caused = len(story.entries), len(story.lines())
    story.until(story.last + timedelta(hours=12))
    assert len(story.entries) - count < 150
    if off >= set(INTERVALS):
        assert not [each for each in story.entries[count:] if "." in getattr(each.event, "key", "")]
        assert not [each for each in story.lines()[caused:] if "nudge" in each.line]


def test_after_eight_weeks_without_a_date_it_is_cancelled_by_itself_and_said_to_those_who_still_expect_one() -> None:
    story = a_change("scheduled").then(at(2027, 4, 13, 8), c.Postpone(NADIA, "The vendor is late."))
    assert story.until(at(2027, 6, 8, 8, 59)).now_it_is.state is State.POSTPONED
    story.until(at(2027, 6, 8, 9))
    assert (story.now_it_is.state, type(story.now_it_is.closing_reason)) == (State.CANCELLED, Message)
    assert said(story, ThreadMessage.CANCELLED_SILENT) == [(at(2027, 6, 8), {NADIA, PIERRE})]
    assert story.notices()[-1].kind is NoticeKind.CANCELLED
    assert not [each for each in story.lines(ThreadMessage.NEW_DATE_NUDGE) if each.at == at(2027, 6, 8)]


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
