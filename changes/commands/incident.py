"""The incident, the restore, and what else is tried."""

from dataclasses import dataclass, field

from changes.commands.base import Command
from changes.model import Outcome, Recovery
from changes.notification import PublicTexts
from changes.snapshots import FailureReason


@dataclass(frozen=True, slots=True)
class DeclareIncident(Command):
    """It takes much longer than acceptable: a reason for the thread, and what affected people read."""

    reason: str
    public: PublicTexts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UpdateIncident(Command):
    """Tell affected people how the incident stands: in the words of `public`, or of `text` where nothing is public.

    In a language without public words the notice says its own sentence: `text` is in the language of whoever wrote it.
    """

    text: str
    public: PublicTexts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CloseIncident(Command):
    """The incident is over."""

    outcome: Outcome = Outcome.FIXED


@dataclass(frozen=True, slots=True)
class AskRestore(Command):
    """Put the data snapshot back; somebody else has to confirm."""


@dataclass(frozen=True, slots=True)
class ConfirmRestore(Command):
    """Yes, overwrite the data disk of the VPS typed here."""

    vps_name: str


@dataclass(frozen=True, slots=True)
class WithdrawRestore(Command):
    """No, the data is not put back: the request that waits for its confirmation is off."""


@dataclass(frozen=True, slots=True)
class NoteRestoreMilestone(Command):
    """The restore is `half` done, `late`, or cannot be seen (`blind`)."""

    milestone: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class NoteRestoreDone(Command):
    """The data disk is back at the snapshot."""


@dataclass(frozen=True, slots=True)
class NoteRestoreFailed(Command):
    """The data disk could not be put back."""

    reason: str
    cause: FailureReason = FailureReason.BY_HAND


@dataclass(frozen=True, slots=True)
class NoteTried(Command):
    """One way out of the incident was tried; `note` says what was done and what came of it."""

    way: Recovery
    note: str


@dataclass(frozen=True, slots=True)
class HandOver(Command):
    """Neither fixing nor the backups help: the incident process takes over."""

    reason: str
