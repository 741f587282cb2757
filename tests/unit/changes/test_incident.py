"""When the day goes badly: an incident, what is tried, the restore, the hand-over."""

from datetime import timedelta

import pytest

from changes import commands as c
from changes import events as e
from changes.effects import BeginRestore, FollowByHand, PostThreadMessage, SendNotice, UpsertCard
from changes.errors import NotAllowed, ValidationFailed, WrongState
from changes.model import SYSTEM, Outcome, Recovery, SnapshotStatus, State
from changes.notification.cards import CardKind
from changes.notification.notices import News, NoticeKind
from changes.notification.thread_messages import ThreadMessage
from changes.snapshots import FailureReason
from tests.support.core import CLAIRE, LUC, NADIA, PIERRE, Story, after_tests, an_incident, at, in_progress, scheduled

EVENING = at(2027, 4, 15, 22, 40)


def restoring() -> Story:
    story = an_incident(EVENING)
    story.do(c.AskRestore(NADIA), EVENING)
    story.do(c.ConfirmRestore(PIERRE, "Hannibal"), EVENING)
    return story


def snapshotting(failed: FailureReason | None = None) -> Story:
    story = scheduled()
    story.until(at(2027, 4, 15, 19, 15))
    if failed is not None:
        story.do(c.NoteSnapshotFailed(SYSTEM, "It went wrong.", failed), at(2027, 4, 15, 19, 20))
    return story


def lines(story: Story) -> list[ThreadMessage]:
    return [each.line for each in story.caused if isinstance(each, PostThreadMessage)]


def notices(story: Story) -> list[tuple[NoticeKind, News]]:
    return [(each.kind, each.news) for each in story.caused if isinstance(each, SendNotice)]


def test_everyone_affected_hears_that_the_data_is_put_back_before_the_provider_is_asked() -> None:
    story = restoring()
    kinds = [(type(each), getattr(each, "news", None)) for each in story.caused]
    assert kinds.index((SendNotice, News.RESTORING)) < kinds.index((BeginRestore, None))


@pytest.mark.parametrize("cause", list(FailureReason))
def test_a_restore_that_may_have_overwritten_something_is_handed_over_and_one_that_did_not_can_be_asked_for_again(
    cause: FailureReason,
) -> None:
    story = restoring()
    story.do(c.NoteRestoreFailed(SYSTEM, "It went wrong.", cause), EVENING)
    handed = cause in (FailureReason.FAILED, FailureReason.BY_HAND)
    assert (story.now_it_is.handed_over_at is not None) is handed
    assert ((NoticeKind.INCIDENT_UPDATE, News.HANDED_OVER) in notices(story)) is handed
    assert lines(story)[-1] is (ThreadMessage.RESTORE_FAILED if handed else ThreadMessage.RESTORE_REFUSED), (
        "said once, by either"
    )
    story.do(c.AskRestore(NADIA), EVENING)
    assert story.now_it_is.restore is not None
    assert story.now_it_is.restore.open


def test_after_a_restore_that_did_not_solve_it_the_incident_process_takes_over() -> None:
    story = restoring()
    story.do(c.NoteRestoreDone(SYSTEM), at(2027, 4, 15, 23, 45))
    story.do(c.RecordTest(NADIA, 0, passed=False), at(2027, 4, 15, 23, 50))
    story.do(c.DeclareIncident(NADIA, "Still nobody can log in."), at(2027, 4, 15, 23, 55))
    assert story.now_it_is.handed_over_at == at(2027, 4, 15, 23, 55)
    assert story.cards(CardKind.HANDOVER)
    [line] = story.lines(ThreadMessage.HANDED_OVER)
    assert set(line.mention) == {PIERRE, CLAIRE, NADIA}, "those who take over"
    told = [kind for kind, _ in notices(story)]
    assert told.count(NoticeKind.INCIDENT_START) == 1
    assert NoticeKind.INCIDENT_UPDATE in told
    assert story.now_it_is.incident_at == EVENING


def test_an_incident_is_handed_over_once_with_a_reason_by_whoever_runs_the_change() -> None:
    story = an_incident(EVENING)
    with pytest.raises(ValidationFailed, match="Say why it is handed over"):
        story.do(c.HandOver(NADIA, " "), EVENING)
    with pytest.raises(NotAllowed, match="Only the implementer"):
        story.do(c.HandOver(LUC, "Nothing helps."), EVENING)
    story.do(c.HandOver(NADIA, "Nothing helps."), EVENING)
    with pytest.raises(WrongState, match="handed over to the incident process already"):
        story.do(c.HandOver(PIERRE, "Nothing helps."), EVENING)
    after_tests(story, at(2027, 4, 16, 2))
    story.do(c.CloseIncident(PIERRE), at(2027, 4, 16, 3))
    assert (story.now_it_is.state, story.now_it_is.outcome) == (State.COMPLETED, Outcome.FIXED)


def test_what_was_tried_is_kept_with_who_and_when() -> None:
    story = an_incident(EVENING)
    with pytest.raises(ValidationFailed, match="what came of it"):
        story.do(c.NoteTried(NADIA, Recovery.FILES, ""), EVENING)
    story.do(c.NoteTried(NADIA, Recovery.FILES, "The files of yesterday: the same error."), EVENING)
    [tried] = story.now_it_is.recovery_attempts
    assert (tried.way, tried.note, tried.by, tried.at) == (
        Recovery.FILES,
        "The files of yesterday: the same error.",
        NADIA,
        EVENING,
    )


def test_a_person_who_sees_on_the_dashboard_that_the_data_is_back_can_say_so_when_the_bot_lost_sight_of_it() -> None:
    story = restoring()
    story.do(c.NoteRestoreFailed(SYSTEM, "The answer was lost.", FailureReason.LOST), EVENING)
    with pytest.raises(WrongState):
        story.do(c.NoteRestoreDone(SYSTEM), EVENING)
    story.do(c.NoteRestoreDone(NADIA), EVENING)
    assert (story.now_it_is.state, story.now_it_is.restored) == (State.IN_PROGRESS, True)
    with pytest.raises(WrongState):
        an_incident(EVENING).do(c.NoteRestoreDone(NADIA), EVENING)


def test_the_restore_too_says_half_and_late_once_each() -> None:
    story = restoring()
    for milestone in ("half", "late", "blind"):
        story.do(c.NoteRestoreMilestone(SYSTEM, milestone, "Nothing can be seen."), EVENING)
        with pytest.raises(WrongState, match="was said already"):
            story.do(c.NoteRestoreMilestone(SYSTEM, milestone), EVENING)
    assert lines(story)[-3:] == [ThreadMessage.RESTORE_HALF, ThreadMessage.RESTORE_LATE, ThreadMessage.RESTORE_BLIND]


def test_the_deadlines_of_the_window_are_silent_while_an_incident_took_their_place() -> None:
    story = restoring()
    story.do(c.NoteRestoreDone(SYSTEM), at(2027, 4, 15, 23, 45))
    story.until(at(2027, 4, 15, 23, 50))
    assert (NoticeKind.HOLDING, News.SAID) not in notices(story)
    skipped = [event.reason for event in story.happened(e.StepSkipped) if isinstance(event, e.StepSkipped)]
    assert skipped == ["Everyone knows of the incident."] * 3
    story.until(at(2027, 4, 16, 0, 30))
    assert ThreadMessage.OVERRUN_NAG in lines(story)


def test_an_extension_after_the_restore_has_its_own_cutoff() -> None:
    story = restoring()
    story.do(c.NoteRestoreDone(SYSTEM), at(2027, 4, 15, 23, 45))
    story.do(c.Extend(PIERRE, 120, "The tests take long."), at(2027, 4, 15, 23, 46))
    story.until(at(2027, 4, 16, 1, 30))
    assert [each.message for each in story.caused if isinstance(each, UpsertCard) and each.card is CardKind.CUTOFF][
        -1
    ] == "cutoff:1"
    assert (NoticeKind.HOLDING, News.SAID) in notices(story)


@pytest.mark.parametrize("cause", list(FailureReason))
def test_a_failed_snapshot_can_be_tried_again_taken_by_hand_found_postponed_or_waived(cause: FailureReason) -> None:
    later = at(2027, 4, 15, 19, 30)
    outcomes: dict[c.Command, tuple[State, SnapshotStatus]] = {
        c.RetrySnapshot(NADIA): (State.SNAPSHOTTING, SnapshotStatus.REQUESTED),
        c.NoteSnapshotStarted(NADIA): (State.SNAPSHOTTING, SnapshotStatus.RUNNING),
        c.NoteSnapshotFinished(NADIA, "by hand", checked=True): (State.READY, SnapshotStatus.FINISHED),
        c.Postpone(NADIA, "Not tonight."): (State.POSTPONED, SnapshotStatus.NONE),
        c.WaiveSnapshot(PIERRE, "The NAS is fresh."): (State.READY, SnapshotStatus.WAIVED),
    }
    for command, expected in outcomes.items():
        story = snapshotting(cause)
        assert story.now_it_is.snapshot.cause is cause
        story.do(command, later)
        assert (story.now_it_is.state, story.now_it_is.snapshot.status) == expected


def test_the_clock_reports_nothing_about_a_snapshot_that_failed() -> None:
    for command in (c.NoteSnapshotStarted(SYSTEM), c.NoteSnapshotFinished(SYSTEM, "CHG")):
        with pytest.raises(WrongState):
            snapshotting(FailureReason.LOST).do(command, at(2027, 4, 15, 19, 30))


def test_a_snapshot_that_a_person_begins_is_timed_from_then() -> None:
    story = snapshotting(FailureReason.TOKEN)
    story.do(c.NoteSnapshotStarted(NADIA), at(2027, 4, 15, 19, 30))
    snapshot = story.now_it_is.snapshot
    assert (snapshot.by_hand, snapshot.started_at, snapshot.detail) == (True, at(2027, 4, 15, 19, 30), "")
    assert [each.name for each in story.caused if isinstance(each, FollowByHand)] == [snapshot.name]
    api = snapshotting()
    api.do(c.NoteSnapshotStarted(SYSTEM), at(2027, 4, 15, 19, 30))
    assert not [each for each in api.caused if isinstance(each, FollowByHand)]


def test_without_a_snapshot_at_the_start_the_implementer_and_the_approver_hear_that_it_is_locked() -> None:
    story = snapshotting()
    story.until(at(2027, 4, 15, 22))
    [told] = [
        each for each in story.caused if isinstance(each, PostThreadMessage) and each.line is ThreadMessage.START_LOCKED
    ]
    assert told.mention == (NADIA, PIERRE)


def test_a_postponed_change_asks_for_its_next_snapshot_and_day_on_new_cards() -> None:
    story = snapshotting()
    old = {each.message for each in story.caused if isinstance(each, UpsertCard)}
    story.do(c.Postpone(NADIA, "Not tonight."), at(2027, 4, 15, 19, 30))
    story.do(
        c.Move(NADIA, story.now_it_is.plan.window.__class__(at(2027, 5, 20, 22), at(2027, 5, 20, 23, 30))), EVENING
    )
    story.until(at(2027, 5, 6))
    story.do(c.ApprovePrecheck(PIERRE), at(2027, 5, 6, 10))
    story.until(at(2027, 5, 13))
    story.do(c.GiveGo(PIERRE), at(2027, 5, 13, 10))
    story.until(at(2027, 5, 20, 19, 15))
    count = len(story.caused)
    story.do(c.NoteSnapshotStarted(SYSTEM), at(2027, 5, 20, 19, 16))
    story.until(at(2027, 5, 20, 22))
    fresh = {each.message for each in story.caused[count:] if isinstance(each, UpsertCard)}
    assert fresh == {"progress:2.1", "day:2"}
    assert not fresh & old


def test_a_window_left_open_nags_its_implementer_then_the_approver() -> None:
    story = in_progress()
    story.until(at(2027, 4, 16, 7, 30))
    nags = story.lines(ThreadMessage.OVERRUN_NAG)
    assert [each.mention for each in nags[:3]] == [(NADIA,), (NADIA, PIERRE), (NADIA, PIERRE, CLAIRE)]
    assert {each.mention for each in nags[3:]} == {(NADIA, PIERRE, CLAIRE)}
    half_hours = [at(2027, 4, 16, 0) + timedelta(minutes=30 * number) for number in range(16)]
    assert [each.at for each in nags] == half_hours, "nothing of a window waits until morning"
    assert story.now_it_is.state is State.IN_PROGRESS


def test_nags_that_were_missed_collapse_to_one_and_an_extension_begins_them_anew() -> None:
    story = in_progress()
    story.at_once(at(2027, 4, 16, 2, 0))
    assert lines(story).count(ThreadMessage.OVERRUN_NAG) == 1
    story.do(c.Extend(PIERRE, 240, "The import is slow."), at(2027, 4, 16, 2, 1))
    story.until(at(2027, 4, 16, 4, 5))
    last = [
        each for each in story.caused if isinstance(each, PostThreadMessage) and each.line is ThreadMessage.OVERRUN_NAG
    ][-1]
    assert (last.at, last.mention) == (at(2027, 4, 16, 4), (NADIA,))


def test_finished_early_the_end_notice_goes_at_once() -> None:
    story = in_progress()
    early = at(2027, 4, 15, 22, 20)
    for index in range(2):
        story.do(c.RecordTest(NADIA, index, passed=True), early)
    story.do(c.Complete(NADIA), early)
    assert [(each.kind, each.at) for each in story.caused if isinstance(each, SendNotice)][-1] == (
        NoticeKind.END,
        early,
    )
    story.until(at(2027, 4, 16, 0) + timedelta(hours=4))
    assert (NoticeKind.HOLDING, News.SAID) not in notices(story)
