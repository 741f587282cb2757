"""Reminders: what is asked again, how often, and until when (docs/process.md, P77 to P82).

Each thing that is waited for is a series of reminders since some moment. Only the next one is ever planned; when the
process was down, those that were missed collapse to one (docs/process.md, P82).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from changes.model import IMPLEMENTING, IN_INCIDENT, Change, ChangeType, Nudge, SnapshotStatus, State, instant
from changes.planning.deadlines import (
    day_step_time,
    decision_deadline,
    defer_past_quiet_hours,
    review_due,
    snapshot_too_late,
    snapshot_waits,
    working_day_after,
    working_day_before,
)
from changes.planning.steps import RELEVANT, Step, StepKind
from changes.planning.tasks.moments import overdue_since
from changes.policy import Service

Schedule = Callable[[int], datetime]
MARK = "%Y%m%dT%H%M%S"
REVIEWED_WITHIN = timedelta(days=60)
"""How long a missing review is asked for."""
CAN_WAIT = frozenset(
    {StepKind.PRECHECK_NUDGE, StepKind.GO_NUDGE, StepKind.CORRECTIONS, StepKind.NEW_DATE_NUDGE, StepKind.REVIEW_NUDGE}
)
"""Never in the quiet hours, unless it is an emergency. Nothing of a window or an incident waits until morning."""


@dataclass(frozen=True, slots=True)
class Nudges:
    """Reminders of a thing since a moment; the n-th, from 1, comes at `due(n)`; they end at `until` or after `most`."""

    kind: StepKind
    since: datetime
    due: Schedule
    until: datetime | None = None
    most: int | None = None


def next_nudges(change: Change, service: Service) -> list[Step]:
    """The next reminder of everything that is waited for."""
    steps = [_next(change, series, service) for series in _open(change, service)]
    return [step for step in steps if step is not None]


def nudge_number(key: str) -> int:
    """1-based number of the reminder with this key within its series."""
    return int(key.rpartition(".")[2])


def is_nudge(key: str) -> bool:
    """Whether the step with this key is one of a series."""
    return "." in key.rpartition("/")[2]


def _next(change: Change, series: Nudges, service: Service) -> Step | None:
    name = series_name(change, series.kind, series.since)
    last = next((each for each in change.nudges if each.series == name), None)
    number = last.number + 1 if last else 1
    if series.most is not None and number > series.most:
        return None
    due = series.due(number)
    if last is not None:
        apart = due - series.due(last.number)
        if last.at + apart / 2 > due:  # the last one came late: the others that were missed are gone with it
            due = last.at + apart
    if series.kind in CAN_WAIT and change.plan.kind is ChangeType.NORMAL:
        due = defer_past_quiet_hours(due, service)
    if series.until is not None and due >= series.until:
        return None
    return Step(f"{name}.{number}", series.kind, due)


def series_name(change: Change, kind: StepKind, since: datetime) -> str:
    """The name of the change's reminders of that kind since that moment."""
    return f"{change.round}/{kind}/{instant(since):{MARK}}"


def nudged(change: Change, kind: StepKind, since: datetime) -> Nudge | None:
    """The last reminder of that kind since that moment, if there was one."""
    name = series_name(change, kind, since)
    return next((each for each in change.nudges if each.series == name), None)


def _open(change: Change, service: Service) -> Iterator[Nudges]:
    yield from _of_approval(change, service)
    if change.state in RELEVANT[StepKind.TASK_NUDGE] and (since := overdue_since(change, service)) is not None:
        daily = _working_days(since, 1, 2, service)
        yield Nudges(StepKind.TASK_NUDGE, since, daily, change.plan.window.start)
    yield from _of_the_day(change, service)
    if change.state in IN_INCIDENT:
        yield from _of_an_incident(change, service)
    every = service.policy.incident_update_minutes
    told_at = change.informed_at or change.incident_at
    with_others = change.state is State.INCIDENT and change.handed_over_at is not None
    if change.state in IN_INCIDENT | IMPLEMENTING and change.incident_at and told_at and every and not with_others:
        yield Nudges(StepKind.INCIDENT_HOLDING, told_at, _every(told_at, every))
    if change.state is State.COMPLETED and not change.review and service.policy.review_every_days:
        first = service.local(review_due(change, service)).date()
        days = service.policy.review_every_days

        def weekly(number: int) -> datetime:
            return day_step_time(working_day_before(first + timedelta(days=days * number), service), service)

        ended = change.ended_at or change.ends_at
        until = ended + REVIEWED_WITHIN
        yield Nudges(StepKind.REVIEW_NUDGE, ended, weekly, until, most=service.policy.review_nudges)


def _of_approval(change: Change, service: Service) -> Iterator[Nudges]:
    policy, since = service.policy, change.state_since or change.created_at
    if change.state in (State.PRECHECK_PENDING, State.GO_PENDING):
        asked, until = change.asked_at or since, decision_deadline(change, service)
        kind = StepKind.PRECHECK_NUDGE if change.state is State.PRECHECK_PENDING else StepKind.GO_NUDGE
        if change.plan.kind is ChangeType.EMERGENCY:
            first, second = policy.emergency_nudge_minutes, policy.emergency_deputies_minutes
            yield _minutes(kind, asked, (first, second, second), until)
        elif policy.nudge_days:
            due = _working_days(asked, policy.nudge_days, policy.deputies_days, service)
            yield Nudges(kind, asked, due, until)
    if change.state is State.CORRECTIONS_REQUESTED and change.corrections is not None and policy.corrections_days:
        asked = change.corrections.at
        due = _days(asked, policy.corrections_days, policy.corrections_days, service)
        yield Nudges(StepKind.CORRECTIONS, asked, due, until=decision_deadline(change, service))
    if change.state in (State.NO_GO, State.POSTPONED) and policy.new_date_days:
        due = _days(since, policy.new_date_days, policy.new_date_every_days, service)
        most = None if policy.new_date_every_days else 1
        yield Nudges(StepKind.NEW_DATE_NUDGE, since, due, gives_up_at(change, service), most)


def gives_up_at(change: Change, service: Service) -> datetime | None:
    """When a change without a date is cancelled by itself; None where the service never does that.

    Never before it was said, and a week after it was said for the first time: the process may have been down, or older.
    """
    policy, since = service.policy, change.state_since or change.created_at
    if not policy.give_up_days:
        return None
    ordinary = day_step_time(service.local(since).date() + timedelta(days=policy.give_up_days), service)
    warned = nudged(change, StepKind.NEW_DATE_NUDGE, since)
    if warned is None or warned.number > 1:
        return ordinary
    return max(ordinary, warned.at + timedelta(days=policy.new_date_every_days))


def _of_the_day(change: Change, service: Service) -> Iterator[Nudges]:
    policy = service.policy
    if change.state is State.SNAPSHOTTING and snapshot_waits(change, service):
        since = change.snapshot.since or change.state_since or change.created_at
        by_hand = change.snapshot.status is SnapshotStatus.REQUESTED
        first, second, every = (
            (policy.snapshot_nudge_minutes, policy.snapshot_approver_minutes, policy.snapshot_every_minutes)
            if by_hand
            else (policy.nag_minutes, 2 * policy.nag_minutes, policy.nag_minutes)
        )
        if first:
            until = snapshot_too_late(change, service)
            yield _minutes(StepKind.SNAPSHOT_NUDGE, since, (first, second, every), until)
    if change.state in IMPLEMENTING and policy.nag_minutes:
        end = change.ends_at
        if change.incident_at is not None and change.restore is not None and change.restore.finished_at:
            end = max(end, change.restore.finished_at)
        yield Nudges(StepKind.OVERRUN_NAG, end, _every(end, policy.nag_minutes))


def _of_an_incident(change: Change, service: Service) -> Iterator[Nudges]:
    policy, restore = service.policy, change.restore
    spoke = change.spoke_at or change.incident_at or change.created_at
    if change.state is State.RESTORING:
        # Until it should have ended the restore is followed, and speaks for itself.
        began = (restore.started_at if restore else None) or spoke
        ends = began + timedelta(minutes=service.vps.restore_minutes)
        if policy.incident_nudge_minutes:
            yield Nudges(StepKind.INCIDENT_NUDGE, ends, _every(ends, policy.incident_nudge_minutes))
        return
    if restore is not None and restore.waits and policy.restore_nudge_minutes:
        first, every = policy.restore_nudge_minutes, policy.restore_every_minutes
        yield _minutes(StepKind.RESTORE_NUDGE, restore.asked_at, (first, every, every))
    if change.handed_over_at is not None and policy.handover_nudge_minutes:
        since = max(change.handed_over_at, spoke)
        yield Nudges(StepKind.HANDOVER_NUDGE, since, _every(since, policy.handover_nudge_minutes))
    elif change.handed_over_at is None and policy.incident_nudge_minutes:
        yield Nudges(StepKind.INCIDENT_NUDGE, spoke, _every(spoke, policy.incident_nudge_minutes))


def _every(since: datetime, minutes: int) -> Schedule:
    return lambda number: since + timedelta(minutes=minutes * number)


def _minutes(kind: StepKind, since: datetime, minutes: tuple[int, int, int], until: datetime | None = None) -> Nudges:
    """After the first minutes, after the second, then every third; the first that is 0 ends them."""
    first, second, every = minutes

    def due(number: int) -> datetime:
        return since + timedelta(minutes=first if number == 1 else second + every * (number - 2))

    return Nudges(kind, since, due, until, minutes.index(0) if 0 in minutes else None)


def _working_days(asked: datetime, first: int, second: int, service: Service) -> Schedule:
    day = service.local(asked).date()

    def due(number: int) -> datetime:
        days = first if number == 1 else max(second, first + 1) + number - 2
        return day_step_time(working_day_after(day, service, days), service)

    return due


def _days(asked: datetime, first: int, every: int, service: Service) -> Schedule:
    """After `first` days, then `every` so many, on the working day before where that is none, each day once.

    Where even the first would come on the day of the question itself, they begin on the next working day.
    """
    day = service.local(asked).date()
    begins = working_day_before(day + timedelta(days=first), service)
    begins = day + timedelta(days=first) if begins > day else working_day_after(day, service)

    def due(number: int) -> datetime:
        found, after = day, 0
        for _ in range(number):
            nominal = found
            while nominal <= found:
                nominal = working_day_before(begins + timedelta(days=max(1, every) * after), service)
                after += 1
            found = nominal
        return day_step_time(found, service)

    return due
