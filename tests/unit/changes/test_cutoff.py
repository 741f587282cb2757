"""docs/process.md, P61 to P63: it is always asked, whatever was said before; then once more, and at the end."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changes import commands as c
from changes import events as e
from changes.errors import ValidationFailed, WrongState
from changes.model import LONGEST_WITH_EXTENSIONS, SYSTEM, State
from changes.notification.cards import CardKind
from changes.notification.notices import NoticeKind
from changes.notification.thread_messages import ThreadMessage
from changes.planning.steps import StepKind
from changes.planning.timeline import timeline
from tests.support.builder import a_change
from tests.support.core import LEARN, NADIA, PIERRE, Story, night, plan
from tests.support.examples import examples

START, CUTOFF, END = night(22), night(23), night(23, 30)
BEFORE = {
    "nothing": (),
    "an issue": (c.ReportTrouble(NADIA, "Nobody can log in."),),
    "an issue that is solved": (c.ReportTrouble(NADIA, "Nobody can log in."), c.SolveTrouble(NADIA)),
    "a test": (c.RecordTest(NADIA, 0, passed=True),),
    "every test": (c.RecordTest(NADIA, 0, passed=True), c.RecordTest(NADIA, 1, passed=True)),
    "a test accepted": (c.AcceptTest(PIERRE, 0, "Nobody uses it."),),
}


def times(story: Story, kind: StepKind) -> list[datetime]:
    """When steps of that kind were carried out."""
    return [each.at for each in story.entries if isinstance(each.event, e.StepFired) and each.event.kind is kind]


def asked(story: Story) -> list[tuple[datetime, str]]:
    """When the cutoff was asked, and on which card."""
    cards = [each.message for each in story.cards(CardKind.CUTOFF) if not each.only_edit]
    return list(zip(times(story, StepKind.CUTOFF), cards, strict=True))


@pytest.mark.parametrize("said", BEFORE)
def test_the_cutoff_is_asked_whatever_was_said_before_and_nothing_of_it_answers(said: str) -> None:
    story = a_change("in progress")
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


@pytest.mark.parametrize(
    "answer", [c.SolveTrouble(NADIA), c.Extend(NADIA, 60, "It is slow."), c.DeclareIncident(NADIA, "It is down.")]
)
def test_an_answer_after_it_was_asked_answers_it(answer: c.Command) -> None:
    story = a_change("cutoff asked").then(night(23, 3), answer).until(night(23, 25))
    assert not story.lines(ThreadMessage.CUTOFF_SILENCE)


def test_an_extension_moves_it_and_it_is_asked_again_before_the_new_end() -> None:
    early = a_change("in progress").then(night(22, 20), c.Extend(NADIA, 60, "It is slow.")).until(night(0, 29))
    assert asked(early) == [(night(0), "cutoff:1")]
    late = a_change("cutoff asked").then(night(23, 5), c.Extend(NADIA, 60, "It is slow.")).until(night(0, 30))
    assert asked(late) == [(night(23), "cutoff:0"), (night(0), "cutoff:1")]
    assert times(late, StepKind.OVERRUN) == [night(0, 30)]


@given(st.integers(5, 240))
@settings(max_examples=examples(60))
def test_it_is_asked_half_an_hour_before_the_end_or_in_the_middle_of_a_shorter_window(minutes: int) -> None:
    change = a_change("scheduled", plan(minutes=minutes)).now_it_is
    due = {step.kind: step.due for step in timeline(change, LEARN)}
    start, end = change.plan.window.start, change.plan.window.end
    assert due[StepKind.CUTOFF] == (end - timedelta(minutes=30) if minutes > 30 else start + (end - start) / 2)
    assert start < due[StepKind.CUTOFF] < due[StepKind.CUTOFF_SILENCE] < due[StepKind.OVERRUN] == end


def short(minutes: int, started: int) -> Story:
    """The work of a window of so many minutes, begun so many seconds after its start."""
    late = START + timedelta(seconds=started)
    story = a_change("scheduled, snapshot waived", minutes=minutes).until(START).at_once(late)
    return story.then(late, c.Start(NADIA))


@given(st.sampled_from([5, 20, 29, 30, 31, 45, 90]), st.floats(0, 0.99), st.booleans())
@settings(max_examples=examples(120))
def test_the_nudge_never_comes_in_the_second_of_the_question(minutes: int, part: float, was_down: bool) -> None:
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


def test_a_window_whose_data_is_back_before_its_end_has_its_cutoff_yet() -> None:
    story = a_change("incident", now=night(22, 20))
    story.then(night(22, 21), c.AskRestore(NADIA), c.ConfirmRestore(PIERRE, "Hannibal")).until(night(23, 10))
    assert (story.now_it_is.state, asked(story)) == (State.RESTORING, []), "everyone knows of the incident"
    story.then(night(23, 10), c.NoteRestoreDone(SYSTEM)).until(night(23, 29))
    assert times(story, StepKind.CUTOFF) == [night(23, 20)], "in the middle of what is left for tests"
    silence = [each.at for each in story.lines(ThreadMessage.CUTOFF_SILENCE)]
    assert silence == [night(23, 23) + timedelta(seconds=20)]


def test_solved_is_no_answer_while_a_test_has_failed() -> None:
    story = a_change("in progress").then(night(22, 30), c.RecordTest(NADIA, 0, passed=False)).until(night(23))
    said = "Test 1 of CHG-2027-0001 has failed, so it is not solved"
    story.refuses(c.SolveTrouble(NADIA), said, night(23, 1), WrongState)
    story.then(night(23, 2), c.AcceptTest(PIERRE, 0, "It was broken before."), c.SolveTrouble(NADIA))
    assert story.now_it_is.cutoff_answered


def test_no_window_is_longer_than_sixty_days_with_all_its_extensions() -> None:
    story, now, longer = a_change("in progress"), night(22, 20), c.Extend(PIERRE, 12 * 60, "It is slow.")
    while story.now_it_is.ends_at - START + timedelta(hours=12) <= LONGEST_WITH_EXTENSIONS:
        now += timedelta(minutes=10)
        story.do(longer, now)
    said = "With all its extensions a window is 60 days long at most"
    story.refuses(longer, said, now + timedelta(minutes=10), ValidationFailed)
    assert story.now_it_is.ends_at - START <= LONGEST_WITH_EXTENSIONS
