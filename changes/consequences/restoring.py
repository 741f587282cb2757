"""What follows from a restore: who confirms it, who hears of it, what the provider is asked for."""

from changes import events as e
from changes.consequences.collector import EffectBuilder
from changes.effects import BeginRestore, CardKind, News, NoticeKind, ThreadMessage
from changes.model import State
from changes.planning.occupancy import touched_by_restore

LINES = {
    "half": ThreadMessage.RESTORE_HALF,
    "late": ThreadMessage.RESTORE_LATE,
    "busy": ThreadMessage.RESTORE_BUSY,
    "blind": ThreadMessage.RESTORE_BLIND,
}


def of(made: EffectBuilder, event: e.Event) -> None:
    """What follows from an event of a restore; nothing from any other."""
    change, deciders = made.change, made.deciders()
    implementer = change.plan.implementer
    match event:
        case e.RestoreAsked(touches=touches):
            made.card(CardKind.INCIDENT)
            _tell_touched(made, ThreadMessage.RESTORE_TOUCHES, touches)
            confirm = (made.service.approver, *made.service.deputies)
            made.tell(ThreadMessage.RESTORE_ASKED, "", *(each for each in confirm if each != made.entry.by))
        case e.RestoreWithdrawn():
            made.card(CardKind.INCIDENT)
            made.tell(ThreadMessage.RESTORE_WITHDRAWN, "", implementer)
            restore_is_off(made)
        case e.RestoreConfirmed(name=name, touches=touches):
            made.card(CardKind.INCIDENT)
            made.tell(ThreadMessage.RESTORE_STARTED, name)
            _tell_touched(made, ThreadMessage.RESTORE_OVERWRITES, touches)
            # In case it does not help: the link and the record stand ready in the thread (PROCESS.md, On D-day).
            made.card(CardKind.HANDOVER)
            # Whoever is affected knows before the data is overwritten (PROCESS.md, The timeline, last paragraph).
            made.notice(NoticeKind.INCIDENT_UPDATE, news=News.RESTORING)
            made.add(BeginRestore(made.key("restore"), change.id, name))
        case e.RestoreMilestone(milestone=milestone, detail=detail):
            made.tell(LINES[milestone], detail, *made.if_late(milestone))
            made.card(CardKind.INCIDENT, only_edit=True)
        case e.RestoreFinished():
            made.card(CardKind.INCIDENT, only_edit=True)
            made.card(CardKind.HANDOVER, only_edit=True)
            made.card(CardKind.DAY)
            made.tell(ThreadMessage.RESTORE_FINISHED, "", implementer)
        case e.RestoreFailed(reason=reason, cause=cause):
            made.card(CardKind.INCIDENT)
            made.card(CardKind.HANDOVER, only_edit=True)
            line = ThreadMessage.RESTORE_FAILED if cause.overwrote else ThreadMessage.RESTORE_REFUSED
            # Where the incident process takes over with the same word, those who take over read it here.
            told = made.takers() if cause.overwrote else (*deciders, implementer)
            made.tell(line, reason, *told)
            if not cause.overwrote and _announced(made):
                # It was announced, and does not take place: in our words, never in the provider's.
                news = News.NOT_RESTORED if cause.left_alone else News.RESTORE_UNKNOWN
                made.notice(NoticeKind.INCIDENT_UPDATE, news=news)
        case _:
            return


def restore_is_off(made: EffectBuilder) -> None:
    """Whoever heard that a restore would overwrite their work hears that the one that waited does not."""
    before = made.before
    if before is None or before.restore is None or not before.restore.waits:
        return
    for other in touched_by_restore(before, made.bookings):
        made.tell_other(other, ThreadMessage.RESTORE_OFF, f"{made.change.id} ({made.change.plan.title})")


def _announced(made: EffectBuilder) -> bool:
    return made.before is not None and made.before.state is State.RESTORING


def _tell_touched(made: EffectBuilder, line: ThreadMessage, touches: tuple[str, ...]) -> None:
    """Whoever worked on the server since the snapshot hears in their own change's thread that it is overwritten."""
    for other in made.bookings:
        if other.change in touches:
            made.tell_other(other, line, f"{made.change.id} ({made.change.plan.title})")
