"""Shared by every phase: the context of a decision, and checks that raise a rejection or return nothing."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from changes.errors import TooLong, ValidationFailed, WrongState
from changes.model import Change, State
from changes.notification import LONGEST_PUBLIC, NoticeKind, PublicTexts, public_field
from changes.planning.occupancy import Booking
from changes.policy import Service
from changes.reporting.metrics import ChangeMetrics
from changes.templates import Template
from changes.text import Message, is_blank, stripped

STATE_PHRASES: dict[State, str] = {
    State.DRAFT: Message("is still a draft"),
    State.SUBMITTED: Message("is awaiting its pre-check date"),
    State.PRECHECK_PENDING: Message("is awaiting pre-check"),
    State.CORRECTIONS_REQUESTED: Message("is awaiting corrections"),
    State.PRECHECKED: Message("has passed its pre-check and is awaiting the GO date"),
    State.GO_PENDING: Message("is awaiting GO / NO-GO"),
    State.SCHEDULED: Message("is scheduled"),
    State.SNAPSHOTTING: Message("is awaiting its snapshot"),
    State.READY: Message("is ready to start"),
    State.IN_PROGRESS: Message("is in progress"),
    State.TROUBLE: Message("has an open issue"),
    State.EXTENDED: Message("is in its extended window"),
    State.INCIDENT: Message("is an incident"),
    State.RESTORING: Message("is being restored"),
    State.COMPLETED: Message("is completed"),
    State.NO_GO: Message("got a NO-GO"),
    State.POSTPONED: Message("is postponed"),
    State.CANCELLED: Message("is cancelled"),
}
"""Where a change stands, as the end of a sentence that begins with its id."""


@dataclass(frozen=True, slots=True)
class DecisionContext:
    """The context of a decision; `bookings` are the others of the same service and server, `runs` the last changes of
    the service that took place, where its risk is assessed.

    `template` is the one that the change came from, as it is now.
    """

    now: datetime
    service: Service
    bookings: tuple[Booking, ...] = ()
    template: Template | None = None
    runs: tuple[ChangeMetrics, ...] = ()


def in_state(change: Change, allowed: Container[State], instead: str) -> None:
    """Raise WrongState, saying where the change stands and `instead`, unless its state is one of `allowed`."""
    if change.state not in allowed:
        raise WrongState("{id} {stands}: {instead}.", id=change.id, stands=STATE_PHRASES[change.state], instead=instead)


def required_text(text: str, field: str, sentence: str, longest: int = 500) -> str:
    """The text without surrounding blanks. Raises ValidationFailed with `sentence` when it is empty, or TooLong."""
    if is_blank(text):
        raise ValidationFailed({field: sentence})
    return optional_text(text, field, longest)


def optional_text(text: str, field: str, longest: int = 500) -> str:
    """The text without surrounding blanks, which may be empty. Raises TooLong for more than a card takes."""
    text = text if isinstance(text, Message) else stripped(text)
    if len(text) > longest:
        problem = Message(
            "This has {length} characters; shorten it to {limit} and send it again. Nothing was changed.",
            length=len(text),
            limit=longest,
        )
        raise TooLong({field: problem})
    return text


def public_texts(given: PublicTexts, kind: NoticeKind, service: Service) -> PublicTexts:
    """What affected people read, in the service's languages, the empty ones left out. Raises TooLong."""
    texts = {
        each: optional_text(given.get(each, ""), public_field(kind, each), LONGEST_PUBLIC) for each in service.languages
    }
    return {language: text for language, text in texts.items() if text}


def conflict_allowed(change: Change) -> bool:
    """Whether the approver let this very plan through in spite of an overlap (docs/process.md, P50)."""
    return change.conflict_allowed is not None and change.conflict_allowed.fingerprint == change.plan.fingerprint
