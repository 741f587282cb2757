"""What follows from a restore: who confirms it, who hears of it, what the provider is asked for."""

from changes import events as e
from changes.consequences.collector import Collector
from changes.effects import BeginRestore, CardKind, Line, News, NoticeKind
from changes.lifecycle.restoring import OVERWRITTEN

LINES = {"half": Line.RESTORE_HALF, "late": Line.RESTORE_LATE, "blind": Line.RESTORE_BLIND}


def of(made: Collector, event: e.Event) -> None:
    """What follows from an event of a restore; nothing from any other."""
    change, deciders = made.change, made.deciders()
    implementer = change.plan.implementer
    match event:
        case e.RestoreAsked():
            made.card(CardKind.INCIDENT)
            confirm = (made.service.approver, *made.service.deputies)
            made.tell(Line.RESTORE_ASKED, "", *(each for each in confirm if each != made.entry.by))
        case e.RestoreConfirmed(name=name):
            made.card(CardKind.INCIDENT)
            made.tell(Line.RESTORE_STARTED, name)
            # Whoever is affected knows before the data is overwritten (PROCESS.md, The timeline, last paragraph).
            made.notice(NoticeKind.INCIDENT_UPDATE, name, news=News.RESTORING)
            made.add(BeginRestore(made.key("restore"), change.id, name))
        case e.RestoreMilestone(milestone=milestone, detail=detail):
            made.tell(LINES[milestone], detail, *made.if_late(milestone))
            made.card(CardKind.INCIDENT, only_edit=True)
        case e.RestoreFinished():
            made.card(CardKind.INCIDENT, only_edit=True)
            made.card(CardKind.HANDOVER, only_edit=True)
            made.card(CardKind.DAY)
            made.tell(Line.RESTORE_FINISHED, "", implementer)
        case e.RestoreFailed(reason=reason, cause=cause):
            made.card(CardKind.INCIDENT)
            line = Line.RESTORE_FAILED if cause in OVERWRITTEN else Line.RESTORE_REFUSED
            made.tell(line, reason, *deciders, implementer)
        case _:
            return
