"""Who does what in which state: on a day on which all goes well, and on a bad one (docs/process.md, P145)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from changes import commands as c
from changes.approvals.quorum import asked_to_decide
from changes.model import Change, SnapshotStatus, State
from changes.planning.deadlines import review_due
from changes.planning.tasks.moments import blocking, reminders
from changes.policy import Service
from language import _

Asked = Iterator[tuple[datetime, c.Command]]
"""What somebody does, and when they are asked for it at the earliest. Of one state only the first counts."""
_EXTENSION = 30
"""Minutes by which the window of a bad day is extended before it is an incident."""


def asked_for(change: Change, service: Service, now: datetime, *, is_bad: bool) -> Asked:
    """What whoever the process would ask does as the change stands `now`; nothing while only time goes on."""
    if change.requested_at is not None and change.state is not State.CANCELLED:
        yield from ((at, c.FinishTask(change.doer_of(each), each)) for at, each in reminders(change, service))
    yield from _before_the_work(change, service, now)
    wrong = tuple(_going_wrong(change, service, now)) if is_bad else ()
    yield from wrong or _ending(change, service)


def _before_the_work(change: Change, service: Service, now: datetime) -> Asked:
    who, vps, snapshot = change.plan.implementer, service.vps, change.snapshot
    match change.state:
        case State.DRAFT:
            yield now, c.Submit(change.requester)
        case State.PRECHECK_PENDING | State.GO_PENDING:
            decide = c.ApprovePrecheck if change.state is State.PRECHECK_PENDING else c.GiveGo
            yield from ((now, decide(each)) for each in asked_to_decide(change, service, service.local(now).date())[:1])
        case State.SNAPSHOTTING if vps.is_manual and snapshot.started_at is None:
            yield now, c.NoteSnapshotStarted(who)
        case State.SNAPSHOTTING if vps.is_manual and snapshot.started_at is not None:
            ends = snapshot.started_at + timedelta(minutes=vps.snapshot_minutes)
            yield ends, c.NoteSnapshotFinished(who, snapshot.name)
        case State.READY:
            yield change.plan.window.start, c.Start(who)
        case _:
            return


def _going_wrong(change: Change, service: Service, now: datetime) -> Asked:
    """A test fails, more time does not help; the data is restored where there is a snapshot, and that is tested."""
    who, restore = change.plan.implementer, change.restore
    is_asked = change.cutoff_asked_at is not None and not change.cutoff_answered
    match change.state:
        case State.IN_PROGRESS if not change.failed_tests and not change.restored:
            yield now, c.RecordTest(who, 0, passed=False, note=_("It does not work as before."))
        case State.IN_PROGRESS if not change.restored:
            yield now, c.ReportTrouble(who, _("A test fails, and the cause is not known yet."))
        case State.TROUBLE if is_asked:
            yield now, c.Extend(who, _EXTENSION, _("We have an idea and need more time for it."))
        case State.EXTENDED if is_asked:
            yield now, c.DeclareIncident(who, _("It did not help, and nobody can say how long it takes."))
        case State.INCIDENT if change.snapshot.status is SnapshotStatus.FINISHED and restore is None:
            yield now, c.AskRestore(who)
        case State.INCIDENT if restore is not None and restore.waits:
            yield now, c.ConfirmRestore(next(iter(service.deciding((who,))), who), service.vps.name)
        case State.RESTORING if service.vps.is_manual and restore is not None and restore.started_at is not None:
            yield restore.started_at + timedelta(minutes=service.vps.restore_minutes), c.NoteRestoreDone(who)


def _ending(change: Change, service: Service) -> Asked:
    """The work takes a third of its window."""
    who, window = change.plan.implementer, change.plan.window
    match change.state:
        case State.IN_PROGRESS | State.INCIDENT:
            end = c.CloseIncident if change.state is State.INCIDENT else c.Complete
            steps = [
                *(c.RecordTest(who, each, passed=True) for each in change.blocking_failures),
                *([c.PassTests(who)] if change.open_tests else []),
                *([] if blocking(change) else [end(who)]),
            ]
            yield from ((window.start + timedelta(minutes=window.minutes // 3), each) for each in steps[:1])
        case State.COMPLETED if not change.review:
            yield review_due(change, service), c.SaveReview(who, _("What went well, and what we do better next time."))
