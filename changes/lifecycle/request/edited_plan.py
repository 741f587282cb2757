"""What an edited plan keeps: its pre-check, its reason, what stands for answers (docs/process.md, P19, P42, P107)."""

from dataclasses import replace
from datetime import datetime

from changes import commands as c
from changes.lifecycle.decisions.standard import Standing, standing_on
from changes.lifecycle.guards import DecisionContext
from changes.model import Change, ChangeType, Plan, State, Window
from changes.planning.occupancy import nearby
from changes.planning.timeline import StepKind, short_notice, timeline
from changes.policy import Service
from changes.reporting.risk import RiskFacts


def standing_of(
    change: Change, command: c.Command, plan: Plan, context: DecisionContext, proposed: datetime, facts: RiskFacts
) -> Standing:
    """What stands for the answers about the edited plan: nothing once somebody was asked for them themselves."""
    if change.standard is None and change.state is not State.DRAFT:
        return None
    edited = change.with_(plan=plan, editors=(*change.editors, command.by))
    return standing_on(edited, context.template, context.service, context.now, proposed, facts)


def risk_facts(change: Change, context: DecisionContext) -> RiskFacts:
    """What is known of the plan's risk whenever it is handed in, but for its short notice (docs/process.md, P122)."""
    near = nearby(change, context.service, context.bookings, context.now)
    return RiskFacts(near=near, runs=context.runs)


def precheck_holds(change: Change, plan: Plan) -> bool:
    """Whether a pre-check was given that is about the new plan too: only the date is another.

    Where that is short notice GO is the waiver (docs/process.md, P42).
    """
    # docs/process.md, P16: after a NO-GO, or postponed, it is submitted anew.
    given = change.precheck is not None and plan.kind is not ChangeType.EMERGENCY
    given = given and change.state not in (State.NO_GO, State.POSTPONED) and plan.window != change.plan.window
    return given and replace(plan, reason=change.plan.reason).precheck_fingerprint == change.plan.precheck_fingerprint


def kept_reason(change: Change, window: Window, context: DecisionContext) -> str:
    """The reason of the old date, unless the new one is short notice of its own: that takes a reason of its own."""
    is_short = short_notice(window.start, change.requested_at or context.now, context.now, context.service)
    return "" if is_short and change.plan.kind is ChangeType.NORMAL else change.plan.reason


def precheck_is_due(change: Change, plan: Plan, now: datetime, service: Service) -> bool:
    """Whether the day of its pre-check has come; an emergency is asked for at once."""
    moved = change.with_(plan=plan, submitted_at=now, asked_at=None, snapshot_at=None)
    due = {step.kind: step.due for step in timeline(moved, service)}
    return plan.kind is ChangeType.EMERGENCY or due[StepKind.PRECHECK] <= now
