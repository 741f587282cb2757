"""When the day goes badly: an incident, what is tried, the restore, called off or not, the hand-over."""

from dataclasses import replace

import pytest

from changes import commands as c
from changes import events as e
from changes.errors import NotAllowed, ValidationFailed, WrongState
from changes.model import SYSTEM, Outcome, Recovery, SnapshotStatus, State, Window
from changes.notification.cards import CardKind
from changes.notification.notices import News, NoticeKind
from changes.notification.thread_messages import ThreadMessage
from changes.planning.occupancy import Booking
from changes.snapshots import FailureReason
from tests.support.builder import a_change, after_tests
from tests.support.core import LUC, NADIA, PIERRE, Story, at, night


def snapshotting(failed: FailureReason) -> Story:
    return a_change("snapshot requested").then(night(19, 20), c.NoteSnapshotFailed(SYSTEM, "It went wrong.", failed))


def said(story: Story) -> list[ThreadMessage]:
    return [each.line for each in story.lines()]


def told(story: Story) -> list[tuple[NoticeKind, News]]:
    return [(each.kind, each.news) for each in story.notices()]


@pytest.mark.parametrize("cause", list(FailureReason))
def test_only_a_restore_that_may_have_overwritten_something_is_handed_over(cause: FailureReason) -> None:
    story = a_change("restoring").then(None, c.NoteRestoreFailed(SYSTEM, "It went wrong.", cause))
    handed = cause in (FailureReason.FAILED, FailureReason.BY_HAND)
    assert (story.now_it_is.handed_over_at is not None) is handed
    assert ((NoticeKind.INCIDENT_UPDATE, News.HANDED_OVER) in told(story)) is handed
    once = ThreadMessage.RESTORE_FAILED if handed else ThreadMessage.RESTORE_REFUSED
    assert said(story)[-1] is once, "said once, by either"
    restore = story.then(None, c.AskRestore(NADIA)).now_it_is.restore
    assert restore is not None
    assert restore.open


def test_an_incident_is_handed_over_once_with_a_reason_by_whoever_runs_the_change() -> None:
    story = a_change("incident")
    story.refuses(c.HandOver(NADIA, " "), "Say why it is handed over", error=ValidationFailed)
    story.refuses(c.HandOver(LUC, "Nothing helps."), "Only the implementer", error=NotAllowed)
    story.do(c.HandOver(NADIA, "Nothing helps."))
    again = c.HandOver(PIERRE, "Nothing helps.")
    story.refuses(again, "handed over to the incident process already", error=WrongState)
    after_tests(story).do(c.CloseIncident(PIERRE))
    assert (story.now_it_is.state, story.now_it_is.outcome) == (State.COMPLETED, Outcome.FIXED)


def test_what_was_tried_is_kept_with_who_and_when() -> None:
    story, note = a_change("incident"), "The files of yesterday: the same error."
    story.refuses(c.NoteTried(NADIA, Recovery.FILES, ""), "its result", error=ValidationFailed)
    [tried] = story.then(night(22, 40), c.NoteTried(NADIA, Recovery.FILES, note)).now_it_is.recovery_attempts
    assert (tried.way, tried.note, tried.by, tried.at) == (Recovery.FILES, note, NADIA, night(22, 40))


def test_an_incident_takes_the_place_of_the_windows_deadlines_until_an_extension_brings_them_back() -> None:
    story = a_change("restored").until(night(23, 50))
    assert (NoticeKind.HOLDING, News.SAID) not in told(story)
    assert [event.reason for event in story.happened(e.StepSkipped)] == ["Everyone knows of the incident."] * 3
    assert ThreadMessage.OVERRUN_NAG in said(story.until(night(0, 30)))
    story = a_change("restored").then(None, c.Extend(PIERRE, 120, "The tests take long.")).until(night(1, 30))
    assert story.cards(CardKind.CUTOFF)[-1].message == "cutoff:1"
    assert (NoticeKind.HOLDING, News.SAID) in told(story)


@pytest.mark.parametrize("cause", list(FailureReason))
def test_a_failed_snapshot_can_be_tried_again_taken_by_hand_found_postponed_or_waived(cause: FailureReason) -> None:
    outcomes: list[tuple[c.Command, tuple[State, SnapshotStatus]]] = [
        (c.RetrySnapshot(NADIA), (State.SNAPSHOTTING, SnapshotStatus.REQUESTED)),
        (c.NoteSnapshotStarted(NADIA), (State.SNAPSHOTTING, SnapshotStatus.RUNNING)),
        (c.NoteSnapshotFinished(NADIA, "by hand", checked=True), (State.READY, SnapshotStatus.FINISHED)),
        (c.Postpone(NADIA, "Not tonight."), (State.POSTPONED, SnapshotStatus.NONE)),
        (c.WaiveSnapshot(PIERRE, "The NAS is fresh."), (State.READY, SnapshotStatus.WAIVED)),
    ]
    for command, expected in outcomes:
        story = snapshotting(cause)
        assert story.now_it_is.snapshot.cause is cause
        story.do(command)
        assert (story.now_it_is.state, story.now_it_is.snapshot.status) == expected


def test_the_clock_reports_nothing_about_a_snapshot_that_failed() -> None:
    for command in (c.NoteSnapshotStarted(SYSTEM), c.NoteSnapshotFinished(SYSTEM, "CHG")):
        snapshotting(FailureReason.LOST).refuses(command, error=WrongState)


def test_a_postponed_change_asks_for_its_next_snapshot_and_day_on_new_cards() -> None:
    story = a_change("snapshot requested")
    old = {each.message for each in story.cards()}
    later = Window(at(2027, 5, 20, 22), at(2027, 5, 20, 23, 30))
    story.then(night(19, 30), c.Postpone(NADIA, "Not tonight."), c.Move(NADIA, later))
    story.until(at(2027, 5, 6)).then(None, c.ApprovePrecheck(PIERRE))
    story.until(at(2027, 5, 13)).then(None, c.GiveGo(PIERRE))
    count = len(story.until(at(2027, 5, 20, 19, 15)).cards())
    story.then(None, c.NoteSnapshotStarted(SYSTEM)).until(at(2027, 5, 20, 22))
    fresh = {each.message for each in story.cards()[count:]}
    assert fresh == {"progress:2.1", "day:2"}
    assert not fresh & old


def test_an_extension_begins_the_nags_of_an_open_window_anew() -> None:
    story = a_change("in progress").at_once(night(2))
    assert said(story).count(ThreadMessage.OVERRUN_NAG) == 1, "those that were missed collapse to one"
    last = story.then(night(2, 1), c.Extend(PIERRE, 240, "It is slow.")).until(night(4, 5)).lines()[-1]
    assert (last.line, last.at, last.mention) == (ThreadMessage.OVERRUN_NAG, night(4), (NADIA,))


NIGHT = night(22, 30)
AFTER = Window(night(0), night(1))
OTHER = Booking(
    "CHG-2027-0009", "Forum", AFTER, State.IN_PROGRESS, AFTER, same_service=False, people=(LUC,), started_at=NIGHT
)


def asked() -> Story:
    story = a_change("incident")
    story.bookings = (OTHER,)
    return story.then(None, c.AskRestore(NADIA))


def test_a_restore_that_waits_is_called_off_by_a_word_or_with_the_end_of_the_incident() -> None:
    story = asked().then(night(22, 32), c.WithdrawRestore(PIERRE))
    assert (story.now_it_is.state, story.now_it_is.restore) == (State.INCIDENT, None)
    assert not story.until(night(23, 30)).lines(ThreadMessage.RESTORE_NUDGE)
    off = [each.change for each in story.lines(ThreadMessage.RESTORE_OFF)]
    assert off == [OTHER.change], "whose data it would have cost"
    assert story.then(None, c.AskRestore(NADIA)).now_it_is.restore is not None, "it can be asked for again"
    story = after_tests(asked()).then(None, c.CloseIncident(NADIA))
    assert (story.now_it_is.state, story.now_it_is.restore) == (State.COMPLETED, None)
    assert [each.change for each in story.lines(ThreadMessage.RESTORE_OFF)] == [OTHER.change]


def test_whoever_acted_is_not_called_in_the_thread_of_their_other_change_either() -> None:
    story = a_change("incident")
    story.bookings = (replace(OTHER, people=(LUC, PIERRE)),)
    story = story.then(None, c.AskRestore(NADIA)).then(night(22, 32), c.WithdrawRestore(PIERRE))
    assert [(each.change, each.mention) for each in story.lines(ThreadMessage.RESTORE_OFF)] == [(OTHER.change, (LUC,))]


def test_a_restore_that_runs_or_was_never_asked_for_is_not_withdrawn() -> None:
    running = asked().then(None, c.ConfirmRestore(PIERRE, "Hannibal"))
    for story in (a_change("incident"), running):
        story.refuses(c.WithdrawRestore(NADIA), "No restore of CHG-2027-0001 waits", error=WrongState)
    assert not running.then(night(23, 30), c.NoteRestoreDone(SYSTEM)).lines(ThreadMessage.RESTORE_OFF)
