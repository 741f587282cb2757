"""What follows when the work does not go well: trouble, more time, an incident and its hand-over."""

from datetime import datetime, timedelta

from changes import events as e
from changes.consequences import restoring
from changes.consequences.collector import EffectBuilder
from changes.effects import CardKind, News, NoticeKind, ThreadMessage
from changes.model import Change, Window

AGAIN = timedelta(minutes=15)


def of(made: EffectBuilder, event: e.Event) -> None:
    """What follows from trouble, or else from a restore."""
    before, change = made.before, made.change
    deciders = made.deciders()
    match event:
        case e.TroubleReported(in_passing=True):
            pass
        case e.TroubleReported(reason=reason):
            made.card(CardKind.DAY)
            made.tell(ThreadMessage.TROUBLE, reason, *made.in_charge())
        case e.TroubleSolved():
            made.card(CardKind.DAY)
            made.card(CardKind.CUTOFF, only_edit=True)
            made.tell(ThreadMessage.SOLVED)
        case e.Extended(reason=reason, ends_at=ends_at):
            made.card(CardKind.DAY)
            made.card(CardKind.CUTOFF, only_edit=True, of=before)
            made.tell(ThreadMessage.EXTENDED, reason, *made.in_charge())
            made.notice(NoticeKind.EXTENSION, reason, Window(change.plan.window.start, ends_at))
            into = [other for other in made.bookings if other.change in event.into]
            if into:
                made.tell(ThreadMessage.NEIGHBOURS, "; ".join(f"{each.change} ({each.title})" for each in into))
            for other in into:
                made.tell_other(other, ThreadMessage.EXTENDED_INTO, f"{change.id} ({change.plan.title})")
        case e.IncidentDeclared(reason=reason):
            made.card(CardKind.DAY, only_edit=True)
            made.card(CardKind.CUTOFF, only_edit=True)
            made.card(CardKind.INCIDENT, (*deciders, change.plan.implementer))
            made.tell(ThreadMessage.INCIDENT, reason)
            if before is None or before.incident_at is None:
                made.notice(NoticeKind.INCIDENT_START, reason)
            else:  # declared again after a restore, it is handed over with the same word: both are told at once
                made.notice(NoticeKind.INCIDENT_UPDATE, reason, news=News.HANDED_OVER)
        case e.RecoveryTried(note=note):
            made.card(CardKind.INCIDENT)
            made.card(CardKind.HANDOVER, only_edit=True)
            made.tell(ThreadMessage.TRIED, note)
        case e.IncidentUpdated(text=text):
            made.card(CardKind.INCIDENT, only_edit=True)
            made.card(CardKind.HANDOVER, only_edit=True)
            made.tell(ThreadMessage.INCIDENT_UPDATED, text)
            made.notice(NoticeKind.INCIDENT_UPDATE, text)
        case e.HandedOver(reason=reason):
            made.card(CardKind.INCIDENT, only_edit=True)
            made.card(CardKind.HANDOVER)
            # A restore that failed said the same to the same people, and why it is an incident again was just said.
            if change.restore is None or reason != change.restore.failed:
                made.tell(ThreadMessage.HANDED_OVER, "" if reason == change.trouble else reason, *made.takers())
            # The reason is for those who take over; what is known of it is on the card. Affected people hear it once:
            # not with the incident that was declared in this moment, nor a second time minutes later.
            again = before is not None and before.handed_over_at is not None and _just_told(before, made.entry.at)
            if not event.in_passing and not again:
                made.notice(NoticeKind.INCIDENT_UPDATE, news=News.HANDED_OVER)
        case _:
            restoring.of(made, event)


def _just_told(before: Change, now: datetime) -> bool:
    """Whether affected people heard of the incident minutes ago: nobody is told the same twice."""
    return before.informed_at is not None and now - before.informed_at < AGAIN
