"""The table of PROCESS.md, line by line: which step, when, on which day of the week, across the change of clocks."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from changes import commands as c
from changes.errors import NotAllowed, ValidationFailed
from changes.model import SYSTEM, ChangeType, Window
from changes.notification.thread_messages import ThreadMessage
from changes.planning.timeline import StepKind, short_notice, timeline
from changes.text.labels import moment_label, window_label
from tests.support.core import CLAIRE, LEARN, NADIA, PIERRE, ZURICH, Story, at, at_go, in_progress, plan, requested


def due(story: Story) -> dict[StepKind, datetime]:
    return {step.kind: step.due for step in timeline(story.now_it_is, LEARN)}


@pytest.mark.parametrize(
    ("kind", "when"),
    [
        (StepKind.PREPARE, at(2027, 3, 30)),
        (StepKind.PRECHECK, at(2027, 4, 1)),
        (StepKind.GO, at(2027, 4, 8)),
        (StepKind.SILENCE, at(2027, 4, 13)),
        (StepKind.REMINDER, at(2027, 4, 14)),
        (StepKind.SNAPSHOT, at(2027, 4, 15, 19, 15)),
        (StepKind.START, at(2027, 4, 15, 22, 0)),
        (StepKind.PREFLIGHT_WEEK, at(2027, 4, 7)),
        (StepKind.NOT_STARTED, at(2027, 4, 15, 22, 15)),
        (StepKind.NOT_STARTED_APPROVER, at(2027, 4, 15, 22, 30)),
        (StepKind.ABANDONED, at(2027, 4, 15, 23, 30)),
        (StepKind.CUTOFF, at(2027, 4, 15, 23, 0)),
        (StepKind.CUTOFF_SILENCE, at(2027, 4, 15, 23, 10)),
        (StepKind.OVERRUN, at(2027, 4, 15, 23, 30)),
        (StepKind.REVIEW, at(2027, 4, 16)),
    ],
)
def test_a_change_on_a_thursday_evening_has_its_steps_where_the_process_puts_them(
    kind: StepKind, when: datetime
) -> None:
    assert due(requested())[kind] == when


def test_the_approver_is_nudged_a_working_day_after_the_question_and_the_deputies_after_two() -> None:
    monday = plan(date(2027, 4, 19))
    story = requested(monday)
    story.until(at(2027, 4, 5))
    story.do(c.ApprovePrecheck(PIERRE), at(2027, 4, 5, 12))
    story.until(at(2027, 4, 12))
    assert due(story)[StepKind.GO_NUDGE] == at(2027, 4, 13)
    story.until(at(2027, 4, 13))
    assert due(story)[StepKind.GO_NUDGE] == at(2027, 4, 14)
    story.until(at(2027, 4, 14))
    told = [
        (each.line, each.at, each.mention) for each in story.lines(ThreadMessage.GO_NUDGE, ThreadMessage.GO_DEPUTIES)
    ]
    assert told == [
        (ThreadMessage.GO_NUDGE, at(2027, 4, 13), (PIERRE,)),
        (ThreadMessage.GO_DEPUTIES, at(2027, 4, 14), (PIERRE, CLAIRE)),
    ]


@pytest.mark.parametrize(
    ("window", "kind", "when", "why"),
    [
        (date(2027, 4, 3), StepKind.PRECHECK, at(2027, 3, 18), "20 March is a Saturday, 19 March Saint Joseph"),
        (date(2027, 4, 18), StepKind.GO, at(2027, 4, 9), "11 April is a Sunday"),
        (date(2027, 5, 13), StepKind.GO, at(2027, 5, 5), "6 May is Ascension"),
        (date(2027, 6, 10), StepKind.PREPARE, at(2027, 5, 25), "an ordinary Tuesday stays"),
        (date(2027, 4, 12), StepKind.SILENCE, at(2027, 4, 10), "the postponement does not move, Saturday or not"),
        (date(2027, 4, 12), StepKind.REMINDER, at(2027, 4, 11), "a notice does not move, Sunday or not"),
        (date(2027, 4, 16), StepKind.REVIEW, at(2027, 4, 19), "after a Friday comes Monday"),
        (date(2027, 3, 18), StepKind.REVIEW, at(2027, 3, 22), "after Thursday comes Saint Joseph, then the weekend"),
    ],
)
def test_what_asks_a_person_moves_to_the_working_day_before_in_valais(
    window: date, kind: StepKind, when: datetime, why: str
) -> None:
    story = Story()
    story.do(c.Draft(NADIA, plan(window)), at(2027, 1, 4))
    assert due(story)[kind] == when, why


def test_the_review_of_a_window_that_ends_at_midnight_is_due_the_morning_after_and_not_a_day_later() -> None:
    story = Story()
    story.do(c.Draft(NADIA, plan(date(2027, 4, 13), 22, 120)), at(2027, 1, 4))
    assert due(story)[StepKind.REVIEW] == at(2027, 4, 14)
    story.do(c.Edit(NADIA, plan(date(2027, 4, 13), 22, 121)), at(2027, 1, 4))
    assert due(story)[StepKind.REVIEW] == at(2027, 4, 15)


@pytest.mark.parametrize(
    ("day", "hour", "minutes", "ends", "label"),
    [
        (date(2027, 3, 28), 1, 120, at(2027, 3, 28, 4), "Sun 28 Mar 2027, 01:00 (CET) – Sun 28 Mar 2027, 04:00 (CEST)"),
        (
            date(2027, 3, 27),
            22,
            360,
            at(2027, 3, 28, 5),
            "Sat 27 Mar 2027, 22:00 (CET) – Sun 28 Mar 2027, 05:00 (CEST)",
        ),
        (
            date(2027, 10, 31),
            1,
            120,
            at(2027, 10, 31, 2).replace(fold=1),
            "Sun 31 Oct 2027, 01:00 (CEST) – Sun 31 Oct 2027, 02:00 (CET)",
        ),
        (
            date(2027, 10, 30),
            22,
            360,
            at(2027, 10, 31, 3),
            "Sat 30 Oct 2027, 22:00 (CEST) – Sun 31 Oct 2027, 03:00 (CET)",
        ),
        (date(2027, 12, 31), 23, 120, at(2028, 1, 1, 1), "Fri 31 Dec 2027, 23:00 – Sat 1 Jan 2028, 01:00 (CET)"),
    ],
)
def test_a_window_over_the_change_of_clocks_lasts_as_long_as_was_asked(
    day: date, hour: int, minutes: int, ends: datetime, label: str
) -> None:
    window = Window.on(day, time(hour), minutes, ZURICH)
    assert window.minutes == minutes
    assert window.end - window.start == timedelta(minutes=minutes)
    assert window.end == ends.astimezone(UTC)
    assert window_label(window, ZURICH) == label


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 3, 29), date(2027, 10, 31), date(2027, 11, 1)])
def test_day_steps_stay_at_nine_on_the_wall_clock_across_the_change(day: date) -> None:
    story = Story()
    story.do(c.Draft(NADIA, plan(day, 22)), at(2027, 1, 4))
    for kind in (
        StepKind.PREPARE,
        StepKind.PRECHECK,
        StepKind.GO,
        StepKind.SILENCE,
        StepKind.REMINDER,
        StepKind.REVIEW,
    ):
        assert due(story)[kind].astimezone(ZURICH).time() == time(9), kind


def test_the_snapshot_begins_its_real_duration_before_a_start_in_the_night_of_the_change() -> None:
    story = Story()
    story.do(c.Draft(NADIA, plan(date(2027, 3, 28), 4)), at(2027, 1, 4))
    start = due(story)[StepKind.START]
    assert start - due(story)[StepKind.SNAPSHOT] == timedelta(hours=2, minutes=45)
    assert moment_label(due(story)[StepKind.SNAPSHOT], ZURICH) == "Sun 28 Mar 2027, 00:15 (CET)"


def test_a_time_that_the_clocks_skip_is_refused_and_one_that_comes_twice_is_the_first() -> None:
    with pytest.raises(ValidationFailed, match="02:30 does not exist"):
        Window.on(date(2027, 3, 28), time(2, 30), 60, ZURICH)
    twice = Window.on(date(2027, 10, 31), time(2, 30), 60, ZURICH)
    assert moment_label(twice.start, ZURICH) == "Sun 31 Oct 2027, 02:30 (CEST)"


def test_naive_times_are_refused_at_construction() -> None:
    naive = datetime(2027, 4, 15, 22)  # noqa: DTZ001  # what must not be accepted
    with pytest.raises(ValueError, match="without a zone"):
        Window(naive, naive + timedelta(hours=1))


@pytest.mark.parametrize(("days", "short"), [(20, True), (21, False), (22, False)])
def test_less_than_twenty_one_days_is_short_notice(days: int, short: bool) -> None:
    start = at(2027, 4, 15, 22)
    asked = at(2027, 4, 15, 23, 59) - timedelta(days=days)
    assert short_notice(start, asked, asked, LEARN) is short


@pytest.mark.parametrize(
    ("now", "until", "why"),
    [
        (at(2027, 4, 14, 18), at(2027, 4, 15, 18), "a day for the answer"),
        (at(2027, 4, 15, 10), at(2027, 4, 15, 19, 15), "but not after the snapshot has to begin"),
        (at(2027, 4, 15, 20), at(2027, 4, 15, 22), "asked even later, until the window begins"),
    ],
)
def test_a_request_that_comes_late_is_asked_about_at_once_and_has_its_time_for_the_answer(
    now: datetime, until: datetime, why: str
) -> None:
    story = requested(plan(reason="The certificate expires."), now)
    story.at_once(now)
    assert story.now_it_is.state == "precheck_pending"
    assert due(story)[StepKind.SILENCE] == until, why


def test_an_emergency_is_asked_about_at_once_and_knows_no_weeks() -> None:
    story = requested(plan(kind=ChangeType.EMERGENCY, reason="A hole is exploited."), at(2027, 4, 15, 10))
    assert due(story)[StepKind.PRECHECK] == at(2027, 4, 15, 10)
    assert StepKind.GO not in due(story)


def test_an_extension_moves_the_end_and_with_it_cutoff_and_overrun() -> None:
    story = in_progress()
    story.until(at(2027, 4, 15, 23, 0))
    story.do(c.Extend(NADIA, 60, "The import is slow."), at(2027, 4, 15, 23, 5))
    assert due(story)[StepKind.CUTOFF] == at(2027, 4, 16, 0, 0)
    assert due(story)[StepKind.OVERRUN] == at(2027, 4, 16, 0, 30)
    story.until(at(2027, 4, 16, 0, 0))
    assert sum("cutoff/" in key for key in story.now_it_is.fired_steps) == 2


def test_corrections_are_reminded_of_every_two_days_until_they_are_made() -> None:
    story = requested(plan(date(2027, 4, 22)))
    story.until(at(2027, 4, 8))
    story.do(c.RequestCorrections(PIERRE, "Which plug-ins?"), at(2027, 4, 8, 12))
    story.until(at(2027, 4, 15))
    # 10 April is a Saturday: it moves to Friday; then Monday, Wednesday, and so on.
    reminders = [each.at for each in story.lines(ThreadMessage.CORRECTIONS_REMINDER)]
    assert reminders == [at(2027, 4, 9), at(2027, 4, 12), at(2027, 4, 14)]
    story.do(c.Edit(NADIA, plan(date(2027, 4, 22), what="All plug-ins.")), at(2027, 4, 15, 10))
    story.until(at(2027, 4, 19))
    assert len(story.lines(ThreadMessage.CORRECTIONS_REMINDER)) == 3


def test_the_clock_itself_decides_nothing() -> None:
    story = at_go()
    with pytest.raises(NotAllowed, match="Only Pierre or a deputy"):
        story.do(c.GiveGo(SYSTEM), at(2027, 4, 8, 12))
