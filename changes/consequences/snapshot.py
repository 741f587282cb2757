"""What follows from the data snapshot: the look beforehand, its card, who hears that it waits, failed or is there."""

from changes import events as e
from changes.consequences import trouble
from changes.consequences.collector import EffectBuilder
from changes.effects import BeginSnapshot, CardKind, FollowByHand, ThreadMessage
from changes.model import AWAITING_APPROVAL, SnapshotStatus
from changes.planning.occupancy import ahead

LINES = {
    "half": ThreadMessage.SNAPSHOT_HALF,
    "late": ThreadMessage.SNAPSHOT_LATE,
    "waiting": ThreadMessage.SNAPSHOT_WAITING,
    "busy": ThreadMessage.SNAPSHOT_BUSY,
    "blind": ThreadMessage.SNAPSHOT_BLIND,
}

BEFORE = (SnapshotStatus.NONE, SnapshotStatus.HELD, SnapshotStatus.FAILED)
"""A look at the backend is of use as long as the snapshot has not begun."""


def of(made: EffectBuilder, event: e.Event) -> None:
    """What follows from an event of the snapshot, or else from one of a bad day."""
    change = made.change
    implementer = change.plan.implementer
    match event:
        case e.PreflightDone(problems=problems, good=good):
            _preflight(made, problems, good)
        case e.SnapshotPlanned(at=at, other=other):
            made.tell(
                ThreadMessage.SNAPSHOT_PLANNED if at is not None else ThreadMessage.SNAPSHOT_AS_USUAL,
                other,
                implementer,
            )
        case e.SnapshotHeld(other=other):
            made.card(CardKind.PROGRESS)
            made.tell(ThreadMessage.SNAPSHOT_HELD, other, implementer, *made.in_charge())
        case e.ReadyToStart():
            made.card(CardKind.DAY, only_edit=True)
        case e.SnapshotRequested(name=name, reason=reason):
            if made.before is not None and made.before.snapshot.status is not SnapshotStatus.NONE:
                # The card of the attempt before, or of the waiting, has no way on any more.
                made.card(CardKind.PROGRESS, only_edit=True, of=made.before)
                made.card(CardKind.DAY, only_edit=True)
            if reason:
                made.tell(ThreadMessage.SNAPSHOT_BESIDE, reason, implementer)
                beside = ahead(change, made.service, made.bookings, made.entry.at)
                if beside is not None:
                    made.tell_other(beside, ThreadMessage.NEIGHBOUR_SNAPSHOT, f"{change.id} ({change.plan.title})")
            made.add(BeginSnapshot(made.key("begin"), change.id, name))
        case e.SnapshotStarted(by_hand=by_hand):
            made.tell(ThreadMessage.SNAPSHOT_STARTED)
            _snapshot_cards(made)
            made.card(CardKind.DAY, only_edit=True)
            if by_hand:
                made.add(FollowByHand(made.key("follow"), change.id, change.snapshot.name))
        case e.SnapshotMilestone(milestone=milestone, detail=detail):
            made.tell(LINES[milestone], detail, *made.if_late(milestone))
            _snapshot_cards(made)
        case e.SnapshotFinished(name=name):
            _snapshot_cards(made)
            made.tell(ThreadMessage.SNAPSHOT_FINISHED, name, implementer)
            made.card(CardKind.DAY, only_edit=True)
        case e.SnapshotFailed(reason=reason):
            _snapshot_cards(made)
            made.card(CardKind.DAY, only_edit=True)
            made.tell(ThreadMessage.SNAPSHOT_FAILED, reason, implementer, *made.in_charge())
        case e.SnapshotWaived(reason=reason):
            _snapshot_cards(made)
            made.tell(ThreadMessage.SNAPSHOT_WAIVED, reason, implementer)
            made.card(CardKind.DAY, only_edit=True)
        case _:
            trouble.of(made, event)


def _preflight(made: EffectBuilder, problems: tuple[str, ...], good: tuple[str, ...]) -> None:
    """Before GO it stands on the GO card, and whoever can mend it is told only what is wrong; the day before, both."""
    implementer, requester = made.change.plan.implementer, made.change.requester
    if made.change.snapshot.status not in BEFORE:  # by now the snapshot speaks for itself, or none is needed
        return
    if made.change.state in AWAITING_APPROVAL:
        made.card(CardKind.GO, only_edit=True)
        if problems:
            made.tell(ThreadMessage.PREFLIGHT_WEEK_FAILED, " ".join(problems), implementer, requester)
    elif problems:
        made.tell(ThreadMessage.PREFLIGHT_FAILED, " ".join(problems), implementer)
    else:
        made.tell(ThreadMessage.PREFLIGHT_DONE, " ".join(good))


def _snapshot_cards(made: EffectBuilder) -> None:
    # A snapshot that was refused has no card yet, and needs one for the ways on.
    # So has one that waits for another operation: it can still be waived or postponed.
    snapshot = made.change.snapshot
    wanted = snapshot.status in (SnapshotStatus.RUNNING, SnapshotStatus.FAILED) or "busy" in snapshot.milestones
    made.card(CardKind.PROGRESS, only_edit=not wanted)
