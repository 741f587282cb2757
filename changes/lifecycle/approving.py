"""What the approver decides: pre-check, GO / NO-GO, exceptions. A decision is about one plan, by its fingerprint."""

from datetime import datetime

from changes import commands as c
from changes.errors import TooLate, WrongState
from changes.events import (
    ConflictAllowed,
    CorrectionsRequested,
    Event,
    GoGiven,
    GoRefused,
    PrecheckApproved,
    SnapshotWaived,
)
from changes.lifecycle.guards import in_state, optional_text, required_text
from changes.model import Change, ChangeType, State
from changes.permissions import Permission, authorize
from changes.planning.conflicts import find_conflict
from changes.planning.occupancy import Booking
from changes.planning.timeline import days_until
from changes.policy import Service
from changes.text.labels import moment_label
from changes.text.messages import Said
from changes.text.pasted import is_blank

ASKED_FOR_PRECHECK = {State.PRECHECK_PENDING}


def decide(
    change: Change, command: c.Command, now: datetime, service: Service, bookings: tuple[Booking, ...] = ()
) -> tuple[Event, ...]:
    """Judge a decision. Raises NotAllowed for whoever may not decide, TooLate from the window's start on."""
    authorize(command.by, Permission.DECIDE, change, service)
    deputy_for = service.deputy_for(command.by)
    mark = change.plan.fingerprint
    match command:
        case c.ApprovePrecheck(comment=comment):
            in_state(change, ASKED_FOR_PRECHECK, Said("there is no pre-check to give"))
            if change.plan.kind is ChangeType.EMERGENCY:
                raise WrongState("{id} is an emergency: pre-check and GO are one answer, GO or NO-GO.", id=change.id)
            _in_time(change, now, service)
            return (PrecheckApproved(mark, optional_text(comment, "comment"), change.short_notice, deputy_for),)
        case c.RequestCorrections(comment=comment):
            in_state(change, ASKED_FOR_PRECHECK, Said("there is no pre-check to answer"))
            _in_time(change, now, service)
            wanted = required_text(comment, "comment", Said("Say what has to be corrected."))
            return (CorrectionsRequested(mark, wanted, deputy_for),)
        case c.GiveGo(comment=comment, waiver=waiver):
            in_state(change, _asked_for_go(change), Said("there is no GO to give"))
            _in_time(change, now, service)
            comment = optional_text(comment, "comment")
            days = days_until(change.plan.window.start, now, service)
            late = days if days < service.policy.notice_days else None
            # For a request the pre-check is the waiver; a date that was proposed after it is waived by GO.
            is_new_date = change.prechecked_round < change.round
            go = GoGiven(mark, comment, deputy_for, change.short_notice and is_new_date, late)
            waived = (SnapshotWaived(optional_text(waiver, "waiver"), deputy_for),) if not is_blank(waiver) else ()
            if change.state is State.PRECHECK_PENDING:
                return PrecheckApproved(mark, comment, change.short_notice, deputy_for), go, *waived
            return go, *waived
        case c.RefuseGo(reason=reason):
            in_state(change, _asked_for_go(change), Said("there is no NO-GO to give"))
            return (GoRefused(mark, required_text(reason, "reason", Said("Say why it is a NO-GO.")), deputy_for),)
        case c.AllowConflict(reason=reason):
            in_state(change, {State.DRAFT}, Said("an overlap is let through before the request is handed in"))
            if find_conflict(change.plan.window, service, bookings) is None:
                raise WrongState("{id} overlaps nothing: it can be handed in as it is.", id=change.id)
            if change.conflict_allowed is not None and change.conflict_allowed.fingerprint == mark:
                raise WrongState("The overlap of {id} was let stand already.", id=change.id)
            reason = required_text(reason, "reason", Said("Say why the overlap is acceptable."))
            return (ConflictAllowed(mark, reason, deputy_for),)
        case _:
            raise WrongState("{id}: that is not a decision.", id=change.id)


def _asked_for_go(change: Change) -> set[State]:
    """In an emergency the pre-check card asks for GO too (PROCESS.md: pre-check and GO in one card)."""
    emergency = change.plan.kind is ChangeType.EMERGENCY
    return {State.GO_PENDING, State.PRECHECK_PENDING} if emergency else {State.GO_PENDING}


def _in_time(change: Change, now: datetime, service: Service) -> None:
    start = change.plan.window.start
    if now >= start:
        raise TooLate(
            "The window of {id} began at {start}: it is too late to decide. It has to be moved: `/change move {id}`.",
            id=change.id,
            start=moment_label(start, service.zone),
        )
