"""A restore that was asked for can be called off: nobody is asked for ever, and whoever feared for data hears it."""

from datetime import timedelta

import pytest

from changes import commands as c
from changes.errors import WrongState
from changes.model import SYSTEM, State, Window
from changes.notification.thread_messages import ThreadMessage
from changes.planning.occupancy import Booking
from tests.support.core import LUC, NADIA, PIERRE, Story, after_tests, an_incident, at

NIGHT = at(2027, 4, 15, 22, 30)
AFTER = Window(at(2027, 4, 16, 0), at(2027, 4, 16, 1))
OTHER = Booking(
    "CHG-2027-0009", "Forum", AFTER, State.IN_PROGRESS, AFTER, same_service=False, people=(LUC,), started_at=NIGHT
)


def asked() -> Story:
    story = an_incident(NIGHT)
    story.do(c.AskRestore(NADIA), NIGHT, (OTHER,))
    return story


def test_a_request_for_a_restore_is_withdrawn_and_nobody_is_asked_to_confirm_it_any_more() -> None:
    story = asked()
    story.do(c.WithdrawRestore(PIERRE), NIGHT + timedelta(minutes=2), (OTHER,))
    assert (story.now_it_is.state, story.now_it_is.restore) == (State.INCIDENT, None)
    story.until(NIGHT + timedelta(hours=1))
    assert not story.lines(ThreadMessage.RESTORE_NUDGE)
    assert [each.change for each in story.lines(ThreadMessage.RESTORE_OFF)] == [OTHER.change], (
        "whose data it would have cost"
    )
    story.do(c.AskRestore(NADIA), NIGHT + timedelta(hours=1))
    assert story.now_it_is.restore is not None, "it can be asked for again"


def test_an_incident_that_is_closed_while_a_restore_waits_calls_it_off_too() -> None:
    story = after_tests(asked(), NIGHT)
    story.do(c.CloseIncident(NADIA), NIGHT + timedelta(minutes=5), (OTHER,))
    assert (story.now_it_is.state, story.now_it_is.restore) == (State.COMPLETED, None)
    assert [each.change for each in story.lines(ThreadMessage.RESTORE_OFF)] == [OTHER.change]


def test_a_restore_that_runs_or_was_never_asked_for_is_not_withdrawn() -> None:
    with pytest.raises(WrongState, match="No restore of CHG-2027-0001 waits"):
        an_incident(NIGHT).do(c.WithdrawRestore(NADIA), NIGHT)
    story = asked()
    story.do(c.ConfirmRestore(PIERRE, "Hannibal"), NIGHT)
    with pytest.raises(WrongState, match="No restore of CHG-2027-0001 waits"):
        story.do(c.WithdrawRestore(NADIA), NIGHT)
    story.do(c.NoteRestoreDone(SYSTEM), NIGHT + timedelta(hours=1))
    assert not story.lines(ThreadMessage.RESTORE_OFF)
