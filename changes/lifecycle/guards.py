"""What every phase decides with: the context of a decision, and checks that raise a rejection or return nothing."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from changes.errors import TooLong, ValidationFailed, WrongState
from changes.model import Change, State
from changes.planning.occupancy import Booking
from changes.policy import Service
from changes.text.messages import Said
from changes.text.pasted import is_blank, stripped

STATE_PHRASES: dict[State, str] = {
    State.DRAFT: Said("is still a draft"),
    State.SUBMITTED: Said("waits for its pre-check date"),
    State.PRECHECK_PENDING: Said("waits for the pre-check"),
    State.CORRECTIONS_REQUESTED: Said("waits for corrections"),
    State.PRECHECKED: Said("has its pre-check and waits for the GO date"),
    State.GO_PENDING: Said("waits for GO / NO-GO"),
    State.SCHEDULED: Said("is scheduled"),
    State.SNAPSHOTTING: Said("waits for its snapshot"),
    State.READY: Said("is ready to start"),
    State.IN_PROGRESS: Said("is in progress"),
    State.TROUBLE: Said("is in trouble"),
    State.EXTENDED: Said("is in its extended window"),
    State.INCIDENT: Said("is an incident"),
    State.RESTORING: Said("is being restored"),
    State.COMPLETED: Said("is completed"),
    State.NO_GO: Said("got a NO-GO"),
    State.POSTPONED: Said("is postponed"),
    State.CANCELLED: Said("is cancelled"),
}
"""Where a change stands, as the end of a sentence that begins with its id."""


@dataclass(frozen=True, slots=True)
class DecisionContext:
    """What a command is decided by besides the change; `bookings` are the others of the same service and server."""

    now: datetime
    service: Service
    bookings: tuple[Booking, ...] = ()


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
    text = stripped(text)
    if len(text) > longest:
        raise TooLong(
            {
                field: Said(
                    "This has {length} characters; shorten it to {limit} and send it again. Nothing was changed.",
                    length=len(text),
                    limit=longest,
                )
            }
        )
    return text
