"""The name of each event, by which it is stored and told to other programs. A class may be renamed; its name stays."""

from collections.abc import Mapping

from changes import events
from changes.events.base import Event

EVENTS: Mapping[str, type[Event]] = {
    "approval_given": events.ApprovalGiven,
    "cancelled": events.Cancelled,
    "completed": events.Completed,
    "conflict_allowed": events.ConflictAllowed,
    "corrections_requested": events.CorrectionsRequested,
    "drafted": events.Drafted,
    "extended": events.Extended,
    "go_asked": events.GoAsked,
    "go_given": events.GoGiven,
    "go_refused": events.GoRefused,
    "handed_over": events.HandedOver,
    "holding_kept": events.HoldingKept,
    "incident_declared": events.IncidentDeclared,
    "incident_updated": events.IncidentUpdated,
    "made_normal": events.MadeNormal,
    "made_standard": events.MadeStandard,
    "plan_edited": events.PlanEdited,
    "postponed": events.Postponed,
    "precheck_approved": events.PrecheckApproved,
    "precheck_asked": events.PrecheckAsked,
    "preflight_done": events.PreflightDone,
    "ready_to_start": events.ReadyToStart,
    "reassigned": events.Reassigned,
    "recovery_tried": events.RecoveryTried,
    "rehearsed": events.Rehearsed,
    "restore_asked": events.RestoreAsked,
    "restore_confirmed": events.RestoreConfirmed,
    "restore_failed": events.RestoreFailed,
    "restore_finished": events.RestoreFinished,
    "restore_milestone": events.RestoreMilestone,
    "restore_withdrawn": events.RestoreWithdrawn,
    "reviewed": events.Reviewed,
    "snapshot_failed": events.SnapshotFailed,
    "snapshot_finished": events.SnapshotFinished,
    "snapshot_held": events.SnapshotHeld,
    "snapshot_milestone": events.SnapshotMilestone,
    "snapshot_planned": events.SnapshotPlanned,
    "snapshot_requested": events.SnapshotRequested,
    "snapshot_started": events.SnapshotStarted,
    "snapshot_waived": events.SnapshotWaived,
    "started": events.Started,
    "step_fired": events.StepFired,
    "step_skipped": events.StepSkipped,
    "submitted": events.Submitted,
    "task_done": events.TaskDone,
    "task_reopened": events.TaskReopened,
    "test_accepted": events.TestAccepted,
    "test_recorded": events.TestRecorded,
    "tests_voided": events.TestsVoided,
    "trouble_reported": events.TroubleReported,
    "trouble_solved": events.TroubleSolved,
}
_NAMES: Mapping[type[Event], str] = {kind: name for name, kind in EVENTS.items()}


def name_of(event: Event) -> str:
    """The name of the event. Raises KeyError for a class that has none yet."""
    return _NAMES[type(event)]
