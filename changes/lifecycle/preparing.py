"""From the draft to the request, and everything the requester may do to it: edit, move, cancel, postpone."""

from dataclasses import replace
from datetime import datetime

from changes import commands as c
from changes.errors import ValidationFailed, WrongState
from changes.events import Cancelled, Event, PlanEdited, Postponed, PrecheckAsked, Reassigned, Submitted
from changes.lifecycle.guards import in_state, optional_text, required_text
from changes.model import (
    AWAITING_APPROVAL,
    AWAITING_IMPLEMENTATION,
    BEFORE_WORK,
    SYSTEM,
    Change,
    ChangeType,
    Plan,
    State,
    Window,
)
from changes.permissions import Permission, authorize
from changes.planning.occupancy import Booking
from changes.planning.timeline import StepKind, short_notice, timeline
from changes.planning.validation import validate_plan
from changes.policy import Service
from changes.text.messages import Said

EDITABLE = AWAITING_APPROVAL | {State.DRAFT, State.SCHEDULED, State.NO_GO, State.POSTPONED}


def decide(
    change: Change, command: c.Command, now: datetime, service: Service, bookings: tuple[Booking, ...]
) -> tuple[Event, ...]:
    """Judge a command about the request itself."""
    match command:
        case c.Submit():
            authorize(command.by, Permission.REQUEST, change, service)
            in_state(change, {State.DRAFT}, Said("only a draft can be handed in"))
            validate_plan(change.plan, now, service, bookings, allowed=conflict_allowed(change))
            return (Submitted(short_notice(change.plan.window.start, now, now, service)),)
        case c.Edit(plan=plan):
            return _edit(change, command, plan, now, service, bookings)
        case c.Move(window=window, reason=reason):
            moved = replace(
                change.plan, window=window, reason=reason.strip() or _kept_reason(change, window, now, service)
            )
            return _edit(change, command, moved, now, service, bookings)
        case c.Reassign():
            return _reassign(change, command, service)
        case c.Cancel(reason=reason):
            authorize(command.by, Permission.EDIT, change, service)
            in_state(change, BEFORE_WORK, Said("only a change that has not started can be cancelled"))
            reason = (
                optional_text(reason, "reason")
                if change.state is State.DRAFT
                else required_text(reason, "reason", Said("Say why it is cancelled."))
            )
            return (Cancelled(reason),)
        case c.Postpone(reason=reason):
            authorize(command.by, Permission.POSTPONE, change, service)
            in_state(
                change,
                AWAITING_APPROVAL | AWAITING_IMPLEMENTATION,
                Said("only a change that has not started can be postponed"),
            )
            return (Postponed(required_text(reason, "reason", Said("Say why it is postponed.")), silent=False),)
        case _:
            raise WrongState("{id} is written down already: edit it instead.", id=change.id)


def conflict_allowed(change: Change) -> bool:
    """Whether the approver let this very plan through in spite of an overlap."""
    return change.conflict_allowed is not None and change.conflict_allowed.fingerprint == change.plan.fingerprint


def _edit(
    change: Change, command: c.Command, plan: Plan, now: datetime, service: Service, bookings: tuple[Booking, ...]
) -> tuple[Event, ...]:
    authorize(command.by, Permission.EDIT, change, service)
    in_state(change, EDITABLE, Said("its plan can no longer be edited; postpone or cancel it instead"))
    if plan.service != change.plan.service:
        raise ValidationFailed(
            {"service": Said("A change stays with its service: cancel this one and request another.")}
        )
    if plan == change.plan and change.state not in (State.NO_GO, State.POSTPONED):
        raise WrongState("Nothing was changed in the plan of {id}.", id=change.id)
    # The lead time counts from the first request, and for a new date also from when it was proposed; corrections that
    # keep the date are made within it by their nature.
    requested = change.requested_at or now
    proposed = now if plan.window != change.plan.window else change.proposed_at or requested
    # A window that stands already is no reason to refuse a correction of something else.
    allowed = conflict_allowed(change.with_(plan=plan)) or (
        change.state is not State.DRAFT and plan.window == change.plan.window
    )
    validate_plan(plan, now, service, bookings, allowed=allowed, requested=requested, proposed=proposed)
    short = short_notice(plan.window.start, requested, proposed, service)
    edited = PlanEdited(plan, short, keeps_precheck=_precheck_holds(change, plan))
    if change.state is State.DRAFT or edited.keeps_precheck:
        return (edited,)
    # Whoever is being asked, or was asked already, is asked again at once; otherwise the new date says when.
    if _precheck_is_due(change, plan, now, service) or change.state is State.CORRECTIONS_REQUESTED:
        return edited, PrecheckAsked(plan.fingerprint)
    return (edited,)


def _precheck_holds(change: Change, plan: Plan) -> bool:
    """Whether a pre-check was given that is about the new plan too: only the date is another.

    Where that is short notice GO is the waiver (PROCESS.md, Short notice).
    """
    # PROCESS.md, States: after a NO-GO, or postponed, it is submitted anew.
    given = change.precheck is not None and plan.kind is not ChangeType.EMERGENCY
    given = given and change.state not in (State.NO_GO, State.POSTPONED) and plan.window != change.plan.window
    return given and replace(plan, reason=change.plan.reason).precheck_fingerprint == change.plan.precheck_fingerprint


def _kept_reason(change: Change, window: Window, now: datetime, service: Service) -> str:
    """The reason of the old date, unless the new one is short notice of its own: that takes a reason of its own."""
    is_short = short_notice(window.start, change.requested_at or now, now, service)
    return "" if is_short and change.plan.kind is ChangeType.NORMAL else change.plan.reason


def _reassign(change: Change, command: c.Reassign, service: Service) -> tuple[Event, ...]:
    """Hand the change over: its requester is gone, or somebody else does it (PROCESS.md, Roles)."""
    authorize(command.by, Permission.REASSIGN, change, service)
    in_state(change, set(State) - {State.CANCELLED}, Said("there is nothing to hand over"))
    requester = command.requester or change.requester
    implementer = command.implementer or change.plan.implementer
    if SYSTEM in (requester, implementer):
        raise WrongState("Only a person can take over {id}.", id=change.id)
    if (requester, implementer) == (change.requester, change.plan.implementer):
        raise WrongState("{id} is theirs already: nothing was changed.", id=change.id)
    decided = next((each for each in (requester, implementer) if each in change.decided_by), None)
    if (
        decided is not None
        and decided not in change.involved
        and change.state in AWAITING_APPROVAL | AWAITING_IMPLEMENTATION
    ):
        raise WrongState(
            "{name} decided about {id}, and nobody decides about their own change. Name somebody else; the approver "
            "and the deputies can start and end it as it is.",
            name=decided.name or Said("That person"),
            id=change.id,
        )
    return (Reassigned(requester, implementer),)


def _precheck_is_due(change: Change, plan: Plan, now: datetime, service: Service) -> bool:
    moved = change.with_(plan=plan, submitted_at=now, asked_at=None, snapshot_at=None)
    due = {step.kind: step.due for step in timeline(moved, service)}
    return plan.kind is ChangeType.EMERGENCY or due[StepKind.PRECHECK] <= now
