"""The dated steps of one change, computed from the change and never patched by hand (docs/process.md, P28)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from changes.approvals.quorum import OpenStage, may_approve, stuck_stage
from changes.memoization import by_identity
from changes.model import Change, ChangeType, Person
from changes.planning.deadlines import (
    cutoff_times,
    day_step_time,
    days_before,
    decision_deadline,
    review_due,
    snapshot_due,
    snapshot_too_late,
    snapshot_waits,
    working_day_before,
)
from changes.planning.reminders import MARK, gives_up_at, next_nudges, nudged
from changes.planning.steps import RELEVANT, Step, StepKind
from changes.planning.tasks.moments import reminders
from changes.policy import Policy, Service

_ORDER = {kind: place for place, kind in enumerate(StepKind)}
Moment = Callable[[Change, Service], datetime | None]


def _asking(days: Callable[[Policy], int]) -> Moment:
    """09:00 so many days before the window, on the working day before where that is none; nothing in an emergency."""

    def due(change: Change, service: Service) -> datetime | None:
        if change.plan.kind is ChangeType.EMERGENCY:
            return None
        return day_step_time(working_day_before(days_before(change, service, days(service.policy)), service), service)

    return due


def _prepare(change: Change, service: Service) -> datetime | None:
    """When the requester is reminded to prepare, always before the pre-check; None where nobody is asked for one."""
    if change.plan.kind is ChangeType.EMERGENCY or change.standard is not None:
        return None
    precheck = working_day_before(days_before(change, service, service.policy.precheck_days), service)
    prepare = working_day_before(days_before(change, service, service.policy.prepare_days), service)
    if prepare >= precheck:  # both moved to the same Friday
        prepare = working_day_before(precheck - timedelta(days=1), service)
    return day_step_time(prepare, service)


def _precheck(change: Change, service: Service) -> datetime | None:
    at_once = change.submitted_at or change.created_at
    return (
        at_once
        if change.plan.kind is ChangeType.EMERGENCY
        else _asking(lambda policy: policy.precheck_days)(change, service)
    )


def _silence(change: Change, service: Service) -> datetime | None:
    """When silence postpones it; never where nobody is asked, because a pre-approval stands for the answers."""
    return decision_deadline(change, service) if change.standard is None else None


def _give_up(change: Change, service: Service) -> datetime | None:
    """Never before its requester was told of it."""
    since = change.state_since or change.created_at
    return gives_up_at(change, service) if nudged(change, StepKind.NEW_DATE_NUDGE, since) else None


def _after_start(minutes: Callable[[Policy], int]) -> Moment:
    return lambda change, service: change.plan.window.start + timedelta(minutes=minutes(service.policy))


MOMENTS: Mapping[StepKind, Moment] = {
    StepKind.PREPARE: _prepare,
    StepKind.PRECHECK: _precheck,
    StepKind.PREFLIGHT_WEEK: _asking(lambda policy: policy.preflight_days),
    StepKind.GO: _asking(lambda policy: policy.go_days),
    StepKind.SILENCE: _silence,
    StepKind.GIVE_UP: _give_up,
    StepKind.REMINDER: lambda change, service: day_step_time(
        days_before(change, service, service.policy.reminder_days), service
    ),
    StepKind.SNAPSHOT: snapshot_due,
    StepKind.SNAPSHOT_TOO_LATE: lambda change, service: (
        snapshot_too_late(change, service) if snapshot_waits(change, service) else None
    ),
    StepKind.START: lambda change, service: change.plan.window.start,
    StepKind.NOT_STARTED: _after_start(lambda policy: policy.not_started_minutes),
    StepKind.NOT_STARTED_APPROVER: _after_start(lambda policy: policy.not_started_approver_minutes),
    StepKind.CUTOFF: lambda change, service: cutoff_times(change, service)[0],
    StepKind.CUTOFF_SILENCE: lambda change, service: cutoff_times(change, service)[1],
    StepKind.OVERRUN: lambda change, service: change.ends_at,
    StepKind.ABANDONED: lambda change, service: change.ends_at,
    StepKind.REVIEW: review_due,
}
"""When each dated step is due (docs/process.md, P26 to P63); None where the change has none of it."""
_OF_AN_END = frozenset({StepKind.CUTOFF, StepKind.CUTOFF_SILENCE, StepKind.OVERRUN})
"""These come once for each end that the window gets."""


@by_identity(512)
def timeline(change: Change, service: Service) -> tuple[Step, ...]:
    """The steps of the change's present round in the order in which they run, past ones included.

    Of what is repeated as long as it is waited for (changes/planning/reminders.py) only the next one is among them.
    """
    return _steps(change, service, MOMENTS)


def pending(change: Change, service: Service) -> tuple[Step, ...]:
    """The steps that are still to be carried out as the change stands now, in order; all others are done or void."""
    wanted = [kind for kind in MOMENTS if change.state in RELEVANT[kind]]
    return still_pending(change, _steps(change, service, wanted))


def still_pending(change: Change, steps: Iterable[Step]) -> tuple[Step, ...]:
    """Those of the change's steps that are still to be carried out as it stands now."""
    return tuple(step for step in steps if change.state in RELEVANT[step.kind] and step.key not in change.fired_steps)


def _steps(change: Change, service: Service, kinds: Iterable[StepKind]) -> tuple[Step, ...]:
    dated: list[Step] = next_nudges(change, service)
    for kind in kinds:
        due = MOMENTS[kind](change, service)
        if due is not None:
            number = len(change.extensions) if kind in _OF_AN_END else 0
            if kind is StepKind.SNAPSHOT_TOO_LATE:
                number = change.snapshot.attempt
            dated.append(Step(f"{change.round}/{kind}/{number}", kind, due))
    # Not by the round: an edit says nothing anew of what somebody was reminded of.
    moments = {at for at, _each in reminders(change, service)} if change.plan.tasks else ()
    dated += [Step(f"{StepKind.TASK}/{StepKind.TASK}/{at:{MARK}}", StepKind.TASK, at) for at in moments]
    return tuple(sorted(dated, key=lambda step: (step.due, _ORDER[step.kind], step.key)))


def short_notice(start: datetime, requested: datetime, proposed: datetime, service: Service) -> bool:
    """Whether a window at `start` is short notice (docs/process.md, P42).

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


def available_approvers(change: Change, service: Service) -> tuple[Person, ...]:
    """The people who may decide about the change and are there on at least one day on which GO can be given."""
    due = {step.kind: service.local(step.due).date() for step in timeline(change, service)}
    last = service.local(decision_deadline(change, service)).date()
    first = due.get(StepKind.GO, last)
    days = [first + timedelta(days=number) for number in range(max(0, (last - first).days) + 1)]
    may = may_approve(change, service)
    return tuple(each for each in may if any(service.away_until(each, day) is None for day in days))


def stuck_in_time(change: Change, service: Service) -> OpenStage | None:
    """The first stage for which too few are there in time, or eligible at all; None where GO can be given (P126)."""
    return stuck_stage(change, service, available_approvers(change, service).__contains__)
