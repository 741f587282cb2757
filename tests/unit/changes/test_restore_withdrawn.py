"""A restore that was asked for can be called off: nobody is asked for ever, and whoever feared for data hears it."""

from changes import commands as c
from changes.errors import WrongState
from changes.model import SYSTEM, State, Window
from changes.notification.thread_messages import ThreadMessage
from changes.planning.occupancy import Booking
from tests.support.builder import a_change, after_tests
from tests.support.core import LUC, NADIA, PIERRE, Story, night

NIGHT = night(22, 30)
AFTER = Window(night(0), night(1))
OTHER = Booking(
    "CHG-2027-0009", "Forum", AFTER, State.IN_PROGRESS, AFTER, same_service=False, people=(LUC,), started_at=NIGHT
)


def asked() -> Story:
    story = a_change("incident")
    story.bookings = (OTHER,)
    return story.then(None, c.AskRestore(NADIA))


def test_a_request_for_a_restore_is_withdrawn_and_nobody_is_asked_to_confirm_it_any_more() -> None:
    story = asked().then(night(22, 32), c.WithdrawRestore(PIERRE))
    assert (story.now_it_is.state, story.now_it_is.restore) == (State.INCIDENT, None)
    assert not story.until(night(23, 30)).lines(ThreadMessage.RESTORE_NUDGE)
    off = [each.change for each in story.lines(ThreadMessage.RESTORE_OFF)]
    assert off == [OTHER.change], "whose data it would have cost"
    assert story.then(None, c.AskRestore(NADIA)).now_it_is.restore is not None, "it can be asked for again"


def test_an_incident_that_is_closed_while_a_restore_waits_calls_it_off_too() -> None:
    story = after_tests(asked()).then(None, c.CloseIncident(NADIA))
    assert (story.now_it_is.state, story.now_it_is.restore) == (State.COMPLETED, None)
    assert [each.change for each in story.lines(ThreadMessage.RESTORE_OFF)] == [OTHER.change]


def test_a_restore_that_runs_or_was_never_asked_for_is_not_withdrawn() -> None:
    running = asked().then(None, c.ConfirmRestore(PIERRE, "Hannibal"))
    for story in (a_change("incident"), running):
        story.refuses(c.WithdrawRestore(NADIA), "No restore of CHG-2027-0001 waits", error=WrongState)
    assert not running.then(night(23, 30), c.NoteRestoreDone(SYSTEM)).lines(ThreadMessage.RESTORE_OFF)
