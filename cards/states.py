"""How a state reads, and in which colour."""

from cards.parts import Colour
from changes.model import State

STATES: dict[State, tuple[str, Colour]] = {
    State.DRAFT: ("Draft", "Default"),
    State.SUBMITTED: ("Submitted", "Accent"),
    State.PRECHECK_PENDING: ("Waits for the pre-check", "Warning"),
    State.CORRECTIONS_REQUESTED: ("Waits for corrections", "Warning"),
    State.PRECHECKED: ("Pre-check done", "Accent"),
    State.GO_PENDING: ("Waits for GO / NO-GO", "Warning"),
    State.SCHEDULED: ("Scheduled", "Good"),
    State.SNAPSHOTTING: ("Snapshot under way", "Accent"),
    State.READY: ("Ready to start", "Good"),
    State.IN_PROGRESS: ("In progress", "Accent"),
    State.TROUBLE: ("Trouble", "Attention"),
    State.EXTENDED: ("In progress, extended", "Warning"),
    State.INCIDENT: ("Incident", "Attention"),
    State.RESTORING: ("Restore under way", "Attention"),
    State.COMPLETED: ("Completed", "Good"),
    State.NO_GO: ("NO-GO", "Attention"),
    State.POSTPONED: ("Postponed", "Warning"),
    State.CANCELLED: ("Cancelled", "Default"),
}
