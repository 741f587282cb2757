"""A change does not take place then, or not at all: postponed or cancelled (docs/process.md, P16, P48)."""

from datetime import datetime, timedelta

from changes import commands as c
from changes import events as e
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import DecisionContext, in_state, optional_text, public_texts, required_text
from changes.model import (
    AWAITING_APPROVAL,
    AWAITING_IMPLEMENTATION,
    BEFORE_WORK,
    SYSTEM,
    Change,
    Person,
    Snapshot,
    SnapshotStatus,
    State,
)
from changes.notification import CardKind, NoticeKind, PublicTexts, ThreadMessage, expected_window
from changes.permissions import Permission, authorize
from changes.planning.steps import StepKind
from changes.text import Message


def decide_cancel(change: Change, command: c.Cancel, context: DecisionContext) -> tuple[e.Event, ...]:
    """Cancel a change before its work starts; only a draft needs no reason."""
    authorize(command.by, Permission.EDIT, change, context.service)
    in_state(change, BEFORE_WORK, Message("only a change that has not started can be cancelled"))
    if change.state is State.DRAFT:
        return (e.Cancelled(optional_text(command.reason, "reason")),)
    reason = required_text(command.reason, "reason", Message("Say why it is cancelled."))
    return (e.Cancelled(reason, public_texts(command.public, NoticeKind.CANCELLED, context.service)),)


def decide_discard_draft(change: Change, command: c.DiscardDraft, context: DecisionContext) -> tuple[e.Event, ...]:
    """Discard a draft that its owner did not confirm (docs/process.md, P141)."""
    authorize(command.by, Permission.TICK, change, context.service)
    in_state(change, {State.DRAFT}, Message("only a draft can be discarded"))
    return (e.Cancelled(""),)


def decide_postpone(change: Change, command: c.Postpone, context: DecisionContext) -> tuple[e.Event, ...]:
    """Give up the date of a change that has not started."""
    authorize(command.by, Permission.POSTPONE, change, context.service)
    in_state(
        change,
        AWAITING_APPROVAL | AWAITING_IMPLEMENTATION,
        Message("only a change that has not started can be postponed"),
    )
    reason = required_text(command.reason, "reason", Message("Say why it is postponed."))
    public = public_texts(command.public, NoticeKind.POSTPONED, context.service)
    return (e.Postponed(reason, silent=False, public=public),)


def apply(change: Change, entry: e.Entry) -> Change:
    """The change without its date."""
    event, at = entry.event, entry.at
    match event:
        case e.Postponed(reason=reason):
            given_up = retract_announcement(change).with_(closing_reason=reason, closed_by=_somebody(entry.by))
            return given_up.with_(state=State.POSTPONED, snapshot=Snapshot(), snapshot_at=None)
        case e.Cancelled(reason=reason):
            cancelled = retract_announcement(change).with_(state=State.CANCELLED, closing_reason=reason, ended_at=at)
            return cancelled.with_(promised=None, closed_by=_somebody(entry.by))
        case _:
            return change


def _somebody(by: Person) -> Person | None:
    """Whoever acted; None where it went by itself."""
    return None if by == SYSTEM else by


def retract_announcement(change: Change) -> Change:
    """The change whose announced date does not hold any more; a new one is promised to those who were told it."""
    told = change.announced is not None
    return change.with_(
        announced=None,
        told="",
        promised=change.announced or change.promised,
        announcement_retractions=change.announcement_retractions + told,
    )


def react(effects: EffectBuilder, event: e.Event) -> None:
    """Tell everyone concerned, and ask for a new date until there is one."""
    before = effects.before
    match event:
        case e.Postponed(reason=reason, silent=silent, public=public):
            close_decision_cards(effects)
            line = ThreadMessage.POSTPONED_SILENT if silent else ThreadMessage.POSTPONED
            effects.post_message(line, reason, effects.requester, effects.implementer, *effects.approver_or_deputies())
            tell_retraction(effects, NoticeKind.POSTPONED, public)
        case e.Cancelled(reason=reason, public=public) if before is not None and before.submitted_at is not None:
            close_decision_cards(effects)
            line = ThreadMessage.CANCELLED_SILENT if effects.entry.by == SYSTEM else ThreadMessage.CANCELLED
            effects.post_message(line, reason, effects.requester, effects.implementer, *effects.approver_or_deputies())
            tell_retraction(effects, NoticeKind.CANCELLED, public)
        case e.StepFired(kind=StepKind.NEW_DATE_NUDGE):
            effects.post_message(
                ThreadMessage.NEW_DATE_NUDGE, "", effects.requester, *_after_two_weeks(effects, event.due)
            )
        case _:
            return


def close_decision_cards(effects: EffectBuilder) -> None:
    """Make the pre-check and GO cards records, and those of a snapshot that was due already."""
    effects.edit_cards(CardKind.PRECHECK, CardKind.GO)
    if effects.before is not None and effects.before.snapshot.status is not SnapshotStatus.NONE:
        effects.edit_cards(CardKind.PROGRESS, CardKind.DAY, of=effects.before)


def tell_retraction(effects: EffectBuilder, kind: NoticeKind, public: PublicTexts) -> None:
    """Tell those who expect a date, or whom one was promised, that nothing comes of it (docs/process.md, P45, P48).

    Why is between those who decide and those who asked: affected people read the public texts.
    """
    if effects.before is None:
        return
    if (expected := expected_window(kind, effects.before)) is not None:
        effects.notice(kind, window=expected, public=public)


def _after_two_weeks(effects: EffectBuilder, due: datetime) -> tuple[Person, ...]:
    """The approver, once the requester had two weeks (docs/process.md, P78)."""
    since = effects.change.state_since or due
    patience = timedelta(days=effects.service.policy.new_date_approver_days)
    return effects.approver_or_deputies() if due - since >= patience else ()
