"""Changes of one server know each other (docs/process.md, P51).

A server is occupied from the snapshot's start to the window's end with its extensions; a change that is still at work
then occupies it until it ends.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from changes.memoization import by_identity
from changes.model import (
    AWAITING_IMPLEMENTATION,
    BOOKED,
    IMPLEMENTING,
    IN_INCIDENT,
    Change,
    Person,
    SnapshotStatus,
    State,
    Window,
)
from changes.planning.deadlines import snapshot_due, usual_snapshot
from changes.policy import Service

NEAR = timedelta(hours=24)
"""Windows that lie no farther apart than this are named when one of them is requested."""
_AT_WORK = IMPLEMENTING | IN_INCIDENT
_TAKING = (SnapshotStatus.REQUESTED, SnapshotStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class Booking:
    """Another change of the same service, or of a service on the same server, and the time it takes.

    `occupied` is its time on the server, None where it has none; `same_service` is False for another service's.
    """

    change: str
    title: str
    window: Window
    state: State = State.SCHEDULED
    occupied: Window | None = None
    same_service: bool = True
    people: tuple[Person, ...] = ()
    started_at: datetime | None = None
    takes_snapshot: bool = False

    @classmethod
    def of(cls, change: Change, its_service: Service, service: Service, now: datetime) -> "Booking":
        """How the change of `its_service` looks to the changes of `service` at `now`."""
        same_server, same_service = its_service.vps.server == service.vps.server, its_service.key == service.key
        planned = _planned(change, its_service, same_server, same_service)
        if planned.occupied is None or change.state not in _AT_WORK:
            return planned
        return replace(planned, occupied=occupied(change, its_service, now))

    @property
    def is_broken(self) -> bool:
        """Whether it is an incident, or restores, on the same server."""
        return self.occupied is not None and self.state in IN_INCIDENT

    @property
    def is_busy(self) -> bool:
        """Whether the server is being worked on: no snapshot of another change belongs into that."""
        return self.occupied is not None and (self.state in _AT_WORK or self.takes_snapshot)


@by_identity(1024)
def _planned(change: Change, its_service: Service, same_server: bool, same_service: bool) -> Booking:
    """How the change looks as long as it is not at work longer than it was planned."""
    return Booking(
        change.id,
        change.plan.title,
        change.window,
        change.state,
        occupied(change, its_service, change.ends_at) if same_server and change.state in BOOKED else None,
        same_service,
        tuple(dict.fromkeys((change.plan.implementer, change.requester))),
        change.started_at if same_server else None,
        same_server and change.state is State.SNAPSHOTTING and change.snapshot.status in _TAKING,
    )


def occupied(change: Change, service: Service, now: datetime) -> Window:
    """The change's time on its server, as planned or, once it is longer, as it is."""
    snapshot = change.snapshot
    begins = change.plan.window.start if snapshot.status is SnapshotStatus.WAIVED else snapshot_due(change, service)
    begins = min(snapshot.started_at or begins, change.started_at or begins, change.plan.window.start)
    ends = max(change.ends_at, now) if change.state in _AT_WORK else change.ends_at
    return Window(begins, ends)


def overlapping(mine: Window, bookings: Iterable[Booking]) -> tuple[Booking, ...]:
    """The changes whose time on the server overlaps `mine`, the earliest first."""
    found = [each for each in bookings if each.occupied is not None and each.occupied.overlaps(mine)]
    return tuple(sorted(found, key=lambda each: (each.window.start, each.change)))


def nearby(change: Change, service: Service, bookings: Iterable[Booking], now: datetime) -> tuple[Booking, ...]:
    """The changes that overlap it on the server, or whose windows are within a day of its own."""
    wide = Window(change.plan.window.start - NEAR, change.ends_at + NEAR)
    mine = occupied(change, service, now)
    found = [
        each
        for each in bookings
        if each.state in BOOKED
        and (each.window.overlaps(wide) or (each.occupied is not None and each.occupied.overlaps(mine)))
    ]
    return tuple(sorted(found, key=lambda each: (each.window.start, each.change)))


def incident_on_server(bookings: Iterable[Booking]) -> Booking | None:
    """The change that is an incident, or restores, on the same server."""
    return next((each for each in bookings if each.is_broken), None)


def restoring(bookings: Iterable[Booking]) -> Booking | None:
    """The change whose restore overwrites the data of the same server right now."""
    return next((each for each in bookings if each.is_broken and each.state is State.RESTORING), None)


def change_at_work(bookings: Iterable[Booking]) -> Booking | None:
    """The change that is at work on the same server, or takes its snapshot; an incident first."""
    found = [each for each in bookings if each.is_busy]
    return min(found, key=lambda each: (not each.is_broken, each.window.start), default=None)


def blocking_change(change: Change, service: Service, bookings: Iterable[Booking], now: datetime) -> Booking | None:
    """The change on the same server that a snapshot started now would have to wait for, or None.

    It is at work there, or its window comes first and begins before the snapshot could have ended: what was taken
    meanwhile would be neither the state before that change nor the one after it.
    """
    others = tuple(bookings)
    if (at_work := change_at_work(others)) is not None:
        return at_work
    taken = Window(now, now + timedelta(minutes=service.vps.snapshot_minutes))
    return next((each for each in _earlier(change, others) if each.window.overlaps(taken)), None)


def touched_by_restore(change: Change, bookings: Iterable[Booking]) -> tuple[Booking, ...]:
    """The changes whose work the change's snapshot does not hold: each started on the server since it was begun."""
    taken = change.snapshot.oldest
    if taken is None:
        return ()
    return tuple(each for each in bookings if each.started_at is not None and each.started_at >= taken)


def planned_snapshot(
    change: Change, service: Service, bookings: Iterable[Booking], now: datetime
) -> tuple[datetime | None, str]:
    """When the snapshot has to begin so that it is not taken inside another change's time, and whose that is.

    None where the usual moment is free, or where nothing earlier fits: then it waits for the other change.
    """
    at, lasts = usual_snapshot(change, service), timedelta(minutes=service.vps.snapshot_minutes)
    other = ""
    taken = [(each.occupied, each.change) for each in _earlier(change, bookings) if each.occupied is not None]
    for window, whose in sorted(taken, key=lambda each: each[0].start, reverse=True):
        if window.overlaps(Window(at, at + lasts)):
            at, other = window.start - service.snapshot_lead, other or whose
    return at if other and at > now else None, other


def _earlier(change: Change, bookings: Iterable[Booking]) -> Iterator[Booking]:
    """The changes of the same server with GO whose windows begin before this one's."""
    mine = (change.plan.window.start, change.id)
    for each in bookings:
        with_go = each.state in AWAITING_IMPLEMENTATION | IMPLEMENTING | IN_INCIDENT
        if each.occupied is not None and with_go and (each.window.start, each.change) < mine:
            yield each
