"""Pre-check, GO, and an overlap that is let through."""

from dataclasses import dataclass, field

from changes.events.base import Event
from changes.model import Person, StandingApproval
from changes.notification import PublicTexts


@dataclass(frozen=True, slots=True)
class ConflictAllowed(Event):
    """An overlap was let through by the approver."""

    fingerprint: str
    reason: str
    deputy_for: Person | None


@dataclass(frozen=True, slots=True)
class PrecheckAsked(Event):
    """The approver was asked for the pre-check of this plan."""

    fingerprint: str


@dataclass(frozen=True, slots=True)
class CorrectionsRequested(Event):
    """The approver wants the plan corrected."""

    fingerprint: str
    comment: str
    deputy_for: Person | None


@dataclass(frozen=True, slots=True)
class PrecheckApproved(Event):
    """The approver agrees with the plan, or did so beforehand: `standing`."""

    fingerprint: str
    comment: str
    waives_lead_time: bool
    deputy_for: Person | None
    standing: StandingApproval | None = None


@dataclass(frozen=True, slots=True)
class ApprovalGiven(Event):
    """One of several who have to decide agrees, and others are still asked; the verdict is that of the whole answer."""

    verdict: str
    fingerprint: str
    comment: str
    deputy_for: Person | None


@dataclass(frozen=True, slots=True)
class GoAsked(Event):
    """The approver was asked for GO / NO-GO."""

    fingerprint: str


@dataclass(frozen=True, slots=True)
class GoGiven(Event):
    """GO. `notice_days` is how many days of notice people get, where that is less than a week.

    `standing` is the pre-approval by which it was given, where nobody was asked.
    """

    fingerprint: str
    comment: str
    deputy_for: Person | None
    waives_lead_time: bool = False
    notice_days: int | None = None
    standing: StandingApproval | None = None


@dataclass(frozen=True, slots=True)
class GoRefused(Event):
    """NO-GO: a reason for the thread, and what those read who were told the date."""

    fingerprint: str
    reason: str
    deputy_for: Person | None
    public: PublicTexts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MadeStandard(Event):
    """Pre-check and GO are given by the pre-approval, if it still holds at their time."""

    standing: StandingApproval


@dataclass(frozen=True, slots=True)
class MadeNormal(Event):
    """Its pre-approval does not hold for it, or no longer, and why: it is decided like any other change."""

    reason: str
