"""One change from the idea to the review."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from changes.model.people import Person
from changes.model.plan import Plan
from changes.model.plan_tasks import TaskMark
from changes.model.records import (
    AcceptedTest,
    Decision,
    Extension,
    IncidentUpdate,
    Nudge,
    PastDecision,
    RecoveryAttempt,
    StandingApproval,
    TemplateRef,
    TestResult,
)
from changes.model.risk import Assessment
from changes.model.snapshot import Preflight, Restore, Snapshot
from changes.model.states import Outcome, State
from changes.model.windows import Window


def change_id_of(year: int, number: int) -> str:
    """The id of the change with that number in its year, for example `CHG-2026-0007`."""
    return f"CHG-{year}-{number:04}"


@dataclass(frozen=True, slots=True)
class Change:
    """One change from the idea to the review: the fold of its events.

    `revision` grows when the plan or the state changes, `round` each time the plan is handed in (again): the steps of
    an older round are void. `requested_at` is when it was handed in first, from which the lead time counts, and
    `submitted_at` when this round was; `proposed_at` is when its present date was proposed. `announced` is the window
    people were last told; None when nobody was, or when it was taken back (`announcement_retractions` times);
    then `promised` is the window in whose place they were told that another follows. `told` stands for what they read
    last, in the last of so many `announcements`, at `announced_at`.

    `approvals` are the answers of those who decided beside or before whoever gave the pre-check or GO; `risk` is what
    was found when the plan was handed in, None where its service assesses none.

    `reviewed_plan` is the plan that the approver looked at last, and `prechecked_round` the round in which the
    pre-check that holds was given. `past_decisions` are those about earlier plans, which hold no longer. `editors`
    wrote on the plan in another's place, and so decide nothing about it. `formerly` were requester or implementer, and
    decide nothing about it either. `handed_over_at` is when neither fixing nor the restore had helped and the incident
    process took over.

    `trouble` is the issue as it was reported last, and only a record when it is `issue_over` after a restore.
    `snapshot_at` is when the snapshot begins where another change occupies the server at the usual moment.
    `cutoff_asked_at` is when the present end's cutoff was asked, and `cutoff_answered` whether somebody has answered
    since. `state_since` is when the present state began, `spoke_at` when the incident was last spoken of in the thread,
    `informed_at` when affected people last heard of it, and `nudges` are the last reminders of what is waited for.
    `last_update` is the last incident update that somebody sent, and `holding` what somebody wrote for the holding
    notice of the present end, by language. `template` is the one that it was requested from, and `standard` what stands
    for pre-check and GO.
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
    approvals: tuple[Decision, ...] = ()
    past_decisions: tuple[PastDecision, ...] = ()
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
    snapshot: Snapshot = field(default_factory=Snapshot)
    started_at: datetime | None = None
    early_reason: str = ""
    tests: tuple[TestResult | None, ...] = ()
    accepted: tuple[AcceptedTest, ...] = ()
    trouble: str = ""
    issue_over: bool = False
    cutoff_asked_at: datetime | None = None
    cutoff_answered: bool = False
    extensions: tuple[Extension, ...] = ()
    holding: Mapping[str, str] = field(default_factory=dict, hash=False)
    incident_at: datetime | None = None
    spoke_at: datetime | None = None
    informed_at: datetime | None = None
    last_update: IncidentUpdate | None = None
    restore: Restore | None = None
    restored: bool = False
    recovery_attempts: tuple[RecoveryAttempt, ...] = ()
    handed_over_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    closing_reason: str = ""
    closed_by: Person | None = None
    review: str = ""
    fired_steps: tuple[str, ...] = ()
    state_since: datetime | None = None
    nudges: tuple[Nudge, ...] = ()
    template: TemplateRef | None = None
    standard: StandingApproval | None = None
    risk: Assessment | None = None
    task_marks: tuple[TaskMark, ...] = ()

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
        decisions = (self.precheck, self.go, self.conflict_allowed, *self.approvals)
        waived = (self.snapshot.waived_by,) if self.snapshot.waived_by else ()
        return (*(each.by for each in decisions if each is not None), *waived)

    @property
    def window(self) -> Window:
        """The window with every extension; what was planned is `plan.window`."""
        return Window(self.plan.window.start, self.ends_at)

    @property
    def ends_at(self) -> datetime:
        """The end of the window with every extension."""
        return self.plan.window.end + timedelta(minutes=self.extended_minutes)

    @property
    def extended_minutes(self) -> int:
        """All extensions together, in minutes."""
        return sum(extension.minutes for extension in self.extensions)

    @property
    def has_open_issue(self) -> bool:
        """Whether an issue of the window was reported that nobody has solved, within an extension too."""
        reported = bool(self.trouble) and not self.issue_over
        return self.state is State.TROUBLE or (self.state is State.EXTENDED and reported)

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

    @property
    def open_tasks(self) -> tuple[int, ...]:
        """The indexes of the tasks that are not ticked off."""
        return tuple(i for i in range(len(self.plan.tasks)) if self.task_mark(i) is None)

    def task_mark(self, index: int) -> TaskMark | None:
        """The tick of the task with that index."""
        return next((each for each in self.task_marks if each.task == self.plan.tasks[index]), None)

    def doer_of(self, index: int) -> Person:
        """Who does the task with that index: the implementer, where nobody is named."""
        return self.plan.tasks[index].assignee or self.plan.implementer

    def with_(self, **changes: object) -> "Change":
        """A copy with the given fields replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]
