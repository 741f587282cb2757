"""The audit trail as sentences."""

from cards.summary import SAID
from cards.view import View
from changes import events as e
from changes.events import Entry

_MILESTONES = {
    "half": "was half done",
    "late": "was late",
    "waiting": "had not been begun by anybody",
    "blind": "could not be seen",
}


def told(entry: Entry, view: View) -> str:
    """The entry as a sentence of plain text; empty for what nobody needs to read."""
    who = view.name(entry.by)
    deputy = getattr(entry.event, "deputy_for", None)
    by = f"{who}, deputy for {view.name(deputy)}," if deputy else who
    match entry.event:
        case e.Drafted():
            return f"{who} wrote the plan down."
        case e.Submitted(short_notice=short):
            return f"{who} handed it in{' at short notice' if short else ''}."
        case e.PlanEdited():
            return f"{who} changed the plan."
        case e.ConflictAllowed(reason=reason):
            return f"{by} let the overlap through: {reason}"
        case e.PrecheckAsked():
            return "The pre-check was asked for."
        case e.CorrectionsRequested(comment=comment):
            return f"{by} asked for corrections: {comment}"
        case e.PrecheckApproved(comment=comment, waives_lead_time=waived):
            return f"{by} approved the pre-check{' and waived the lead time' if waived else ''}. {comment}".strip()
        case e.GoAsked():
            return "GO was asked for."
        case e.GoGiven(comment=comment):
            return f"{by} gave GO. {comment}".strip()
        case e.GoRefused(reason=reason):
            return f"{by} said NO-GO: {reason}"
        case e.Postponed(reason=reason, silent=silent):
            return f"It was postponed: {reason}" if silent else f"{who} postponed it: {reason}"
        case e.Cancelled(reason=reason):
            return f"{who} cancelled it. {reason}".strip()
        case e.StepSkipped(kind=kind, reason=reason):
            return f"{SAID[kind]} was left out: {reason}"
        case e.StepFired(kind=kind, late=True):
            return f"{SAID[kind]} came late."
        case _:
            return _of_the_day(entry, by)


def _of_the_day(entry: Entry, by: str) -> str:
    match entry.event:
        case e.SnapshotRequested(name=name):
            return f"The snapshot {name} was asked for."
        case e.SnapshotStarted():
            return "The snapshot began."
        case e.SnapshotMilestone(milestone=milestone):
            return f"The snapshot {_MILESTONES[milestone]}."
        case e.SnapshotFinished(name=name):
            return f"The snapshot {name} was finished."
        case e.SnapshotFailed(reason=reason):
            return f"The snapshot failed: {reason}"
        case e.SnapshotWaived(reason=reason):
            return f"{by} waived the snapshot: {reason}"
        case e.PreflightDone(problems=problems):
            return (
                f"The look at the server found: {' '.join(problems)}"
                if problems
                else "The look at the server was fine."
            )
        case e.Started():
            return f"{by} started."
        case e.TestRecorded(index=index, passed=passed):
            return f"{by}: test {index + 1} {'passed' if passed else 'failed'}."
        case e.Completed(outcome=outcome):
            return f"{by} completed it ({outcome.value.replace('_', ' ')})."
        case _:
            return _of_the_trouble(entry, by)


def _of_the_trouble(entry: Entry, by: str) -> str:
    match entry.event:
        case e.TroubleReported(reason=reason):
            return f"{by} reported trouble: {reason}"
        case e.TroubleSolved():
            return f"{by} said it is solved."
        case e.Extended(minutes=minutes, reason=reason):
            return f"{by} extended it by {minutes} min: {reason}"
        case e.IncidentDeclared(reason=reason):
            return f"{by} declared an incident: {reason}"
        case e.RestoreAsked():
            return f"{by} asked for a restore."
        case e.RestoreConfirmed(name=name):
            return f"{by} confirmed the restore of {name}."
        case e.RestoreMilestone(milestone=milestone):
            return f"The restore {_MILESTONES[milestone]}."
        case e.RecoveryTried(note=note):
            return f"{by} tried: {note}"
        case e.HandedOver(reason=reason):
            return f"It was handed over to the incident process: {reason}"
        case e.RestoreFinished():
            return "The data was restored."
        case e.RestoreFailed(reason=reason):
            return f"The restore failed: {reason}"
        case e.Reviewed():
            return f"{by} wrote the review."
        case _:
            return ""
