"""What follows when the work does not go well: trouble, more time, an incident and its hand-over."""

from changes import events as e
from changes.consequences import restoring
from changes.consequences.collector import Collector
from changes.effects import CardKind, Line, News, NoticeKind
from changes.model import Window


def of(made: Collector, event: e.Event) -> None:
    """What follows from trouble, or else from a restore."""
    before, change, service = made.before, made.change, made.service
    deciders = made.deciders()
    match event:
        case e.TroubleReported(in_passing=True):
            pass
        case e.TroubleReported(reason=reason):
            made.card(CardKind.DAY)
            made.tell(Line.TROUBLE, reason, *made.in_charge())
        case e.TroubleSolved():
            made.card(CardKind.DAY)
            made.card(CardKind.CUTOFF, only_edit=True)
            made.tell(Line.SOLVED)
        case e.Extended(reason=reason, ends_at=ends_at):
            made.card(CardKind.DAY)
            made.card(CardKind.CUTOFF, only_edit=True, of=before)
            made.tell(Line.EXTENDED, reason, *made.in_charge())
            made.notice(NoticeKind.EXTENSION, reason, Window(change.plan.window.start, ends_at))
        case e.IncidentDeclared(reason=reason):
            made.card(CardKind.DAY, only_edit=True)
            made.card(CardKind.CUTOFF, only_edit=True)
            made.card(CardKind.INCIDENT, (*deciders, change.plan.implementer))
            made.tell(Line.INCIDENT, reason)
            known = before is not None and before.incident_at is not None
            made.notice(NoticeKind.INCIDENT_UPDATE if known else NoticeKind.INCIDENT_START, reason)
        case e.RecoveryTried(note=note):
            made.card(CardKind.INCIDENT)
            made.card(CardKind.HANDOVER, only_edit=True)
            made.tell(Line.TRIED, note)
        case e.HandedOver(reason=reason):
            everyone = (service.approver, *service.deputies, change.plan.implementer, change.requester)
            made.card(CardKind.INCIDENT, only_edit=True)
            made.card(CardKind.HANDOVER, everyone)
            made.tell(Line.HANDED_OVER, reason)
            made.notice(NoticeKind.INCIDENT_UPDATE, reason, news=News.HANDED_OVER)
        case _:
            restoring.of(made, event)
