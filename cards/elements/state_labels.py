"""How a state reads, and in which colour."""

from cards.elements.blocks import Colour
from changes.model import Change, Outcome, SnapshotStatus, State
from language import N_, _

OUTCOMES = {
    Outcome.SUCCESSFUL: N_("successful"),
    Outcome.FIXED: N_("fixed after an incident"),
    Outcome.ROLLED_BACK: N_("rolled back to the snapshot"),
}
"""How a change ended."""
_STATES: dict[State, tuple[str, Colour]] = {
    State.DRAFT: (N_("Draft"), "Default"),
    State.SUBMITTED: (N_("Submitted"), "Accent"),
    State.PRECHECK_PENDING: (N_("Waits for the pre-check"), "Warning"),
    State.CORRECTIONS_REQUESTED: (N_("Waits for corrections"), "Warning"),
    State.PRECHECKED: (N_("Pre-check done"), "Accent"),
    State.GO_PENDING: (N_("Waits for GO / NO-GO"), "Warning"),
    State.SCHEDULED: (N_("Scheduled"), "Good"),
    State.SNAPSHOTTING: (N_("Snapshot under way"), "Accent"),
    State.READY: (N_("Ready to start"), "Good"),
    State.IN_PROGRESS: (N_("In progress"), "Accent"),
    State.TROUBLE: (N_("Trouble"), "Attention"),
    State.EXTENDED: (N_("In progress, extended"), "Warning"),
    State.INCIDENT: (N_("Incident"), "Attention"),
    State.RESTORING: (N_("Restore under way"), "Attention"),
    State.COMPLETED: (N_("Completed"), "Good"),
    State.NO_GO: (N_("NO-GO"), "Attention"),
    State.POSTPONED: (N_("Postponed"), "Warning"),
    State.CANCELLED: (N_("Cancelled"), "Default"),
}
_SNAPSHOTS: dict[SnapshotStatus, tuple[str, Colour]] = {
    SnapshotStatus.HELD: (N_("Waits for another change on the server"), "Warning"),
    SnapshotStatus.REQUESTED: (N_("Waits for its snapshot"), "Warning"),
    SnapshotStatus.FAILED: (N_("Snapshot failed"), "Attention"),
}
"""What a change that waits for its snapshot really waits for, where none is under way."""


def state_label(change: Change) -> tuple[str, Colour]:
    """How the change's state reads, as it really stands, and in which colour."""
    said, colour = _STATES[change.state]
    if change.state is State.SNAPSHOTTING:
        snapshot = change.snapshot
        said, colour = _SNAPSHOTS.get(snapshot.status, (said, colour))
        if snapshot.status is SnapshotStatus.FAILED and snapshot.cause is not None and snapshot.cause.look_first:
            said = N_("Nobody knows whether there is a snapshot")
    return _(said), colour
