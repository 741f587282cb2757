"""The fold: what each event makes of the change. It never refuses; what is recorded has happened."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from changes import events as e
from changes.model import (
    Change,
    Decision,
    Extension,
    Restore,
    Snapshot,
    SnapshotStatus,
    State,
    TestResult,
    Tried,
)
from changes.snapshots import Cause


def fold(entries: Iterable[e.Entry]) -> Change:
    """The change that the entries made. Raises ValueError when there are none or the first is not a draft."""
    change: Change | None = None
    for entry in entries:
        change = evolve(change, entry)
    if change is None:
        raise ValueError("a change begins with an event")
    return change


def evolve(change: Change | None, entry: e.Entry) -> Change:
    """The change after `entry`; its revision has grown when the plan or the state is another."""
    event = entry.event
    if change is None:
        if not isinstance(event, e.Drafted):
            raise ValueError(f"a change begins with its draft, not with {type(event).__name__}")
        tests: tuple[TestResult | None, ...] = (None,) * len(event.plan.tests)
        return Change(event.change, entry.by, event.plan, State.DRAFT, entry.at, tests=tests)
    after = _approving(change, entry)
    if (after.plan, after.state) != (change.plan, change.state):
        return after.with_(revision=change.revision + 1)
    return after


def _approving(change: Change, entry: e.Entry) -> Change:
    event, at = entry.event, entry.at
    match event:
        case e.Submitted(short_notice=short):
            submitted = change.with_(state=State.SUBMITTED, requested_at=at, submitted_at=at)
            return submitted.with_(short_notice=short, round=change.round + 1)
        case e.PlanEdited():
            return _edited(change, event, entry)
        case e.ConflictAllowed(reason=reason):
            return change.with_(conflict_allowed=_decision("conflict", event, entry, reason))
        case e.PrecheckAsked():
            return change.with_(state=State.PRECHECK_PENDING, asked_at=at)
        case e.CorrectionsRequested(comment=comment):
            decision = _decision("corrections", event, entry, comment)
            looked_at = change.with_(judged=change.plan, judged_at=at)
            return looked_at.with_(state=State.CORRECTIONS_REQUESTED, corrections=decision)
        case e.PrecheckApproved(comment=comment):
            approved = _decision("approved", event, entry, comment)
            looked_at = change.with_(judged=change.plan, judged_at=at)
            return looked_at.with_(state=State.PRECHECKED, precheck=approved, prechecked_round=change.round)
        case e.GoAsked():
            return change.with_(state=State.GO_PENDING, asked_at=at)
        case e.GoGiven(comment=comment):
            decision = _decision("go", event, entry, comment)
            return change.with_(state=State.SCHEDULED, go=decision, scheduled_at=at, announced=change.plan.window)
        case e.GoRefused(reason=reason):
            decision = _decision("no_go", event, entry, reason)
            return _taken_back(change).with_(state=State.NO_GO, go=decision)
        case e.Postponed(reason=reason, silent=silent):
            given_up = _taken_back(change).with_(closing_reason=reason, closed_by_clock=silent)
            return given_up.with_(state=State.POSTPONED, snapshot=Snapshot())
        case e.Cancelled(reason=reason):
            return _taken_back(change).with_(
                state=State.CANCELLED, closing_reason=reason, closed_by_clock=False, ended_at=at
            )
        case e.StepFired(key=key) | e.StepSkipped(key=key):
            return change.with_(fired=(*change.fired, key))
        case _:
            return _day(change, entry)


def _taken_back(change: Change) -> Change:
    """Whoever was told the date is told that it does not hold."""
    return change.with_(announced=None, taken_back=change.taken_back + (change.announced is not None))


def _edited(change: Change, event: e.PlanEdited, entry: e.Entry) -> Change:
    tests: tuple[TestResult | None, ...] = (None,) * len(event.plan.tests)
    if change.state is State.DRAFT:
        return change.with_(plan=event.plan, tests=tests)
    keeps = event.keeps_precheck
    return change.with_(
        plan=event.plan,
        state=State.PRECHECKED if keeps else State.SUBMITTED,
        round=change.round + 1,
        submitted_at=entry.at,
        short_notice=event.short_notice,
        tests=tests,
        precheck=change.precheck if keeps else None,
        prechecked_round=change.prechecked_round if keeps else 0,
        go=None,
        corrections=None,
        asked_at=None,
        scheduled_at=None,
        # Those who had been told the old date are told the new one at once.
        announced=event.plan.window if change.announced else None,
        closing_reason="",
        closed_by_clock=False,
    )


def _day(change: Change, entry: e.Entry) -> Change:
    event, at = entry.event, entry.at
    snapshot = change.snapshot
    match event:
        case e.SnapshotRequested(name=name, attempt=attempt):
            requested = Snapshot(SnapshotStatus.REQUESTED, name, attempt)
            return change.with_(state=State.SNAPSHOTTING, snapshot=requested)
        case e.SnapshotStarted(by_hand=by_hand):
            begun = Snapshot(SnapshotStatus.RUNNING, snapshot.name, snapshot.attempt, started_at=at, by_hand=by_hand)
            return change.with_(snapshot=begun)
        case e.SnapshotMilestone(milestone=milestone):
            return change.with_(snapshot=replace(snapshot, milestones=(*snapshot.milestones, milestone)))
        case e.SnapshotFinished(name=name):
            started = snapshot.started_at or at
            finished = _snapshot(snapshot, SnapshotStatus.FINISHED, name=name, started_at=started, finished_at=at)
            finished = replace(finished, detail="", cause=None)
            return change.with_(state=State.READY, snapshot=finished)
        case e.SnapshotFailed(reason=reason, cause=cause):
            return change.with_(snapshot=_snapshot(snapshot, SnapshotStatus.FAILED, detail=reason, cause=cause))
        case e.SnapshotWaived(reason=reason):
            waived = _snapshot(snapshot, SnapshotStatus.WAIVED, detail=reason, waived_by=entry.by)
            return change.with_(state=State.READY, snapshot=waived)
        case e.Started():
            return change.with_(state=State.IN_PROGRESS, started_at=at)
        case e.TestRecorded(index=index, passed=passed, note=note):
            tests = list(change.tests)
            tests[index] = TestResult(passed, entry.by, at, note)
            return change.with_(tests=tuple(tests))
        case e.Completed(outcome=outcome):
            return change.with_(state=State.COMPLETED, outcome=outcome, ended_at=at)
        case e.Reviewed(text=text):
            return change.with_(review=text)
        case _:
            return _trouble(change, entry)


def _trouble(change: Change, entry: e.Entry) -> Change:
    event, at = entry.event, entry.at
    match event:
        case e.TroubleReported(reason=reason):
            return change.with_(state=State.TROUBLE, trouble=reason)
        case e.TroubleSolved():
            return change.with_(state=State.IN_PROGRESS, trouble="", cutoff_answered=True)
        case e.Extended(minutes=minutes, reason=reason):
            extensions = (*change.extensions, Extension(minutes, reason, entry.by, at))
            return change.with_(state=State.EXTENDED, extensions=extensions, cutoff_answered=False, trouble="")
        case e.IncidentDeclared(reason=reason):
            return change.with_(state=State.INCIDENT, incident_at=change.incident_at or at, trouble=reason)
        case e.RecoveryTried(way=way, note=note):
            return change.with_(tried=(*change.tried, Tried(way, note, entry.by, at)))
        case e.HandedOver():
            return change.with_(handed_over_at=at)
        case e.RestoreAsked():
            return change.with_(restore=Restore(entry.by, at))
        case e.RestoreConfirmed():
            asked = change.restore or Restore(entry.by, at)
            confirmed = Restore(asked.asked_by, asked.asked_at, confirmed_by=entry.by, started_at=at)
            return change.with_(state=State.RESTORING, restore=confirmed)
        case e.RestoreMilestone(milestone=milestone):
            told = change.restore and replace(change.restore, milestones=(*change.restore.milestones, milestone))
            return change.with_(restore=told)
        case e.RestoreFinished():
            tests: tuple[TestResult | None, ...] = (None,) * len(change.plan.tests)
            restore = _restore(change, at, "", None)
            return change.with_(state=State.IN_PROGRESS, restored=True, tests=tests, restore=restore)
        case e.RestoreFailed(reason=reason, cause=cause):
            return change.with_(state=State.INCIDENT, restore=_restore(change, at, reason, cause))
        case _:
            # The preflight's result is told, not kept.
            return change


def _restore(change: Change, at: datetime, failed: str, cause: Cause | None) -> Restore | None:
    return replace(change.restore, finished_at=at, failed=failed, cause=cause) if change.restore else None


def _snapshot(snapshot: Snapshot, status: SnapshotStatus, **facts: object) -> Snapshot:
    return replace(snapshot, status=status, **facts)  # type: ignore[arg-type]


def _decision(verdict: str, event: object, entry: e.Entry, comment: str) -> Decision:
    return Decision(
        verdict,
        entry.by,
        entry.at,
        getattr(event, "fingerprint", ""),
        comment,
        getattr(event, "deputy_for", None),
    )
