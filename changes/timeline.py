"""The dated steps of one change, computed from the change and never patched by hand (PROCESS.md, The timeline)."""

from datetime import datetime, timedelta

from changes.deadlines import (
    cutoff_times,
    day_step_time,
    decision_deadline,
    review_due,
    snapshot_due,
    snapshot_too_late,
    snapshot_waits,
    working_day_before,
)
from changes.model import Change, Kind
from changes.nudges import gives_up_at, next_nudges, nudged
from changes.policy import Service
from changes.step import RELEVANT, Step, StepKind

__all__ = ["RELEVANT", "Step", "StepKind", "days_until", "pending", "short_notice", "timeline"]

_ORDER = {kind: place for place, kind in enumerate(StepKind)}


def timeline(change: Change, service: Service) -> tuple[Step, ...]:
    """The steps of the change's present round in the order in which they run, past ones included.

    Of what is repeated as long as it is waited for (changes/nudges.py) only the next one is among them.
    """
    policy, start, end = service.policy, change.plan.window.start, change.ends_at
    day = service.local(start).date()
    normal = change.plan.kind is Kind.NORMAL

    def before(days: int) -> datetime:
        return day_step_time(day - timedelta(days=days), service)

    dated: list[tuple[StepKind, datetime, int]] = []
    if normal:
        precheck = working_day_before(day - timedelta(days=policy.precheck_days), service)
        prepare = working_day_before(day - timedelta(days=policy.prepare_days), service)
        if prepare >= precheck:  # both moved to the same Friday: a reminder that comes with the thing helps nobody
            prepare = working_day_before(precheck - timedelta(days=1), service)
        asking = {
            StepKind.PREPARE: prepare,
            StepKind.PRECHECK: precheck,
            StepKind.PREFLIGHT_WEEK: working_day_before(day - timedelta(days=policy.preflight_days), service),
            StepKind.GO: working_day_before(day - timedelta(days=policy.go_days), service),
        }
        dated += [(kind, day_step_time(on, service), 0) for kind, on in asking.items()]
    else:
        dated.append((StepKind.PRECHECK, change.submitted_at or change.created_at, 0))
    extended = len(change.extensions)
    cutoff, silence = cutoff_times(change, service)
    started = timedelta(minutes=policy.not_started_minutes), timedelta(minutes=policy.not_started_approver_minutes)
    dated += [
        (StepKind.SILENCE, decision_deadline(change, service), 0),
        (StepKind.REMINDER, before(policy.reminder_days), 0),
        (StepKind.SNAPSHOT, snapshot_due(change, service), 0),
        (StepKind.START, start, 0),
        (StepKind.NOT_STARTED, start + started[0], 0),
        (StepKind.NOT_STARTED_APPROVER, start + started[1], 0),
        (StepKind.CUTOFF, cutoff, extended),
        (StepKind.CUTOFF_SILENCE, silence, extended),
        (StepKind.OVERRUN, end, extended),
        (StepKind.ABANDONED, end, 0),
        (StepKind.REVIEW, review_due(change, service), 0),
    ]
    if snapshot_waits(change, service):
        dated.append((StepKind.SNAPSHOT_TOO_LATE, snapshot_too_late(change, service), change.snapshot.attempt))
    waits_since = change.state_since or change.created_at
    was_warned = nudged(change, StepKind.NEW_DATE_NUDGE, waits_since) is not None
    if was_warned and (given_up := gives_up_at(change, service)) is not None:
        dated.append((StepKind.GIVE_UP, given_up, 0))
    steps = [Step(f"{change.round}/{kind}/{number}", kind, due) for kind, due, number in dated]
    return tuple(sorted([*steps, *next_nudges(change, service)], key=_running_order))


def pending(change: Change, service: Service) -> tuple[Step, ...]:
    """The steps that are still to be carried out as the change stands now, in order; all others are done or void."""
    return tuple(
        step
        for step in timeline(change, service)
        if change.state in RELEVANT[step.kind] and step.key not in change.fired
    )


def short_notice(start: datetime, requested: datetime, proposed: datetime, service: Service) -> bool:
    """Whether a window at `start` is short notice (PROCESS.md, Short notice).

    It is when it starts less than 21 days after the change was first `requested`, or less than 7 days after the day
    on which this date was `proposed`.
    """
    policy = service.policy
    return days_until(start, requested, service) < policy.lead_days or (
        proposed > requested and days_until(start, proposed, service) < policy.notice_days
    )


def days_until(start: datetime, moment: datetime, service: Service) -> int:
    """Calendar days from the local date of `moment` to that of `start`."""
    return (service.local(start).date() - service.local(moment).date()).days


def _running_order(step: Step) -> tuple[datetime, int, str]:
    return step.due, _ORDER[step.kind], step.key
