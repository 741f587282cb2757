"""The audit trail as sentences."""

from cards.summary import SAID
from cards.view import View
from changes import events as e
from changes.events import Entry
from changes.model import CLOCK, Outcome
from language import N_, _, retold

OUTCOMES = {
    Outcome.SUCCESSFUL: N_("successful"),
    Outcome.FIXED: N_("fixed"),
    Outcome.ROLLED_BACK: N_("rolled back"),
}
_MILESTONES = {
    "half": N_("was half done"),
    "late": N_("was late"),
    "waiting": N_("had not been begun by anybody"),
    "blind": N_("could not be seen"),
}


def told(entry: Entry, view: View) -> str:
    """The entry as a sentence of plain text; empty for what nobody needs to read."""
    who = view.name(entry.by)
    deputy = getattr(entry.event, "deputy_for", None)
    by = _("{who}, deputy for {deputy},", who=who, deputy=view.name(deputy)) if deputy else who
    match entry.event:
        case e.Drafted():
            return _("{who} wrote the plan down.", who=who)
        case e.Submitted(short_notice=short):
            return _("{who} handed it in at short notice.", who=who) if short else _("{who} handed it in.", who=who)
        case e.PlanEdited():
            return _("{who} changed the plan.", who=who)
        case e.ConflictAllowed(reason=reason):
            return _("{by} let the overlap through: {reason}", by=by, reason=reason)
        case e.PrecheckAsked():
            return _("The pre-check was asked for.")
        case e.CorrectionsRequested(comment=comment):
            return _("{by} asked for corrections: {comment}", by=by, comment=comment)
        case e.PrecheckApproved(comment=comment, waives_lead_time=waived):
            said = N_("{by} approved the pre-check. {comment}")
            if waived:
                said = N_("{by} approved the pre-check and waived the lead time. {comment}")
            return _(said, by=by, comment=comment).strip()
        case e.GoAsked():
            return _("GO was asked for.")
        case e.GoGiven(comment=comment):
            return _("{by} gave GO. {comment}", by=by, comment=comment).strip()
        case e.GoRefused(reason=reason):
            return _("{by} said NO-GO: {reason}", by=by, reason=reason)
        case e.Postponed(reason=reason, silent=silent):
            return (
                _("It was postponed: {reason}", reason=retold(reason))
                if silent
                else _("{who} postponed it: {reason}", who=who, reason=reason)
            )
        case e.Cancelled(reason=reason):
            return _("{who} cancelled it. {reason}", who=who, reason=reason).strip()
        case e.StepSkipped(kind=kind, reason=reason):
            return _("{what} was left out: {reason}", what=_(SAID[kind]), reason=retold(reason))
        case e.StepFired(kind=kind, late=True):
            return _("{what} came late.", what=_(SAID[kind]))
        case _:
            return _of_the_day(entry, by)


def _of_the_day(entry: Entry, by: str) -> str:
    match entry.event:
        case e.SnapshotRequested(name=name):
            return _("The snapshot {name} was asked for.", name=name)
        case e.SnapshotStarted():
            return _("The snapshot began.")
        case e.SnapshotMilestone(milestone=milestone):
            return _("The snapshot {what}.", what=_(_MILESTONES[milestone]))
        case e.SnapshotFinished(name=name):
            return _("The snapshot {name} was finished.", name=name)
        case e.SnapshotFailed(reason=reason):
            return _("The snapshot failed: {reason}", reason=_reason(entry, reason))
        case e.SnapshotWaived(reason=reason):
            return _("{by} waived the snapshot: {reason}", by=by, reason=reason)
        case e.PreflightDone(problems=problems):
            return (
                _("The look at the server found: {problems}", problems=" ".join(map(retold, problems)))
                if problems
                else _("The look at the server was fine.")
            )
        case e.Started():
            return _("{by} started.", by=by)
        case e.TestRecorded(index=index, passed=passed):
            said = N_("{by}: test {number} passed.") if passed else N_("{by}: test {number} failed.")
            return _(said, by=by, number=index + 1)
        case e.Completed(outcome=outcome):
            return _("{by} completed it ({outcome}).", by=by, outcome=_(OUTCOMES[outcome]))
        case _:
            return _of_the_trouble(entry, by)


def _of_the_trouble(entry: Entry, by: str) -> str:
    match entry.event:
        case e.TroubleReported(reason=reason):
            return _("{by} reported trouble: {reason}", by=by, reason=reason)
        case e.TroubleSolved():
            return _("{by} said it is solved.", by=by)
        case e.Extended(minutes=minutes, reason=reason):
            return _("{by} extended it by {minutes} min: {reason}", by=by, minutes=minutes, reason=reason)
        case e.IncidentDeclared(reason=reason):
            return _("{by} declared an incident: {reason}", by=by, reason=reason)
        case e.RestoreAsked():
            return _("{by} asked for a restore.", by=by)
        case e.RestoreConfirmed(name=name):
            return _("{by} confirmed the restore of {name}.", by=by, name=name)
        case e.RestoreMilestone(milestone=milestone):
            return _("The restore {what}.", what=_(_MILESTONES[milestone]))
        case e.RecoveryTried(note=note):
            return _("{by} tried: {note}", by=by, note=note)
        case e.HandedOver(reason=reason):
            return _("It was handed over to the incident process: {reason}", reason=reason)
        case e.RestoreFinished():
            return _("The data was restored.")
        case e.RestoreFailed(reason=reason):
            return _("The restore failed: {reason}", reason=_reason(entry, reason))
        case e.Reviewed():
            return _("{by} wrote the review.", by=by)
        case _:
            return ""


def _reason(entry: Entry, reason: str) -> str:
    """What went wrong: in the words of whoever said it, or of the bot."""
    return retold(reason) if entry.by == CLOCK else reason
