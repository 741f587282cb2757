"""What follows on the day when all goes well: the start, the tests, the end, the review."""

from changes import events as e
from changes.consequences import snapshot
from changes.consequences.collector import EffectBuilder
from changes.consequences.restoring import restore_is_off
from changes.effects import CardKind, News, NoticeKind, ThreadMessage
from changes.model import State


def of(made: EffectBuilder, event: e.Event) -> None:
    """What follows from an event of the work, or else from one of the snapshot."""
    change = made.change
    implementer, requester = change.plan.implementer, change.requester
    match event:
        case e.Started(reason=reason, early=early):
            _started(made, reason, early=early)
        case e.TestRecorded() | e.TestAccepted():
            _tested(made)
            if isinstance(event, e.TestAccepted):
                made.tell(ThreadMessage.TEST_ACCEPTED, event.reason, implementer)
        case e.TestsVoided(other=other):
            _tested(made)
            made.tell(ThreadMessage.TESTS_VOIDED, other, implementer)
        case e.Completed():
            made.card(CardKind.DAY, only_edit=True)
            made.card(CardKind.CUTOFF, only_edit=True)
            made.card(CardKind.INCIDENT, only_edit=True)
            made.card(CardKind.HANDOVER, only_edit=True)
            restore_is_off(made)
            for each in made.bookings:
                if each.state is State.READY and each.occupied is not None and each.window.start <= made.entry.at:
                    made.tell_other(each, ThreadMessage.SERVER_FREE, f"{change.id} ({change.plan.title})")
            made.notice(NoticeKind.END if change.incident_at is None else NoticeKind.INCIDENT_END)
        case e.Reviewed(text=text):
            made.card(CardKind.REVIEW, only_edit=True)
            made.tell(ThreadMessage.REVIEWED, text)
        case _:
            snapshot.of(made, event)
    if isinstance(event, e.Completed):
        made.tell(ThreadMessage.COMPLETED, "", requester, *made.in_charge())


def _started(made: EffectBuilder, reason: str, *, early: bool) -> None:
    made.card(CardKind.DAY)
    if early:
        made.tell(ThreadMessage.STARTED_EARLY, reason, made.change.plan.implementer)
    elif reason:
        made.tell(ThreadMessage.STARTED_BESIDE, reason, made.change.plan.implementer)
    # Whoever is at work there occupies the server until they end, whatever their window said.
    near = [each for each in made.bookings if each.is_busy]
    if near:
        made.tell(ThreadMessage.NEIGHBOURS, "; ".join(f"{each.change} ({each.title})" for each in near))
    for other in near:
        made.tell_other(other, ThreadMessage.NEIGHBOUR_STARTED, f"{made.change.id} ({made.change.plan.title})")
    made.notice(NoticeKind.START, reason if early else "", news=News.EARLY if early else News.SAID)


def _tested(made: EffectBuilder) -> None:
    """The results stand where the work stands: on the card of the day, and in an incident on that one's."""
    if made.change.state is State.INCIDENT:
        made.card(CardKind.INCIDENT)
        made.card(CardKind.HANDOVER, only_edit=True)
    else:
        made.card(CardKind.DAY)
