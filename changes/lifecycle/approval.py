"""The approver decides: pre-check, GO / NO-GO and exceptions, each about one plan, known by its fingerprint."""

from changes import commands as c
from changes import events as e
from changes.errors import TooLate, WrongState
from changes.labels import moment_label
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
    deputy_for = _deciding(change, command, context)
    in_state(change, {State.DRAFT}, Message("an overlap is accepted before the request is submitted"))
    if find_conflict(change.plan.window, context.service, context.bookings) is None:
        raise WrongState("{id} overlaps nothing: it can be submitted as is.", id=change.id)
    if conflict_allowed(change):
        raise WrongState("The overlap of {id} was accepted already.", id=change.id)
    reason = required_text(command.reason, "reason", Message("Say why the overlap is acceptable."))
    return (e.ConflictAllowed(change.plan.fingerprint, reason, deputy_for),)


def decide_approve_precheck(
    change: Change, command: c.ApprovePrecheck, context: DecisionContext
) -> tuple[e.Event, ...]:
    """Approve the pre-check of a normal change before its window begins."""
    deputy_for = _deciding(change, command, context)
    in_state(change, {State.PRECHECK_PENDING}, Message("there is no pre-check to give"))
    if change.plan.kind is ChangeType.EMERGENCY:
        raise WrongState("{id} is an emergency with one combined approval: GO or NO-GO.", id=change.id)
    _in_time(change, context)
    comment = optional_text(command.comment, "comment")
    return (e.PrecheckApproved(change.plan.fingerprint, comment, change.short_notice, deputy_for),)


def decide_request_corrections(
    change: Change, command: c.RequestCorrections, context: DecisionContext
) -> tuple[e.Event, ...]:
    """Answer the pre-check with what has to be corrected."""
    deputy_for = _deciding(change, command, context)
    in_state(change, {State.PRECHECK_PENDING}, Message("there is no pre-check to answer"))
    _in_time(change, context)
    wanted = required_text(command.comment, "comment", Message("Say which changes are needed."))
    return (e.CorrectionsRequested(change.plan.fingerprint, wanted, deputy_for),)


def decide_give_go(change: Change, command: c.GiveGo, context: DecisionContext) -> tuple[e.Event, ...]:
    """Give GO, which may waive short notice and the snapshot; for an emergency it is the pre-check too."""
    deputy_for, mark = _deciding(change, command, context), change.plan.fingerprint
    in_state(change, _asked_for_go(change), Message("there is no GO to give"))
    _in_time(change, context)
    tasks = go_held_by(change, context.service, context.now)
    tasks_gate(change, tasks, template("GO has to wait for these tasks of {id}: {tasks}."))
    comment, waiver = optional_text(command.comment, "comment"), command.waiver
    days = days_until(change.plan.window.start, context.now, context.service)
    late = days if days < context.service.policy.notice_days else None
    # For a request the pre-check is the waiver; a date that was proposed after it is waived by GO.
    is_new_date = change.prechecked_round < change.round
    go = e.GoGiven(mark, comment, deputy_for, change.short_notice and is_new_date, late)
    waived = (e.SnapshotWaived(optional_text(waiver, "waiver"), deputy_for),) if not is_blank(waiver) else ()
    if change.state is State.PRECHECK_PENDING:
        return e.PrecheckApproved(mark, comment, change.short_notice, deputy_for), go, *waived
    return go, *waived


def decide_refuse_go(change: Change, command: c.RefuseGo, context: DecisionContext) -> tuple[e.Event, ...]:
    """Answer NO-GO, with a reason."""
    deputy_for = _deciding(change, command, context)
    in_state(change, _asked_for_go(change), Message("there is no NO-GO to give"))
    reason = required_text(command.reason, "reason", Message("Say why it is a NO-GO."))
    public = public_texts(command.public, NoticeKind.POSTPONED, context.service)
    return (e.GoRefused(change.plan.fingerprint, reason, deputy_for, public),)


def _deciding(change: Change, command: c.Command, context: DecisionContext) -> Person | None:
    """Whom the person who decides stands in for. Raises NotAllowed for whoever may not decide (docs/process.md, P8)."""
    authorize(command.by, Permission.DECIDE, change, context.service)
    return context.service.deputy_for(command.by)


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
            effects.card(CardKind.PRECHECK, effects.deciders())
        case e.CorrectionsRequested(comment=comment):
            effects.edit_cards(CardKind.PRECHECK)
            effects.post_message(ThreadMessage.CORRECTIONS_WANTED, comment, effects.requester)
        case e.PrecheckApproved(comment=comment):
            effects.edit_cards(CardKind.PRECHECK)
            if change.plan.kind is ChangeType.NORMAL:  # in an emergency the same press gave GO, and one line is enough
                effects.post_message(ThreadMessage.PRECHECK_APPROVED, comment, effects.requester)
        case e.GoAsked():
            effects.card(CardKind.GO, effects.deciders())
        case e.GoGiven(comment=comment):
            close_decision_cards(effects)
            others = () if effects.entry.by == effects.service.approver else (effects.service.approver,)
            effects.post_message(ThreadMessage.GO_GIVEN, comment, effects.requester, effects.implementer, *others)
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
            _ask_again(effects, ThreadMessage.PRECHECK_NUDGE, ThreadMessage.PRECHECK_DEPUTIES)
        case StepKind.GO_NUDGE:
            _ask_again(effects, ThreadMessage.GO_NUDGE, ThreadMessage.GO_DEPUTIES)
        case _:
            return


def _ask_again(effects: EffectBuilder, line: ThreadMessage, with_deputies: ThreadMessage) -> None:
    """First whoever was asked; from the second time on the deputies too (docs/process.md, P77)."""
    everybody = effects.all_deciders()
    if not everybody:
        effects.post_message(ThreadMessage.NOBODY_DECIDES, "", effects.requester, effects.implementer)
        return
    has_deputies = any(each != effects.service.approver for each in everybody)
    if effects.nudge_number > 1 and has_deputies and not effects.asked_in_the_first_place():
        effects.post_message(with_deputies, "", *everybody)
    else:
        effects.post_message(line, "", *effects.deciders())
