"""What an edited plan keeps: its pre-check, its reason, what stands for answers (docs/process.md, P19, P42, P107)."""

from dataclasses import replace
from datetime import datetime

from changes.lifecycle.decisions.standard import Standing, standing_on
from changes.lifecycle.guards import DecisionContext
from changes.model import Change, ChangeType, Person, Plan, State, Window
from changes.planning.timeline import StepKind, short_notice, timeline
from changes.policy import Service


def standing_of(change: Change, by: Person, plan: Plan, context: DecisionContext, proposed: datetime) -> Standing:
    """What stands for the answers about the plan edited `by` somebody: nothing once others were asked themselves."""
    if change.standard is None and change.state is not State.DRAFT:
        return None
    return standing_on(change.with_(plan=plan, editors=(*change.editors, by)), context, proposed)


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
