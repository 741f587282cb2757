"""The single moments of a change that follow from its window: when it is decided, snapshotted, cut off, reviewed."""

from datetime import UTC, date, datetime, time, timedelta

from changes.model import Change, ChangeType, SnapshotStatus, last_day
from changes.policy import Service


def day_step_time(day: date, service: Service) -> datetime:
    """The moment at which the day steps of that local day fire: 09:00 in the service's zone."""
    return datetime.combine(day, time(service.policy.day_hour), service.zone).astimezone(UTC)


def working_day_before(day: date, service: Service) -> date:
    """The day itself, or the last working day before it."""
    while not service.is_working(day):
        day -= timedelta(days=1)
    return day


def working_day_after(day: date, service: Service, number: int = 1) -> date:
    """The `number`-th working day after the day."""
    for _ in range(number):
        day += timedelta(days=1)
        while not service.is_working(day):
            day += timedelta(days=1)
    return day


def snapshot_due(change: Change, service: Service) -> datetime:
    """When the snapshot begins: S - (2h30 + 15 min), or earlier where another change occupies the server then."""
    return change.snapshot_at or usual_snapshot(change, service)


def usual_snapshot(change: Change, service: Service) -> datetime:
    """When the snapshot begins where no other change is in the way."""
    return change.plan.window.start - service.snapshot_lead


def decision_deadline(change: Change, service: Service) -> datetime:
    """Until when GO, and the pre-check before it, can be given (docs/process.md, P40).

    S - 2 d at 09:00 or 24 h after it was asked, whichever is later, but not after the snapshot has to begin; for an
    emergency that moment itself, or an hour after it was asked. Who is asked even later has until the window begins.
    """
    start, policy = change.plan.window.start, service.policy
    asked = change.asked_at or change.submitted_at or change.created_at
    has_to_begin = start if change.snapshot.status is SnapshotStatus.WAIVED else snapshot_due(change, service)
    latest = has_to_begin if asked < has_to_begin else start
    if change.plan.kind is ChangeType.EMERGENCY:
        # Silence ends nothing that nobody could have read: the deputies are asked before.
        return min(start, max(latest, asked + timedelta(minutes=2 * policy.emergency_deputies_minutes)))
    if change.asked_at is None:  # it is asked on its day, or at once where that has passed
        precheck = working_day_before(days_before(change, service, policy.precheck_days), service)
        asked = max(asked, day_step_time(precheck, service))
    ordinary = day_step_time(days_before(change, service, policy.silence_days), service)
    return min(max(ordinary, asked + timedelta(hours=policy.silence_hours)), latest)


def cutoff_times(change: Change, service: Service) -> tuple[datetime, datetime]:
    """When the cutoff is asked, and when it is asked once more because nobody answered.

    E - 30 min and E - 20 min; in a window shorter than that its middle, and the same part of what is left. Asked late,
    it leaves as much time for the answer.
    """
    end, policy = change.ends_at, service.policy
    # What was extended in the last minutes, or restored, has a short window of its own.
    restored = change.restore.finished_at if change.restored and change.restore is not None else None
    since = [*(each.at for each in change.extensions[-1:]), *([restored] if restored else [])]
    begins = max([change.plan.window.start, *(each for each in since if each < end)])
    length, before = end - begins, timedelta(minutes=policy.cutoff_minutes)
    left = before if before < length else length / 2
    patience = left - left * min(1.0, policy.cutoff_silence_minutes / (policy.cutoff_minutes or 1))
    cutoff = end - left
    return cutoff, max(cutoff, change.cutoff_asked_at or cutoff) + patience


def snapshot_waits(change: Change, service: Service) -> bool:
    """Whether the snapshot waits for somebody: to begin it by hand, after a failure, or for another change to end."""
    status = change.snapshot.status
    by_hand = status is SnapshotStatus.REQUESTED and service.vps.is_manual
    return by_hand or status in (SnapshotStatus.FAILED, SnapshotStatus.HELD)


def snapshot_too_late(change: Change, service: Service) -> datetime:
    """The time after which a snapshot that begins would end after the window."""
    return change.ends_at - timedelta(minutes=service.vps.snapshot_minutes)


def snapshot_begins_by(change: Change, service: Service) -> datetime:
    """The latest time at which the snapshot can begin for the work to start with the window."""
    return change.plan.window.start - timedelta(minutes=service.vps.snapshot_minutes)


def earliest_start(change: Change, service: Service, now: datetime) -> datetime:
    """When the work can start at the earliest, if everything goes on from `now` as it should.

    With the window, and not before its snapshot has ended: the one that runs when it is expected to, one that has not
    begun as if it were begun when it is due, or now where that has passed.
    """
    snapshot, lasts = change.snapshot, timedelta(minutes=service.vps.snapshot_minutes)
    there = now
    if snapshot.status is SnapshotStatus.RUNNING:
        there = (snapshot.started_at or now) + lasts
    elif not snapshot.unlocks_start:
        there = max(now, snapshot_due(change, service)) + lasts
    return max(change.plan.window.start, now, there)


def review_due(change: Change, service: Service) -> datetime:
    """The next working day at 09:00, counted from the last local day of the work: an end at midnight ends that day."""
    last = last_day(change.ended_at or change.ends_at, service.zone)
    return day_step_time(working_day_after(last, service), service)


def days_before(change: Change, service: Service, days: int) -> date:
    """The day so many calendar days before that of the window's start."""
    return service.local(change.plan.window.start).date() - timedelta(days=days)


def defer_past_quiet_hours(moment: datetime, service: Service) -> datetime:
    """`moment`, or the end of the quiet hours in which it lies, by the service's own clock."""
    begins, ends = service.policy.quiet_from_hour % 24, service.policy.quiet_to_hour % 24
    local, wraps = service.local(moment), begins > ends
    late, early = local.hour >= begins, local.hour < ends
    if not (late or early if wraps else late and early):
        return moment
    # Quiet hours that go past midnight end on the day after the evening in which they began.
    day = local.date() + timedelta(days=1 if wraps and late else 0)
    return datetime.combine(day, time(ends), service.zone).astimezone(UTC)
