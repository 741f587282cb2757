"""How a state reads and looks, and how far a change has come."""

from dataclasses import dataclass, replace
from typing import Literal

from microsoft_teams.cards import CardElement

from cards.elements.blocks import Colour, Style, text_block
from changes.model import IMPLEMENTING, IN_INCIDENT, Change, ChangeType, Outcome, RiskLevel, SnapshotStatus, State
from changes.text.messages import Message, joined
from language import N_, _

OUTCOMES = {
    Outcome.SUCCESSFUL: N_("successful"),
    Outcome.FIXED: N_("fixed after an incident"),
    Outcome.ROLLED_BACK: N_("rolled back to the snapshot"),
}
"""How a change ended."""
BadgeStyle = Literal["Default", "Subtle", "Informative", "Accent", "Good", "Attention", "Warning"]


@dataclass(frozen=True, slots=True)
class Look:
    """What a state is called, and the colours and the icon (a name of Fluent's) that go with it."""

    label: str
    style: Style
    badge: BadgeStyle
    icon: str

    @property
    def colour(self) -> Colour:
        """The colour of the state as text."""
        return _AS_TEXT[self.style]


_AS_TEXT: dict[Style, Colour] = {
    "default": "Default",
    "emphasis": "Default",
    "accent": "Accent",
    "good": "Good",
    "attention": "Attention",
    "warning": "Warning",
}


_RISKS = {
    RiskLevel.LOW: Look(N_("Low risk"), "good", "Subtle", "ShieldCheckmark"),
    RiskLevel.MEDIUM: Look(N_("Medium risk"), "warning", "Warning", "Shield"),
    RiskLevel.HIGH: Look(N_("High risk"), "attention", "Attention", "ShieldError"),
}


def risk_looks(change: Change) -> list[Look]:
    """The badge of its risk; nothing where its service assesses none."""
    looks = [_RISKS[change.risk.level]] if change.risk is not None else []
    return [replace(each, label=_(each.label)) for each in looks]


def _awaiting(label: str, icon: str = "Clock") -> Look:
    return Look(label, "warning", "Warning", icon)


def _planned(label: str) -> Look:
    return Look(label, "good", "Good", "CalendarCheckmark")


def _running(label: str, icon: str = "ArrowSync") -> Look:
    return Look(label, "accent", "Accent", icon)


def _bad(label: str, icon: str = "Warning") -> Look:
    return Look(label, "attention", "Attention", icon)


def _closed(label: str, icon: str = "Archive") -> Look:
    return Look(label, "emphasis", "Subtle", icon)


_STATES: dict[State, Look] = {
    State.DRAFT: _closed(N_("Draft"), "Edit"),
    State.SUBMITTED: _running(N_("Submitted"), "Send"),
    State.PRECHECK_PENDING: _awaiting(N_("Awaiting pre-check")),
    State.CORRECTIONS_REQUESTED: _awaiting(N_("Corrections requested"), "Edit"),
    State.PRECHECKED: _running(N_("Pre-check approved"), "Checkmark"),
    State.GO_PENDING: _awaiting(N_("Awaiting GO")),
    State.SCHEDULED: _planned(N_("Scheduled")),
    State.SNAPSHOTTING: _running(N_("Snapshot in progress"), "Camera"),
    State.READY: _planned(N_("Ready to start")),
    State.IN_PROGRESS: _running(N_("In progress"), "Wrench"),
    State.TROUBLE: _bad(N_("Issue reported")),
    State.EXTENDED: _running(N_("In progress, extended"), "Wrench"),
    State.INCIDENT: _bad(N_("Incident"), "ErrorCircle"),
    State.RESTORING: _bad(N_("Restore in progress"), "ArrowUndo"),
    State.COMPLETED: Look(N_("Completed"), "good", "Good", "CheckmarkCircle"),
    State.NO_GO: _closed(N_("NO-GO"), "Dismiss"),
    State.POSTPONED: _closed(N_("Postponed"), "CalendarCancel"),
    State.CANCELLED: _closed(N_("Cancelled"), "Dismiss"),
}
_SNAPSHOTS: dict[SnapshotStatus, Look] = {
    SnapshotStatus.HELD: _awaiting(N_("Waiting for another change on the server")),
    SnapshotStatus.REQUESTED: _awaiting(N_("Awaiting its snapshot")),
    SnapshotStatus.FAILED: _bad(N_("Snapshot failed")),
}
"""What a change that waits for its snapshot really waits for, where none is in progress."""
_UNKNOWN = N_("Snapshot unconfirmed")
_ENDS: dict[Outcome, Look] = {
    Outcome.FIXED: Look(N_("Completed after an incident"), "good", "Good", "CheckmarkCircle"),
    Outcome.ROLLED_BACK: _awaiting(N_("Rolled back"), "ArrowUndo"),
}
"""How a change that is over reads, where it did not simply succeed: what was rolled back is nothing good."""


def state_look(change: Change) -> Look:
    """How the change's state looks and reads, as it really stands, in the language of the moment."""
    look = _STATES[change.state]
    if change.state is State.SNAPSHOTTING:
        snapshot = change.snapshot
        look = _SNAPSHOTS.get(snapshot.status, look)
        if snapshot.status is SnapshotStatus.FAILED and snapshot.cause is not None and snapshot.cause.look_first:
            look = replace(look, label=_UNKNOWN)
    elif change.state is State.COMPLETED and change.outcome in _ENDS:
        look = _ENDS[change.outcome]
    return replace(look, label=_(look.label))


def state_label(change: Change) -> tuple[str, Colour]:
    """How the change's state reads, as it really stands, and in which colour."""
    look = state_look(change)
    return look.label, look.colour


_PHASES = (N_("Request"), N_("Pre-check"), N_("GO"), N_("Snapshot"), N_("Window"), N_("Review"))
_PHASE_OF: dict[State, int] = {
    State.DRAFT: 0,
    State.SUBMITTED: 1,
    State.PRECHECK_PENDING: 1,
    State.CORRECTIONS_REQUESTED: 1,
    State.PRECHECKED: 2,
    State.GO_PENDING: 2,
    State.SCHEDULED: 3,
    State.SNAPSHOTTING: 3,
    State.READY: 4,
    **dict.fromkeys(IMPLEMENTING | IN_INCIDENT, 4),
    State.COMPLETED: 5,
}


def stepper(change: Change) -> list[CardElement]:
    """The phases on one line; nothing for a change that takes no further step."""
    at = _PHASE_OF.get(change.state)
    if at is None:
        return []
    if change.plan.kind is ChangeType.EMERGENCY and at > 1:
        at -= 1
    is_over = change.state is State.COMPLETED and bool(change.review)
    shown = []
    for number, name in enumerate(_phases(change)):
        if number < at or is_over:
            shown.append(Message("{name} ✓", name=name))
        else:
            shown.append(Message("**{name} ●**", name=name) if number == at else name)
    return [text_block(joined(*shown, by=" – "))]


def _phases(change: Change) -> list[Message]:
    names = [_(each) for each in _PHASES]
    return [names[0], _("Pre-check and GO"), *names[3:]] if change.plan.kind is ChangeType.EMERGENCY else names
