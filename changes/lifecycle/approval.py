"""The approver decides: pre-check, GO / NO-GO and exceptions, each about one plan, known by its fingerprint."""

from changes import commands as c
from changes import events as e
from changes.approvals.quorum import stages_of
from changes.errors import TooLate, WrongState
from changes.labels import moment_label
from changes.lifecycle.decisions.agreement import ask_again, ask_the_others, completes
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import (
    DecisionContext,
    conflict_allowed,
    in_state,
    optional_text,
    public_texts,
    required_text,
)
from changes.lifecycle.plan_tasks import tasks_gate
from changes.lifecycle.request.withdrawal import close_decision_cards, retract_announcement, tell_retraction
from changes.model import Change, ChangeType, Decision, Person, State
from changes.notification import CardKind, NoticeKind, ThreadMessage
from changes.notification.announcement import announced_text
from changes.permissions import Permission, authorize
from changes.planning.conflicts import find_conflict
from changes.planning.steps import StepKind
from changes.planning.tasks.moments import go_held_by
from changes.planning.timeline import days_until
from changes.text import Message, is_blank, template


def decide_allow_conflict(change: Change, command: c.AllowConflict, context: DecisionContext) -> tuple[e.Event, ...]:
    """Let the plan of a draft through in spite of an overlap or a freeze."""
    authorize(command.by, Permission.DECIDE, change, context.service)
    in_state(change, {State.DRAFT}, Message("an overlap is accepted before the request is submitted"))
    if find_conflict(change.plan.window, context.service, context.bookings) is None:
        raise WrongState("{id} overlaps nothing: it can be submitted as is.", id=change.id)
    if conflict_allowed(change):
        raise WrongState("The overlap of {id} was accepted already.", id=change.id)
    reason = required_text(command.reason, "reason", Message("Say why the overlap is acceptable."))
    return (e.ConflictAllowed(change.plan.fingerprint, reason, context.service.deputy_for(command.by)),)


def decide_approve_precheck(
    change: Change, command: c.ApprovePrecheck, context: DecisionContext
) -> tuple[e.Event, ...]:
    """Approve the pre-check of a normal change before its window begins."""
    deputy_for = _approving(change, command, context)
    in_state(change, {State.PRECHECK_PENDING}, Message("there is no pre-check to give"))
    if change.plan.kind is ChangeType.EMERGENCY:
        raise WrongState("{id} is an emergency with one combined approval: GO or NO-GO.", id=change.id)
    _in_time(change, context)
    comment = optional_text(command.comment, "comment")
    if not completes(change, command, context):
        return (e.ApprovalGiven("approved", change.plan.fingerprint, comment, deputy_for),)
    return (e.PrecheckApproved(change.plan.fingerprint, comment, change.short_notice, deputy_for),)


def decide_request_corrections(
    change: Change, command: c.RequestCorrections, context: DecisionContext
) -> tuple[e.Event, ...]:
    """Answer the pre-check with what has to be corrected."""
    deputy_for = _approving(change, command, context)
    in_state(change, {State.PRECHECK_PENDING}, Message("there is no pre-check to answer"))
    _in_time(change, context)
    wanted = required_text(command.comment, "comment", Message("Say which changes are needed."))
    return (e.CorrectionsRequested(change.plan.fingerprint, wanted, deputy_for),)


def decide_give_go(change: Change, command: c.GiveGo, context: DecisionContext) -> tuple[e.Event, ...]:
    """Give GO, which may waive short notice and the snapshot; for an emergency it is the pre-check too.

    Whoever is one of several gives their part of it; the snapshot is waived by the approver or a deputy alone.
    """
    deputy_for, mark = _approving(change, command, context), change.plan.fingerprint
    in_state(change, _asked_for_go(change), Message("there is no GO to give"))
    _in_time(change, context)
    tasks = go_held_by(change, context.service, context.now)
    tasks_gate(change, tasks, template("GO has to wait for these tasks of {id}: {tasks}."))
    comment, waiver = optional_text(command.comment, "comment"), command.waiver
    if not is_blank(waiver):
        authorize(command.by, Permission.DECIDE, change, context.service)
    waived = (e.SnapshotWaived(optional_text(waiver, "waiver"), deputy_for),) if not is_blank(waiver) else ()
    if not completes(change, command, context):
        return e.ApprovalGiven("go", mark, comment, deputy_for), *waived
    days = days_until(change.plan.window.start, context.now, context.service)
    late = days if days < context.service.policy.notice_days else None
    # For a request the pre-check is the waiver; a date that was proposed after it is waived by GO.
    is_new_date = change.prechecked_round < change.round
    go = e.GoGiven(mark, comment, deputy_for, change.short_notice and is_new_date, late)
    if change.state is State.PRECHECK_PENDING:
        return e.PrecheckApproved(mark, comment, change.short_notice, deputy_for), go, *waived
    return go, *waived


def decide_refuse_go(change: Change, command: c.RefuseGo, context: DecisionContext) -> tuple[e.Event, ...]:
    """Answer NO-GO, with a reason: one of several is enough for that (docs/process.md, P125)."""
    deputy_for = _approving(change, command, context)
    in_state(change, _asked_for_go(change), Message("there is no NO-GO to give"))
    reason = required_text(command.reason, "reason", Message("Say why it is a NO-GO."))
    public = public_texts(command.public, NoticeKind.POSTPONED, context.service)
    return (e.GoRefused(change.plan.fingerprint, reason, deputy_for, public),)


def _approving(change: Change, command: c.Command, context: DecisionContext) -> Person | None:
    """Whom the person who decides stands in for. Raises NotAllowed for whoever may not decide (docs/process.md, P8)."""
    authorize(command.by, Permission.APPROVE, change, context.service)
    names_them = any(each.needed > 1 and command.by in each.people for each in stages_of(change, context.service))
    return None if names_them else context.service.deputy_for(command.by)


def _asked_for_go(change: Change) -> set[State]:
    """In an emergency the pre-check card asks for GO too (docs/process.md, P44)."""
    emergency = change.plan.kind is ChangeType.EMERGENCY
    return {State.GO_PENDING, State.PRECHECK_PENDING} if emergency else {State.GO_PENDING}


def _in_time(change: Change, context: DecisionContext) -> None:
    start = change.plan.window.start
    if context.now >= start:
        raise TooLate(
            "The window of {id} began at {start}: it is too late to decide. It has to be moved: `/change move {id}`.",
            id=change.id,
            start=moment_label(start, context.service.zone),
        )


def apply(change: Change, entry: e.Entry) -> Change:
    """The change after its approver was asked, or has answered."""
    event, at = entry.event, entry.at
    match event:
        case e.ConflictAllowed(reason=reason):
            return change.with_(conflict_allowed=_decision("conflict", event, entry, reason))
        case e.PrecheckAsked():
            return change.with_(state=State.PRECHECK_PENDING, asked_at=at)
        case e.ApprovalGiven(verdict=verdict, comment=comment):
            return change.with_(approvals=(*change.approvals, _decision(verdict, event, entry, comment)))
        case e.CorrectionsRequested(comment=comment):
            decision = _decision("corrections", event, entry, comment)
            looked_at = change.with_(reviewed_plan=change.plan, judged_at=at)
            return looked_at.with_(state=State.CORRECTIONS_REQUESTED, corrections=decision)
        case e.PrecheckApproved(comment=comment):
            approved = _decision("approved", event, entry, comment)
            looked_at = change.with_(reviewed_plan=change.plan, judged_at=at)
            return looked_at.with_(state=State.PRECHECKED, precheck=approved, prechecked_round=change.round)
        case e.GoAsked():
            return change.with_(state=State.GO_PENDING, asked_at=at)
        case e.GoGiven(comment=comment):
            decision = _decision("go", event, entry, comment)
            text = announced_text(change)
            is_news = change.announced is None or change.told != text
            scheduled = change.with_(state=State.SCHEDULED, go=decision, scheduled_at=at, promised=None)
            return scheduled.with_(
                announced=change.plan.window,
                told=text,
                announcements=change.announcements + is_news,
                announced_at=at if is_news else change.announced_at,
            )
        case e.GoRefused(reason=reason):
            decision = _decision("no_go", event, entry, reason)
            return retract_announcement(change).with_(state=State.NO_GO, go=decision)
        case _:
            return change


def _decision(verdict: str, event: object, entry: e.Entry, comment: str) -> Decision:
    if (standing := getattr(event, "standing", None)) is not None:
        # Given by what its approver agreed with beforehand, and not by the clock that brought it about.
        return Decision(verdict, standing.by, entry.at, event.fingerprint, comment, standing.deputy_for)  # type: ignore[attr-defined]
    return Decision(
        verdict, entry.by, entry.at, getattr(event, "fingerprint", ""), comment, getattr(event, "deputy_for", None)
    )


def react(effects: EffectBuilder, event: e.Event) -> None:
    """Ask who decides, tell the answer, and announce the date that has GO."""
    change = effects.change
    match event:
        case e.ConflictAllowed(reason=reason):
            effects.post_message(ThreadMessage.OVERLAP_ALLOWED, reason, effects.requester)
        case e.PrecheckAsked():
            effects.card(CardKind.PRECHECK, effects.asked_to_decide())
        case e.ApprovalGiven(comment=comment):
            ask_the_others(effects, comment)
        case e.CorrectionsRequested(comment=comment):
            effects.edit_cards(CardKind.PRECHECK)
            effects.post_message(ThreadMessage.CORRECTIONS_WANTED, comment, effects.requester)
        case e.PrecheckApproved(comment=comment):
            effects.edit_cards(CardKind.PRECHECK)
            # In an emergency the same press gave GO, and one line is enough; of a pre-approval GO will tell.
            if event.standing is None and change.plan.kind is ChangeType.NORMAL:
                effects.post_message(ThreadMessage.PRECHECK_APPROVED, comment, effects.requester)
        case e.GoAsked():
            effects.card(CardKind.GO, effects.asked_to_decide())
        case e.GoGiven(comment=comment):
            close_decision_cards(effects)
            others = () if effects.entry.by == effects.service.approver else (effects.service.approver,)
            line = ThreadMessage.GO_STANDING if event.standing else ThreadMessage.GO_GIVEN
            effects.post_message(line, comment, effects.requester, effects.implementer, *others)
            _announce(effects)
        case e.GoRefused(reason=reason, public=public):
            close_decision_cards(effects)
            effects.post_message(ThreadMessage.GO_REFUSED, reason, effects.requester, effects.implementer)
            tell_retraction(effects, NoticeKind.POSTPONED, public)
        case e.StepFired():
            _remind(effects, event)
        case _:
            return


def _announce(effects: EffectBuilder) -> None:
    """Announce the date that has GO once; a date that stands already only where something else would be read of it."""
    before = effects.before
    if before is None:
        return
    if before.announced is not None and before.told == announced_text(effects.change):
        # Whom the plan names since then has not read it; the others have it, and get no second one.
        effects.notice(NoticeKind.PLANNED, only_mail=True)
        return
    old = before.promised
    if old is not None and old != effects.change.plan.window:
        effects.notice(NoticeKind.RESCHEDULED, was=old)
    else:
        effects.notice(NoticeKind.PLANNED)


def _remind(effects: EffectBuilder, event: e.StepFired) -> None:
    """Ask again for what is not answered (docs/process.md, P77), and remind people of the window."""
    change = effects.change
    match event.kind:
        case StepKind.CORRECTIONS:
            comment = change.corrections.comment if change.corrections else ""
            effects.post_message(ThreadMessage.CORRECTIONS_REMINDER, comment, change.requester)
        case StepKind.PRECHECK_NUDGE:
            ask_again(effects, ThreadMessage.PRECHECK_NUDGE, ThreadMessage.PRECHECK_DEPUTIES)
        case StepKind.GO_NUDGE:
            ask_again(effects, ThreadMessage.GO_NUDGE, ThreadMessage.GO_DEPUTIES)
        case _:
            return
