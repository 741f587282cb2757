"""Nobody is left waiting (PROCESS.md): what holds for all reminders, and what tests/integration does not tell as a day.

The rows of the table, each with its times and who is mentioned, are told in tests/integration/unscripted.
"""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changes import commands as c
from changes import events as e
from changes.model import ChangeType, Person, Recovery, State
from changes.notification.notices import NoticeKind
from changes.notification.thread_messages import ThreadMessage
from changes.planning.timeline import pending
from changes.policy import Policy
from tests.support.builder import a_change, urgent
from tests.support.core import LEARN, NADIA, PIERRE, Story, at, night, plan
from tests.support.scenes import BY_HAND


def said(story: Story, *lines: ThreadMessage) -> list[tuple[datetime, set[Person]]]:
    """When each of the lines was said, and to whom."""
    return [(each.at, set(each.mention)) for each in story.lines(*lines)]


@pytest.mark.parametrize("ended", [c.RefuseGo(PIERRE, "Exams."), c.Postpone(NADIA, "The vendor is late.")])
def test_a_new_date_is_asked_for_after_two_days_then_weekly_and_of_the_approver_too_after_two_weeks(
    ended: c.Command,
) -> None:
    story = a_change("GO asked").then(at(2027, 4, 13, 8), ended).until(at(2027, 6, 7))
    weeks = [at(2027, 4, 15) + timedelta(weeks=number) for number in range(8)]
    # 6 May is Ascension, 27 May Corpus Christi: the working day before.
    weeks[3], weeks[6] = at(2027, 5, 5), at(2027, 5, 26)
    expected = [(each, {NADIA} if each < at(2027, 4, 27) else {NADIA, PIERRE}) for each in weeks]
    assert said(story, ThreadMessage.NEW_DATE_NUDGE) == expected


def test_after_eight_weeks_without_a_date_it_is_cancelled_by_itself_and_said_to_those_who_still_expect_one() -> None:
    story = a_change("scheduled").then(at(2027, 4, 13, 8), c.Postpone(NADIA, "The vendor is late."))
    assert story.until(at(2027, 6, 8, 8, 59)).now_it_is.state is State.POSTPONED
    story.until(at(2027, 6, 8, 9))
    assert (story.now_it_is.state, story.now_it_is.closed_by_clock) == (State.CANCELLED, True)
    assert said(story, ThreadMessage.CANCELLED_SILENT) == [(at(2027, 6, 8), {NADIA, PIERRE})]
    assert story.notices()[-1].kind is NoticeKind.CANCELLED
    assert not [each for each in story.lines(ThreadMessage.NEW_DATE_NUDGE) if each.at == at(2027, 6, 8)]


def test_asked_on_a_friday_the_first_reminder_comes_on_monday_and_not_on_the_same_day() -> None:
    story = a_change("NO-GO", now=at(2027, 4, 9, 8)).until(at(2027, 4, 20))
    assert said(story, ThreadMessage.NEW_DATE_NUDGE) == [(at(2027, 4, 12), {NADIA}), (at(2027, 4, 19), {NADIA})]


# ── the snapshot that a person begins ──────────────────────────────────────────────────────────────────────────────


def by_hand() -> Story:
    """A change whose snapshot waits to be begun on the dashboard, in a window long enough for one."""
    return a_change("snapshot requested", service=BY_HAND, minutes=240)


def test_a_snapshot_to_be_begun_by_hand_is_asked_for_again_until_it_is_too_late_which_is_said() -> None:
    story, begins = by_hand().until(night(23, 45)), night(19, 15)
    first, *found = said(story, ThreadMessage.SNAPSHOT_NUDGE)
    assert first == (begins + timedelta(minutes=10), {NADIA})
    assert found == [(begins + timedelta(minutes=20 + 15 * n), {NADIA, PIERRE}) for n in range(len(found))]
    # Begun at 23:30 it would end with the window, at 02:00.
    assert found[-1][0] < night(23, 30) <= found[-1][0] + timedelta(minutes=15)
    assert said(story, ThreadMessage.SNAPSHOT_TOO_LATE) == [(night(23, 30), {NADIA, PIERRE})]


def test_a_snapshot_that_a_person_began_is_not_asked_for_any_more() -> None:
    story = by_hand().then(night(19, 20), c.NoteSnapshotStarted(NADIA)).until(night(22))
    assert not story.lines(ThreadMessage.SNAPSHOT_NUDGE)


# ── what ends a row of reminders ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "word", [c.UpdateIncident(NADIA, "We know the cause."), c.NoteTried(NADIA, Recovery.FIX, "It did not help.")]
)
def test_whoever_says_something_of_the_incident_is_asked_half_an_hour_after_that(word: c.Command) -> None:
    story = a_change("incident").then(night(22, 50), word).until(night(23, 30))
    assert said(story, ThreadMessage.INCIDENT_NUDGE) == [(night(23, 20), {NADIA})]


def test_the_incident_goes_on_while_a_restore_waits_and_whoever_asked_for_it_is_not_asked_to_confirm_it() -> None:
    story = a_change("incident").then(None, c.AskRestore(NADIA)).until(night(23))
    assert said(story, ThreadMessage.INCIDENT_NUDGE) == [(night(23), {NADIA})]
    story = a_change("incident").then(None, c.AskRestore(PIERRE)).until(night(22, 40))
    assert not [people for _, people in said(story, ThreadMessage.RESTORE_NUDGE) if PIERRE in people]


def test_a_hand_over_that_is_closed_is_not_asked_about_any_more() -> None:
    story = a_change("incident, tests passed").then(None, c.HandOver(NADIA, "Nothing helps.")).until(night(1, 30))
    count = len(story.lines(ThreadMessage.HANDOVER_NUDGE))
    assert count == 1
    story.then(None, c.CloseIncident(NADIA)).until(at(2027, 4, 17))
    assert len(story.lines(ThreadMessage.HANDOVER_NUDGE)) == count


def test_a_review_that_is_written_is_not_asked_for_any_more() -> None:
    story = a_change("completed").until(at(2027, 4, 24)).then(None, c.SaveReview(NADIA, "It went well."))
    assert len(story.until(at(2027, 7, 1)).lines(ThreadMessage.REVIEW_NUDGE)) == 1
    assert pending(story.now_it_is, LEARN) == ()


# ── what holds for all of them ─────────────────────────────────────────────────────────────────────────────────────

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


@pytest.mark.parametrize(
    ("back", "passed_over"),
    [(night(22, 20), "The window has begun."), (at(2027, 4, 16, 8), "The window is over, and that is said.")],
)
def test_what_would_only_confuse_after_the_process_was_down_is_passed_over_for_a_reason(
    back: datetime, passed_over: str
) -> None:
    story = a_change("scheduled, snapshot waived").at_once(back)
    assert passed_over in [each.reason for each in story.happened(e.StepSkipped)]


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
@settings(max_examples=100, deadline=None)
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


@given(st.integers(0, 23), st.integers(0, 59), st.booleans())
@settings(max_examples=60, deadline=None)
def test_quiet_hours_hold_only_what_can_wait_until_morning(hour: int, minute: int, is_emergency: bool) -> None:
    """With day steps at five in the morning, which is quiet, a nudge of a normal change waits until seven."""
    early = replace(LEARN, policy=replace(LEARN.policy, day_hour=5))
    now = at(2027, 3, 15, hour, minute)
    wanted = plan(kind=ChangeType.EMERGENCY, reason="A hole.") if is_emergency else plan()
    until = now + timedelta(hours=1) if is_emergency else at(2027, 4, 6)
    story = a_change("submitted", wanted, early, now=now).until(until)
    nudges = [each.at for each in story.lines(ThreadMessage.PRECHECK_NUDGE, ThreadMessage.PRECHECK_DEPUTIES)]
    assert nudges
    if is_emergency:
        assert nudges[0] == now + timedelta(minutes=15), "an emergency never waits"
    else:
        assert {(LEARN.local(each).hour, LEARN.local(each).minute) for each in nudges} == {(7, 0)}
