"""What was decided, tested, extended, tried and reminded of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from changes.model.people import Person


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, by whom and about which plan. `deputy_for` is the approver a deputy stood in for."""

    verdict: str
    by: Person
    at: datetime
    fingerprint: str
    comment: str = ""
    deputy_for: Person | None = None


@dataclass(frozen=True, slots=True)
class PastDecision:
    """What was decided in a round of the plan that is over, and whose change of the plan ended it, and when.

    The decision is None where nobody had answered.
    """

    round: int
    decision: Decision | None
    by: Person
    at: datetime


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
    """The ways out of an incident (docs/process.md, P67)."""

    FIX = "fix"
    FILES = "files"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class IncidentUpdate:
    """What affected people were told of an incident: the text for the thread, and what they read by language."""

    text: str
    public: Mapping[str, str] = field(hash=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class RecoveryAttempt:
    """What was tried to end an incident, and what came of it."""

    way: Recovery
    note: str
    by: Person
    at: datetime


@dataclass(frozen=True, slots=True)
class TemplateRef:
    """A version of a template, by the template's name."""

    name: str
    version: int


@dataclass(frozen=True, slots=True)
class StandingApproval:
    """A pre-approval as a change relies on it: by whom and when it was given, and for which template.

    `deputy_for` is the approver a deputy stood in for.
    """

    by: Person
    at: datetime
    template: TemplateRef
    deputy_for: Person | None = None
