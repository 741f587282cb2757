"""PROCESS.md, Conflicts: changes of one server know each other, as two of them go through the application service."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from changes import commands as c
from changes.errors import NotAllowed, TooLate, ValidationFailed, WrongState
from changes.model import SYSTEM, SnapshotStatus, State
from changes.notification.thread_messages import ThreadMessage
from changes.planning.occupancy import Booking, occupied, planned_snapshot
from changes.planning.timeline import pending
from changes.snapshots import FailureReason
from tests.support.core import LEARN, LUC, NADIA, PIERRE, at, plan, scheduled
from tests.support.server import MAIL, A, B, Server

OF_A = plan(title="Update to version 5", implementer=NADIA)
"""On the server from 19:15 to 23:30."""
OF_B = replace(plan(hour=23, minutes=120, title="New disks", implementer=LUC), service="mail")


async def both() -> Server:
    """A and B with GO, the day of both."""
    return await Server().go(OF_A, OF_B)


def booking(change_id: str = A, state: State = State.SCHEDULED, **other: object) -> Booking:
    window = OF_A.window
    facts: dict[str, object] = {"occupied": replace(window, start=window.start - timedelta(minutes=165))} | other
    return Booking(change_id, "Update to version 5", window, state, **facts)  # type: ignore[arg-type]


# ── named ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_two_changes_that_overlap_on_one_server_are_named_at_request_and_move() -> None:
    server = Server()
    await server.request(OF_A, at(2027, 3, 15, 10))
    await server.request(OF_B, at(2027, 3, 15, 11), LUC)
    assert [each.detail for each in server.said(B, ThreadMessage.NEIGHBOURS)] == [f"{A} (Update to version 5)"]
    assert server.said(A, ThreadMessage.NEIGHBOURS) == []
    far = plan(date(2027, 5, 20)).window
    await server.do(B, c.Move(LUC, far), at(2027, 3, 16))
    await server.do(B, c.Move(LUC, OF_B.window), at(2027, 3, 17))
    assert [each.at for each in server.said(B, ThreadMessage.NEIGHBOURS)] == [at(2027, 3, 15, 11), at(2027, 3, 17)]


async def test_changes_of_another_server_are_nobodys_neighbours() -> None:
    elsewhere = replace(MAIL, vps=replace(MAIL.vps, name="Hasdrubal"))
    change = scheduled().now_it_is
    seen = Booking.of(change, elsewhere, LEARN, at(2027, 4, 15))
    assert (seen.occupied, seen.same_service, seen.started_at) == (None, False, None)


async def test_an_extension_into_anothers_time_names_it_and_those_people_are_told() -> None:
    server = await both()
    await server.snapshot(B, at(2027, 4, 15, 19))
    await server.until(at(2027, 4, 15, 22))
    await server.at_work(A, at(2027, 4, 15, 22))
    await server.do(A, c.Extend(NADIA, 60, "It is slow."), at(2027, 4, 15, 23))
    [told] = server.said(B, ThreadMessage.EXTENDED_INTO)
    assert (told.detail, told.mention) == (f"{A} (Update to version 5)", (LUC,))
    [extended] = [each.event for each in server.memory.changes.rows[A].trail if hasattr(each.event, "into")]
    assert extended.into == (B,)


async def test_a_start_beside_another_change_at_work_is_said_to_both() -> None:
    server = await both()
    await server.do(B, c.WaiveSnapshot(PIERRE, "The NAS."), at(2027, 4, 9))
    await server.until(at(2027, 4, 15, 22))
    await server.at_work(A, at(2027, 4, 15, 22))
    await server.until(at(2027, 4, 15, 23))
    await server.at_work(B, at(2027, 4, 15, 23))
    assert server.said(B, ThreadMessage.NEIGHBOURS)[-1].at == at(2027, 4, 15, 23)
    [told] = server.said(A, ThreadMessage.NEIGHBOUR_STARTED)
    assert (told.detail, told.mention) == (f"{B} (New disks)", (NADIA,))


# ── the snapshot of one in the time of another ─────────────────────────────────────────────────────────────────────


async def test_a_snapshot_that_would_begin_inside_anothers_time_is_begun_earlier_where_it_fits() -> None:
    server = await both()
    usual = at(2027, 4, 15, 20, 15)
    # Before A comes to the server at 19:15: two hours and a half for it, and a quarter of an hour.
    assert server.change(B).snapshot_at == at(2027, 4, 15, 16, 30)
    [told] = server.said(B, ThreadMessage.SNAPSHOT_PLANNED)
    assert (told.detail, told.mention) == (A, (LUC,))
    await server.until(at(2027, 4, 15, 16, 30))
    assert server.asked_for(B) == [B]
    assert server.change(A).snapshot_at is None, "the earlier window keeps its moment"
    assert server.change(B).plan.window.start - usual == timedelta(minutes=165)


async def test_it_begins_at_its_usual_moment_again_when_the_other_change_is_gone() -> None:
    server = await both()
    await server.do(A, c.Cancel(NADIA, "Not needed."), at(2027, 4, 9))
    assert server.change(B).snapshot_at is None
    await server.until(at(2027, 4, 15, 20, 14))
    assert server.asked_for(B) == []
    await server.until(at(2027, 4, 15, 20, 15))
    assert server.asked_for(B) == [B]


async def test_where_nothing_earlier_fits_it_is_held_and_begins_by_itself_when_the_server_is_free() -> None:
    server = await Server().go(OF_A)
    await server.until(at(2027, 4, 15, 22))
    await server.at_work(A, at(2027, 4, 15, 22))
    urgent = replace(OF_B, window=plan(date(2027, 4, 16), 1, 300).window, reason="A hole is exploited.")
    await server.request(urgent, at(2027, 4, 15, 22, 1), LUC)
    await server.until(at(2027, 4, 15, 22, 1))
    await server.do(B, c.ApprovePrecheck(PIERRE), at(2027, 4, 15, 22, 2))
    await server.until(at(2027, 4, 15, 22, 2))
    await server.do(B, c.GiveGo(PIERRE), at(2027, 4, 15, 22, 3))
    await server.until(at(2027, 4, 15, 22, 20))
    assert (server.change(B).snapshot.status, server.change(B).snapshot.detail) == (SnapshotStatus.HELD, A)
    assert server.asked_for(B) == []
    [told] = server.said(B, ThreadMessage.SNAPSHOT_HELD)
    assert set(told.mention) == {LUC, PIERRE}
    for test in (0, 1):
        await server.do(A, c.RecordTest(NADIA, test, passed=True), at(2027, 4, 15, 22, 50))
    await server.do(A, c.Complete(NADIA), at(2027, 4, 15, 22, 55))
    assert server.change(B).snapshot.status is SnapshotStatus.REQUESTED
    assert server.asked_for(B) == [B]


@pytest.mark.parametrize(
    ("bookings", "planned"),
    [
        ((), (None, "")),
        ((booking(),), (at(2027, 4, 15, 16, 30), A)),
        ((booking(state=State.SUBMITTED),), (None, "")),
        ((booking(occupied=None),), (None, "")),
        (
            (booking(), booking("CHG-2027-0000", occupied=plan(hour=17, minutes=90).window)),
            (at(2027, 4, 15, 14, 15), A),
        ),
    ],
)
def test_a_snapshot_gives_way_to_changes_with_go_whose_window_begins_before(
    bookings: tuple[Booking, ...], planned: tuple[datetime | None, str]
) -> None:
    change = scheduled().now_it_is.with_(id=B, plan=OF_B)
    assert planned_snapshot(change, MAIL, bookings, at(2027, 4, 9)) == planned


def test_what_has_passed_does_not_fit() -> None:
    change = scheduled().now_it_is.with_(id=B, plan=OF_B)
    assert planned_snapshot(change, MAIL, (booking(),), at(2027, 4, 15, 17)) == (None, A)


async def test_a_snapshot_of_our_own_that_is_still_being_taken_is_waited_for() -> None:
    server = await both()
    await server.until(at(2027, 4, 15, 19, 15))
    assert server.change(B).snapshot.status is SnapshotStatus.REQUESTED
    assert (server.change(A).snapshot.status, server.change(A).snapshot.detail) == (SnapshotStatus.HELD, B)
    await server.do(B, c.NoteSnapshotFinished(SYSTEM, B), at(2027, 4, 15, 19, 20))
    assert (server.change(A).snapshot.status, server.asked_for(A)) == (SnapshotStatus.REQUESTED, [A])


# ── a broken server ────────────────────────────────────────────────────────────────────────────────────────────────

BROKEN = booking(A, State.INCIDENT)
RESTORING = booking(A, State.RESTORING)


@pytest.mark.parametrize("other", [BROKEN, RESTORING])
def test_beside_an_incident_or_a_restore_nothing_starts_unless_the_approver_lets_it_with_a_reason(
    other: Booking,
) -> None:
    story = scheduled()
    story.do(c.WaiveSnapshot(PIERRE, "The NAS."), at(2027, 4, 9))
    story.until(at(2027, 4, 15, 22))
    story.bookings = (replace(other, change=B),)
    with pytest.raises(WrongState, match=rf"{B} \(Update to version 5\) is an incident on Hannibal"):
        story.do(c.Start(NADIA, "It is urgent."), at(2027, 4, 15, 22))
    with pytest.raises(ValidationFailed, match="Only the approver or a deputy can let"):
        story.do(c.Start(PIERRE), at(2027, 4, 15, 22))
    story.do(c.Start(PIERRE, "They touch nothing in common."), at(2027, 4, 15, 22))
    assert story.now_it_is.state is State.IN_PROGRESS
    [told] = story.lines(ThreadMessage.STARTED_BESIDE)
    assert told.detail == "They touch nothing in common."


@pytest.mark.parametrize("other", [BROKEN, RESTORING])
def test_beside_an_incident_or_a_restore_no_snapshot_begins_unless_the_approver_lets_it_with_a_reason(
    other: Booking,
) -> None:
    story = scheduled()
    story.bookings = (replace(other, change=B),)
    story.until(at(2027, 4, 15, 19, 15))
    assert story.now_it_is.snapshot.status is SnapshotStatus.HELD
    now = at(2027, 4, 15, 19, 20)
    for command in (c.RetrySnapshot(NADIA), c.RetrySnapshot(PIERRE), c.RetrySnapshot(SYSTEM)):
        with pytest.raises(WrongState, match=rf"{B} \(Update to version 5\) needs Hannibal first"):
            story.do(command, now)
    with pytest.raises(WrongState, match="needs Hannibal first"):
        story.do(c.NoteSnapshotStarted(NADIA), now)
    with pytest.raises(NotAllowed):
        story.do(c.RetrySnapshot(NADIA, "I want it."), now)
    story.do(c.RetrySnapshot(PIERRE, "They touch nothing in common."), now)
    let = story.now_it_is
    assert let.snapshot.status is SnapshotStatus.REQUESTED


def test_a_snapshot_that_failed_is_not_begun_by_hand_either_beside_an_incident() -> None:
    story = scheduled()
    story.until(at(2027, 4, 15, 19, 15))
    story.do(c.NoteSnapshotFailed(SYSTEM, "The token is wrong.", FailureReason.TOKEN), at(2027, 4, 15, 19, 16))
    with pytest.raises(WrongState, match="needs Hannibal first"):
        story.do(c.NoteSnapshotStarted(NADIA), at(2027, 4, 15, 19, 20), (replace(BROKEN, change=B),))
    story.do(c.NoteSnapshotStarted(NADIA), at(2027, 4, 15, 19, 20), (replace(booking(), change=B),))
    assert story.now_it_is.snapshot.status is SnapshotStatus.RUNNING


def test_what_a_person_says_of_the_snapshot_ends_with_the_window() -> None:
    story = scheduled(plan(minutes=240))
    story.until(at(2027, 4, 15, 19, 15))
    story.do(c.NoteSnapshotFailed(SYSTEM, "The token is wrong.", FailureReason.TOKEN), at(2027, 4, 15, 19, 16))
    for command in (c.NoteSnapshotStarted(NADIA), c.RetrySnapshot(NADIA)):
        with pytest.raises(TooLate, match="ended at"):
            story.do(command, at(2027, 4, 16, 2))


# ── a restore ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("completed", [False, True])
async def test_a_restore_names_every_change_that_was_started_since_the_snapshot_also_a_completed_one(
    completed: bool,
) -> None:
    server = await both()
    await server.snapshot(B, at(2027, 4, 15, 19))
    await server.until(at(2027, 4, 15, 19, 15))
    await server.do(A, c.NoteSnapshotStarted(SYSTEM), at(2027, 4, 15, 19, 16))
    await server.until(at(2027, 4, 15, 22))
    await server.at_work(A, at(2027, 4, 15, 22))
    await server.until(at(2027, 4, 15, 23))
    await server.at_work(B, at(2027, 4, 15, 23))
    for test in (0, 1):
        await server.do(B, c.RecordTest(LUC, test, passed=True), at(2027, 4, 15, 23, 5))
    if completed:
        await server.do(B, c.Complete(LUC), at(2027, 4, 15, 23, 6))
    await server.do(A, c.DeclareIncident(NADIA, "It is down."), at(2027, 4, 15, 23, 10))
    await server.do(A, c.AskRestore(NADIA), at(2027, 4, 15, 23, 11))
    await server.do(A, c.ConfirmRestore(PIERRE, "Hannibal"), at(2027, 4, 15, 23, 12))
    for line, when in ((ThreadMessage.RESTORE_TOUCHES, 11), (ThreadMessage.RESTORE_OVERWRITES, 12)):
        [told] = server.said(B, line)
        assert (told.at, told.detail, told.mention) == (at(2027, 4, 15, 23, when), f"{A} (Update to version 5)", (LUC,))
    touched = [each.event.touches for each in server.memory.changes.rows[A].trail if hasattr(each.event, "touches")]
    assert touched == [(B,), (B,)]
    await server.do(A, c.NoteRestoreDone(SYSTEM), at(2027, 4, 16, 0, 10))
    assert bool(server.said(B, ThreadMessage.TESTS_VOIDED)) is not completed
    assert server.change(B).open_tests == (() if completed else (0, 1))


async def test_a_change_that_was_started_before_the_snapshot_is_not_touched() -> None:
    change = scheduled().now_it_is
    since = change.with_(snapshot=replace(change.snapshot, started_at=at(2027, 4, 15, 19, 15)))
    story = scheduled()
    story.change = since.with_(state=State.INCIDENT, snapshot=replace(since.snapshot, status=SnapshotStatus.FINISHED))
    earlier = booking(B, State.COMPLETED, started_at=at(2027, 4, 15, 19, 14))
    later = booking("CHG-2027-0003", State.COMPLETED, started_at=at(2027, 4, 15, 19, 15))
    story.do(c.AskRestore(NADIA), at(2027, 4, 15, 23), (earlier, later))
    [asked] = [each.event for each in story.entries if hasattr(each.event, "touches")]
    assert asked.touches == ("CHG-2027-0003",)


# ── how long it lasts ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_server_is_occupied_from_the_snapshot_to_the_end_with_extensions_and_as_long_as_the_work_lasts() -> None:
    change = scheduled().now_it_is
    noon = at(2027, 4, 15, 12)
    assert occupied(change, LEARN, noon).start == at(2027, 4, 15, 19, 15)
    waived = change.with_(snapshot=replace(change.snapshot, status=SnapshotStatus.WAIVED))
    assert occupied(waived, LEARN, noon).start == at(2027, 4, 15, 22)
    earlier = change.with_(snapshot_at=at(2027, 4, 15, 14))
    assert occupied(earlier, LEARN, noon).start == at(2027, 4, 15, 14)
    assert occupied(change, LEARN, noon).end == at(2027, 4, 15, 23, 30)
    for state in (State.IN_PROGRESS, State.INCIDENT, State.RESTORING):
        late = change.with_(state=state)
        assert occupied(late, LEARN, at(2027, 4, 16, 5)).end == at(2027, 4, 16, 5)
    assert pending(change, LEARN)
