"""The rules of the snapshot: its end, the changes that need the server first, and when the work can start by it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from changes import commands as c
from changes.errors import NotAllowed, TooLate, ValidationFailed, WrongState
from changes.events import SnapshotHeld
from changes.lifecycle import decide
from changes.lifecycle.snapshot.progress import implausible
from changes.model import SYSTEM, SnapshotStatus, State, Window
from changes.planning.deadlines import earliest_start
from changes.planning.occupancy import Booking, blocking_change
from changes.policy import Service
from changes.snapshots import Server
from infomaniak.manual import MANUAL as MANUAL_ENTRY
from tests.support.builder import a_change
from tests.support.core import CLAIRE, LEARN, NADIA, PIERRE, Story, night

DUE, START, END = night(19, 15), night(22), night(23, 30)
MANUAL = replace(LEARN, vps=Server("Hannibal", MANUAL_ENTRY.provider))


def asked(service: Service = LEARN) -> Story:
    """A change whose snapshot was asked for when it was due."""
    story = a_change("scheduled")
    story.service = service
    story.until(DUE)
    return story


def other(start: int, end: int, state: State = State.SCHEDULED, *, takes_snapshot: bool = False) -> Booking:
    """Another change of the server, whose window is so many minutes after the start of this one's."""
    window = Window(START + timedelta(minutes=start), START + timedelta(minutes=end))
    return Booking("CHG-2027-0002", "Patch", window, state, window, takes_snapshot=takes_snapshot)


@pytest.mark.parametrize("command", [c.NoteSnapshotStarted(NADIA), c.RetrySnapshot(NADIA)])
def test_it_is_not_begun_and_not_tried_again_when_the_window_is_over(command: c.Command) -> None:
    story = asked(MANUAL)
    if isinstance(command, c.RetrySnapshot):
        story.do(c.NoteSnapshotFailed(NADIA, "No room."), DUE + timedelta(minutes=1))
    decide(story.change, command, END - timedelta(seconds=1), MANUAL)
    with pytest.raises(TooLate, match="no snapshot is needed any more"):
        decide(story.change, command, END, MANUAL)


@pytest.mark.parametrize("begun", [True, False])
def test_a_person_is_asked_back_before_two_fifths_of_the_usual_time_and_the_provider_never(begun: bool) -> None:
    story = asked(MANUAL)
    if begun:
        story.do(c.NoteSnapshotStarted(NADIA), DUE)
    finished = c.NoteSnapshotFinished(NADIA, "hannibal")
    early, later = DUE + timedelta(minutes=59), DUE + timedelta(minutes=60)
    assert implausible(story.now_it_is, early, MANUAL)
    assert not implausible(story.now_it_is, later, MANUAL)
    with pytest.raises(ValidationFailed, match="That was only 59 min"):
        decide(story.change, finished, early, MANUAL)
    assert decide(story.change, replace(finished, checked=True), early, MANUAL)
    assert decide(story.change, finished, later, MANUAL)
    assert decide(story.change, replace(finished, by=SYSTEM), early, MANUAL)


@pytest.mark.parametrize(
    ("booking", "waits"),
    [
        (other(-300, -200, State.IN_PROGRESS), True),
        (other(-300, -200, State.INCIDENT), True),
        (other(-60, -10), True),
        (other(-60, -10, State.READY), True),
        (other(-16, -1), True),
        (other(-15, -1), False),  # it begins when the snapshot has ended
        (other(-400, -170, State.READY), False),  # nobody started it, and its window is over
        (other(-60, -10, State.GO_PENDING), False),
        (other(30, 90, State.SCHEDULED), False),  # it comes after this one
        (other(30, 90, State.SNAPSHOTTING, takes_snapshot=True), True),
        (replace(other(-60, -10), occupied=None), False),  # another server
    ],
)
def test_a_snapshot_waits_for_whoever_needs_the_server_before_it_ends(booking: Booking, waits: bool) -> None:
    change = a_change("scheduled").now_it_is
    assert (blocking_change(change, LEARN, (booking,), DUE) is not None) is waits
    events = decide(change, c.FireStep(SYSTEM, "1/snapshot/0"), DUE, LEARN, (booking,))
    assert (events[-1] == SnapshotHeld("CHG-2027-0002")) is waits


@pytest.mark.parametrize("state", [State.IN_PROGRESS, State.INCIDENT, State.RESTORING])
def test_what_is_held_begins_by_itself_or_by_the_approvers_word_with_a_reason(state: State) -> None:
    story, reason = a_change("scheduled"), "They touch nothing in common."
    story.bookings = (other(-300, -100, state),)
    assert story.until(DUE).now_it_is.snapshot.status is SnapshotStatus.HELD
    for command in (*(c.RetrySnapshot(by) for by in (NADIA, PIERRE, SYSTEM)), c.NoteSnapshotStarted(NADIA)):
        story.refuses(command, r"CHG-2027-0002 \(Patch\) needs Hannibal first", error=WrongState)
    story.refuses(c.RetrySnapshot(NADIA, reason), error=NotAllowed)
    for by in (PIERRE, CLAIRE):
        assert decide(story.change, c.RetrySnapshot(by, reason), DUE, LEARN, story.bookings)
    story.bookings = ()
    story.do(c.RetrySnapshot(SYSTEM))
    assert story.now_it_is.snapshot.status is SnapshotStatus.REQUESTED


LASTS = timedelta(minutes=LEARN.vps.snapshot_minutes)
ROWS = {
    "a snapshot that can still begin when it is due lets it start with the window": ("scheduled", night(19), START),
    "GO twenty minutes before the window means a start when its snapshot has ended": (
        *("scheduled", night(21, 40)),
        night(21, 40) + LASTS,
    ),
    "a snapshot that runs lets it start when it is expected to end": ("snapshot running", night(20), night(21, 46)),
    "one that should have ended lets it start at once": ("snapshot running", night(22, 30), night(22, 30)),
    "finished it lets it start with the window": ("ready", night(21, 50), START),
    "finished late it lets it start at once": ("ready", night(22, 20), night(22, 20)),
    "waived it lets it start with the window": ("scheduled, snapshot waived", night(21, 50), START),
    "waived it lets it start at once": ("scheduled, snapshot waived", night(22, 20), night(22, 20)),
}


@pytest.mark.parametrize("what", ROWS)
def test_the_earliest_start(what: str) -> None:
    stands, now, earliest = ROWS[what]
    assert earliest_start(a_change(stands).now_it_is, LEARN, now) == max(earliest, START)
