"""The fold: what each event makes of the change. It never refuses; what is recorded has happened."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from changes import events as e
from changes.model import (
    SYSTEM,
    AcceptedTest,
    Change,
    Decision,
    Extension,
    Nudge,
    Person,
    Preflight,
    Restore,
    Snapshot,
    SnapshotStatus,
    State,
    TestResult,
    Tried,
)
from changes.notification.announcement import announced_text
from changes.planning.reminders import is_nudge, nudge_number
from changes.planning.steps import StepKind
from changes.snapshots import FailureReason


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
        return Change(event.change, entry.by, event.plan, State.DRAFT, entry.at, tests=tests, state_since=entry.at)
    after = _approving(change, entry)
    if after.state is not change.state:
        after = after.with_(state_since=entry.at)
    if (after.plan, after.state) != (change.plan, change.state):
        return after.with_(revision=change.revision + 1)
    return after


def _approving(change: Change, entry: e.Entry) -> Change:
    event, at = entry.event, entry.at
    match event:
        case e.Submitted(short_notice=short):
            submitted = change.with_(state=State.SUBMITTED, requested_at=at, submitted_at=at, proposed_at=at)
            return submitted.with_(short_notice=short, round=change.round + 1)
        case e.PlanEdited():
            return _edited(change, event, entry)
        case e.Reassigned(requester=requester, implementer=implementer):
            return _reassigned(change, requester, implementer)
        case e.ConflictAllowed(reason=reason):
            return change.with_(conflict_allowed=_decision("conflict", event, entry, reason))
        case e.PrecheckAsked():
            return change.with_(state=State.PRECHECK_PENDING, asked_at=at)
        case e.CorrectionsRequested(comment=comment):
            decision = _decision("corrections", event, entry, comment)
            looked_at = change.with_(reviewed_plan=change.plan, judged_at=at)
            return looked_at.with_(state=State.CORRECTIONS_REQUESTED, corrections=decision)
        case e.PrecheckApproved(comment=comment):
            approved = _decision("approved", event, entry, comment)
            looked_at = change.with_(reviewed_plan=change.plan, judged_at=at)
            return looked_at.with_(state=State.PRECHECKED, precheck=approved, prechecked_round=change.round)
        case e.GoAsked():
            return change.with_(state=State.GO_PENDING, asked_at=at)
        case e.GoGiven(comment=comment):
            decision = _decision("go", event, entry, comment)
            text = announced_text(change)
            is_news = change.announced is None or change.told != text
            scheduled = change.with_(state=State.SCHEDULED, go=decision, scheduled_at=at, promised=None)
            return scheduled.with_(
                announced=change.plan.window,
                told=text,
                announcements=change.announcements + is_news,
                announced_at=at if is_news else change.announced_at,
            )
        case e.GoRefused(reason=reason):
            decision = _decision("no_go", event, entry, reason)
            return _taken_back(change).with_(state=State.NO_GO, go=decision)
        case e.Postponed(reason=reason, silent=silent):
            given_up = _taken_back(change).with_(closing_reason=reason, closed_by_clock=silent)
            return given_up.with_(state=State.POSTPONED, snapshot=Snapshot(), snapshot_at=None)
        case e.Cancelled(reason=reason):
            by_clock = entry.by == SYSTEM
            cancelled = _taken_back(change).with_(state=State.CANCELLED, closing_reason=reason, ended_at=at)
            return cancelled.with_(closed_by_clock=by_clock, promised=None)
        case e.StepFired() | e.StepSkipped():
            return _stepped(change, event, at)
        case _:
            return _day(change, entry)


def _taken_back(change: Change) -> Change:
    """Whoever was told the date is told that it does not hold, and that a new one follows."""
    told = change.announced is not None
    return change.with_(
        announced=None,
        told="",
        promised=change.announced or change.promised,
        announcement_retractions=change.announcement_retractions + told,
    )


def _reassigned(change: Change, requester: Person, implementer: Person) -> Change:
    """The plan has another implementer, and decisions about it hold: who may decide it let that happen."""
    plan = replace(change.plan, implementer=implementer)
    left = [each for each in (change.requester, change.plan.implementer) if each not in (requester, implementer)]

    def moved(decision: Decision | None) -> Decision | None:
        holds = decision is not None and decision.fingerprint == change.plan.fingerprint
        return replace(decision, fingerprint=plan.fingerprint) if decision is not None and holds else decision

    return change.with_(
        requester=requester,
        plan=plan,
        formerly=tuple(dict.fromkeys((*change.formerly, *left))),
        conflict_allowed=moved(change.conflict_allowed),
        precheck=moved(change.precheck),
        corrections=moved(change.corrections),
        go=moved(change.go),
    )


def _stepped(change: Change, event: e.StepFired | e.StepSkipped, at: datetime) -> Change:
    key, fired = event.key, isinstance(event, e.StepFired)
    if is_nudge(key):
        nudge = Nudge(key.rpartition(".")[0], nudge_number(key), at)
        others = tuple(each for each in change.nudges if each.kind != nudge.kind)
        change = change.with_(nudges=(*others, nudge))
    else:
        change = change.with_(fired_steps=(*change.fired_steps, key))
    if fired and event.kind is StepKind.CUTOFF:
        return change.with_(cutoff_asked_at=at, cutoff_answered=False)
    if fired and event.kind is StepKind.INCIDENT_HOLDING:
        return change.with_(informed_at=at)
    return change


def _edited(change: Change, event: e.PlanEdited, entry: e.Entry) -> Change:
    tests: tuple[TestResult | None, ...] = (None,) * len(event.plan.tests)
    editors = change.editors
    if entry.by != change.requester and entry.by not in editors:
        editors = (*editors, entry.by)
    if change.state is State.DRAFT:
        return change.with_(plan=event.plan, tests=tests, editors=editors)
    keeps = event.keeps_precheck
    is_moved = event.plan.window != change.plan.window
    # Whoever was told the old date hears that it does not take place then; the new one is announced with its GO.
    change = _taken_back(change) if is_moved else change
    return change.with_(
        editors=editors,
        proposed_at=entry.at if is_moved else change.proposed_at,
        snapshot=Snapshot(),
        snapshot_at=None,
        preflight=None,
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
        closing_reason="",
        closed_by_clock=False,
    )


def _day(change: Change, entry: e.Entry) -> Change:
    event, at = entry.event, entry.at
    match event:
        case e.Started(reason=reason, early=early):
            return change.with_(state=State.IN_PROGRESS, started_at=at, early_reason=reason if early else "")
        case e.TestRecorded(index=index, passed=passed, note=note):
            tests = list(change.tests)
            tests[index] = TestResult(passed, entry.by, at, note)
            accepted = tuple(each for each in change.accepted if each.index != index)
            return change.with_(tests=tuple(tests), accepted=accepted)
        case e.TestAccepted(index=index, reason=reason, deputy_for=deputy_for):
            accepted_test = AcceptedTest(index, reason, entry.by, at, deputy_for)
            return change.with_(accepted=(*change.accepted, accepted_test))
        case e.TestsVoided():
            return _untested(change)
        case e.Completed(outcome=outcome):
            asked_for = None if change.restore is not None and change.restore.waits else change.restore
            return change.with_(state=State.COMPLETED, outcome=outcome, ended_at=at, restore=asked_for)
        case e.Reviewed(text=text):
            return change.with_(review=text)
        case _:
            return _snapshotted(change, entry)


def _snapshotted(change: Change, entry: e.Entry) -> Change:
    event, at = entry.event, entry.at
    snapshot = change.snapshot
    match event:
        case e.PreflightDone(problems=problems, good=good):
            return change.with_(preflight=Preflight(at, problems, good))
        case e.SnapshotPlanned(at=planned):
            return change.with_(snapshot_at=planned)
        case e.SnapshotHeld(other=other):
            held = Snapshot(SnapshotStatus.HELD, attempt=snapshot.attempt, detail=other, since=at)
            return change.with_(state=State.SNAPSHOTTING, snapshot=held)
        case e.ReadyToStart():
            return change.with_(state=State.READY)
        case e.SnapshotRequested(name=name, attempt=attempt):
            requested = Snapshot(SnapshotStatus.REQUESTED, name, attempt, since=at, requested_at=at)
            return change.with_(state=State.SNAPSHOTTING, snapshot=requested)
        case e.SnapshotStarted(by_hand=by_hand):
            running = SnapshotStatus.RUNNING
            asked = snapshot.requested_at
            begun = Snapshot(running, snapshot.name, snapshot.attempt, started_at=at, by_hand=by_hand, since=at)
            return change.with_(snapshot=replace(begun, requested_at=asked))
        case e.SnapshotMilestone(milestone=milestone):
            return change.with_(snapshot=replace(snapshot, milestones=(*snapshot.milestones, milestone)))
        case e.SnapshotFinished(name=name):
            started = snapshot.started_at or at
            finished = _snapshot(snapshot, SnapshotStatus.FINISHED, name=name, started_at=started, finished_at=at)
            finished = replace(finished, detail="", cause=None, since=at)
            return change.with_(state=State.READY, snapshot=finished)
        case e.SnapshotFailed(reason=reason, cause=cause):
            failed = _snapshot(snapshot, SnapshotStatus.FAILED, detail=reason, cause=cause, since=at)
            return change.with_(snapshot=failed)
        case e.SnapshotWaived(reason=reason):
            waived = _snapshot(snapshot, SnapshotStatus.WAIVED, detail=reason, waived_by=entry.by, since=at)
            # Waived before it is due the change stays scheduled: its plan can still be edited.
            state = State.READY if change.state is State.SNAPSHOTTING else change.state
            return change.with_(state=state, snapshot=waived)
        case _:
            return _trouble(change, entry)


def _trouble(change: Change, entry: e.Entry) -> Change:
    event, at = entry.event, entry.at
    match event:
        case e.TroubleReported(reason=reason, in_passing=in_passing):
            return change.with_(state=State.TROUBLE, trouble="" if in_passing else reason, cutoff_answered=False)
        case e.TroubleSolved():
            # What was said before the cutoff does not answer it (PROCESS.md, row *cutoff*).
            solved = change.with_(trouble="", cutoff_answered=change.cutoff_asked_at is not None)
            if change.state is State.TROUBLE:
                return _untested(solved).with_(state=State.IN_PROGRESS)
            return solved
        case e.Extended(minutes=minutes, reason=reason):
            extensions = (*change.extensions, Extension(minutes, reason, entry.by, at))
            # What is repaired in the extra time has to be tested after it; more time alone changes nothing.
            extended = _untested(change) if change.trouble else change
            extended = extended.with_(state=State.EXTENDED, extensions=extensions, trouble="")
            return extended.with_(cutoff_asked_at=None, cutoff_answered=False)
        case e.IncidentDeclared(reason=reason):
            declared = change.with_(state=State.INCIDENT, incident_at=change.incident_at or at, trouble=reason)
            return _unproven(declared).with_(spoke_at=at, informed_at=at)
        case e.RecoveryTried(way=way, note=note):
            tried = change.with_(recovery_attempts=(*change.recovery_attempts, Tried(way, note, entry.by, at)))
            return _untested(tried).with_(spoke_at=at)
        case e.IncidentUpdated():
            return change.with_(spoke_at=at, informed_at=at)
        case e.HandedOver():
            return change.with_(handed_over_at=at, spoke_at=at, informed_at=at)
        case e.RestoreAsked():
            return change.with_(restore=Restore(entry.by, at), spoke_at=at)
        case e.RestoreConfirmed():
            asked = change.restore or Restore(entry.by, at)
            confirmed = Restore(asked.asked_by, asked.asked_at, confirmed_by=entry.by, started_at=at)
            return change.with_(state=State.RESTORING, restore=confirmed, spoke_at=at, informed_at=at)
        case e.RestoreWithdrawn():
            return change.with_(restore=None, spoke_at=at)
        case e.RestoreMilestone(milestone=milestone):
            told = change.restore and replace(change.restore, milestones=(*change.restore.milestones, milestone))
            return change.with_(restore=told)
        case e.RestoreFinished():
            restored = change.with_(state=State.IN_PROGRESS, restored=True, restore=_restore(change, at, "", None))
            return _untested(restored).with_(cutoff_asked_at=None, cutoff_answered=False)
        case e.RestoreFailed(reason=reason, cause=cause):
            failed = change.with_(state=State.INCIDENT, restore=_restore(change, at, reason, cause))
            failed = failed.with_(spoke_at=at)
            if not cause.overwrote:  # affected people hear that it does not take place; else the hand-over tells them
                failed = failed.with_(informed_at=at)
            return failed if cause.left_alone else _untested(failed)
        case _:
            return change


def _untested(change: Change) -> Change:
    """The system was changed: what its tests gave before says nothing any more (PROCESS.md, Ends)."""
    return change.with_(tests=(None,) * len(change.plan.tests), accepted=())


def _unproven(change: Change) -> Change:
    """Something is broken all the same: no test that passed before shows that it works, and what failed still has."""
    tests = tuple(None if each is None or each.passed else each for each in change.tests)
    return change.with_(tests=tests, accepted=())


def _restore(change: Change, at: datetime, failed: str, cause: FailureReason | None) -> Restore | None:
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
