"""Under which name each event and effect is stored. A class may be renamed or moved; what it is stored as stays."""

from collections.abc import Mapping

from changes import effects, events
from changes.effects import Effect
from changes.events import Event

EVENTS: Mapping[str, type[Event]] = {
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
    "plan_edited": events.PlanEdited,
    "postponed": events.Postponed,
    "precheck_approved": events.PrecheckApproved,
    "precheck_asked": events.PrecheckAsked,
    "preflight_done": events.PreflightDone,
    "ready_to_start": events.ReadyToStart,
    "reassigned": events.Reassigned,
    "recovery_tried": events.RecoveryTried,
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
    "test_accepted": events.TestAccepted,
    "test_recorded": events.TestRecorded,
    "tests_voided": events.TestsVoided,
    "trouble_reported": events.TroubleReported,
    "trouble_solved": events.TroubleSolved,
}
EFFECTS: Mapping[str, type[Effect]] = {
    "begin_restore": effects.BeginRestore,
    "begin_snapshot": effects.BeginSnapshot,
    "follow_by_hand": effects.FollowByHand,
    "mail_notice": effects.MailNotice,
    "meet_team": effects.SyncTeamMembers,
    "preflight": effects.Preflight,
    "reply": effects.Reply,
    "send_digest": effects.SendDigest,
    "send_notice": effects.SendNotice,
    "show_card": effects.UpsertCard,
    "show_copy": effects.UpsertPersonalCard,
    "show_status": effects.UpsertStatusCard,
    "tell": effects.PostThreadMessage,
    "tell_person": effects.TellPerson,
}
FORMER: Mapping[str, str] = {"".join(map(str.capitalize, name.split("_"))): name for name in (*EVENTS, *EFFECTS)}
"""The names up to schema 0010, when each was that of its class: by them what was stored then is still read."""
_NAMES: Mapping[type, str] = {
    **{kind: name for name, kind in EVENTS.items()},
    **{kind: name for name, kind in EFFECTS.items()},
}


def stored_name(value: Event | Effect) -> str:
    """The name that is stored beside the value. Raises KeyError for a class that has none yet."""
    return _NAMES[type(value)]
