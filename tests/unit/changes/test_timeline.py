"""The timeline, step by step: when, on which weekday, across the change of clocks (docs/process.md, P26 to P63)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changes import events as e
from changes.errors import ValidationFailed
from changes.labels import moment_label, window_label
from changes.model import ChangeType, Window
from changes.notification.thread_messages import ThreadMessage
from changes.planning.steps import StepKind
from changes.planning.timeline import days_until, timeline
from tests.support.builder import a_change
from tests.support.core import LEARN, NADIA, ZURICH, Story, at, night, plan
from tests.support.examples import examples

STEP = StepKind


def due(story: Story) -> dict[StepKind, datetime]:
    return {step.kind: step.due for step in timeline(story.now_it_is, LEARN)}


def drafted(day: date, hour: int = 22, minutes: int = 90) -> Story:
    return a_change("draft", plan(day, hour, minutes), now=at(2027, 1, 4))


def test_a_change_on_a_thursday_evening_has_its_steps_where_the_process_puts_them() -> None:
    expected = {
        STEP.PREPARE: at(2027, 3, 30),
        STEP.PRECHECK: at(2027, 4, 1),
        STEP.PREFLIGHT_WEEK: at(2027, 4, 7),
        STEP.GO: at(2027, 4, 8),
        STEP.SILENCE: at(2027, 4, 13),
        STEP.REMINDER: at(2027, 4, 14),
        STEP.SNAPSHOT: night(19, 15),
        STEP.START: night(22),
        STEP.NOT_STARTED: night(22, 15),
        STEP.NOT_STARTED_APPROVER: night(22, 30),
        STEP.ABANDONED: night(23, 30),
        STEP.CUTOFF: night(23),
        STEP.CUTOFF_SILENCE: night(23, 10),
        STEP.OVERRUN: night(23, 30),
        STEP.REVIEW: at(2027, 4, 16),
    }
    assert due(a_change()).items() >= expected.items()


@pytest.mark.parametrize(
    ("window", "kind", "when", "why"),
    [
        (date(2027, 4, 3), STEP.PRECHECK, at(2027, 3, 18), "20 March is a Saturday, 19 March Saint Joseph"),
        (date(2027, 4, 18), STEP.GO, at(2027, 4, 9), "11 April is a Sunday"),
        (date(2027, 5, 13), STEP.GO, at(2027, 5, 5), "6 May is Ascension"),
        (date(2027, 6, 10), STEP.PREPARE, at(2027, 5, 25), "an ordinary Tuesday stays"),
        (date(2027, 4, 12), STEP.SILENCE, at(2027, 4, 10), "the postponement does not move, Saturday or not"),
        (date(2027, 4, 12), STEP.REMINDER, at(2027, 4, 11), "a notice does not move, Sunday or not"),
        (date(2027, 4, 16), STEP.REVIEW, at(2027, 4, 19), "after a Friday comes Monday"),
        (date(2027, 3, 18), STEP.REVIEW, at(2027, 3, 22), "after Thursday comes Saint Joseph, then the weekend"),
    ],
)
def test_what_asks_a_person_moves_to_a_working_day(window: date, kind: StepKind, when: datetime, why: str) -> None:
    assert due(drafted(window))[kind] == when, why


@pytest.mark.parametrize(("minutes", "day"), [(120, 14), (121, 15)])
def test_the_review_of_a_window_that_ends_at_midnight_is_due_the_morning_after(minutes: int, day: int) -> None:
    assert due(drafted(date(2027, 4, 13), 22, minutes))[STEP.REVIEW] == at(2027, 4, day)


@pytest.mark.parametrize(
    ("begins", "minutes", "ends", "label"),
    [
        (at(2027, 3, 28, 1), 120, at(2027, 3, 28, 4), "Sun 28 Mar 2027, 01:00 (CET) – Sun 28 Mar 2027, 04:00 (CEST)"),
        (at(2027, 3, 27, 22), 360, at(2027, 3, 28, 5), "Sat 27 Mar 2027, 22:00 (CET) – Sun 28 Mar 2027, 05:00 (CEST)"),
        (
            *(at(2027, 10, 31, 1), 120, at(2027, 10, 31, 2).replace(fold=1)),
            "Sun 31 Oct 2027, 01:00 (CEST) – Sun 31 Oct 2027, 02:00 (CET)",
        ),
        (
            *(at(2027, 10, 30, 22), 360, at(2027, 10, 31, 3)),
            "Sat 30 Oct 2027, 22:00 (CEST) – Sun 31 Oct 2027, 03:00 (CET)",
        ),
        (at(2027, 12, 31, 23), 120, at(2028, 1, 1, 1), "Fri 31 Dec 2027, 23:00 – Sat 1 Jan 2028, 01:00 (CET)"),
    ],
)
def test_a_window_lasts_as_long_as_was_asked(begins: datetime, minutes: int, ends: datetime, label: str) -> None:
    window = Window.on(begins.date(), begins.time(), minutes, ZURICH)
    assert window.minutes == minutes
    assert window.end - window.start == timedelta(minutes=minutes)
    assert window.end == ends.astimezone(UTC)
    assert window_label(window, ZURICH) == label


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 3, 29), date(2027, 10, 31), date(2027, 11, 1)])
def test_day_steps_stay_at_nine_on_the_wall_clock_across_the_change(day: date) -> None:
    found = due(drafted(day))
    for kind in (STEP.PREPARE, STEP.PRECHECK, STEP.GO, STEP.SILENCE, STEP.REMINDER, STEP.REVIEW):
        assert found[kind].astimezone(ZURICH).time() == time(9), kind


def test_the_snapshot_begins_its_real_duration_before_a_start_in_the_night_of_the_change() -> None:
    found = due(drafted(date(2027, 3, 28), 4))
    assert found[STEP.START] - found[STEP.SNAPSHOT] == timedelta(hours=2, minutes=45)
    assert moment_label(found[STEP.SNAPSHOT], ZURICH) == "Sun 28 Mar 2027, 00:15 (CET)"


def test_a_time_that_is_skipped_or_has_no_zone_is_refused_and_one_that_comes_twice_is_the_first() -> None:
    with pytest.raises(ValidationFailed, match="02:30 does not exist"):
        Window.on(date(2027, 3, 28), time(2, 30), 60, ZURICH)
    twice = Window.on(date(2027, 10, 31), time(2, 30), 60, ZURICH)
    assert moment_label(twice.start, ZURICH) == "Sun 31 Oct 2027, 02:30 (CEST)"
    naive = datetime(2027, 4, 15, 22)  # noqa: DTZ001  # what must not be accepted
    with pytest.raises(ValueError, match="without a zone"):
        Window(naive, naive + timedelta(hours=1))


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
@settings(max_examples=examples(300))
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
