"""Checks that several parts of the lifecycle share. Each raises a refusal or returns nothing."""

from collections.abc import Container

from changes.errors import Incomplete, WrongState
from changes.model import Change, State

SAID: dict[State, str] = {
    State.DRAFT: "is still a draft",
    State.SUBMITTED: "waits for its pre-check date",
    State.PRECHECK_PENDING: "waits for the pre-check",
    State.CORRECTIONS_REQUESTED: "waits for corrections",
    State.PRECHECKED: "has its pre-check and waits for the GO date",
    State.GO_PENDING: "waits for GO / NO-GO",
    State.SCHEDULED: "is scheduled",
    State.SNAPSHOTTING: "waits for its snapshot",
    State.READY: "is ready to start",
    State.IN_PROGRESS: "is in progress",
    State.TROUBLE: "is in trouble",
    State.EXTENDED: "is in its extended window",
    State.INCIDENT: "is an incident",
    State.RESTORING: "is being restored",
    State.COMPLETED: "is completed",
    State.NO_GO: "got a NO-GO",
    State.POSTPONED: "is postponed",
    State.CANCELLED: "is cancelled",
}
"""Where a change stands, as the end of a sentence that begins with its id."""


def in_state(change: Change, allowed: Container[State], instead: str) -> None:
    """Raise WrongState, saying where the change stands and `instead`, unless its state is one of `allowed`."""
    if change.state not in allowed:
        raise WrongState("{id} {stands}: {instead}.", id=change.id, stands=SAID[change.state], instead=instead)


def said(text: str, field: str, sentence: str, longest: int = 500) -> str:
    """The text without surrounding blanks. Raises Incomplete: with `sentence` when it is empty, or as too long."""
    if not text.strip():
        raise Incomplete({field: sentence})
    return remark(text, field, longest)


def remark(text: str, field: str, longest: int = 500) -> str:
    """The text without surrounding blanks, which may be empty. Raises Incomplete when it is too long for a card."""
    text = text.strip()
    if len(text) > longest:
        raise Incomplete({field: f"This has {len(text)} characters; shorten it to {longest}."})
    return text
