"""The audit trail as sentences."""

import re
from collections.abc import Mapping

from application.change_context import ChangeContext
from cards.request.summary import SAID
from changes import events as e
from changes.events import Entry
from changes.labels import duration_label
from changes.lifecycle.decisions.standard import label_of
from changes.model import SYSTEM, ChangeType, Outcome, StandingApproval
from changes.text.messages import joined, listed
from language import N_, _, n_

_PLACE = re.compile(r"\{(\w+)\}")
_OUTCOMES = {Outcome.SUCCESSFUL: N_("successful"), Outcome.FIXED: N_("fixed"), Outcome.ROLLED_BACK: N_("rolled back")}
_MILESTONES = {
    "half": N_("reached 50 %"),
    "late": N_("took longer than expected"),
    "waiting": N_("had not been started"),
    "busy": N_("waited for another operation on the server"),
    "blind": N_("could not be monitored"),
}
_SENTENCES: Mapping[type[e.Event], str] = {
    e.Drafted: N_("{who} created the draft."),
    e.Rehearsed: N_("{who} rehearsed it."),
    e.MadeNormal: N_("It is a normal change: {reason}."),
    e.ConflictAllowed: N_("{by} accepted the overlap: {reason}"),
    e.PrecheckAsked: N_("The pre-check was requested."),
    e.CorrectionsRequested: N_("{by} requested corrections: {comment}"),
    e.GoAsked: N_("GO was requested."),
    e.GoRefused: N_("{by} decided NO-GO: {reason}"),
    e.PreflightDone: N_("Snapshot preflight passed."),
    e.SnapshotHeld: N_("The snapshot was put on hold: {other} uses the server."),
    e.ReadyToStart: N_("Ready to start, without a snapshot."),
    e.SnapshotRequested: N_("The snapshot {name} was requested."),
    e.SnapshotStarted: N_("The snapshot started."),
    e.SnapshotFinished: N_("The snapshot {name} is complete."),
    e.SnapshotFailed: N_("The snapshot failed: {reason}"),
    e.SnapshotWaived: N_("{by} waived the snapshot: {reason}"),
    e.TestsVoided: N_("The restore of {other} reset earlier test results."),
    e.Started: N_("{by} started the change."),
    e.TroubleReported: N_("{by} reported an issue: {reason}"),
    e.TroubleSolved: N_("{by} marked the issue as solved."),
    e.HoldingKept: N_("{by} changed what the holding notice says."),
    e.IncidentDeclared: N_("{by} declared an incident: {reason}"),
    e.RestoreWithdrawn: N_("{by} withdrew the restore request."),
    e.RecoveryTried: N_("{by} logged: {note}"),
    e.IncidentUpdated: N_("{by} sent an incident update: {text}"),
    e.HandedOver: N_("It was handed over to the incident process: {reason}"),
    e.RestoreFailed: N_("The restore failed: {reason}"),
    e.RestoreFinished: N_("The data was restored."),
    e.Reviewed: N_("{by} wrote the review."),
}
"""What is said of an event alike in every case; its places hold who did it and the event's own fields."""


def history_line(entry: Entry, view: ChangeContext) -> str:
    """The entry as a sentence of plain text; empty for what nobody needs to read."""
    who = view.name(entry.by)
    by = view.who(entry.by, getattr(entry.event, "deputy_for", None))
    match entry.event:
        case e.Drafted(template=template) if template is not None:
            return _("{who} created the draft from the template {template}.", who=who, template=label_of(template))
        case e.MadeStandard(standing=standing):
            given = view.who(standing.by, standing.deputy_for)
            return _("It is a standard change, by the pre-approval of {given}.", given=given)
        case e.Submitted(short_notice=short):
            return _("{who} submitted it at short notice.", who=who) if short else _("{who} submitted it.", who=who)
        case e.PlanEdited(keeps_precheck=True):
            return _("{who} moved it; the pre-check still holds.", who=who)
        case e.PlanEdited():
            return _("{who} changed the plan.", who=who)
        case e.Reassigned(requester=requester, implementer=implementer):
            return _(
                "{who} reassigned it: requester {requester}, implementer {implementer}.",
                who=who,
                requester=view.name(requester),
                implementer=view.name(implementer),
            )
        case e.Postponed(reason=reason, silent=silent):
            if silent:
                return _("It was postponed automatically: {reason}", reason=reason)
            return _("{who} postponed it: {reason}", who=who, reason=reason)
        case e.Cancelled(reason=reason) if entry.by == SYSTEM:
            return _("It was cancelled automatically: {reason}", reason=reason)
        case e.Cancelled(reason=reason):
            return _("{who} cancelled it. {reason}", who=who, reason=reason).strip()
        case e.StepSkipped(kind=kind, reason=reason):
            return _("{step} was skipped: {reason}", step=_(SAID[kind]), reason=reason)
        case e.StepFired(kind=kind, late=True):
            return _("{step} was late.", step=_(SAID[kind]))
        case _:
            return _decided(entry, view, by)


def _decided(entry: Entry, view: ChangeContext, by: str) -> str:
    match entry.event:
        case e.PrecheckApproved() if _with_go(entry, view):
            return ""
        case e.PrecheckApproved(standing=standing) if standing is not None:
            return _("The pre-check was given by {given}.", given=_standing(standing, view))
        case e.GoGiven(standing=standing) if standing is not None:
            return _go(entry.event, _standing(standing, view))
        case e.PrecheckApproved(comment=comment, waives_lead_time=waived):
            said = N_("{by} approved the pre-check. {comment}")
            if waived:
                said = N_("{by} approved the pre-check and waived the lead time. {comment}")
            return _(said, by=by, comment=comment).strip()
        case e.GoGiven():
            return _go(entry.event, by)
        case e.ApprovalGiven(comment=comment):
            return _("{by} approved; others are still asked. {comment}", by=by, comment=comment).strip()
        case _:
            return _of_the_day(entry, by)


def _standing(standing: StandingApproval, view: ChangeContext) -> str:
    who, template = view.who(standing.by, standing.deputy_for), label_of(standing.template)
    return _("the pre-approval of {who} ({template})", who=who, template=template)


def _with_go(entry: Entry, view: ChangeContext) -> bool:
    """Whether the same press gave GO, in an emergency: then one sentence tells both."""
    go = view.change.go
    return go is not None and (go.at, go.by) == (entry.at, entry.by) and view.change.plan.kind is ChangeType.EMERGENCY


def _go(given: e.GoGiven, by: str) -> str:
    said = [_("{by} gave GO. {comment}", by=by, comment=given.comment).strip()]
    if given.waives_lead_time:
        said.append(_("The lead time was waived."))
    if given.notice_days is not None and given.notice_days <= 0:
        said.append(_("Late GO: less than one day of notice."))
    elif given.notice_days is not None:
        said.append(
            n_(
                "Late GO: one day of notice.",
                "Late GO: {n} days of notice.",
                given.notice_days,
            )
        )
    return " ".join(said)


def _of_the_day(entry: Entry, by: str) -> str:
    match entry.event:
        case e.SnapshotPlanned(at=None):
            return _("The snapshot starts at the usual time again.")
        case e.SnapshotPlanned(other=other):
            return _("The snapshot was moved forward because {other} uses the server later.", other=other)
        case e.SnapshotStarted(by_hand=True):
            return _("{by} started the snapshot manually.", by=by)
        case e.SnapshotMilestone(milestone=milestone):
            return _("The snapshot {milestone}.", milestone=_(_MILESTONES[milestone]))
        case e.PreflightDone(problems=problems) if problems:
            return _("The snapshot preflight found problems: {problems}", problems=joined(*problems))
        case _:
            return _of_the_work(entry, by)


def _of_the_work(entry: Entry, by: str) -> str:
    match entry.event:
        case e.Started(reason=reason, early=True):
            return _("{by} started it before its window: {reason}", by=by, reason=reason)
        case e.Started(reason=reason) if reason:
            return _("{by} allowed the start despite an incident on the same server: {reason}", by=by, reason=reason)
        case e.TestRecorded(index=index, passed=passed, note=note):
            said = N_("{by}: test {number} passed. {note}") if passed else N_("{by}: test {number} failed. {note}")
            return _(said, by=by, number=index + 1, note=note).strip()
        case e.TestAccepted(index=index, reason=reason):
            return _("{by} accepted test {number} as is: {reason}", by=by, number=index + 1, reason=reason)
        case e.TaskDone(index=index, note=note):
            return _("{by} ticked task {number} off. {note}", by=by, number=index + 1, note=note).strip()
        case e.TaskReopened(index=index):
            return _("{by} opened task {number} again.", by=by, number=index + 1)
        case e.Completed(outcome=outcome):
            return _("{by} completed it ({outcome}).", by=by, outcome=_(_OUTCOMES[outcome]))
        case _:
            return _of_the_trouble(entry, by)


def _of_the_trouble(entry: Entry, by: str) -> str:
    match entry.event:
        case e.TroubleReported(in_passing=True):
            return ""  # the same press extended or declared, and that is the next line
        case e.Extended(minutes=minutes, reason=reason, into=into):
            said = _("{by} extended it by {length}: {reason}", by=by, length=duration_label(minutes), reason=reason)
            return joined(said, _("This cuts into {others}.", others=listed(into)) if into else "")
        case e.RestoreAsked(touches=touches):
            return joined(_("{by} requested a restore.", by=by), _touches(touches))
        case e.RestoreConfirmed(name=name, touches=touches):
            return joined(_("{by} confirmed the restore of {name}.", by=by, name=name), _touches(touches))
        case e.RestoreMilestone(milestone=milestone):
            return _("The restore {milestone}.", milestone=_(_MILESTONES[milestone]))
        case event:
            return _alike(event, by)


def _alike(event: e.Event, by: str) -> str:
    sentence = _SENTENCES.get(type(event), "")
    return _(sentence, **{name: getattr(event, name, by) for name in _PLACE.findall(sentence)})


def _touches(others: tuple[str, ...]) -> str:
    return _("It also overwrites the work of {others}.", others=listed(others)) if others else ""
