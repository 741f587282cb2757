"""The day itself when all goes well: snapshot, start, tests, end, review."""

from datetime import datetime

from changes import commands as c
from changes.errors import TooLate, Unknown, WrongState
from changes.events import (
    Completed,
    Event,
    PreflightDone,
    Reviewed,
    SnapshotFailed,
    SnapshotFinished,
    SnapshotMilestone,
    SnapshotStarted,
    SnapshotWaived,
    Started,
    TestRecorded,
)
from changes.labels import moment_label
from changes.lifecycle.guards import in_state, remark, said
from changes.lifecycle.steps import snapshot_request
from changes.model import AT_WORK, CLOCK, DAY, Change, Outcome, SnapshotStatus, State
from changes.policy import Service
from changes.roles import Act, require
from changes.sayings import Said

TAKING = {SnapshotStatus.REQUESTED, SnapshotStatus.RUNNING}
MILESTONES = {
    "half": Said("half done"),
    "late": "late",
    "waiting": Said("not begun yet"),
    "blind": Said("out of sight"),
}


def decide(change: Change, command: c.Command, now: datetime, service: Service) -> tuple[Event, ...]:
    """Judge a command of the day."""
    match command:
        case c.NotePreflight(problems=problems, good=good):
            require(command.by, Act.TICK, change, service)
            in_state(change, DAY, Said("the look at the snapshot backend no longer matters"))
            return (PreflightDone(problems, good),)
        case c.Start():
            return _start(change, command, now, service)
        case c.RecordTest(index=index, passed=passed, note=note):
            require(command.by, Act.RUN, change, service)
            in_state(change, AT_WORK, Said("tests are recorded while the change is in progress"))
            if not 0 <= index < len(change.plan.tests):
                raise Unknown("{id} has no test number {number}.", id=change.id, number=index + 1)
            return (TestRecorded(index, passed, remark(note, "comment")),)
        case c.Complete():
            return _complete(change, command, service)
        case c.SaveReview(text=text):
            require(command.by, Act.REVIEW, change, service)
            in_state(change, {State.COMPLETED}, Said("only a completed change is reviewed"))
            return (Reviewed(said(text, "comment", Said("Say what went well and what to do better."), 1500)),)
        case _:
            return _snapshot(change, command, service)


def _snapshot(change: Change, command: c.Command, service: Service) -> tuple[Event, ...]:
    waiting = {State.SNAPSHOTTING}
    status = change.snapshot.status
    if isinstance(command, c.WaiveSnapshot):
        require(command.by, Act.DECIDE, change, service)
        in_state(change, waiting, Said("the snapshot is waived once it is due"))
        reason = said(command.reason, "reason", Said("Say why it may start without a snapshot."))
        return (SnapshotWaived(reason, service.deputy_for(command.by)),)
    # The timeline reports what it sees; only a person asks for another try.
    act = Act.RUN if isinstance(command, c.RetrySnapshot) else Act.REPORT_SNAPSHOT
    require(command.by, act, change, service)
    in_state(change, waiting, Said("no snapshot is being taken"))
    by_hand = command.by != CLOCK
    # After a failure a person may still take it, or find it, on the dashboard.
    expected = TAKING | {SnapshotStatus.FAILED} if by_hand else TAKING
    match command:
        case c.NoteSnapshotStarted() if status in expected - {SnapshotStatus.RUNNING}:
            return (SnapshotStarted(by_hand),)
        case c.NoteSnapshotMilestone(milestone=milestone, detail=detail) if (
            status in TAKING and milestone in MILESTONES
        ):
            require(command.by, Act.TICK, change, service)
            if milestone in change.snapshot.milestones:
                raise WrongState(
                    "It was said already that the snapshot of {id} is {milestone}.",
                    id=change.id,
                    milestone=MILESTONES[milestone],
                )
            return (SnapshotMilestone(milestone, detail),)
        case c.NoteSnapshotFinished(name=name) if status in expected:
            return (SnapshotFinished(said(name, "snapshot_name", Said("Give the name of the snapshot."), 100)),)
        case c.NoteSnapshotFailed(reason=reason, cause=cause) if status in TAKING:
            return (SnapshotFailed(said(reason, "reason", Said("Say what went wrong.")), cause),)
        case c.RetrySnapshot() if status is SnapshotStatus.FAILED:
            return (snapshot_request(change),)
        case _:
            raise WrongState("The snapshot of {id} is {status}: that does not fit.", id=change.id, status=status.value)


def _start(change: Change, command: c.Start, now: datetime, service: Service) -> tuple[Event, ...]:
    require(command.by, Act.RUN, change, service)
    if change.state is State.SNAPSHOTTING:
        raise WrongState(
            "{id} is locked until its snapshot is finished, or {approver} waives it.",
            id=change.id,
            approver=service.approver.name or "the approver",
        )
    in_state(change, {State.READY}, Said("it cannot be started"))
    if now >= change.ends_at:
        raise TooLate(
            "The window of {id} ended at {end}: move it to a new date.",
            id=change.id,
            end=moment_label(change.ends_at, service.zone),
        )
    return (Started(),)


def _complete(change: Change, command: c.Complete, service: Service) -> tuple[Event, ...]:
    require(command.by, Act.RUN, change, service)
    in_state(change, AT_WORK - {State.TROUBLE}, Said("it cannot be completed"))
    if change.open_tests:
        raise WrongState("Record every test first: {tests}.", tests=_named(change, change.open_tests))
    # After a restore the tests say how the platform is now, not that the change works.
    if change.failed_tests and not change.restored:
        raise WrongState(
            "A test failed: {tests}. Fix it and record it again, or report trouble.",
            tests=_named(change, change.failed_tests),
        )
    if change.restored:
        return (Completed(Outcome.ROLLED_BACK),)
    return (Completed(Outcome.SUCCESSFUL),)


def _named(change: Change, indexes: tuple[int, ...]) -> str:
    return "; ".join(f"{index + 1}. {change.plan.tests[index]}" for index in indexes)
