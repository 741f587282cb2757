"""What each line in a thread says of its change, as a predicate on the change when it is said (PROCESS.md: every
message is true at the moment it is read).
"""

from collections.abc import Callable

from changes.deadlines import decision_deadline, snapshot_due, snapshot_too_late, snapshot_waits
from changes.effects import Line, Tell
from changes.lifecycle.testing import TESTING
from changes.model import AT_WORK, BROKEN, CLOCK, DAY, UNDECIDED, Change, SnapshotStatus, State
from changes.occupancy import Booking, broken
from changes.policy import Service
from changes.readiness import available_approvers
from changes.timeline import StepKind, days_until, timeline

Truth = Callable[[Tell, Change, Service], object]
"""Whether what the line says is so. A line in another change's thread is judged by the change that it tells of."""
Beside = tuple[Booking, ...]
"""The other changes of the server at that moment."""
TAKING = (SnapshotStatus.REQUESTED, SnapshotStatus.RUNNING)


def untrue(said: Tell, change: Change, service: Service, beside: Beside = ()) -> str:
    """What is wrong with the line, said of that change; empty when it is true."""
    if TRUTHS[said.line](said, change, service):
        return ""
    if said.line is Line.START_LOCKED and change.state is State.READY and broken(beside) is not None:
        return ""  # the snapshot is there, and an incident of another change locks the start
    return f"{said.line} at {said.at} is not true of {change}"


def is_in(*states: State) -> Truth:
    """The change is in one of the states."""
    return lambda said, change, service: change.state in states


def _prepares(said: Tell, change: Change, service: Service) -> bool:
    due = {step.kind: step.due for step in timeline(change, service)}[StepKind.PRECHECK]
    return change.state is State.SUBMITTED and days_until(due, said.at, service) >= 1


def _waits_for_decision(state: State) -> Truth:
    def waits(said: Tell, change: Change, service: Service) -> bool:
        in_time = said.at < decision_deadline(change, service)
        return change.state is state and in_time and not set(said.mention) & set(change.involved)

    return waits


def _of_snapshot(*statuses: SnapshotStatus) -> Truth:
    return lambda said, change, service: change.state is State.SNAPSHOTTING and change.snapshot.status in statuses


def _is_locked(said: Tell, change: Change, service: Service) -> bool:
    return change.state in DAY and not change.snapshot.settled and said.at >= change.plan.window.start


def _should_have_started(said: Tell, change: Change, service: Service) -> bool:
    return change.state in DAY and change.plan.window.start < said.at < change.ends_at


def _waits_for_snapshot(said: Tell, change: Change, service: Service) -> bool:
    return change.state is State.SNAPSHOTTING and snapshot_waits(change, service)


def _restore_waits(said: Tell, change: Change, service: Service) -> bool:
    restore = change.restore
    return change.state is State.INCIDENT and restore is not None and restore.open and restore.confirmed_by is None


def _restore_ended(*, overwrote: bool) -> Truth:
    def ended(said: Tell, change: Change, service: Service) -> bool:
        restore = change.restore
        failed = restore is not None and restore.cause is not None and restore.cause.overwrote is overwrote
        return change.state is State.INCIDENT and failed and (change.handed_over_at is not None or not overwrote)

    return ended


def _is_untested(change: Change) -> bool:
    return all(each is None for each in change.tests) and not change.accepted


TRUTHS: dict[Line, Truth] = {
    # ── before the day ─────────────────────────────────────────────────────────────────────────────────────────────
    Line.PREPARE: _prepares,
    Line.CORRECTIONS_WANTED: is_in(State.CORRECTIONS_REQUESTED),
    Line.CORRECTIONS_REMINDER: is_in(State.CORRECTIONS_REQUESTED),
    Line.OVERLAP_ALLOWED: lambda said, change, service: (
        change.state is State.DRAFT
        and change.conflict_allowed is not None
        and change.conflict_allowed.fingerprint == change.plan.fingerprint
    ),
    Line.REASSIGNED: lambda said, change, service: (
        change.state is not State.CANCELLED and said.mention  # who takes over, and who has lost a part in it
    ),
    Line.NEIGHBOURS: lambda said, change, service: said.detail and change.id not in said.detail,
    Line.PRECHECK_NUDGE: _waits_for_decision(State.PRECHECK_PENDING),
    Line.PRECHECK_DEPUTIES: _waits_for_decision(State.PRECHECK_PENDING),
    Line.PRECHECK_APPROVED: lambda said, change, service: (
        change.state is State.PRECHECKED and change.precheck and change.precheck.by == said.by
    ),
    Line.GO_GIVEN: lambda said, change, service: (
        change.state is State.SCHEDULED and change.go and (change.go.verdict, change.go.by) == ("go", said.by)
    ),
    Line.GO_REFUSED: lambda said, change, service: (
        change.state is State.NO_GO and change.go and (change.go.verdict, change.go.by) == ("no_go", said.by)
    ),
    Line.NOBODY_DECIDES: lambda said, change, service: (
        change.state in UNDECIDED and not available_approvers(change, service)
    ),
    Line.STANDS_IN: is_in(State.PRECHECK_PENDING, State.GO_PENDING),
    Line.GO_NUDGE: _waits_for_decision(State.GO_PENDING),
    Line.GO_DEPUTIES: _waits_for_decision(State.GO_PENDING),
    Line.PLAN_EDITED: lambda said, change, service: (
        change.state in (State.SUBMITTED, State.PRECHECK_PENDING) and change.precheck is None and change.go is None
    ),
    Line.PLAN_CHANGED: lambda said, change, service: (
        change.state in (State.SUBMITTED, State.PRECHECK_PENDING) and change.precheck is None and change.go is None
    ),
    Line.MOVED: lambda said, change, service: (
        change.state is State.PRECHECKED and change.precheck is not None and change.go is None
    ),
    Line.POSTPONED: lambda said, change, service: change.state is State.POSTPONED and said.by != CLOCK,
    Line.POSTPONED_SILENT: lambda said, change, service: change.state is State.POSTPONED and said.by == CLOCK,
    Line.NEW_DATE_NUDGE: is_in(State.NO_GO, State.POSTPONED),
    Line.CANCELLED: lambda said, change, service: change.state is State.CANCELLED and said.by != CLOCK,
    Line.CANCELLED_SILENT: lambda said, change, service: change.state is State.CANCELLED and said.by == CLOCK,
    # ── the snapshot ───────────────────────────────────────────────────────────────────────────────────────────────
    Line.PREFLIGHT_DONE: lambda said, change, service: (
        change.state in DAY and change.preflight and change.preflight.passed and not change.snapshot.settled
    ),
    Line.PREFLIGHT_FAILED: lambda said, change, service: (
        change.state in DAY and change.preflight and not change.preflight.passed and not change.snapshot.settled
    ),
    Line.PREFLIGHT_WEEK_FAILED: lambda said, change, service: (
        change.state in UNDECIDED and change.preflight and not change.preflight.passed
    ),
    Line.SNAPSHOT_PLANNED: lambda said, change, service: (
        change.state is State.SCHEDULED
        and change.snapshot_at is not None
        and change.snapshot_at < snapshot_due(change.with_(snapshot_at=None), service)
    ),
    Line.SNAPSHOT_AS_USUAL: lambda said, change, service: (
        change.state is State.SCHEDULED and change.snapshot_at is None
    ),
    Line.SNAPSHOT_HELD: _of_snapshot(SnapshotStatus.HELD),
    Line.SNAPSHOT_NUDGE: lambda said, change, service: (
        _waits_for_snapshot(said, change, service) and said.at < snapshot_too_late(change, service)
    ),
    Line.SNAPSHOT_TOO_LATE: lambda said, change, service: (
        _waits_for_snapshot(said, change, service) and said.at >= snapshot_too_late(change, service)
    ),
    Line.SNAPSHOT_BESIDE: _of_snapshot(SnapshotStatus.REQUESTED),
    # Said in the thread of the change that waited, when the one that occupied the server has ended.
    Line.SERVER_FREE: lambda said, change, service: (
        change.state is State.COMPLETED
        if change.id != said.change
        else change.state is State.READY and change.plan.window.start <= said.at < change.ends_at
    ),
    Line.SNAPSHOT_BUSY: _of_snapshot(SnapshotStatus.REQUESTED),
    Line.SNAPSHOT_STARTED: _of_snapshot(SnapshotStatus.RUNNING),
    Line.SNAPSHOT_HALF: _of_snapshot(*TAKING),
    Line.SNAPSHOT_LATE: _of_snapshot(*TAKING),
    Line.SNAPSHOT_WAITING: _of_snapshot(SnapshotStatus.REQUESTED),
    Line.SNAPSHOT_BLIND: _of_snapshot(*TAKING),
    Line.SNAPSHOT_FINISHED: lambda said, change, service: (
        change.state is State.READY and change.snapshot.status is SnapshotStatus.FINISHED
    ),
    Line.SNAPSHOT_FAILED: _of_snapshot(SnapshotStatus.FAILED),
    Line.SNAPSHOT_WAIVED: lambda said, change, service: (
        change.state in DAY and change.snapshot.status is SnapshotStatus.WAIVED
    ),
    # ── the work ───────────────────────────────────────────────────────────────────────────────────────────────────
    Line.START_LOCKED: _is_locked,
    Line.STARTED: is_in(State.IN_PROGRESS),
    Line.STARTED_EARLY: lambda said, change, service: (
        change.state is State.IN_PROGRESS and said.at < change.plan.window.start and change.early_reason == said.detail
    ),
    Line.STARTED_BESIDE: lambda said, change, service: (
        change.state is State.IN_PROGRESS and said.at >= change.plan.window.start
    ),
    Line.NOT_STARTED: _should_have_started,
    Line.NEVER_STARTED: lambda said, change, service: change.state in DAY and said.at >= change.ends_at,
    Line.TEST_ACCEPTED: lambda said, change, service: (
        change.state in TESTING
        and change.accepted
        and (change.accepted[-1].by, change.accepted[-1].at) == (said.by, said.at)
    ),
    Line.TESTS_VOIDED: lambda said, change, service: change.state in TESTING and _is_untested(change),
    Line.TROUBLE: is_in(State.TROUBLE),
    Line.SOLVED: lambda said, change, service: change.state in AT_WORK - {State.TROUBLE} and not change.trouble,
    Line.EXTENDED: lambda said, change, service: change.state is State.EXTENDED and said.at < change.ends_at,
    Line.EXTENDED_INTO: lambda said, change, service: change.state is State.EXTENDED and said.at < change.ends_at,
    Line.CUTOFF_SILENCE: lambda said, change, service: (
        change.state in AT_WORK
        and change.cutoff_asked_at is not None
        and not change.cutoff_answered
        and change.cutoff_asked_at < said.at < change.ends_at
    ),
    Line.OVERRUN: lambda said, change, service: change.state in AT_WORK and said.at >= change.ends_at,
    Line.OVERRUN_NAG: lambda said, change, service: change.state in AT_WORK and said.at > change.ends_at,
    Line.NEIGHBOUR_SNAPSHOT: _of_snapshot(SnapshotStatus.REQUESTED),
    Line.NEIGHBOUR_STARTED: lambda said, change, service: (
        change.state is State.IN_PROGRESS and change.started_at == said.at
    ),
    Line.COMPLETED: lambda said, change, service: change.state is State.COMPLETED and not change.blocking_tests,
    Line.REVIEW_NUDGE: lambda said, change, service: change.state is State.COMPLETED and not change.review,
    Line.REVIEWED: lambda said, change, service: change.state is State.COMPLETED and change.review == said.detail,
    # ── an incident ────────────────────────────────────────────────────────────────────────────────────────────────
    Line.INCIDENT: is_in(State.INCIDENT),
    Line.INCIDENT_NUDGE: lambda said, change, service: (
        change.state is State.RESTORING or (change.state is State.INCIDENT and change.handed_over_at is None)
    ),
    Line.INCIDENT_UPDATED: lambda said, change, service: change.state in BROKEN,
    Line.RESTORE_ASKED: _restore_waits,
    Line.RESTORE_TOUCHES: _restore_waits,
    Line.RESTORE_WITHDRAWN: lambda said, change, service: change.state is State.INCIDENT and change.restore is None,
    Line.RESTORE_OFF: lambda said, change, service: change.restore is None or not change.restore.open,
    Line.RESTORE_NUDGE: lambda said, change, service: (
        _restore_waits(said, change, service)
        and change.restore is not None
        and change.restore.asked_by not in said.mention
    ),
    Line.RESTORE_STARTED: is_in(State.RESTORING),
    Line.RESTORE_OVERWRITES: is_in(State.RESTORING),
    Line.RESTORE_HALF: is_in(State.RESTORING),
    Line.RESTORE_LATE: is_in(State.RESTORING),
    Line.RESTORE_BUSY: is_in(State.RESTORING),
    Line.RESTORE_BLIND: is_in(State.RESTORING),
    Line.RESTORE_REFUSED: _restore_ended(overwrote=False),
    Line.RESTORE_FAILED: _restore_ended(overwrote=True),
    Line.RESTORE_FINISHED: lambda said, change, service: (
        change.state is State.IN_PROGRESS and change.restored and _is_untested(change)
    ),
    Line.TRIED: lambda said, change, service: change.state is State.INCIDENT and _is_untested(change),
    Line.HANDED_OVER: lambda said, change, service: change.state is State.INCIDENT and change.handed_over_at == said.at,
    Line.HANDOVER_NUDGE: lambda said, change, service: (
        change.state is State.INCIDENT and change.handed_over_at is not None
    ),
}
"""Every line has one."""
