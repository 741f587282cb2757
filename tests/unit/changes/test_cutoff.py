"""PROCESS.md, row *cutoff*: it is always asked, whatever was said before; then once more, and at the end."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changes import commands as c
from changes import events as e
from changes.effects import UpsertCard
from changes.errors import CommandRejected, ValidationFailed, WrongState
from changes.model import IMPLEMENTING, LONGEST_WITH_EXTENSIONS, SYSTEM, State
from changes.notification.cards import CardKind
from changes.notification.notices import NoticeKind
from changes.notification.thread_messages import ThreadMessage
from changes.planning.timeline import StepKind, timeline
from tests.support.core import LEARN, NADIA, PIERRE, Story, after_tests, an_incident, at, in_progress, plan, scheduled

START, CUTOFF, END = at(2027, 4, 15, 22), at(2027, 4, 15, 23), at(2027, 4, 15, 23, 30)
BEFORE = {
    "nothing": (),
    "an issue": (c.ReportTrouble(NADIA, "Nobody can log in."),),
    "an issue that is solved": (c.ReportTrouble(NADIA, "Nobody can log in."), c.SolveTrouble(NADIA)),
    "a test": (c.RecordTest(NADIA, 0, passed=True),),
    "every test": (c.RecordTest(NADIA, 0, passed=True), c.RecordTest(NADIA, 1, passed=True)),
    "a test accepted": (c.AcceptTest(PIERRE, 0, "Nobody uses it."),),
}


def asked(story: Story) -> list[tuple[datetime, str]]:
    """When the cutoff was asked, and on which card."""
    return [(each.at, key.message) for each, key in _posted(story)]


def _posted(story: Story) -> list[tuple[e.Entry, UpsertCard]]:
    steps = [each for each in story.entries if getattr(each.event, "kind", None) is StepKind.CUTOFF]
    fired = [each for each in steps if isinstance(each.event, e.StepFired)]
    cards = [each for each in story.cards(CardKind.CUTOFF) if not each.only_edit]
    return list(zip(fired, cards, strict=True))


def times(story: Story, kind: StepKind) -> list[datetime]:
    """When steps of that kind were carried out."""
    fired = [each for each in story.entries if isinstance(each.event, e.StepFired)]
    return [each.at for each in fired if getattr(each.event, "kind", None) is kind]


@pytest.mark.parametrize("said", list(BEFORE))
def test_the_cutoff_is_asked_whatever_was_said_before_and_nothing_of_it_answers(said: str) -> None:
    story = in_progress()
    for number, command in enumerate(BEFORE[said]):
        story.do(command, START + timedelta(minutes=10 + number))
    story.until(CUTOFF)
    assert asked(story) == [(CUTOFF, "cutoff:0")]
    assert not story.now_it_is.cutoff_answered
    story.until(CUTOFF + timedelta(minutes=10))
    [again] = story.lines(ThreadMessage.CUTOFF_SILENCE)
    assert (again.at, again.mention) == (CUTOFF + timedelta(minutes=10), (NADIA, PIERRE))
    story.until(END)
    assert [each.at for each in story.notices(NoticeKind.HOLDING)] == [END]


@given(st.lists(st.tuples(st.sampled_from(sorted(BEFORE)), st.integers(1, 8)), max_size=6))
@settings(max_examples=60, deadline=None)
def test_whatever_is_said_before_the_cutoff_in_whatever_order_it_is_asked_unless_the_work_has_ended(
    said: list[tuple[str, int]],
) -> None:
    story, now = in_progress(), START + timedelta(minutes=1)
    for what, minutes in said:
        for command in BEFORE[what]:
            try:
                story.do(command, now)
            except CommandRejected:
                continue
        now += timedelta(minutes=minutes)
    story.until(CUTOFF)
    assert story.now_it_is.state in IMPLEMENTING
    assert asked(story) == [(CUTOFF, "cutoff:0")]


def test_completed_before_it_is_not_asked() -> None:
    story = after_tests(in_progress(), START + timedelta(minutes=20))
    story.do(c.Complete(NADIA), START + timedelta(minutes=21))
    story.until(at(2027, 4, 15, 23, 59))
    assert asked(story) == []


@pytest.mark.parametrize(
    "answer", [c.SolveTrouble(NADIA), c.Extend(NADIA, 60, "It is slow."), c.DeclareIncident(NADIA, "It is down.")]
)
def test_an_answer_after_it_was_asked_answers_it(answer: c.Command) -> None:
    story = in_progress()
    story.until(CUTOFF)
    story.do(answer, CUTOFF + timedelta(minutes=3))
    story.until(CUTOFF + timedelta(minutes=25))
    assert not story.lines(ThreadMessage.CUTOFF_SILENCE)


def test_an_issue_reported_after_the_answer_opens_it_again() -> None:
    story = in_progress()
    story.until(CUTOFF)
    story.do(c.SolveTrouble(NADIA), CUTOFF + timedelta(minutes=2))
    story.do(c.ReportTrouble(NADIA, "It is down again."), CUTOFF + timedelta(minutes=5))
    story.until(CUTOFF + timedelta(minutes=10))
    assert len(story.lines(ThreadMessage.CUTOFF_SILENCE)) == 1


def test_an_extension_moves_it_and_it_is_asked_again_before_the_new_end() -> None:
    story = in_progress()
    story.do(c.Extend(NADIA, 60, "It is slow."), START + timedelta(minutes=20))
    story.until(END + timedelta(minutes=59))
    assert asked(story) == [(END + timedelta(minutes=30), "cutoff:1")]


# ── short windows, and late starts ─────────────────────────────────────────────────────────────────────────────────


@given(st.integers(5, 240))
@settings(max_examples=60, deadline=None)
def test_it_is_asked_half_an_hour_before_the_end_or_in_the_middle_of_a_shorter_window(minutes: int) -> None:
    change = scheduled(plan(minutes=minutes)).now_it_is
    due = {step.kind: step.due for step in timeline(change, LEARN)}
    start, end = change.plan.window.start, change.plan.window.end
    assert due[StepKind.CUTOFF] == (end - timedelta(minutes=30) if minutes > 30 else start + (end - start) / 2)
    assert start < due[StepKind.CUTOFF] < due[StepKind.CUTOFF_SILENCE] < due[StepKind.OVERRUN] == end


def short(minutes: int, started: int) -> Story:
    """The work of a window of so many minutes, begun so many seconds after its start."""
    story = scheduled(plan(minutes=minutes))
    story.do(c.WaiveSnapshot(PIERRE, "The NAS is fresh."), at(2027, 4, 9))
    story.until(START)
    story.at_once(START + timedelta(seconds=started))
    story.do(c.Start(NADIA), START + timedelta(seconds=started))
    return story


@given(st.sampled_from([5, 20, 29, 30, 31, 45, 90]), st.floats(0, 0.99), st.booleans())
@settings(max_examples=120, deadline=None)
def test_the_nudge_comes_after_the_question_and_never_in_the_same_second(
    minutes: int, part: float, was_down: bool
) -> None:
    story = short(minutes, int(minutes * 60 * part))
    end = story.now_it_is.ends_at
    story.at_once(end - timedelta(seconds=20)) if was_down else story.until(end - timedelta(seconds=1))
    [question] = times(story, StepKind.CUTOFF)
    story.until(end + timedelta(minutes=30))
    assert len(times(story, StepKind.CUTOFF)) == 1
    assert all(each - question >= timedelta(seconds=30) for each in times(story, StepKind.CUTOFF_SILENCE))
    assert all(each < end for each in times(story, StepKind.CUTOFF_SILENCE)), "at the end the end itself speaks"
    assert times(story, StepKind.OVERRUN) == [end]


def test_started_after_the_cutoff_it_is_asked_at_once_and_leaves_its_time_for_the_answer() -> None:
    late = timedelta(minutes=65)
    story = short(90, int(late.total_seconds()))
    story.until(END)
    assert times(story, StepKind.CUTOFF) == [START + late]
    assert times(story, StepKind.CUTOFF_SILENCE) == [START + late + timedelta(minutes=10)]


# ── an incident in its place ───────────────────────────────────────────────────────────────────────────────────────


def test_a_window_whose_data_is_back_before_its_end_has_its_cutoff_yet() -> None:
    story = an_incident(at(2027, 4, 15, 22, 20))
    story.do(c.AskRestore(NADIA), at(2027, 4, 15, 22, 20))
    story.do(c.ConfirmRestore(PIERRE, "Hannibal"), at(2027, 4, 15, 22, 21))
    story.until(at(2027, 4, 15, 23, 10))
    assert story.now_it_is.state is State.RESTORING
    assert asked(story) == [], "everyone knows of the incident"
    story.do(c.NoteRestoreDone(SYSTEM), at(2027, 4, 15, 23, 10))
    story.until(at(2027, 4, 15, 23, 29))
    assert [moment for moment, _ in asked(story)] == [at(2027, 4, 15, 23, 20)], (
        "in the middle of what is left for tests"
    )
    assert [each.at for each in story.lines(ThreadMessage.CUTOFF_SILENCE)] == [
        at(2027, 4, 15, 23, 23) + timedelta(seconds=20)
    ]


def test_the_window_of_a_day_in_march_that_loses_an_hour_has_its_cutoff_half_an_hour_before_its_real_end() -> None:
    story = Story()
    story.do(c.Draft(NADIA, plan(date(2027, 3, 28), 1)), at(2027, 1, 4))
    due = {step.kind: step.due for step in timeline(story.now_it_is, LEARN)}
    assert due[StepKind.CUTOFF] == at(2027, 3, 28, 3)


def test_solved_is_no_answer_while_a_test_has_failed() -> None:
    story = in_progress()
    story.do(c.RecordTest(NADIA, 0, passed=False), at(2027, 4, 15, 22, 30))
    story.until(at(2027, 4, 15, 23))
    with pytest.raises(WrongState, match="Test 1 of CHG-2027-0001 has failed, so it is not solved"):
        story.do(c.SolveTrouble(NADIA), at(2027, 4, 15, 23, 1))
    story.do(c.AcceptTest(PIERRE, 0, "It was broken before."), at(2027, 4, 15, 23, 2))
    story.do(c.SolveTrouble(NADIA), at(2027, 4, 15, 23, 3))
    assert story.now_it_is.cutoff_answered


def test_no_window_is_longer_than_sixty_days_with_all_its_extensions() -> None:
    story = in_progress()
    now = START + timedelta(minutes=20)
    while story.now_it_is.ends_at - START + timedelta(hours=12) <= LONGEST_WITH_EXTENSIONS:
        now += timedelta(minutes=10)
        story.do(c.Extend(PIERRE, 12 * 60, "It is slow."), now)
    with pytest.raises(ValidationFailed, match="With all its extensions a window is 60 days long at most"):
        story.do(c.Extend(PIERRE, 12 * 60, "It is slow."), now + timedelta(minutes=10))
    assert story.now_it_is.ends_at - START <= LONGEST_WITH_EXTENSIONS
