"""What a change is: its plan, its window, the decisions about it and where it stands."""

import hashlib
import json
import re
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from changes.errors import ValidationFailed
from changes.plan_fields import PLAN_FIELDS
from changes.snapshots import FailureReason
from changes.text.messages import Message


class State(StrEnum):
    """Where a change stands (PROCESS.md, States)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PRECHECK_PENDING = "precheck_pending"
    CORRECTIONS_REQUESTED = "corrections_requested"
    PRECHECKED = "prechecked"
    GO_PENDING = "go_pending"
    SCHEDULED = "scheduled"
    SNAPSHOTTING = "snapshotting"
    READY = "ready"
    IN_PROGRESS = "in_progress"
    TROUBLE = "trouble"
    EXTENDED = "extended"
    INCIDENT = "incident"
    RESTORING = "restoring"
    COMPLETED = "completed"
    NO_GO = "no_go"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


AWAITING_APPROVAL = frozenset(
    {
        State.SUBMITTED,
        State.PRECHECK_PENDING,
        State.CORRECTIONS_REQUESTED,
        State.PRECHECKED,
        State.GO_PENDING,
    }
)
"""Submitted and without GO."""
AWAITING_IMPLEMENTATION = frozenset({State.SCHEDULED, State.SNAPSHOTTING, State.READY})
"""GO was given, the work has not begun."""
IMPLEMENTING = frozenset({State.IN_PROGRESS, State.TROUBLE, State.EXTENDED})
"""The platform is being changed right now."""
IN_INCIDENT = frozenset({State.INCIDENT, State.RESTORING})
"""The incident process runs."""
BOOKED = AWAITING_APPROVAL | AWAITING_IMPLEMENTATION | IMPLEMENTING | IN_INCIDENT
"""The change's window is taken: no other change of the service may overlap it."""
BEFORE_WORK = AWAITING_APPROVAL | AWAITING_IMPLEMENTATION | {State.DRAFT, State.NO_GO, State.POSTPONED}
"""The change can still be cancelled."""
DROPPED = frozenset({State.CANCELLED, State.POSTPONED, State.NO_GO})
"""The change's window does not take place."""
OPEN = BOOKED | {State.DRAFT, State.NO_GO, State.POSTPONED}
"""The change is not over."""


class ChangeType(StrEnum):
    """How much waiting the process asks for."""

    NORMAL = "normal"
    EMERGENCY = "emergency"


class Outcome(StrEnum):
    """How a completed change ended."""

    SUCCESSFUL = "successful"
    FIXED = "fixed"
    ROLLED_BACK = "rolled_back"


_GUID = re.compile(r"\s*(\{)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?(1)\})\s*", re.IGNORECASE | re.ASCII)


def normalized_id(text: str) -> str:
    """The id in the one spelling that is compared and stored: a GUID in lower case and without braces.

    Any other id is returned as it is: those of conversations and of Teams itself (`29:…`) tell capitals apart.
    """
    found = _GUID.fullmatch(text)
    return found[2].lower() if found else text


def change_id_of(year: int, number: int) -> str:
    """The id of the change with that number in its year, for example `CHG-2026-0007`."""
    return f"CHG-{year}-{number:04}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, by Entra object id, in one spelling. The name is for reading only, empty until the person was seen."""

    id: str
    name: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        # Nobody approves their own change because the settings and Teams spell them differently.
        object.__setattr__(self, "id", normalized_id(self.id))


SYSTEM = Person("clock", "the timeline")
"""Who acts when a step falls due or the provider answers."""


def instant(moment: datetime) -> datetime:
    """`moment` in UTC. Raises ValueError when it has no zone: a naive time means nothing here."""
    if moment.tzinfo is None:
        raise ValueError("a datetime without a zone cannot be used here")
    return moment.astimezone(UTC)


LONGEST_WITH_EXTENSIONS = timedelta(days=60)
"""No window is longer, with all its extensions: what ended lately did not begin long before."""


@dataclass(frozen=True, slots=True)
class Window:
    """The time a change may take, as two instants. Raises ValueError for naive or reversed times."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", instant(self.start))
        object.__setattr__(self, "end", instant(self.end))
        if self.end <= self.start:
            raise ValueError("a window ends after it starts")

    @classmethod
    def on(cls, day: date, at: time, minutes: int, zone: ZoneInfo) -> "Window":
        """The window that starts at the wall-clock time `at` in `zone` and lasts `minutes` of real time.

        Raises ValidationFailed when the clocks are put forward over that time, so that it does not exist. A time that
        exists twice (clocks put back) means its first occurrence.
        """
        local = datetime.combine(day, at.replace(tzinfo=None), zone)
        start = local.astimezone(UTC)
        if start.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
            raise ValidationFailed(
                {
                    "time": Message(
                        "On {day} the clocks go forward and {at} does not exist: take another time.",
                        day=day,
                        at=f"{at:%H:%M}",
                    )
                }
            )
        return cls(start, start + timedelta(minutes=minutes))

    @property
    def minutes(self) -> int:
        """The length in minutes."""
        return int((self.end - self.start).total_seconds() // 60)

    def overlaps(self, other: "Window") -> bool:
        """Whether the two share any moment; touching ends do not."""
        return self.start < other.end and other.start < self.end

    def days(self, zone: ZoneInfo) -> tuple[date, date]:
        """The first and the last local day that it touches, both included; an end at midnight touches no more."""
        return self.start.astimezone(zone).date(), last_day(self.end, zone)


def last_day(end: datetime, zone: ZoneInfo) -> date:
    """The local day of the last moment before `end`: ends are exclusive, and midnight ends the day before it."""
    return (end.astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the approver decides about. `tests` is what validates that the change is done and broke nothing.

    `notify` are mail addresses of affected people beside the service's own.
    """

    service: str
    title: str
    what: str
    window: Window
    tests: tuple[str, ...]
    implementer: Person
    why: str = ""
    risks: str = ""
    rollback: str = ""
    affected: str = ""
    kind: ChangeType = ChangeType.NORMAL
    reason: str = ""
    notify: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """The same for the same plan only: a decision is bound to it (CASES.md 21)."""
        return fingerprint_of([*self._what_is_prechecked, self.window.start.isoformat(), self.window.end.isoformat()])

    @property
    def precheck_fingerprint(self) -> str:
        """The same for plans that differ in their date only.

        The pre-check is about what is modified, how it is tested and how long it takes (PROCESS.md, Validation): it
        holds when nothing but the date is another.
        """
        return fingerprint_of([*self._what_is_prechecked, self.window.minutes])

    @property
    def _what_is_prechecked(self) -> list[object]:
        every = [(each, self.fact(each)) for each in _NAMES]
        return [fact for name, fact in every if fact or name not in _ADDED_LATER]

    def fact(self, name: str) -> object:
        """The field as a fingerprint takes it in."""
        value = getattr(self, name)
        return value.id if isinstance(value, Person) else value


_NAMES = tuple(each.name for each in fields(Plan) if each.name != "window")
_ADDED_LATER = frozenset(each.key for each in PLAN_FIELDS if each.added_later)


def fingerprint_of(facts: list[object]) -> str:
    """A short text that is the same for the same facts only."""
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, by whom and about which plan. `deputy_for` is the approver a deputy stood in for."""

    verdict: str
    by: Person
    at: datetime
    fingerprint: str
    comment: str = ""
    deputy_for: Person | None = None


class SnapshotStatus(StrEnum):
    """How far the snapshot of a change is. HELD: due, and another change occupies the server."""

    NONE = "none"
    HELD = "held"
    REQUESTED = "requested"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The data snapshot of a change; `attempt` counts from 1 with the first request, `milestones` were told.

    `cause` is why it failed; `by_hand` says that a person takes it; `since` is when it came to stand
    so.
    """

    status: SnapshotStatus = SnapshotStatus.NONE
    name: str = ""
    attempt: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    detail: str = ""
    waived_by: Person | None = None
    milestones: tuple[str, ...] = ()
    cause: FailureReason | None = None
    by_hand: bool = False
    since: datetime | None = None
    requested_at: datetime | None = None

    @property
    def oldest(self) -> datetime | None:
        """The earliest moment whose data it can hold: when it began or, if nobody saw that, when it was asked for."""
        seen = self.started_at is not None and self.started_at != self.finished_at
        return self.started_at if seen else self.requested_at or self.started_at or self.finished_at

    @property
    def unlocks_start(self) -> bool:
        """Whether the start is unlocked (PROCESS.md, The timeline, row *start*)."""
        return self.status in (SnapshotStatus.FINISHED, SnapshotStatus.WAIVED)


@dataclass(frozen=True, slots=True)
class Restore:
    """A restore that was asked for, and by whom it was confirmed. `failed` is what went wrong, `cause` of what kind."""

    asked_by: Person
    asked_at: datetime
    confirmed_by: Person | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    failed: str = ""
    cause: FailureReason | None = None
    milestones: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it was asked for and has not ended: it waits for its confirmation, or is under way."""
        return self.finished_at is None

    @property
    def waits(self) -> bool:
        """Whether somebody else has to confirm it."""
        return self.open and self.confirmed_by is None


@dataclass(frozen=True, slots=True)
class TestResult:
    """What one test of the plan gave."""

    __test__ = False

    passed: bool
    by: Person
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class AcceptedTest:
    """A test that may fail, or stay without a result, by the approver's word. Affected people read the reason."""

    __test__ = False

    index: int
    reason: str
    by: Person
    at: datetime
    deputy_for: Person | None = None


@dataclass(frozen=True, slots=True)
class Preflight:
    """What the last look at the snapshot backend found; no problems is good."""

    at: datetime
    problems: tuple[str, ...]
    good: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether a snapshot could be taken."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Nudge:
    """The last reminder of one series: the `number` of it, from 1, and when it was given."""

    series: str
    number: int
    at: datetime

    @property
    def kind(self) -> str:
        """What the series reminds of."""
        return self.series.split("/")[1]


@dataclass(frozen=True, slots=True)
class Extension:
    """More time for the window, in minutes, and why."""

    minutes: int
    reason: str
    by: Person
    at: datetime


class Recovery(StrEnum):
    """The ways out of an incident (PROCESS.md, If there is an issue in the change window)."""

    FIX = "fix"
    FILES = "files"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried to end an incident, and what came of it."""

    way: Recovery
    note: str
    by: Person
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One change from the idea to the review: the fold of its events.

    `revision` grows when the plan or the state changes, `round` each time the plan is handed in (again): the steps of
    an older round are void. `requested_at` is when it was handed in first, from which the lead time counts, and
    `submitted_at` when this round was; `proposed_at` is when its present date was proposed. `announced` is the window
    people were last told; None when nobody was, or when it was taken back, which happened `taken_back` times; then
    `promised` is the window in whose place they were told that another follows. `told` stands for what they read last,
    in the last of so many `announcements`, at `announced_at`.
    `judged` is the plan that the approver looked at last, and `prechecked_round` the round in which the pre-check that
    holds was given. `editors` wrote on the plan in another's place, and so decide nothing about it. `handed_over_at` is
    when neither fixing nor the restore had helped and the incident process took over. `formerly` were requester or
    implementer, and decide nothing about it either.

    `snapshot_at` is when the snapshot begins where another change occupies the server at the usual moment.
    `cutoff_asked_at` is when the present end's cutoff was asked, and `cutoff_answered` whether somebody has answered
    since. `state_since` is when the present state began, `spoke_at` when the incident was last spoken of in the thread,
    `informed_at` when affected people last heard of it, and `nudges` are the last reminders of what is waited for.
    """

    id: str
    requester: Person
    plan: Plan
    state: State
    created_at: datetime
    revision: int = 1
    round: int = 0
    requested_at: datetime | None = None
    submitted_at: datetime | None = None
    short_notice: bool = False
    conflict_allowed: Decision | None = None
    asked_at: datetime | None = None
    corrections: Decision | None = None
    precheck: Decision | None = None
    prechecked_round: int = 0
    reviewed_plan: Plan | None = None
    judged_at: datetime | None = None
    go: Decision | None = None
    scheduled_at: datetime | None = None
    announced: Window | None = None
    announcement_retractions: int = 0
    promised: Window | None = None
    announcements: int = 0
    announced_at: datetime | None = None
    told: str = ""
    proposed_at: datetime | None = None
    editors: tuple[Person, ...] = ()
    formerly: tuple[Person, ...] = ()
    preflight: Preflight | None = None
    snapshot_at: datetime | None = None
    snapshot: Snapshot = Snapshot()
    started_at: datetime | None = None
    early_reason: str = ""
    tests: tuple[TestResult | None, ...] = ()
    accepted: tuple[AcceptedTest, ...] = ()
    trouble: str = ""
    cutoff_asked_at: datetime | None = None
    cutoff_answered: bool = False
    extensions: tuple[Extension, ...] = ()
    incident_at: datetime | None = None
    spoke_at: datetime | None = None
    informed_at: datetime | None = None
    restore: Restore | None = None
    restored: bool = False
    recovery_attempts: tuple[Tried, ...] = ()
    handed_over_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    closing_reason: str = ""
    closed_by_clock: bool = False
    review: str = ""
    fired_steps: tuple[str, ...] = ()
    state_since: datetime | None = None
    nudges: tuple[Nudge, ...] = ()

    @property
    def involved(self) -> tuple[Person, ...]:
        """Those whose own change it is, who therefore decide nothing about it."""
        return (self.requester, self.plan.implementer, *self.editors, *self.formerly)

    @property
    def is_private(self) -> bool:
        """Whether it is nobody else's business: never handed in, and not in the channel because of an overlap."""
        return self.submitted_at is None and self.conflict_allowed is None

    @property
    def decided_by(self) -> tuple[Person, ...]:
        """Whose decisions about the plan stand: pre-check, GO, the snapshot's waiver, an overlap let through."""
        decisions = (self.precheck, self.go, self.conflict_allowed)
        waived = (self.snapshot.waived_by,) if self.snapshot.waived_by else ()
        return (*(each.by for each in decisions if each is not None), *waived)

    @property
    def ends_at(self) -> datetime:
        """The end of the window with every extension."""
        return self.plan.window.end + timedelta(minutes=self.extended_minutes)

    @property
    def extended_minutes(self) -> int:
        """All extensions together, in minutes."""
        return sum(extension.minutes for extension in self.extensions)

    @property
    def open_tests(self) -> tuple[int, ...]:
        """The indexes of the tests without a result."""
        return tuple(i for i, result in enumerate(self.tests) if result is None)

    @property
    def failed_tests(self) -> tuple[int, ...]:
        """The indexes of the tests that failed."""
        return tuple(i for i, result in enumerate(self.tests) if result is not None and not result.passed)

    @property
    def accepted_tests(self) -> frozenset[int]:
        """The indexes of the tests that the approver or a deputy accepted as they are."""
        return frozenset(each.index for each in self.accepted)

    @property
    def blocking_failures(self) -> tuple[int, ...]:
        """The indexes of the tests that failed, and that nobody accepted."""
        return tuple(i for i in self.failed_tests if i not in self.accepted_tests)

    @property
    def blocking_gaps(self) -> tuple[int, ...]:
        """The indexes of the tests without a result, and that nobody accepted."""
        return tuple(i for i in self.open_tests if i not in self.accepted_tests)

    @property
    def blocking_tests(self) -> tuple[int, ...]:
        """The indexes of the tests that keep the change from ending: failed or without a result, and not accepted."""
        return tuple(sorted((*self.blocking_gaps, *self.blocking_failures)))

    def with_(self, **changes: object) -> "Change":
        """A copy with the given fields replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]
