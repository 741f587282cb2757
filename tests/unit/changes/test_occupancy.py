"""docs/process.md, P51 to P54: changes of one server know each other, as two of them go through the service."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from changes import commands as c
from changes import events as e
from changes.errors import ValidationFailed, WrongState
from changes.model import SYSTEM, SnapshotStatus, State
from changes.notification.thread_messages import ThreadMessage
from changes.planning.occupancy import Booking, occupied, planned_snapshot
from changes.planning.timeline import pending
from tests.support.builder import a_change
from tests.support.core import LEARN, LUC, NADIA, PIERRE, at, night, plan
from tests.support.server import MAIL, A, B, Server

OF_A = plan(title="Update to version 5", implementer=NADIA)
"""On the server from 19:15 to 23:30."""
OF_B = replace(plan(hour=23, minutes=120, title="New disks", implementer=LUC), service="mail")


def booking(change_id: str = A, state: State = State.SCHEDULED, **other: object) -> Booking:
    window = OF_A.window
    facts: dict[str, object] = {"occupied": replace(window, start=window.start - timedelta(minutes=165))} | other
    return Booking(change_id, "Update to version 5", window, state, **facts)  # type: ignore[arg-type]


def test_a_server_is_occupied_from_the_snapshot_to_the_end_of_the_work_and_another_not() -> None:
    change = a_change("scheduled").now_it_is
    noon = night(12)
    assert occupied(change, LEARN, noon).start == night(19, 15)
    waived = change.with_(snapshot=replace(change.snapshot, status=SnapshotStatus.WAIVED))
    assert occupied(waived, LEARN, noon).start == night(22)
    earlier = change.with_(snapshot_at=night(14))
    assert occupied(earlier, LEARN, noon).start == night(14)
    assert occupied(change, LEARN, noon).end == night(23, 30)
    for state in (State.IN_PROGRESS, State.INCIDENT, State.RESTORING):
        late = change.with_(state=state)
        assert occupied(late, LEARN, night(5)).end == night(5)
    assert pending(change, LEARN)
    elsewhere = replace(MAIL, vps=replace(MAIL.vps, name="Hasdrubal"))
    change = a_change("scheduled").now_it_is
    seen = Booking.of(change, elsewhere, LEARN, at(2027, 4, 15))
    assert (seen.occupied, seen.same_service, seen.started_at) == (None, False, None)


@pytest.mark.parametrize(
    ("bookings", "planned"),
    [
        ((), (None, "")),
        ((booking(),), (night(16, 30), A)),
        ((booking(state=State.SUBMITTED),), (None, "")),
        ((booking(occupied=None),), (None, "")),
        ((booking(occupied=plan(hour=5).window),), (None, "")),
        ((booking(), booking("CHG-2027-0000", occupied=plan(hour=17, minutes=90).window)), (night(14, 15), A)),
    ],
)
def test_a_snapshot_gives_way(bookings: tuple[Booking, ...], planned: tuple[datetime | None, str]) -> None:
    change = a_change("scheduled").now_it_is.with_(id=B, plan=OF_B)
    assert planned_snapshot(change, MAIL, bookings, at(2027, 4, 9)) == planned


def test_what_has_passed_does_not_fit() -> None:
    change = a_change("scheduled").now_it_is.with_(id=B, plan=OF_B)
    assert planned_snapshot(change, MAIL, (booking(),), night(17)) == (None, A)


APART = "They touch nothing in common."
STANDS_BROKEN = pytest.mark.parametrize("other", [booking(B, State.INCIDENT), booking(B, State.RESTORING)])


@STANDS_BROKEN
def test_beside_an_incident_or_a_restore_nothing_starts_without_the_approvers_reason(other: Booking) -> None:
    story = a_change("scheduled, snapshot waived").until(night(22))
    story.bookings = (other,)
    said = rf"{B} \(Update to version 5\) is an incident on Hannibal"
    story.refuses(c.Start(NADIA, "It is urgent."), said, error=WrongState)
    story.refuses(c.Start(PIERRE), "Only the approver or a deputy can let", error=ValidationFailed)
    story.do(c.Start(PIERRE, APART))
    assert story.now_it_is.state is State.IN_PROGRESS
    assert [each.detail for each in story.lines(ThreadMessage.STARTED_BESIDE)] == [APART]


def test_a_snapshot_that_failed_is_not_begun_by_hand_either_beside_an_incident() -> None:
    story, begin = a_change("snapshot failed"), c.NoteSnapshotStarted(NADIA)
    story.refuses(begin, "needs Hannibal first", error=WrongState, bookings=(booking(B, State.INCIDENT),))
    story.do(begin, bookings=(booking(B),))
    assert story.now_it_is.snapshot.status is SnapshotStatus.RUNNING


def test_a_change_that_was_started_before_the_snapshot_is_not_touched() -> None:
    story = a_change("incident")
    earlier = booking(B, State.COMPLETED, started_at=night(19, 15))
    later = booking("CHG-2027-0003", State.COMPLETED, started_at=night(19, 16))
    story.do(c.AskRestore(NADIA), None, (earlier, later))
    assert [each.touches for each in story.happened(e.RestoreAsked)] == [("CHG-2027-0003",)]


async def both() -> Server:
    """A and B with GO, the day of both."""
    return await Server().go(OF_A, OF_B)


@pytest.mark.parametrize("completed", [False, True])
async def test_a_restore_names_every_change_that_was_started_since_the_snapshot(completed: bool) -> None:
    server = await both()
    await server.snapshot(B, night(19))
    await server.until(night(19, 15))
    await server.do(A, c.NoteSnapshotStarted(SYSTEM), night(19, 16))
    await server.until(night(22))
    await server.at_work(A, night(22))
    await server.until(night(23))
    await server.at_work(B, night(23))
    for test in (0, 1):
        await server.do(B, c.RecordTest(LUC, test, passed=True), night(23, 5))
    if completed:
        await server.do(B, c.Complete(LUC), night(23, 6))
    await server.do(A, c.DeclareIncident(NADIA, "It is down."), night(23, 10))
    await server.do(A, c.AskRestore(NADIA), night(23, 11))
    await server.do(A, c.ConfirmRestore(PIERRE, "Hannibal"), night(23, 12))
    for line, when in ((ThreadMessage.RESTORE_TOUCHES, 11), (ThreadMessage.RESTORE_OVERWRITES, 12)):
        [told] = server.said(B, line)
        assert (told.at, told.detail, told.mention) == (at(2027, 4, 15, 23, when), f"{A} (Update to version 5)", (LUC,))
    touched = [each.event.touches for each in server.memory.changes.rows[A].trail if hasattr(each.event, "touches")]
    assert touched == [(B,), (B,)]
    await server.do(A, c.NoteRestoreDone(SYSTEM), night(0, 10))
    assert bool(server.said(B, ThreadMessage.TESTS_VOIDED)) is not completed
    assert server.change(B).open_tests == (() if completed else (0, 1))
