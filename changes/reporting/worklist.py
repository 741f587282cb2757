"""The worklist: which change waits for which person, and for what."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from changes.approvals.quorum import asked_stage
from changes.model import AWAITING_IMPLEMENTATION, IMPLEMENTING, IN_INCIDENT, Change, Person, State
from changes.planning.deadlines import cutoff_times, decision_deadline, review_due, snapshot_due, snapshot_waits
from changes.planning.reminders import REVIEWED_WITHIN, gives_up_at, nudged
from changes.planning.steps import RELEVANT
from changes.planning.tasks.moments import in_order, task_due
from changes.planning.timeline import MOMENTS, StepKind
from changes.policy import Service

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
    ASSIGNED = "assigned"


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


@dataclass(frozen=True, slots=True)
class Duty:
    """A task that a change has for `people`, from `begins` until `ends`; None for as long as the change stands so.

    `is_shared`: on each day only those of them do it who are asked then (Service.asked).
    """

    people: tuple[Person, ...]
    task: PendingTask
    begins: datetime | None = None
    ends: datetime | None = None
    is_shared: bool = False

    def lasts(self, now: datetime) -> bool:
        """Whether it is to be done at `now`."""
        return (self.begins is None or self.begins <= now) and (self.ends is None or now < self.ends)

    def covers(self, other: "Duty") -> bool:
        """Whether it is to be done whenever the other one is."""
        begins_first = self.begins is None or (other.begins is not None and self.begins <= other.begins)
        return begins_first and (self.ends is None or (other.ends is not None and other.ends <= self.ends))


def pending_task_for(person: Person, change: Change, service: Service, now: datetime) -> PendingTask | None:
    """The task that the change has for that person at `now`, or None."""
    return next((task for people, task in _asked_now(change, service, now) if person in people), None)


def asked_people(change: Change, service: Service, now: datetime) -> frozenset[Person]:
    """All for whom the change has a task at `now`."""
    return frozenset(person for people, _task in _asked_now(change, service, now) for person in people)


def _asked_now(change: Change, service: Service, now: datetime) -> Iterator[tuple[tuple[Person, ...], PendingTask]]:
    today = service.local(now).date()
    for duty in duties(change, service):
        if duty.lasts(now):
            yield service.asked_of(duty.people, today) if duty.is_shared else duty.people, duty.task


def duties(change: Change, service: Service) -> Iterator[Duty]:
    """What the change asks of whom, and when; of several for one person at one time the first counts.

    The deputies are asked to decide once the approver has let it wait.
    """
    requester, asked_at = (change.requester,), change.asked_at or change.created_at
    match change.state:
        case State.SUBMITTED if (since := MOMENTS[StepKind.PREPARE](change, service)) is not None:
            by = MOMENTS[StepKind.PRECHECK](change, service)
            yield Duty(requester, PendingTask(change, TaskKind.PREPARE, since, by), since)
        case State.PRECHECK_PENDING | State.GO_PENDING:
            asked = TaskKind.GO if change.state is State.GO_PENDING else TaskKind.PRECHECK
            task = PendingTask(change, asked, asked_at, decision_deadline(change, service))
            again = [nudged(change, kind, asked_at) for kind in _ASKED_AGAIN]
            by_turns = not any(each is not None and each.number > 1 for each in again)
            stage = asked_stage(change, service)
            yield Duty(stage.eligible, task, is_shared=by_turns and stage.left == 1)
        case State.CORRECTIONS_REQUESTED if change.corrections is not None:
            silence, since = decision_deadline(change, service), change.corrections.at
            go = MOMENTS[StepKind.GO](change, service) or silence
            yield Duty(requester, PendingTask(change, TaskKind.CORRECTIONS, since, go), ends=go)
            yield Duty(requester, PendingTask(change, TaskKind.CORRECTIONS, since, silence), go)
        case State.NO_GO | State.POSTPONED:
            since = change.state_since or change.created_at
            yield Duty(requester, PendingTask(change, TaskKind.NEW_DATE, since, gives_up_at(change, service)))
        case State.INCIDENT | State.COMPLETED:
            yield from _afterwards(change, service)
        case _:
            yield from _on_the_day(change, service)
    if change.state in RELEVANT[StepKind.TASK]:
        yield from _assigned(change, service)


def _assigned(change: Change, service: Service) -> Iterator[Duty]:
    """Of each person's open tasks in the plan the first one."""
    since = change.requested_at or change.created_at
    first = {change.doer_of(each): each for each in reversed(in_order(change, service)) if each in change.open_tasks}
    for person, each in first.items():
        yield Duty((person,), PendingTask(change, TaskKind.ASSIGNED, since, task_due(change, each, service)))


def _on_the_day(change: Change, service: Service) -> Iterator[Duty]:
    implementer, start = (change.plan.implementer,), change.plan.window.start
    snapshot = change.snapshot
    if change.state in AWAITING_IMPLEMENTATION:
        if snapshot_waits(change, service):
            yield Duty(implementer, PendingTask(change, TaskKind.SNAPSHOT, snapshot_due(change, service), start))
        elif snapshot.unlocks_start:
            task = PendingTask(change, TaskKind.START, start, start)
            later = start + timedelta(minutes=service.policy.not_started_approver_minutes)
            yield Duty(implementer, task, start)
            yield Duty(service.deciding(), task, max(start, later), is_shared=True)
    elif change.state in IMPLEMENTING:
        (cutoff, later), end = cutoff_times(change, service), change.ends_at
        cutoff = end if change.cutoff_answered else min(cutoff, end)
        working = PendingTask(change, TaskKind.TESTS, change.started_at or start, end)
        yield Duty(implementer, working, ends=cutoff)
        if cutoff < end:
            task = PendingTask(change, TaskKind.CUTOFF, cutoff, end)
            yield Duty(implementer, task, cutoff, end)
            yield Duty(service.deciding(), task, max(cutoff, later), end, is_shared=True)
        task = PendingTask(change, TaskKind.OVERRUN, end, end)
        yield Duty(implementer, task, end)
        yield Duty(service.deciding(), task, end, is_shared=True)


def _afterwards(change: Change, service: Service) -> Iterator[Duty]:
    implementer, restore = (change.plan.implementer,), change.restore
    if change.state is State.COMPLETED:
        if not change.review:
            since = review_due(change, service)
            task = PendingTask(change, TaskKind.REVIEW, since)
            yield Duty(implementer, task, since, change.ends_at + REVIEWED_WITHIN)
        return
    if restore is not None and restore.waits:
        who = service.deciding((restore.asked_by,))
        yield Duty(who, PendingTask(change, TaskKind.CONFIRM_RESTORE, restore.asked_at, restore.asked_at))
    if change.handed_over_at is not None:
        takers = tuple(dict.fromkeys((*service.deciding(), change.plan.implementer)))
        yield Duty(takers, PendingTask(change, TaskKind.HANDOVER, change.handed_over_at, change.handed_over_at))
    else:
        since = change.incident_at or change.ends_at
        yield Duty(implementer, PendingTask(change, TaskKind.INCIDENT, since, since))
