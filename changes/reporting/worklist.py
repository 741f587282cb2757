"""The worklist: which change waits for which person, and for what."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from changes.model import AWAITING_IMPLEMENTATION, IMPLEMENTING, IN_INCIDENT, Change, Person, State
from changes.planning.deadlines import snapshot_waits
from changes.planning.reminders import gives_up_at, nudged
from changes.planning.timeline import StepKind, timeline
from changes.policy import Service

Dates = dict[StepKind, datetime]
DECIDERS_ASKED = (
    frozenset({State.PRECHECK_PENDING, State.GO_PENDING}) | AWAITING_IMPLEMENTATION | IMPLEMENTING | IN_INCIDENT
)
"""The states in which something may be asked of the approver or a deputy; else of requester and implementer only."""
_ASKED_AGAIN = (StepKind.PRECHECK_NUDGE, StepKind.GO_NUDGE)


class TaskKind(StrEnum):
    """What somebody can be asked to do."""

    PREPARE = "prepare"
    PRECHECK = "precheck"
    CORRECTIONS = "corrections"
    GO = "go"
    NEW_DATE = "new_date"
    SNAPSHOT = "snapshot"
    START = "start"
    TESTS = "tests"
    CUTOFF = "cutoff"
    OVERRUN = "overrun"
    INCIDENT = "incident"
    CONFIRM_RESTORE = "confirm_restore"
    HANDOVER = "handover"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class PendingTask:
    """One thing that a person is asked for; `by` is when it has to be done, None where the process gives no time."""

    change: Change
    asked: TaskKind
    since: datetime
    by: datetime | None = None

    @property
    def order(self) -> tuple[bool, datetime, datetime, str]:
        """Sort key: the nearest deadline first, then what has waited longest."""
        return self.by is None, self.by or self.since, self.since, self.change.id


def pending_task_for(person: Person, change: Change, service: Service, now: datetime) -> PendingTask | None:
    """The task that the change has for that person at `now`, or None."""
    dates: Dates = {}
    for step in timeline(change, service):
        dates.setdefault(step.kind, step.due)
    return next((item for who, item in _waits_for(change, service, dates, now) if person in who), None)


def _waits_for(
    change: Change, service: Service, dates: Dates, now: datetime
) -> Iterator[tuple[set[Person], PendingTask]]:
    """Who is asked for what. The deputies are asked to decide once the approver has let it wait."""
    asked_at = change.asked_at or change.created_at
    silence = dates[StepKind.SILENCE]
    today = service.local(now).date()
    decide = set(service.asked(change.involved, today))
    again = [nudged(change, kind, asked_at) for kind in _ASKED_AGAIN]
    if any(each is not None and each.number > 1 for each in again):
        decide = set(service.deciding(change.involved))
    match change.state:
        case State.SUBMITTED if _passed(StepKind.PREPARE, dates, now):
            since, by = dates[StepKind.PREPARE], dates[StepKind.PRECHECK]
            yield {change.requester}, PendingTask(change, TaskKind.PREPARE, since, by)
        case State.PRECHECK_PENDING:
            yield decide, PendingTask(change, TaskKind.PRECHECK, asked_at, silence)
        case State.CORRECTIONS_REQUESTED if change.corrections is not None:
            go = dates.get(StepKind.GO, silence)
            by = go if go > now else silence
            yield {change.requester}, PendingTask(change, TaskKind.CORRECTIONS, change.corrections.at, by)
        case State.GO_PENDING:
            yield decide, PendingTask(change, TaskKind.GO, asked_at, silence)
        case State.NO_GO | State.POSTPONED:
            since = change.state_since or change.created_at
            yield {change.requester}, PendingTask(change, TaskKind.NEW_DATE, since, gives_up_at(change, service))
        case State.INCIDENT | State.COMPLETED:
            yield from _afterwards(change, service, dates, now)
        case _:
            yield from _on_the_day(change, service, dates, now)


def _on_the_day(
    change: Change, service: Service, dates: Dates, now: datetime
) -> Iterator[tuple[set[Person], PendingTask]]:
    implementer, start = {change.plan.implementer}, change.plan.window.start
    both = implementer | set(service.asked((), service.local(now).date()))
    snapshot = change.snapshot
    if change.state in AWAITING_IMPLEMENTATION:
        if snapshot_waits(change, service):
            yield implementer, PendingTask(change, TaskKind.SNAPSHOT, dates[StepKind.SNAPSHOT], start)
        elif snapshot.unlocks_start and start <= now:
            who = both if _passed(StepKind.NOT_STARTED_APPROVER, dates, now) else implementer
            yield who, PendingTask(change, TaskKind.START, start, start)
    elif change.state in IMPLEMENTING:
        cutoff, end = dates[StepKind.CUTOFF], change.ends_at
        if end <= now:
            yield both, PendingTask(change, TaskKind.OVERRUN, end, end)
        elif cutoff <= now and not change.cutoff_answered:
            who = both if _passed(StepKind.CUTOFF_SILENCE, dates, now) else implementer
            yield who, PendingTask(change, TaskKind.CUTOFF, cutoff, end)
        else:
            yield implementer, PendingTask(change, TaskKind.TESTS, change.started_at or start, end)


def _afterwards(
    change: Change, service: Service, dates: Dates, now: datetime
) -> Iterator[tuple[set[Person], PendingTask]]:
    implementer, restore = {change.plan.implementer}, change.restore
    if change.state is State.COMPLETED:
        if not change.review and _passed(StepKind.REVIEW, dates, now):
            yield implementer, PendingTask(change, TaskKind.REVIEW, dates[StepKind.REVIEW])
        return
    if restore is not None and restore.waits:
        who = set(service.deciding((restore.asked_by,)))
        yield who, PendingTask(change, TaskKind.CONFIRM_RESTORE, restore.asked_at, restore.asked_at)
    if change.handed_over_at is not None:
        takers = {*service.deciding(), change.plan.implementer}
        yield takers, PendingTask(change, TaskKind.HANDOVER, change.handed_over_at, change.handed_over_at)
    else:
        since = change.incident_at or change.ends_at
        yield implementer, PendingTask(change, TaskKind.INCIDENT, since, since)


def _passed(step: StepKind, dates: Dates, now: datetime) -> bool:
    return step in dates and dates[step] <= now
