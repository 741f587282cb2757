"""Nobody is left waiting: each row of the table in PROCESS.md, with its times and who is mentioned."""

from dataclasses import fields, replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changes import commands as c
from changes import events as e
from changes.effects import PostThreadMessage
from changes.model import ChangeType, Person, Recovery, State
from changes.notification.notices import NoticeKind
from changes.notification.thread_messages import ThreadMessage
from changes.planning.timeline import StepKind, pending
from changes.policy import Policy, Service
from changes.snapshots import Server
from tests.support.core import (
    CLAIRE,
    LEARN,
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
    requested,
    scheduled,
)

EVA = Person("e", "Eva")
BY_HAND = replace(LEARN, vps=Server("Hannibal", "dashboard"), admins=(EVA,))
NIGHT = at(2027, 4, 15, 22, 30)
Said = list[tuple[datetime, set[Person]]]


def said(story: Story, *lines: ThreadMessage) -> Said:
    """When each of the lines was said, and to whom."""
    return [(each.at, set(each.mention)) for each in story.lines(*lines)]


def emergency(now: datetime, start: date, hour: int) -> Story:
    story = requested(plan(start, hour, kind=ChangeType.EMERGENCY, reason="A hole is exploited."), now)
    story.at_once(now)
    assert story.now_it_is.state is State.PRECHECK_PENDING
    return story


# ── pre-check and GO ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("make", "nudge", "deputies", "asked"),
    [
        (at_precheck, ThreadMessage.PRECHECK_NUDGE, ThreadMessage.PRECHECK_DEPUTIES, date(2027, 4, 1)),
        (at_go, ThreadMessage.GO_NUDGE, ThreadMessage.GO_DEPUTIES, date(2027, 4, 8)),
    ],
)
def test_a_decision_is_asked_for_again_after_a_working_day_of_the_deputies_after_two_then_daily_until_the_deadline(
    make: type[Story], nudge: ThreadMessage, deputies: ThreadMessage, asked: date
) -> None:
    story = make()
    story.until(at(2027, 4, 16))
    days = [asked + timedelta(days=number) for number in range(1, 13)]
    working = [at(day.year, day.month, day.day) for day in days if LEARN.is_working(day) and day < date(2027, 4, 13)]
    assert said(story, nudge) == [(working[0], {PIERRE})]
    assert said(story, deputies) == [(each, {PIERRE, CLAIRE}) for each in working[1:]]
    assert story.now_it_is.state is State.POSTPONED


def test_an_emergency_at_night_is_asked_for_again_after_a_quarter_then_of_the_deputies_every_half_hour() -> None:
    story = emergency(at(2027, 4, 15, 23), date(2027, 4, 16), 4)
    story.until(at(2027, 4, 16, 4))
    assert said(story, ThreadMessage.PRECHECK_NUDGE) == [(at(2027, 4, 15, 23, 15), {PIERRE})]
    # Its deadline is the moment at which the snapshot has to begin: 01:15.
    half_hours = [at(2027, 4, 15, 23, 30) + timedelta(minutes=30 * number) for number in range(4)]
    assert said(story, ThreadMessage.PRECHECK_DEPUTIES) == [(each, {PIERRE, CLAIRE}) for each in half_hours]
    [postponed] = story.lines(ThreadMessage.POSTPONED_SILENT)
    assert postponed.at == at(2027, 4, 16, 1, 15)


# ── corrections, and a new date ────────────────────────────────────────────────────────────────────────────────────


def test_corrections_are_asked_for_every_two_days_and_never_at_the_deadline_or_after_it() -> None:
    story = at_precheck()
    story.do(c.RequestCorrections(PIERRE, "Which plug-ins?"), at(2027, 4, 1, 12))
    story.until(at(2027, 5, 1))
    # 3 and 11 April are at the weekend: the working day before, and not twice on one day.
    days = [at(2027, 4, day) for day in (2, 5, 7, 9)]
    assert said(story, ThreadMessage.CORRECTIONS_REMINDER) == [(each, {NADIA}) for each in days]
    [postponed] = story.lines(ThreadMessage.POSTPONED_SILENT)
    assert postponed.at == at(2027, 4, 13), "which says it, and is not said together with the reminder"


@pytest.mark.parametrize("ended", [c.RefuseGo(PIERRE, "Exams."), c.Postpone(NADIA, "The vendor is late.")])
def test_a_new_date_is_asked_for_after_two_days_then_weekly_and_of_the_approver_too_after_two_weeks(
    ended: c.Command,
) -> None:
    story = at_go()
    story.do(ended, at(2027, 4, 13, 8))
    story.until(at(2027, 6, 7))
    weeks = [at(2027, 4, 15) + timedelta(weeks=number) for number in range(8)]
    # 6 May is Ascension, 27 May Corpus Christi: the working day before.
    weeks[3], weeks[6] = at(2027, 5, 5), at(2027, 5, 26)
    expected = [(each, {NADIA} if each < at(2027, 4, 27) else {NADIA, PIERRE}) for each in weeks]
    assert said(story, ThreadMessage.NEW_DATE_NUDGE) == expected


def test_after_eight_weeks_without_a_date_it_is_cancelled_by_itself_and_said_to_those_who_still_expect_one() -> None:
    story = scheduled()
    story.do(c.Postpone(NADIA, "The vendor is late."), at(2027, 4, 13, 8))
    story.until(at(2027, 6, 8, 8, 59))
    assert story.now_it_is.state is State.POSTPONED
    story.until(at(2027, 6, 8, 9))
    assert (story.now_it_is.state, story.now_it_is.closed_by_clock) == (State.CANCELLED, True)
    assert said(story, ThreadMessage.CANCELLED_SILENT) == [(at(2027, 6, 8), {NADIA, PIERRE})]
    assert story.notices()[-1].kind is NoticeKind.CANCELLED
    assert not [each for each in story.lines(ThreadMessage.NEW_DATE_NUDGE) if each.at == at(2027, 6, 8)]


def test_asked_on_a_friday_the_first_reminder_comes_on_monday_and_not_on_the_same_day() -> None:
    story = at_go()
    story.do(c.RefuseGo(PIERRE, "Exams."), at(2027, 4, 9, 8))
    story.until(at(2027, 4, 20))
    assert said(story, ThreadMessage.NEW_DATE_NUDGE) == [(at(2027, 4, 12), {NADIA}), (at(2027, 4, 19), {NADIA})]


# ── the snapshot that a person begins ──────────────────────────────────────────────────────────────────────────────


def by_hand() -> Story:
    """A change whose snapshot waits to be begun on the dashboard, in a window long enough for one."""
    story = Story(BY_HAND)
    story.do(c.Draft(NADIA, plan(minutes=240)), at(2027, 3, 15))
    story.do(c.Submit(NADIA), at(2027, 3, 15))
    story.until(at(2027, 4, 1))
    story.do(c.ApprovePrecheck(PIERRE), at(2027, 4, 1, 12))
    story.until(at(2027, 4, 8))
    story.do(c.GiveGo(PIERRE), at(2027, 4, 8, 12))
    story.until(at(2027, 4, 15, 19, 15))
    return story


def test_a_snapshot_to_be_begun_by_hand_is_asked_for_again_until_it_is_too_late_which_is_said() -> None:
    story = by_hand()
    story.until(at(2027, 4, 15, 23, 45))
    begins = at(2027, 4, 15, 19, 15)
    found = said(story, ThreadMessage.SNAPSHOT_NUDGE)
    assert found[0] == (begins + timedelta(minutes=10), {NADIA})
    quarters = [begins + timedelta(minutes=20 + 15 * number) for number in range(len(found) - 1)]
    assert found[1:] == [(each, {NADIA, PIERRE}) for each in quarters]
    # Begun at 23:30 it would end with the window, at 02:00.
    assert found[-1][0] < at(2027, 4, 15, 23, 30) <= found[-1][0] + timedelta(minutes=15)
    assert said(story, ThreadMessage.SNAPSHOT_TOO_LATE) == [(at(2027, 4, 15, 23, 30), {NADIA, PIERRE})]


def test_a_snapshot_that_a_person_began_is_not_asked_for_any_more() -> None:
    story = by_hand()
    story.do(c.NoteSnapshotStarted(NADIA), at(2027, 4, 15, 19, 20))
    story.until(at(2027, 4, 15, 22))
    assert not story.lines(ThreadMessage.SNAPSHOT_NUDGE)


# ── an incident, its restore, its hand-over ────────────────────────────────────────────────────────────────────────


def test_an_incident_is_asked_about_every_half_hour_and_the_approver_from_the_second_time_on_also_at_night() -> None:
    story = an_incident(NIGHT)
    story.until(at(2027, 4, 16, 0, 30))
    found = said(story, ThreadMessage.INCIDENT_NUDGE)
    assert found == [
        (at(2027, 4, 15, 23), {NADIA}),
        (at(2027, 4, 15, 23, 30), {NADIA, PIERRE}),
        (at(2027, 4, 16, 0), {NADIA, PIERRE}),
        (at(2027, 4, 16, 0, 30), {NADIA, PIERRE}),
    ]


@pytest.mark.parametrize(
    "word", [c.UpdateIncident(NADIA, "We know the cause."), c.NoteTried(NADIA, Recovery.FIX, "It did not help.")]
)
def test_whoever_says_something_of_the_incident_is_asked_half_an_hour_after_that(word: c.Command) -> None:
    story = an_incident(NIGHT)
    story.do(word, at(2027, 4, 15, 22, 50))
    story.until(at(2027, 4, 15, 23, 30))
    assert said(story, ThreadMessage.INCIDENT_NUDGE) == [(at(2027, 4, 15, 23, 20), {NADIA})]


def test_affected_people_hear_of_an_incident_at_least_every_two_hours() -> None:
    story = an_incident(NIGHT)
    story.do(c.UpdateIncident(NADIA, "We know the cause."), at(2027, 4, 15, 23, 30))
    story.until(at(2027, 4, 16, 6))
    told = [each.at for each in story.notices(NoticeKind.INCIDENT_START, NoticeKind.INCIDENT_UPDATE)]
    assert told == [NIGHT, *(at(2027, 4, 15, 23, 30) + timedelta(hours=2 * number) for number in range(4))]


def test_a_restore_that_waits_for_its_second_person_is_asked_for_after_five_minutes_then_of_everybody() -> None:
    story = an_incident(NIGHT)
    story.do(c.AskRestore(NADIA), NIGHT)
    story.until(at(2027, 4, 15, 23))
    found = said(story, ThreadMessage.RESTORE_NUDGE)
    assert found == [
        (at(2027, 4, 15, 22, 35), {PIERRE}),
        (at(2027, 4, 15, 22, 40), {PIERRE, CLAIRE}),
        (at(2027, 4, 15, 22, 50), {PIERRE, CLAIRE}),
        (at(2027, 4, 15, 23, 0), {PIERRE, CLAIRE}),
    ]
    assert said(story, ThreadMessage.INCIDENT_NUDGE) == [(at(2027, 4, 15, 23), {NADIA})], (
        "the incident goes on meanwhile"
    )
    asked_by_approver = an_incident(NIGHT)
    asked_by_approver.do(c.AskRestore(PIERRE), NIGHT)
    asked_by_approver.until(at(2027, 4, 15, 22, 40))
    assert {person for _, people in said(asked_by_approver, ThreadMessage.RESTORE_NUDGE) for person in people} == {
        CLAIRE
    }


def test_a_hand_over_is_asked_about_every_two_hours_until_it_is_closed_and_of_the_admins_after_a_day() -> None:
    story = an_incident(NIGHT)
    story.service = replace(LEARN, admins=(EVA,))
    story.do(c.HandOver(NADIA, "Nothing helps."), NIGHT)
    story.until(NIGHT + timedelta(hours=27))
    team = {NADIA, PIERRE, CLAIRE}
    hours = [NIGHT + timedelta(hours=2 * number) for number in range(1, 14)]
    expected = [(each, team if each < NIGHT + timedelta(days=1) else {*team, EVA}) for each in hours]
    assert said(story, ThreadMessage.HANDOVER_NUDGE) == expected
    after_tests(story, NIGHT + timedelta(hours=27))
    story.do(c.CloseIncident(NADIA), NIGHT + timedelta(hours=27))
    story.until(NIGHT + timedelta(hours=40))
    assert len(story.lines(ThreadMessage.HANDOVER_NUDGE)) == len(expected)


# ── the review ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_review_is_asked_for_on_the_next_working_day_then_weekly_three_times() -> None:
    story = after_tests(in_progress(), NIGHT)
    story.do(c.Complete(NADIA), NIGHT)
    story.until(at(2027, 7, 1))
    asked = [entry.at for entry in story.entries if getattr(entry.event, "kind", "") == StepKind.REVIEW]
    assert asked == [at(2027, 4, 16)]
    weekly = [(at(2027, 4, day), {NADIA}) for day in (23, 30)]
    assert said(story, ThreadMessage.REVIEW_NUDGE) == [*weekly, (at(2027, 5, 7), {NADIA})]


def test_a_review_that_is_written_is_not_asked_for_any_more() -> None:
    story = after_tests(in_progress(), NIGHT)
    story.do(c.Complete(NADIA), NIGHT)
    story.until(at(2027, 4, 24))
    story.do(c.SaveReview(NADIA, "It went well."), at(2027, 4, 24))
    story.until(at(2027, 7, 1))
    assert len(story.lines(ThreadMessage.REVIEW_NUDGE)) == 1
    assert pending(story.now_it_is, LEARN) == ()


# ── what holds for all of them ─────────────────────────────────────────────────────────────────────────────────────

WAITING = {
    "pre-check": at_precheck,
    "GO": at_go,
    "emergency": lambda: emergency(at(2027, 4, 15, 22), date(2027, 4, 17), 22),
    "snapshot": by_hand,
    "incident": an_incident,
    "open window": in_progress,
}


@pytest.mark.parametrize("what", list(WAITING))
def test_reminders_that_were_missed_collapse_to_one(what: str) -> None:
    story = WAITING[what]()
    now = story.entries[-1].at + timedelta(hours=30 if what in ("pre-check", "GO") else 4)
    story.at_once(now)
    nudges = [each.line for each in story.lines() if each.at == now and ("nudge" in each.line or "nag" in each.line)]
    assert len(nudges) == len(set(nudges)) <= 1
    story.until(now + timedelta(minutes=4))
    assert [each.line for each in story.lines() if now < each.at and "nudge" in each.line] == []


INTERVALS = [
    each.name
    for each in fields(Policy)
    if each.name.startswith(("nudge", "deputies", "emergency", "new_date", "give_up", "snapshot_nudge"))
    or each.name.startswith(("snapshot_approver", "snapshot_every", "nag", "incident", "restore", "handover", "review"))
    or each.name == "corrections_days"
]


@given(st.sets(st.sampled_from(INTERVALS)), st.sampled_from(sorted(WAITING)))
@settings(max_examples=150, deadline=None)
def test_an_interval_of_nought_switches_its_reminders_off_and_never_loops(off: set[str], what: str) -> None:
    story = WAITING[what]()
    numbers = dict.fromkeys(off, 0)
    story.service = replace(story.service, policy=replace(story.service.policy, **numbers))
    count = len(story.entries)
    story.until(story.entries[-1].at + timedelta(hours=12))
    assert len(story.entries) - count < 150
    fired = [each for each in story.entries[count:] if isinstance(each.event, e.StepFired)]
    if off >= set(INTERVALS):
        assert not [each for each in fired if "." in each.event.key]  # type: ignore[attr-defined]


def test_everything_off_says_nothing_again() -> None:
    numbers = dict.fromkeys(INTERVALS, 0)
    silent: Service = replace(LEARN, policy=replace(LEARN.policy, **numbers))
    for make in WAITING.values():
        story = make()
        story.service = replace(silent, vps=story.service.vps)
        count = len(story.caused)
        story.until(story.entries[-1].at + timedelta(hours=12))
        said_again = [
            each.line for each in story.caused[count:] if isinstance(each, PostThreadMessage) and "nudge" in each.line
        ]
        assert not said_again


@given(st.integers(0, 23), st.integers(0, 59), st.booleans())
@settings(max_examples=60, deadline=None)
def test_quiet_hours_hold_only_what_can_wait_until_morning(hour: int, minute: int, is_emergency: bool) -> None:
    """With day steps at five in the morning, which is quiet, a nudge of a normal change waits until seven."""
    policy = replace(LEARN.policy, day_hour=5)
    story = Story(replace(LEARN, policy=policy))
    facts = {"kind": ChangeType.EMERGENCY, "reason": "A hole."} if is_emergency else {}
    now = at(2027, 3, 15, hour, minute)
    story.do(c.Draft(NADIA, plan(**facts)), now)  # type: ignore[arg-type]
    story.do(c.Submit(NADIA), now)
    story.until(at(2027, 4, 6))
    nudges = [
        LEARN.local(each.at) for each in story.lines(ThreadMessage.PRECHECK_NUDGE, ThreadMessage.PRECHECK_DEPUTIES)
    ]
    assert nudges
    if is_emergency:
        assert nudges[0] == now + timedelta(minutes=15), "an emergency never waits"
    else:
        assert {(each.hour, each.minute) for each in nudges} == {(7, 0)}
