"""The dated steps of one change, computed from the change and never patched by hand (PROCESS.md, The timeline)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from changes.model import AT_WORK, DAY, UNDECIDED, Change, Kind, State
from changes.policy import Service
from changes.quiet import awake


class StepKind(StrEnum):
    """The steps in the order in which they run when several fall on the same moment."""

    PREPARE = "prepare"
    PRECHECK = "precheck"
    CORRECTIONS = "corrections"
    PREFLIGHT_WEEK = "preflight_week"
    GO = "go"
    GO_NUDGE = "go_nudge"
    GO_DEPUTIES = "go_deputies"
    SILENCE = "silence"
    REMINDER = "reminder"
    SNAPSHOT = "snapshot"
    START = "start"
    NOT_STARTED = "not_started"
    CUTOFF = "cutoff"
    CUTOFF_SILENCE = "cutoff_silence"
    OVERRUN = "overrun"
    OVERRUN_NAG = "overrun_nag"
    ABANDONED = "abandoned"
    REVIEW = "review"


MOST_NAGS = 16
"""So often is an open window nagged about: eight waking hours, by the default interval."""
NAGS_APART = 100
AT_ONCE = 2
"""So many reminders of an open window come at any hour; after that whoever did not answer is let sleep."""
CHASING = frozenset({StepKind.GO_NUDGE, StepKind.GO_DEPUTIES, StepKind.CORRECTIONS})
"""Steps that only remind somebody: never in the quiet hours."""

_ORDER = {kind: place for place, kind in enumerate(StepKind)}

RELEVANT: dict[StepKind, frozenset[State]] = {
    StepKind.PREPARE: frozenset({State.SUBMITTED}),
    StepKind.PRECHECK: frozenset({State.SUBMITTED}),
    StepKind.CORRECTIONS: frozenset({State.CORRECTIONS_REQUESTED}),
    StepKind.PREFLIGHT_WEEK: UNDECIDED,
    StepKind.GO: frozenset({State.PRECHECKED}),
    StepKind.GO_NUDGE: frozenset({State.GO_PENDING}),
    StepKind.GO_DEPUTIES: frozenset({State.GO_PENDING}),
    StepKind.SILENCE: UNDECIDED,
    StepKind.REMINDER: DAY,
    StepKind.SNAPSHOT: frozenset({State.SCHEDULED}),
    StepKind.START: DAY,
    StepKind.NOT_STARTED: DAY,
    StepKind.CUTOFF: AT_WORK,
    StepKind.CUTOFF_SILENCE: AT_WORK,
    StepKind.OVERRUN: AT_WORK | DAY,
    StepKind.OVERRUN_NAG: AT_WORK,
    StepKind.ABANDONED: DAY,
    StepKind.REVIEW: frozenset({State.COMPLETED}),
}
"""The states in which a step has a meaning. In any other state it is void, or not yet possible."""


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step. The key is unique within the change and the same however often the timeline is computed."""

    key: str
    kind: StepKind
    due: datetime


def timeline(change: Change, service: Service) -> tuple[Step, ...]:
    """Every step of the change's present round in the order in which they run, past ones included."""
    policy, start = service.policy, change.plan.window.start
    end = change.ends_at
    day = service.local(start).date()
    asked = change.submitted_at or change.created_at
    normal = change.plan.kind is Kind.NORMAL

    def before(days: int) -> datetime:
        return nine(day - timedelta(days=days), service)

    def asking(days: int) -> datetime:
        return nine(_working_day_before(day - timedelta(days=days), service), service)

    def within(minutes_before_end: int) -> datetime:
        return max(start, end - timedelta(minutes=minutes_before_end))

    dated: list[tuple[StepKind, datetime, int]] = []
    if normal:
        go = asking(policy.go_days)
        dated.append((StepKind.PREPARE, asking(policy.prepare_days), 0))
        dated.append((StepKind.PRECHECK, asking(policy.precheck_days), 0))
        dated.append((StepKind.PREFLIGHT_WEEK, asking(policy.preflight_days), 0))
        dated.append((StepKind.GO, go, 0))
        asked_go = change.asked_at if change.state is State.GO_PENDING and change.asked_at else go
        dated.append((StepKind.GO_NUDGE, _after(asked_go, policy.nudge_days, service), 0))
        dated.append((StepKind.GO_DEPUTIES, _after(asked_go, policy.deputies_days, service), 0))
    else:
        dated.append((StepKind.PRECHECK, asked, 0))
    silence = before(policy.silence_days)
    # Who asks after the deadline still gets an answer until the window begins; then silence is no GO either.
    dated.append((StepKind.SILENCE, silence if normal and asked < silence else start, 0))
    if change.corrections is not None and change.state is State.CORRECTIONS_REQUESTED:
        dated += _corrections(change.corrections.at, start, service)
    snapshot = timedelta(minutes=service.vps.snapshot_minutes + policy.snapshot_margin_minutes)
    extended = len(change.extensions)
    dated += [
        (StepKind.REMINDER, before(policy.reminder_days), 0),
        (StepKind.SNAPSHOT, start - snapshot, 0),
        (StepKind.START, start, 0),
        (StepKind.NOT_STARTED, start + timedelta(minutes=policy.not_started_minutes), 0),
        (StepKind.CUTOFF, within(policy.cutoff_minutes), extended),
        (StepKind.CUTOFF_SILENCE, within(policy.cutoff_silence_minutes), extended),
        (StepKind.OVERRUN, end, extended),
        *_nags(end, extended, service),
        (StepKind.ABANDONED, end + timedelta(minutes=policy.acceptable_overrun_minutes), 0),
        (StepKind.REVIEW, nine(_working_day_after(service.local(change.ended_at or end).date(), service), service), 0),
    ]
    steps = [
        Step(f"{change.round}/{kind}/{number}", kind, awake(due, service) if kind in CHASING else due)
        for kind, due, number in dated
    ]
    return tuple(sorted(steps, key=_running_order))


def pending(change: Change, service: Service) -> tuple[Step, ...]:
    """The steps that are still to be carried out as the change stands now, in order; all others are done or void."""
    return tuple(
        step
        for step in timeline(change, service)
        if change.state in RELEVANT[step.kind] and step.key not in change.fired
    )


def short_notice(start: datetime, now: datetime, service: Service) -> bool:
    """Whether a request made `now` for a window at `start` is short notice (PROCESS.md, row *request*: 21 days)."""
    days = (service.local(start).date() - service.local(now).date()).days
    return days < service.policy.lead_days


def nine(day: date, service: Service) -> datetime:
    """The moment at which the day steps of that local day fire: 09:00 in the service's zone."""
    return datetime.combine(day, service.day_time, service.zone).astimezone(UTC)


def _running_order(step: Step) -> tuple[datetime, int, str]:
    return step.due, _ORDER[step.kind], step.key


def _working_day_before(day: date, service: Service) -> date:
    while not service.is_working(day):
        day -= timedelta(days=1)
    return day


def _working_day_after(day: date, service: Service) -> date:
    day += timedelta(days=1)
    while not service.is_working(day):
        day += timedelta(days=1)
    return day


def _after(moment: datetime, days: int, service: Service) -> datetime:
    """09:00 `days` after `moment`, on the working day before where that is none; but never before `moment` itself."""
    asked = service.local(moment).date()
    day = _working_day_before(asked + timedelta(days=days), service)
    return nine(day if day > asked else _working_day_after(asked, service), service)


def _nags(end: datetime, extended: int, service: Service) -> list[tuple[StepKind, datetime, int]]:
    """The reminders of a window that was left open, numbered on for each extension (CASES.md 8).

    The first two come at once. The others of a night are one, at the end of the quiet hours.
    """
    dated: list[tuple[StepKind, datetime, int]] = []
    due, every = end, timedelta(minutes=service.policy.nag_minutes)
    while every and len(dated) < MOST_NAGS:
        due += every
        if len(dated) >= AT_ONCE:
            due = awake(due, service)
        dated.append((StepKind.OVERRUN_NAG, due, extended * NAGS_APART + len(dated) + 1))
    return dated


def nag_number(key: str) -> int:
    """The how manyth reminder of an open window the step with this key is, from 1."""
    return int(key.rpartition("/")[2]) % NAGS_APART


def _corrections(since: datetime, start: datetime, service: Service) -> list[tuple[StepKind, datetime, int]]:
    """A reminder every two days while corrections are open, each day once, until the window."""
    dated: list[tuple[StepKind, datetime, int]] = []
    number = 1
    asked = service.local(since).date()
    last = service.local(start).date()
    seen: set[datetime] = set()
    while (asked + timedelta(days=number * service.policy.corrections_days)) < last:
        due = _after(since, number * service.policy.corrections_days, service)
        if due not in seen:
            dated.append((StepKind.CORRECTIONS, due, number))
            seen.add(due)
        number += 1
    return dated
