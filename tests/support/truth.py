"""What each line in a thread says of its change, as a predicate on the change when it is said (docs/process.md,
P89: every message is true at the moment it is read).
"""

import re
from collections.abc import Callable

from changes.effects import PostThreadMessage
from changes.lifecycle.implementation.testing import TESTING
from changes.model import (
    AWAITING_APPROVAL,
    AWAITING_IMPLEMENTATION,
    IMPLEMENTING,
    SYSTEM,
    Change,
    SnapshotStatus,
    State,
)
from changes.notification.thread_messages import ThreadMessage
from changes.planning.deadlines import decision_deadline, snapshot_due, snapshot_too_late, snapshot_waits
from changes.planning.occupancy import Booking, incident_on_server
from changes.planning.steps import RELEVANT, StepKind
from changes.planning.tasks.moments import start_held_by
from changes.planning.timeline import days_until, stuck_in_time, timeline
from changes.policy import Service

Truth = Callable[[PostThreadMessage, Change, Service], object]
"""Whether what the line says is so. A line in another change's thread is judged by the change that it tells of."""
Beside = tuple[Booking, ...]
"""The other changes of the server at that moment."""
TAKING = (SnapshotStatus.REQUESTED, SnapshotStatus.RUNNING)


def untrue(said: PostThreadMessage, change: Change, service: Service, beside: Beside = ()) -> str:
    """What is wrong with the line, said of that change; empty when it is true."""
    if TRUTHS[said.line](said, change, service):
        return ""
    if (
        said.line is ThreadMessage.START_LOCKED
        and change.state is State.READY
        and incident_on_server(beside) is not None
    ):
        return ""  # the snapshot is there, and an incident of another change locks the start
    return f"{said.line} at {said.at} is not true of {change}"


def is_in(*states: State, so: Callable[[Change], object] = bool) -> Truth:
    """The change is in one of the states, and so is what else the line says of it."""
    return lambda said, change, service: change.state in states and so(change)


def _prepares(said: PostThreadMessage, change: Change, service: Service) -> bool:
    due = {step.kind: step.due for step in timeline(change, service)}[StepKind.PRECHECK]
    return change.state is State.SUBMITTED and days_until(due, said.at, service) >= 1


def _waits_for_decision(state: State) -> Truth:
    def waits(said: PostThreadMessage, change: Change, service: Service) -> bool:
        in_time = said.at < decision_deadline(change, service)
        return change.state is state and in_time and not set(said.mention) & set(change.involved)

    return waits


def _of_snapshot(*statuses: SnapshotStatus) -> Truth:
    return lambda said, change, service: change.state is State.SNAPSHOTTING and change.snapshot.status in statuses


def _is_locked(said: PostThreadMessage, change: Change, service: Service) -> bool:
    return (
        change.state in AWAITING_IMPLEMENTATION
        and (not change.snapshot.unlocks_start or bool(start_held_by(change)))
        and said.at >= change.plan.window.start
    )


def _waits_for_snapshot(said: PostThreadMessage, change: Change, service: Service) -> bool:
    return change.state is State.SNAPSHOTTING and snapshot_waits(change, service)


def _restore_waits(said: PostThreadMessage, change: Change, service: Service) -> bool:
    restore = change.restore
    return change.state is State.INCIDENT and restore is not None and restore.open and restore.confirmed_by is None


def _restore_ended(*, overwrote: bool) -> Truth:
    def ended(said: PostThreadMessage, change: Change, service: Service) -> bool:
        restore = change.restore
        failed = restore is not None and restore.cause is not None and restore.cause.overwrote is overwrote
        return change.state is State.INCIDENT and failed and (change.handed_over_at is not None or not overwrote)

    return ended


def _is_untested(change: Change) -> bool:
    return all(each is None for each in change.tests) and not change.accepted


def _named(said: PostThreadMessage) -> list[int]:
    """The tasks that the line names by their numbers."""
    return [int(number) - 1 for number in re.findall(r"(?:^|; )(\d+)\. ", said.detail)]


_UNDECIDED = is_in(
    State.SUBMITTED, State.PRECHECK_PENDING, so=lambda change: change.precheck is None and change.go is None
)
TRUTHS: dict[ThreadMessage, Truth] = {
    # ── before the day ─────────────────────────────────────────────────────────────────────────────────────────────
    ThreadMessage.PREPARE: _prepares,
    ThreadMessage.CORRECTIONS_WANTED: is_in(State.CORRECTIONS_REQUESTED),
    ThreadMessage.CORRECTIONS_REMINDER: is_in(State.CORRECTIONS_REQUESTED),
    ThreadMessage.OVERLAP_ALLOWED: is_in(
        State.DRAFT,
        so=lambda change: (
            change.conflict_allowed is not None and change.conflict_allowed.fingerprint == change.plan.fingerprint
        ),
    ),
    ThreadMessage.REASSIGNED: lambda said, change, service: (
        change.state is not State.CANCELLED and said.mention  # who takes over, and who has lost a part in it
    ),
    ThreadMessage.NEIGHBOURS: lambda said, change, service: said.detail and change.id not in said.detail,
    ThreadMessage.PRECHECK_NUDGE: _waits_for_decision(State.PRECHECK_PENDING),
    ThreadMessage.PRECHECK_DEPUTIES: _waits_for_decision(State.PRECHECK_PENDING),
    ThreadMessage.PRECHECK_APPROVED: lambda said, change, service: (
        change.state is State.PRECHECKED and change.precheck and change.precheck.by == said.by
    ),
    ThreadMessage.APPROVAL_GIVEN: lambda said, change, service: (
        change.state in (State.PRECHECK_PENDING, State.GO_PENDING) and said.by in [each.by for each in change.approvals]
    ),
    ThreadMessage.GO_GIVEN: lambda said, change, service: (
        change.state is State.SCHEDULED and change.go and (change.go.verdict, change.go.by) == ("go", said.by)
    ),
    ThreadMessage.GO_STANDING: is_in(
        State.SCHEDULED, so=lambda change: change.standard and change.go and change.go.verdict == "go"
    ),
    ThreadMessage.MADE_NORMAL: lambda said, change, service: change.standard is None,
    ThreadMessage.TEMPLATE_SUSPENDED: lambda said, change, service: change.template and change.id in said.detail,
    ThreadMessage.GO_REFUSED: lambda said, change, service: (
        change.state is State.NO_GO and change.go and (change.go.verdict, change.go.by) == ("no_go", said.by)
    ),
    ThreadMessage.NOBODY_DECIDES: lambda said, change, service: (
        change.state in AWAITING_APPROVAL and stuck_in_time(change, service)
    ),
    ThreadMessage.STANDS_IN: is_in(State.PRECHECK_PENDING, State.GO_PENDING),
    ThreadMessage.GO_NUDGE: _waits_for_decision(State.GO_PENDING),
    ThreadMessage.GO_DEPUTIES: _waits_for_decision(State.GO_PENDING),
    ThreadMessage.PLAN_EDITED: _UNDECIDED,
    ThreadMessage.PLAN_CHANGED: _UNDECIDED,
    ThreadMessage.MOVED: is_in(State.PRECHECKED, so=lambda change: change.precheck is not None and change.go is None),
    ThreadMessage.POSTPONED: lambda said, change, service: change.state is State.POSTPONED and said.by != SYSTEM,
    ThreadMessage.POSTPONED_SILENT: lambda said, change, service: change.state is State.POSTPONED and said.by == SYSTEM,
    ThreadMessage.NEW_DATE_NUDGE: is_in(State.NO_GO, State.POSTPONED),
    ThreadMessage.CANCELLED: lambda said, change, service: change.state is State.CANCELLED and said.by != SYSTEM,
    ThreadMessage.CANCELLED_SILENT: lambda said, change, service: change.state is State.CANCELLED and said.by == SYSTEM,
    # ── the snapshot ───────────────────────────────────────────────────────────────────────────────────────────────
    ThreadMessage.PREFLIGHT_FAILED: is_in(
        *AWAITING_IMPLEMENTATION,
        so=lambda change: change.preflight and not change.preflight.passed and not change.snapshot.unlocks_start,
    ),
    ThreadMessage.PREFLIGHT_WEEK_FAILED: is_in(
        *AWAITING_APPROVAL, so=lambda change: change.preflight and not change.preflight.passed
    ),
    ThreadMessage.SNAPSHOT_PLANNED: lambda said, change, service: (
        change.state is State.SCHEDULED
        and change.snapshot_at is not None
        and change.snapshot_at < snapshot_due(change.with_(snapshot_at=None), service)
    ),
    ThreadMessage.SNAPSHOT_AS_USUAL: is_in(State.SCHEDULED, so=lambda change: change.snapshot_at is None),
    ThreadMessage.SNAPSHOT_HELD: _of_snapshot(SnapshotStatus.HELD),
    ThreadMessage.SNAPSHOT_NUDGE: lambda said, change, service: (
        _waits_for_snapshot(said, change, service) and said.at < snapshot_too_late(change, service)
    ),
    ThreadMessage.SNAPSHOT_TOO_LATE: lambda said, change, service: (
        _waits_for_snapshot(said, change, service) and said.at >= snapshot_too_late(change, service)
    ),
    ThreadMessage.SNAPSHOT_BESIDE: _of_snapshot(SnapshotStatus.REQUESTED),
    # Said in the thread of the change that waited, when the one that occupied the server has ended.
    ThreadMessage.SERVER_FREE: lambda said, change, service: (
        change.state is State.COMPLETED
        if change.id != said.change
        else change.state is State.READY and change.plan.window.start <= said.at < change.ends_at
    ),
    ThreadMessage.SNAPSHOT_BUSY: _of_snapshot(SnapshotStatus.REQUESTED),
    ThreadMessage.SNAPSHOT_LATE: _of_snapshot(*TAKING),
    ThreadMessage.SNAPSHOT_WAITING: _of_snapshot(SnapshotStatus.REQUESTED),
    ThreadMessage.SNAPSHOT_BLIND: _of_snapshot(*TAKING),
    ThreadMessage.SNAPSHOT_FINISHED: is_in(
        State.READY, so=lambda change: change.snapshot.status is SnapshotStatus.FINISHED
    ),
    ThreadMessage.SNAPSHOT_FAILED: _of_snapshot(SnapshotStatus.FAILED),
    ThreadMessage.SNAPSHOT_WAIVED: is_in(
        *AWAITING_IMPLEMENTATION, so=lambda change: change.snapshot.status is SnapshotStatus.WAIVED
    ),
    # ── the work ───────────────────────────────────────────────────────────────────────────────────────────────────
    ThreadMessage.START_LOCKED: _is_locked,
    ThreadMessage.STARTED_EARLY: lambda said, change, service: (
        change.state is State.IN_PROGRESS and said.at < change.plan.window.start and change.early_reason == said.detail
    ),
    ThreadMessage.STARTED_BESIDE: lambda said, change, service: (
        change.state is State.IN_PROGRESS and said.at >= change.plan.window.start
    ),
    ThreadMessage.NOT_STARTED: lambda said, change, service: (
        change.state in AWAITING_IMPLEMENTATION and change.plan.window.start < said.at < change.ends_at
    ),
    ThreadMessage.TEST_ACCEPTED: lambda said, change, service: (
        change.state in TESTING
        and change.accepted
        and (change.accepted[-1].by, change.accepted[-1].at) == (said.by, said.at)
    ),
    ThreadMessage.TESTS_VOIDED: is_in(*TESTING, so=_is_untested),
    ThreadMessage.TROUBLE: is_in(State.TROUBLE),
    ThreadMessage.EXTENDED: lambda said, change, service: change.state is State.EXTENDED and said.at < change.ends_at,
    ThreadMessage.EXTENDED_INTO: lambda said, change, service: (
        change.state is State.EXTENDED and said.at < change.ends_at
    ),
    ThreadMessage.CUTOFF_SILENCE: lambda said, change, service: (
        change.state in IMPLEMENTING
        and change.cutoff_asked_at is not None
        and not change.cutoff_answered
        and change.cutoff_asked_at < said.at < change.ends_at
    ),
    ThreadMessage.OVERRUN: lambda said, change, service: change.state in IMPLEMENTING and said.at >= change.ends_at,
    ThreadMessage.OVERRUN_NAG: lambda said, change, service: change.state in IMPLEMENTING and said.at > change.ends_at,
    ThreadMessage.NEIGHBOUR_SNAPSHOT: _of_snapshot(SnapshotStatus.REQUESTED),
    ThreadMessage.NEIGHBOUR_STARTED: lambda said, change, service: (
        change.state is State.IN_PROGRESS and change.started_at == said.at
    ),
    ThreadMessage.COMPLETED: is_in(State.COMPLETED, so=lambda change: not change.blocking_tests),
    ThreadMessage.TASKS_DUE: lambda said, change, service: (
        change.state in RELEVANT[StepKind.TASK] and {*said.mention} == {change.doer_of(each) for each in _named(said)}
    ),
    ThreadMessage.REVIEW_NUDGE: is_in(State.COMPLETED, so=lambda change: not change.review),
    # ── an incident ────────────────────────────────────────────────────────────────────────────────────────────────
    ThreadMessage.INCIDENT_NUDGE: lambda said, change, service: (
        change.state is State.RESTORING or (change.state is State.INCIDENT and change.handed_over_at is None)
    ),
    ThreadMessage.RESTORE_ASKED: _restore_waits,
    ThreadMessage.RESTORE_TOUCHES: _restore_waits,
    ThreadMessage.RESTORE_WITHDRAWN: is_in(State.INCIDENT, so=lambda change: change.restore is None),
    ThreadMessage.RESTORE_OFF: lambda said, change, service: change.restore is None or not change.restore.open,
    ThreadMessage.RESTORE_NUDGE: lambda said, change, service: (
        _restore_waits(said, change, service)
        and change.restore is not None
        and change.restore.asked_by not in said.mention
    ),
    ThreadMessage.RESTORE_OVERWRITES: is_in(State.RESTORING),
    ThreadMessage.RESTORE_LATE: is_in(State.RESTORING),
    ThreadMessage.RESTORE_BUSY: is_in(State.RESTORING),
    ThreadMessage.RESTORE_BLIND: is_in(State.RESTORING),
    ThreadMessage.RESTORE_REFUSED: _restore_ended(overwrote=False),
    ThreadMessage.RESTORE_FAILED: _restore_ended(overwrote=True),
    ThreadMessage.RESTORE_FINISHED: is_in(
        State.IN_PROGRESS, so=lambda change: change.restored and _is_untested(change)
    ),
    ThreadMessage.HANDED_OVER: lambda said, change, service: (
        change.state is State.INCIDENT and change.handed_over_at == said.at
    ),
    ThreadMessage.HANDOVER_NUDGE: is_in(State.INCIDENT, so=lambda change: change.handed_over_at is not None),
}
"""Every line has one."""
