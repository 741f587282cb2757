"""The work, its tests, trouble on the way, and the review; and its rehearsal."""

from dataclasses import dataclass, field

from changes.commands.base import Command
from changes.notification import PublicTexts


@dataclass(frozen=True, slots=True)
class Start(Command):
    """The work begins now; `reason` says why before its window, or beside an incident on the same server."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecordTest(Command):
    """The test at `index` passed or failed."""

    index: int
    passed: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class PassTests(Command):
    """Every test that has no result yet passed."""


@dataclass(frozen=True, slots=True)
class AcceptTest(Command):
    """The change may end although the test at `index` failed or has no result; affected people read the reason."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Complete(Command):
    """The work is done and tested."""


@dataclass(frozen=True, slots=True)
class ReportTrouble(Command):
    """Something does not work."""

    reason: str


@dataclass(frozen=True, slots=True)
class SolveTrouble(Command):
    """It works again, or will in time: the answer *Solved* at the cutoff."""


@dataclass(frozen=True, slots=True)
class Extend(Command):
    """The window needs more time, in minutes: a reason for the thread, and what affected people read."""

    minutes: int
    reason: str
    public: PublicTexts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeepHolding(Command):
    """Have the holding notice, which goes by itself at the end of the window, say this; nothing: its own sentence."""

    public: PublicTexts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VoidTests(Command):
    """The restore of the change `other` overwrote the data of the server: what tests gave before means nothing."""

    other: str


@dataclass(frozen=True, slots=True)
class SaveReview(Command):
    """What happened against the plan, and what to do better."""

    text: str


@dataclass(frozen=True, slots=True)
class NoteRehearsal(Command):
    """The change is rehearsed, on a bad day or a good one."""

    is_bad: bool = False
