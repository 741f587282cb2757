"""The work, its tests, trouble on the way, and the review; and its rehearsal."""

from dataclasses import dataclass, field
from datetime import datetime

from changes.events.base import Event
from changes.model import Outcome, Person
from changes.notification import PublicTexts


@dataclass(frozen=True, slots=True)
class Started(Event):
    """The work began; `early` before its window. `reason` is why, or why beside an incident on the same server."""

    reason: str = ""
    early: bool = False


@dataclass(frozen=True, slots=True)
class TestRecorded(Event):
    """A test of the plan was run."""

    __test__ = False

    index: int
    passed: bool
    note: str


@dataclass(frozen=True, slots=True)
class TestAccepted(Event):
    """The approver lets the change end although this test failed or has no result."""

    __test__ = False

    index: int
    reason: str
    deputy_for: Person | None


@dataclass(frozen=True, slots=True)
class TestsVoided(Event):
    """The restore of the change `other` overwrote the server's data."""

    __test__ = False

    other: str


@dataclass(frozen=True, slots=True)
class Completed(Event):
    """The work ended."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class TroubleReported(Event):
    """Something does not work; `in_passing` when the same press says how it goes on, and that is told."""

    reason: str
    in_passing: bool = False


@dataclass(frozen=True, slots=True)
class TroubleSolved(Event):
    """It works again."""


@dataclass(frozen=True, slots=True)
class Extended(Event):
    """The window got more time, in minutes; `ends_at` is the new end, `into` whose time on the server it takes.

    The reason is for the thread, `public` for affected people.
    """

    minutes: int
    reason: str
    ends_at: datetime
    into: tuple[str, ...] = ()
    public: PublicTexts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HoldingKept(Event):
    """What the holding notice says, should the window end without an answer, was written."""

    public: PublicTexts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reviewed(Event):
    """The review was written."""

    text: str


@dataclass(frozen=True, slots=True)
class Rehearsed(Event):
    """Somebody saw the change played, on a bad day or a good one; nothing else came of it."""

    is_bad: bool
