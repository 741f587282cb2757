"""The request: a draft is handed in, and its plan is edited or moved (docs/process.md, P29, P45)."""

from dataclasses import replace

from changes import commands as c
from changes import events as e
from changes.errors import WrongState, invalid
from changes.lifecycle.decisions.standard import handed_in, precheck_events, risk_of, standing_events
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import DecisionContext, conflict_allowed, in_state, public_texts
from changes.lifecycle.request.edited_plan import kept_reason, precheck_holds, precheck_is_due, standing_of
from changes.lifecycle.request.withdrawal import retract_announcement, tell_retraction
from changes.model import (
    AWAITING_APPROVAL,
    Change,
    Decision,
    PastDecision,
    Plan,
    Snapshot,
    StandingApproval,
    State,
    TestResult,
)
from changes.notification import CardKind, NoticeKind, PublicTexts, ThreadMessage
from changes.permissions import Permission, authorize
from changes.planning.occupancy import nearby
from changes.planning.timeline import StepKind, short_notice
from changes.planning.validation import validate_plan
from changes.text import Message

EDITABLE = AWAITING_APPROVAL | {State.DRAFT, State.SCHEDULED, State.NO_GO, State.POSTPONED}


def decide_first_draft(command: c.Draft, new_id: str) -> tuple[e.Event, ...]:
    """Write down the plan of a new change."""
    authorize(command.by, Permission.DRAFT)
    return (e.Drafted(new_id, command.plan, command.template, command.editors),)


def decide_draft(change: Change, command: c.Draft, context: DecisionContext) -> tuple[e.Event, ...]:
    """Reject a second draft of the same change."""
    raise WrongState("{id} exists already: edit it instead.", id=change.id)


def decide_submit(change: Change, command: c.Submit, context: DecisionContext) -> tuple[e.Event, ...]:
    """Hand in a draft whose plan is valid."""
    authorize(command.by, Permission.REQUEST, change, context.service)
    in_state(change, {State.DRAFT}, Message("only a draft can be submitted"))
    plan, now, service = change.plan, context.now, context.service
    standing, short, draft = handed_in(change, context)
    is_standard = draft.standard is not None
    validate_plan(plan, now, service, context.bookings, allowed=conflict_allowed(change), is_standard=is_standard)
    return *standing_events(change, standing, is_new=True), e.Submitted(short, draft.risk)


def decide_edit(change: Change, command: c.Edit, context: DecisionContext) -> tuple[e.Event, ...]:
    """Replace the plan."""
    return _edit(change, command, command.plan, context, command.public)


def decide_move(change: Change, command: c.Move, context: DecisionContext) -> tuple[e.Event, ...]:
    """Give the plan another window."""
    reason = command.reason.strip() or kept_reason(change, command.window, context)
    return _edit(change, command, replace(change.plan, window=command.window, reason=reason), context)


def _edit(
    change: Change, command: c.Command, plan: Plan, context: DecisionContext, public: PublicTexts | None = None
) -> tuple[e.Event, ...]:
    authorize(command.by, Permission.EDIT, change, context.service)
    in_state(change, EDITABLE, Message("its plan can no longer be edited; postpone or cancel it instead"))
    if plan.service != change.plan.service:
        raise invalid("service", "A change stays with its service: cancel this one and request another.")
    if plan == change.plan and change.state not in (State.NO_GO, State.POSTPONED):
        raise WrongState("Nothing was changed in the plan of {id}.", id=change.id)
    # The lead time counts from the first request, and for a new date also from when it was proposed; corrections that
    # keep the date are made within it by their nature.
    requested = change.requested_at or context.now
    proposed = context.now if plan.window != change.plan.window else change.proposed_at or requested
    # A window that stands already is no reason to refuse a correction of something else.
    allowed = conflict_allowed(change.with_(plan=plan)) or (
        change.state is not State.DRAFT and plan.window == change.plan.window
    )
    standing = standing_of(change, command.by, plan, context, proposed)
    is_standard, dates = isinstance(standing, StandingApproval), {"requested": requested, "proposed": proposed}
    validate_plan(
        plan, context.now, context.service, context.bookings, allowed=allowed, is_standard=is_standard, **dates
    )
    short = not is_standard and short_notice(plan.window.start, requested, proposed, context.service)
    told = public_texts(public or {}, NoticeKind.POSTPONED, context.service)
    risk = risk_of(change.with_(plan=plan), context, is_short=short)
    edited = e.PlanEdited(plan, short, keeps_precheck=precheck_holds(change, plan), public=told, risk=risk)
    if change.state is State.DRAFT:
        return (edited,)
    stands = standing_events(change, standing, is_new=False)
    if edited.keeps_precheck:
        return *stands, edited
    # Whoever is being asked, or was asked already, is asked again at once; otherwise the new date says when.
    if precheck_is_due(change, plan, context.now, context.service) or change.state is State.CORRECTIONS_REQUESTED:
        relies_on = standing if isinstance(standing, StandingApproval) else None
        return *stands, edited, *precheck_events(change.with_(plan=plan, standard=relies_on, risk=risk), context)
    return *stands, edited


def apply_first_draft(entry: e.Entry, event: e.Drafted) -> Change:
    """The change that a draft begins."""
    tests = (None,) * len(event.plan.tests)
    draft = Change(event.change, entry.by, event.plan, State.DRAFT, entry.at, tests=tests, state_since=entry.at)
    return draft.with_(template=event.template, editors=event.editors)


def apply(change: Change, entry: e.Entry) -> Change:
    """The change after it was handed in or its plan was edited."""
    event, at = entry.event, entry.at
    match event:
        case e.Submitted(short_notice=short, risk=risk):
            submitted = change.with_(state=State.SUBMITTED, requested_at=at, submitted_at=at, proposed_at=at)
            return submitted.with_(short_notice=short, round=change.round + 1, risk=risk)
        case e.PlanEdited():
            return _edited(change, event, entry)
        case _:
            return change


def _edited(change: Change, event: e.PlanEdited, entry: e.Entry) -> Change:
    tests: tuple[TestResult | None, ...] = (None,) * len(event.plan.tests)
    editors = change.editors
    if entry.by != change.requester and entry.by not in editors:
        editors = (*editors, entry.by)
    if change.state is State.DRAFT:
        return change.with_(plan=event.plan, tests=tests, editors=editors)
    keeps = event.keeps_precheck
    is_moved = event.plan.window != change.plan.window
    # Whoever was told the old date hears that it does not take place then; the new one is announced with its GO.
    change = retract_announcement(change) if is_moved else change
    return change.with_(
        editors=editors,
        proposed_at=entry.at if is_moved else change.proposed_at,
        snapshot=Snapshot(),
        snapshot_at=None,
        preflight=None,
        plan=event.plan,
        state=State.PRECHECKED if keeps else State.SUBMITTED,
        round=change.round + 1,
        submitted_at=entry.at,
        short_notice=event.short_notice,
        tests=tests,
        precheck=change.precheck if keeps else None,
        prechecked_round=change.prechecked_round if keeps else 0,
        go=None,
        approvals=tuple(each for each in change.approvals if keeps and each.verdict == "approved"),
        risk=event.risk,
        corrections=None,
        past_decisions=(*change.past_decisions, *_ended(change, entry, keeps_precheck=keeps)),
        asked_at=None,
        scheduled_at=None,
        closing_reason="",
        closed_by=None,
    )


def _ended(change: Change, entry: e.Entry, *, keeps_precheck: bool) -> tuple[PastDecision, ...]:
    """The decisions that the edit makes void: they stay on record, where they were given."""
    precheck = None if keeps_precheck else change.precheck
    given: list[tuple[int, Decision | None]] = [
        (change.prechecked_round or change.round if each.verdict == "approved" else change.round, each)
        for each in change.approvals
        if not keeps_precheck or each.verdict != "approved"
    ]
    given += [(change.prechecked_round, precheck), (change.round, change.corrections), (change.round, change.go)]
    ended = [PastDecision(number, decision, entry.by, entry.at) for number, decision in given if decision is not None]
    if all(each.round != change.round for each in ended):
        ended.append(PastDecision(change.round, None, entry.by, entry.at))
    return tuple(ended)


def react(effects: EffectBuilder, event: e.Event) -> None:
    """Name what is near the window, make the old round's cards records, and take back the date that was announced."""
    before, change = effects.before, effects.change
    match event:
        case e.Submitted():
            _name_neighbours(effects)
            effects.warn_if_nobody_decides()
        case e.PlanEdited(public=public) if before is not None and before.submitted_at is not None:
            _void(effects, before)
            if before.plan.window != change.plan.window:
                tell_retraction(effects, NoticeKind.POSTPONED, public)
                _name_neighbours(effects)
                effects.warn_if_nobody_decides()
            else:
                effects.warn_if_nobody_decides_any_more()
        case e.StepFired(kind=StepKind.PREPARE):
            effects.post_message(ThreadMessage.PREPARE, "", change.requester)
        case _:
            return


def _void(effects: EffectBuilder, before: Change) -> None:
    """Make the old round's cards records, and tell who knew of a decision that it is void (docs/process.md, P19)."""
    effects.edit_cards(CardKind.PRECHECK, CardKind.GO, of=before)
    approver = effects.approver_or_deputies() if before.precheck or before.go else ()
    decided = before.precheck or before.go or before.corrections or before.asked_at
    line = ThreadMessage.PLAN_EDITED if decided else ThreadMessage.PLAN_CHANGED
    # Whose change it is hears that somebody else has edited it.
    theirs = () if effects.entry.by == effects.requester else (effects.requester,)
    is_moved = effects.change.precheck is not None and before.plan.window != effects.change.plan.window
    effects.post_message(ThreadMessage.MOVED if is_moved else line, "", *theirs, *approver)


def _name_neighbours(effects: EffectBuilder) -> None:
    """Say whose windows are near as soon as the date is known."""
    effects.tell_neighbours(nearby(effects.change, effects.service, effects.bookings, effects.entry.at))
