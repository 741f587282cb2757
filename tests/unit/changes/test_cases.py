"""What users of neighbouring tools stumble over, as far as the core decides it; each by its sentence (CASES.md)."""

from datetime import date, timedelta

import pytest

from changes import commands as c
from changes import events as e
from changes.effects import PostThreadMessage, SendNotice, UpsertCard
from changes.errors import NotAllowed, TooLate, WrongState
from changes.model import SYSTEM, State, Window
from changes.notification.notices import News, NoticeKind
from changes.notification.thread_messages import ThreadMessage
from changes.planning.timeline import StepKind, pending
from changes.text.labels import window_label
from tests.support.core import (
    CLAIRE,
    LEARN,
    LUC,
    NADIA,
    PIERRE,
    ZURICH,
    Story,
    at,
    at_go,
    at_precheck,
    in_progress,
    plan,
    requested,
    scheduled,
)


def notices(story: Story, *kinds: NoticeKind) -> list[SendNotice]:
    wanted = kinds or tuple(NoticeKind)
    return [each for each in story.caused if isinstance(each, SendNotice) and each.kind in wanted]


def lines(story: Story, line: ThreadMessage) -> list[PostThreadMessage]:
    return [each for each in story.caused if isinstance(each, PostThreadMessage) and each.line is line]


# 1
def test_started_early_by_hand_then_the_planned_time_passes_one_start_notice_only() -> None:
    story = scheduled()
    story.until(at(2027, 4, 15, 19, 15))
    story.do(c.NoteSnapshotFinished(SYSTEM, "CHG-2027-0001"), at(2027, 4, 15, 21, 40))
    with pytest.raises(WrongState, match=r"begins at Thu 15 Apr 2027, 22:00 \(CEST\). Before that only the approver"):
        story.do(c.Start(NADIA, "Nobody is online."), at(2027, 4, 15, 21, 45))
    story.do(c.Start(PIERRE, "Nobody is online."), at(2027, 4, 15, 21, 45))
    story.until(at(2027, 4, 15, 22, 30))
    (told,) = notices(story, NoticeKind.START)
    assert (told.news, told.detail) == (News.EARLY, "Nobody is online."), "the notice says so"
    assert not lines(story, ThreadMessage.NOT_STARTED)


# 2
def test_a_window_keeps_its_local_wall_time_across_a_daylight_saving_change_and_its_steps_still_fire() -> None:
    story = requested(plan(date(2027, 4, 15)))
    story.until(at(2027, 4, 1))
    assert window_label(story.now_it_is.plan.window, ZURICH) == "Thu 15 Apr 2027, 22:00–23:30 (CEST)"
    asked = next(entry for entry in story.entries if isinstance(entry.event, e.PrecheckAsked))
    assert asked.at == at(2027, 4, 1)


# 5
def test_every_announcement_carries_start_end_and_zone() -> None:
    announced = notices(scheduled(), NoticeKind.PLANNED)
    assert [window_label(each.window, ZURICH) for each in announced] == ["Thu 15 Apr 2027, 22:00–23:30 (CEST)"]


# 11
def test_each_notice_goes_out_once_also_when_dates_are_edited_back_and_forth() -> None:
    story = scheduled()
    story.until(at(2027, 4, 14))
    urgent = "The vendor stops the old version."
    first, other = plan(reason=urgent), plan(date(2027, 4, 16), reason=urgent)
    for number, wanted in enumerate((other, first)):
        now = at(2027, 4, 14, 10 + number)
        story.do(c.Edit(NADIA, wanted), now)
        story.at_once(now)
        story.do(c.GiveGo(PIERRE), now)
        story.at_once(now)
    reminders = notices(story, NoticeKind.REMINDER)
    of_the_first = {each.key for each in reminders if each.window == first.window}
    assert len(of_the_first) == 1, "the outbox takes a key once, and the reminder's is its date"
    # Each date is taken back before the next one has GO, and told when it has; back at the first, that is news again.
    told = [(each.kind, each.window) for each in notices(story) if each.kind is not NoticeKind.REMINDER]
    assert told == [
        (NoticeKind.PLANNED, first.window),
        (NoticeKind.POSTPONED, first.window),
        (NoticeKind.RESCHEDULED, other.window),
        (NoticeKind.POSTPONED, other.window),
        (NoticeKind.RESCHEDULED, first.window),
    ]


# 12
@pytest.mark.parametrize("command", [c.Cancel(NADIA, "Not needed."), c.Postpone(NADIA, "The vendor is late.")])
def test_cancelled_or_postponed_later_steps_are_void(command: c.Command) -> None:
    story = scheduled()
    story.do(command, at(2027, 4, 9))
    left = {step.kind for step in pending(story.now_it_is, LEARN)}
    assert left == (set() if isinstance(command, c.Cancel) else {StepKind.NEW_DATE_NUDGE})


# 14
def test_a_reminder_that_was_missed_goes_late_and_says_so_or_is_skipped_and_recorded() -> None:
    useful, useless = scheduled(), scheduled()
    useful.at_once(at(2027, 4, 14, 15))
    useless.at_once(at(2027, 4, 15, 22, 5))
    assert [each.late for each in notices(useful, NoticeKind.REMINDER)] == [True]
    assert not notices(useless, NoticeKind.REMINDER)
    skipped = [event for event in useless.happened(e.StepSkipped) if isinstance(event, e.StepSkipped)]
    assert [(event.kind, event.reason) for event in skipped] == [(StepKind.REMINDER, "The window has begun.")]


# 15
def test_several_missed_repetitions_collapse_to_one() -> None:
    story = requested(plan(date(2027, 4, 29)))
    story.until(at(2027, 4, 15))
    story.do(c.RequestCorrections(PIERRE, "Which plug-ins?"), at(2027, 4, 15, 12))
    story.at_once(at(2027, 4, 23, 12))
    assert len(lines(story, ThreadMessage.CORRECTIONS_REMINDER)) == 1


# 16
def test_steps_go_in_the_order_of_their_times() -> None:
    story = requested()
    story.until(at(2027, 5, 1))
    fired = story.happened(e.StepFired, e.StepSkipped)
    dues = [event.due for event in fired if isinstance(event, e.StepFired | e.StepSkipped)]
    assert dues == sorted(dues)


# 17
def test_a_reminder_to_the_approver_is_not_recorded_as_an_answer() -> None:
    story = at_go()
    story.until(at(2027, 4, 9))
    assert lines(story, ThreadMessage.GO_NUDGE)
    assert story.now_it_is.state is State.GO_PENDING
    assert story.now_it_is.go is None


# 18
def test_a_message_about_a_decision_is_caused_by_the_event_after_which_the_change_is_decided() -> None:
    story = at_go()
    story.do(c.GiveGo(PIERRE, "Good luck."), at(2027, 4, 8, 12))
    (said,) = lines(story, ThreadMessage.GO_GIVEN)
    assert said.detail == "Good luck."
    assert story.now_it_is.state is State.SCHEDULED
    cards = [each for each in story.caused if isinstance(each, UpsertCard) and each.message == "go:1"]
    assert [card.only_edit for card in cards] == [False, True]


# 19
def test_only_the_named_approver_or_a_deputy_can_answer_and_the_record_says_deputy_for_approver() -> None:
    story = at_go()
    for stranger in (LUC, NADIA, SYSTEM):
        with pytest.raises(NotAllowed):
            story.do(c.GiveGo(stranger), at(2027, 4, 8, 12))
    story.do(c.GiveGo(CLAIRE), at(2027, 4, 8, 12))
    assert story.now_it_is.go is not None
    assert (story.now_it_is.go.by, story.now_it_is.go.deputy_for) == (CLAIRE, PIERRE)


# 20
def test_a_request_withdrawn_recomputes_the_state_and_voids_its_card() -> None:
    story = at_precheck()
    before = story.now_it_is.revision
    story.do(c.Cancel(NADIA, "Not needed."), at(2027, 4, 2))
    assert story.now_it_is.state is State.CANCELLED
    assert story.now_it_is.revision == before + 1
    last = [each for each in story.caused if isinstance(each, UpsertCard) and each.message == "precheck:1"][-1]
    assert last.only_edit


# 21
@pytest.mark.parametrize("make", [at_precheck, at_go, scheduled])
def test_the_plan_is_edited_after_precheck_or_go_the_decision_is_void_and_asked_again(make: type[Story]) -> None:
    story = make()
    now = story.entries[-1].at + timedelta(hours=1)
    story.do(c.Edit(NADIA, plan(what="The platform is replaced.")), now)
    change = story.now_it_is
    assert change.state is State.PRECHECK_PENDING
    assert (change.precheck, change.go) == (None, None)
    asked = [event for event in story.happened(e.PrecheckAsked) if isinstance(event, e.PrecheckAsked)]
    assert asked[-1].fingerprint == change.plan.fingerprint != asked[0].fingerprint


# 22
def test_a_decision_arriving_after_its_time_is_refused_with_a_reason() -> None:
    late = at(2027, 4, 15, 22, 1)
    for story, command in ((at_go(), c.GiveGo(PIERRE)), (at_precheck(), c.ApprovePrecheck(PIERRE))):
        before = story.now_it_is
        with pytest.raises(TooLate, match=r"began at Thu 15 Apr 2027, 22:00 \(CEST\): it is too late to decide"):
            story.do(command, late)
        assert story.now_it_is == before


# 23
def test_a_second_decision_changes_nothing_and_says_where_the_change_stands() -> None:
    story = scheduled()
    before = story.now_it_is
    with pytest.raises(WrongState, match="is scheduled: there is no NO-GO to give"):
        story.do(c.RefuseGo(CLAIRE, "Exams."), at(2027, 4, 8, 13))
    assert story.now_it_is == before


# 7
def test_overrun_stays_in_progress_and_alarms_nothing_is_completed_by_the_passing_of_time() -> None:
    story = in_progress()
    story.until(at(2027, 5, 1))
    assert story.now_it_is.state is State.IN_PROGRESS
    assert len(lines(story, ThreadMessage.OVERRUN)) == 1
    assert len(notices(story, NoticeKind.HOLDING)) == 1


# 13, as far as the core goes: whoever was told the old date is told the new one, by the same way
def test_who_was_told_a_date_hears_that_it_is_off_when_it_is_moved_and_the_new_one_with_its_go_once() -> None:
    story = scheduled()
    told = story.now_it_is.announced
    moved = Window(told.start + timedelta(days=35), told.end + timedelta(days=35)) if told else None
    assert moved is not None
    story.do(c.Move(NADIA, moved), at(2027, 4, 9))
    assert [each.window for each in notices(story, NoticeKind.POSTPONED)] == [told]
    assert not notices(story, NoticeKind.RESCHEDULED), "nobody affected hears a date that has no GO"
    story.until(at(2027, 5, 13))
    story.do(c.GiveGo(PIERRE), at(2027, 5, 13, 12))
    assert [(each.window, each.was) for each in notices(story, NoticeKind.RESCHEDULED)] == [(moved, told)]
    assert [each.window for each in notices(story, NoticeKind.PLANNED)] == [told]
