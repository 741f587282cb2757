"""The short sentences in a change's thread. What people or the provider said is a fact, and shown as text."""

from application.change_context import ChangeContext
from cards.thread_messages import approvals, day, incident, snapshot
from cards.thread_messages.words import Say
from changes.effects import PostThreadMessage
from changes.model import IMPLEMENTING, IN_INCIDENT, Change, ChangeType, State
from changes.notification.cards import CardKind
from changes.notification.thread_messages import IN_PERSON, ThreadMessage
from changes.text.messages import Message, capitalized
from language import N_, _

UNREACHABLE = N_(
    "The conversation of {service} in Teams cannot be reached, so you read this here. `/change show {id}` shows its "
    "card."
)
"""Why somebody reads in their own chat what is said in the thread, and where they find the card that it speaks of."""
_LINES: dict[ThreadMessage, Say] = approvals.LINES | snapshot.LINES | day.LINES | incident.LINES


def line(effect: PostThreadMessage, view: ChangeContext) -> str:
    """The sentence for the effect, which is no RETIRED one; whoever sends it puts in front who it is for."""
    return _LINES[effect.line](effect, view)


def invitation(card: CardKind, view: ChangeContext) -> str:
    """The sentence in front of a card, for those who are asked."""
    return _(_invited(card, view.change), id=view.change.id, title=_title(view))


def carried_on(view: ChangeContext) -> str:
    """The sentence in front of a card that stands anew, because it was lost or the service was bound elsewhere."""
    return _("{id} ({title}) continues here. Your answer is needed on its card.", id=view.change.id, title=_title(view))


def in_person(effect: PostThreadMessage, view: ChangeContext) -> str:
    """The line for one person in their own chat, where nothing around it says what it is about."""
    said = line(effect, view)
    if view.change.id not in said:
        said = _("{id} ({title}): {said}", id=view.change.id, title=_title(view), said=said)
    if effect.line in IN_PERSON:
        return capitalized(said)
    why = _(UNREACHABLE, service=view.service.name, id=view.change.id)
    return Message("{said}\n\n*{why}*", said=said, why=why)


def _title(view: ChangeContext) -> str:
    return view.change.plan.title


_INVITATIONS: dict[CardKind, str] = {
    CardKind.PRECHECK: N_("your pre-check of {id} ({title}) is needed."),
    CardKind.GO: N_("GO or NO-GO for {id} ({title})?"),
    CardKind.PROGRESS: N_("it is time for the data snapshot of {id} ({title})."),
    CardKind.DAY: N_("it is time for {id} ({title})."),
    CardKind.CUTOFF: N_("cutoff reached for {id} ({title}): decision needed."),
    CardKind.INCIDENT: N_("{id} ({title}) is an incident now."),
    CardKind.HANDOVER: N_("{id} ({title}) goes to the incident process. Here is everything that is known."),
    CardKind.REVIEW: N_("how did {id} ({title}) go?"),
}
_EMERGENCY = N_("{id} ({title}) is an emergency, with one combined approval: GO or NO-GO?")
_STANDS = N_("here is the card of {id} ({title}), as it stands.")
_PREPARED = N_("{id} ({title}): the incident process is prepared, in case the restore does not solve it.")
_ASKS: dict[CardKind, frozenset[State]] = {
    CardKind.PRECHECK: frozenset({State.PRECHECK_PENDING}),
    CardKind.GO: frozenset({State.GO_PENDING}),
    CardKind.PROGRESS: frozenset({State.SNAPSHOTTING}),
    CardKind.DAY: frozenset({State.READY}),
    CardKind.CUTOFF: IMPLEMENTING,
    CardKind.INCIDENT: frozenset({State.INCIDENT}),
    CardKind.HANDOVER: IN_INCIDENT,
    CardKind.REVIEW: frozenset({State.COMPLETED}),
}
"""In which states a card asks what its invitation says; a card that is shown again later only stands there."""


def _invited(card: CardKind, change: Change) -> str:
    if change.state not in _ASKS[card] or (card is CardKind.REVIEW and change.review):
        return _STANDS
    if card is CardKind.PRECHECK and change.plan.kind is ChangeType.EMERGENCY:
        return _EMERGENCY
    if card is CardKind.HANDOVER and change.handed_over_at is None:
        return _PREPARED
    return _INVITATIONS[card]
