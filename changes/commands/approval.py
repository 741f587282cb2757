"""Pre-check, GO, and an overlap that is let through."""

from dataclasses import dataclass, field

from changes.commands.base import Command
from changes.notification import PublicTexts


@dataclass(frozen=True, slots=True)
class AllowConflict(Command):
    """Let the window stand although it overlaps another change or a freeze."""

    reason: str


@dataclass(frozen=True, slots=True)
class ApprovePrecheck(Command):
    """The plan is good; with short notice this also waives the lead time."""

    comment: str = ""


@dataclass(frozen=True, slots=True)
class RequestCorrections(Command):
    """The plan has to be corrected first."""

    comment: str


@dataclass(frozen=True, slots=True)
class GiveGo(Command):
    """GO: the change takes place. A `waiver` is the reason why it may start without a snapshot."""

    comment: str = ""
    waiver: str = ""


@dataclass(frozen=True, slots=True)
class RefuseGo(Command):
    """NO-GO: it does not take place in this window. `public` is for those who were told of it already."""

    reason: str
    public: PublicTexts = field(default_factory=dict)
