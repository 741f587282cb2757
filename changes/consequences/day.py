"""What follows on the day when all goes well: the look beforehand, the snapshot, the start, the tests, the end."""

from changes import events as e
from changes.consequences import trouble
from changes.consequences.collector import Collector
from changes.effects import BeginSnapshot, CardKind, FollowByHand, Line, NoticeKind
from changes.model import SnapshotStatus

LINES = {
    "half": Line.SNAPSHOT_HALF,
    "late": Line.SNAPSHOT_LATE,
    "waiting": Line.SNAPSHOT_WAITING,
    "blind": Line.SNAPSHOT_BLIND,
}


def of(made: Collector, event: e.Event) -> None:
    """What follows from an event of the day, or else from one of a bad day."""
    change = made.change
    implementer, requester = change.plan.implementer, change.requester
    match event:
        case e.PreflightDone(problems=problems, good=good):
            if problems:
                made.tell(Line.PREFLIGHT_FAILED, " ".join(problems), implementer)
            else:
                made.tell(Line.PREFLIGHT_DONE, " ".join(good))
        case e.SnapshotRequested(name=name):
            made.add(BeginSnapshot(made.key("begin"), change.id, name))
        case e.SnapshotStarted(by_hand=by_hand):
            made.tell(Line.SNAPSHOT_STARTED)
            _snapshot_cards(made)
            if by_hand:
                made.add(FollowByHand(made.key("follow"), change.id, change.snapshot.name))
        case e.SnapshotMilestone(milestone=milestone, detail=detail):
            made.tell(LINES[milestone], detail, *made.if_late(milestone))
            _snapshot_cards(made)
        case e.SnapshotFinished(name=name):
            _snapshot_cards(made)
            made.tell(Line.SNAPSHOT_FINISHED, name, implementer)
            made.card(CardKind.DAY, only_edit=True)
        case e.SnapshotFailed(reason=reason):
            _snapshot_cards(made)
            made.card(CardKind.DAY, only_edit=True)
            made.tell(Line.SNAPSHOT_FAILED, reason, implementer, *made.in_charge())
        case e.SnapshotWaived(reason=reason):
            _snapshot_cards(made)
            made.tell(Line.SNAPSHOT_WAIVED, reason, implementer)
            made.card(CardKind.DAY, only_edit=True)
        case e.Started():
            made.card(CardKind.DAY)
            made.notice(NoticeKind.START)
        case e.TestRecorded():
            made.card(CardKind.DAY)
        case e.Completed():
            made.card(CardKind.DAY, only_edit=True)
            made.card(CardKind.CUTOFF, only_edit=True)
            made.card(CardKind.INCIDENT, only_edit=True)
            made.card(CardKind.HANDOVER, only_edit=True)
            made.notice(NoticeKind.END if change.incident_at is None else NoticeKind.INCIDENT_END)
        case e.Reviewed(text=text):
            made.card(CardKind.REVIEW, only_edit=True)
            made.tell(Line.REVIEWED, text)
        case _:
            trouble.of(made, event)
    if isinstance(event, e.Completed):
        made.tell(Line.COMPLETED, "", requester, *made.in_charge())


def _snapshot_cards(made: Collector) -> None:
    # A snapshot that was refused has no card yet, and needs one for the ways on.
    wanted = made.change.snapshot.status in (SnapshotStatus.RUNNING, SnapshotStatus.FAILED)
    made.card(CardKind.PROGRESS, only_edit=not wanted)
