"""Which phase decides a command, applies an event to the change, and reacts to an event or a due step."""

from collections.abc import Callable, Mapping
from typing import Any

from changes import commands as c
from changes import events as e
from changes.lifecycle import approval, due_steps, plan_tasks, review
from changes.lifecycle.decisions import standard
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import DecisionContext
from changes.lifecycle.implementation import implementation, issue, testing
from changes.lifecycle.incident import incident, restore
from changes.lifecycle.request import reassignment, request, withdrawal
from changes.lifecycle.snapshot import progress, snapshot
from changes.model import Change
from changes.planning.steps import StepKind

Decide = Callable[[Change, Any, DecisionContext], tuple[e.Event, ...]]
Apply = Callable[[Change, e.Entry], Change]
React = Callable[[EffectBuilder, e.Event], None]

DECISIONS: Mapping[type[c.Command], Decide] = {
    c.Draft: request.decide_draft,
    c.Submit: request.decide_submit,
    c.Edit: request.decide_edit,
    c.Move: request.decide_move,
    c.Reassign: reassignment.decide_reassign,
    c.Cancel: withdrawal.decide_cancel,
    c.DiscardDraft: withdrawal.decide_discard_draft,
    c.Postpone: withdrawal.decide_postpone,
    c.AllowConflict: approval.decide_allow_conflict,
    c.ApprovePrecheck: approval.decide_approve_precheck,
    c.RequestCorrections: approval.decide_request_corrections,
    c.GiveGo: approval.decide_give_go,
    c.RefuseGo: approval.decide_refuse_go,
    c.FireStep: due_steps.decide_fire_step,
    c.NotePreflight: snapshot.decide_preflight,
    c.PlanSnapshot: snapshot.decide_plan_snapshot,
    c.WaiveSnapshot: snapshot.decide_waive,
    c.NoteSnapshotStarted: snapshot.decide_started,
    c.RetrySnapshot: snapshot.decide_retry,
    c.NoteSnapshotMilestone: progress.decide_milestone,
    c.NoteSnapshotFinished: progress.decide_finished,
    c.NoteSnapshotFailed: progress.decide_failed,
    c.Start: implementation.decide_start,
    c.Complete: implementation.decide_complete,
    c.RecordTest: testing.decide_record_test,
    c.PassTests: testing.decide_pass_tests,
    c.AcceptTest: testing.decide_accept_test,
    c.VoidTests: testing.decide_void_tests,
    c.ReportTrouble: issue.decide_report_trouble,
    c.SolveTrouble: issue.decide_solve_trouble,
    c.Extend: issue.decide_extend,
    c.KeepHolding: issue.decide_keep_holding,
    c.DeclareIncident: incident.decide_declare,
    c.NoteTried: incident.decide_note_tried,
    c.UpdateIncident: incident.decide_update,
    c.HandOver: incident.decide_hand_over,
    c.CloseIncident: incident.decide_close,
    c.AskRestore: restore.decide_ask,
    c.ConfirmRestore: restore.decide_confirm,
    c.WithdrawRestore: restore.decide_withdraw,
    c.NoteRestoreMilestone: restore.decide_milestone,
    c.NoteRestoreDone: restore.decide_done,
    c.NoteRestoreFailed: restore.decide_failed,
    c.SaveReview: review.decide_save_review,
    c.FinishTask: plan_tasks.decide_finish,
    c.ReopenTask: plan_tasks.decide_reopen,
    c.NoteRehearsal: review.decide_note_rehearsal,
}
"""What decides each command about a change that exists."""
_EVENTS: Mapping[tuple[Apply, React], tuple[type[e.Event], ...]] = {
    (request.apply, request.react): (e.Submitted, e.PlanEdited),
    (reassignment.apply, reassignment.react): (e.Reassigned,),
    (standard.apply, standard.react): (e.MadeStandard, e.MadeNormal),
    (withdrawal.apply, withdrawal.react): (e.Postponed, e.Cancelled),
    (approval.apply, approval.react): (
        *(e.ConflictAllowed, e.PrecheckAsked, e.CorrectionsRequested, e.PrecheckApproved, e.ApprovalGiven),
        *(e.GoAsked, e.GoGiven, e.GoRefused),
    ),
    (snapshot.apply, snapshot.react): (
        *(e.PreflightDone, e.SnapshotPlanned, e.SnapshotHeld, e.ReadyToStart),
        *(e.SnapshotRequested, e.SnapshotStarted, e.SnapshotWaived),
    ),
    (progress.apply, progress.react): (e.SnapshotMilestone, e.SnapshotFinished, e.SnapshotFailed),
    (implementation.apply, implementation.react): (e.Started, e.Completed),
    (testing.apply, testing.react): (e.TestRecorded, e.TestAccepted, e.TestsVoided),
    (issue.apply, issue.react): (e.TroubleReported, e.TroubleSolved, e.Extended, e.HoldingKept),
    (incident.apply, incident.react): (e.IncidentDeclared, e.RecoveryTried, e.IncidentUpdated, e.HandedOver),
    (restore.apply, restore.react): (
        *(e.RestoreAsked, e.RestoreConfirmed, e.RestoreWithdrawn),
        *(e.RestoreMilestone, e.RestoreFinished, e.RestoreFailed),
    ),
    (review.apply, review.react): (e.Reviewed, e.Rehearsed),
    (plan_tasks.apply, plan_tasks.react): (e.TaskDone, e.TaskReopened),
}
"""The events of each phase: what they make of the change, and the effects that follow."""
APPLICATIONS: Mapping[type[e.Event], Apply] = {
    **{event: apply for (apply, _), events in _EVENTS.items() for event in events},
    **dict.fromkeys((e.StepFired, e.StepSkipped), due_steps.apply),
}
"""What each event but the first draft makes of the change."""
REACTIONS: Mapping[type[e.Event], React] = {event: react for (_, react), events in _EVENTS.items() for event in events}
"""What builds the effects of each event; a step has those of its kind."""
_STEPS: Mapping[React, tuple[StepKind, ...]] = {
    request.react: (StepKind.PREPARE,),
    approval.react: (StepKind.CORRECTIONS, StepKind.PRECHECK_NUDGE, StepKind.GO_NUDGE),
    withdrawal.react: (StepKind.NEW_DATE_NUDGE,),
    snapshot.react: (StepKind.PREFLIGHT_WEEK, StepKind.SNAPSHOT_NUDGE, StepKind.SNAPSHOT_TOO_LATE),
    implementation.react: (StepKind.REMINDER, StepKind.START, StepKind.NOT_STARTED, StepKind.NOT_STARTED_APPROVER),
    issue.react: (StepKind.CUTOFF, StepKind.CUTOFF_SILENCE, StepKind.OVERRUN, StepKind.OVERRUN_NAG),
    incident.react: (StepKind.INCIDENT_NUDGE, StepKind.INCIDENT_HOLDING, StepKind.HANDOVER_NUDGE),
    restore.react: (StepKind.RESTORE_NUDGE,),
    review.react: (StepKind.REVIEW, StepKind.REVIEW_NUDGE),
    plan_tasks.react: (StepKind.TASK, StepKind.TASK_NUDGE),
}
STEP_REACTIONS: Mapping[StepKind, React] = {kind: react for react, kinds in _STEPS.items() for kind in kinds}
"""What builds the effects of a due step, beside those of the events that it brings about."""
