"""The summary of a request before it is submitted: what was entered, and every date that follows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.approval.estimates import overrun_warnings, snapshot_hint
from cards.approval.grounds import instead_of_approver, nobody, risk_section, similar_section
from cards.approval.readiness import warnings
from cards.elements.blocks import facts, fold, label, strip, text_block
from cards.elements.controls import LARGEST, button, render_card, show_card_button, size
from cards.elements.header import change_header
from cards.elements.lengths import capital
from cards.elements.plan_table import exceptions, neighbours, plan_sections
from cards.elements.table import table
from cards.tasks.runbook import tasks_section
from changes.model import ChangeType
from changes.planning.timeline import Step, StepKind
from language import N_, _

SAID: dict[StepKind, str] = {
    StepKind.PREPARE: N_("Reminder to prepare"),
    StepKind.PRECHECK: N_("Pre-check"),
    StepKind.CORRECTIONS: N_("Reminder of the requested corrections"),
    StepKind.PREFLIGHT_WEEK: N_("Readiness check: snapshot preflight, approver availability"),
    StepKind.GO: N_("GO / NO-GO"),
    StepKind.PRECHECK_NUDGE: N_("Pre-check reminder"),
    StepKind.GO_NUDGE: N_("GO reminder"),
    StepKind.GO_DEPUTIES: N_("Reminder to the deputies"),
    StepKind.SILENCE: N_("Auto-postponed without GO"),
    StepKind.NEW_DATE_NUDGE: N_("Reminder of the new date"),
    StepKind.GIVE_UP: N_("Auto-cancelled without a new date"),
    StepKind.REMINDER: N_("Reminder to people affected"),
    StepKind.SNAPSHOT: N_("Snapshot begins"),
    StepKind.SNAPSHOT_NUDGE: N_("Reminder of the snapshot"),
    StepKind.SNAPSHOT_TOO_LATE: N_("Latest snapshot start"),
    StepKind.START: N_("Start of the window"),
    StepKind.NOT_STARTED: N_("Reminder if not started"),
    StepKind.NOT_STARTED_APPROVER: N_("Reminder to the approver if not started"),
    StepKind.CUTOFF: N_("Cutoff"),
    StepKind.CUTOFF_SILENCE: N_("Reminder at the cutoff"),
    StepKind.OVERRUN: N_("End of the window"),
    StepKind.OVERRUN_NAG: N_("Reminder of the open window"),
    StepKind.ABANDONED: N_("Auto-postponed, not started"),
    StepKind.INCIDENT_NUDGE: N_("Reminder of the incident"),
    StepKind.INCIDENT_HOLDING: N_("Incident update to people affected"),
    StepKind.RESTORE_NUDGE: N_("Reminder to confirm the restore"),
    StepKind.HANDOVER_NUDGE: N_("Reminder of the hand-over"),
    StepKind.REVIEW: N_("Review"),
    StepKind.REVIEW_NUDGE: N_("Reminder of the review"),
    StepKind.TASK: N_("Task due"),
    StepKind.TASK_NUDGE: N_("Reminder of open tasks"),
}
_MAIN = (
    *(StepKind.PRECHECK, StepKind.GO, StepKind.SILENCE, StepKind.REMINDER, StepKind.SNAPSHOT),
    *(StepKind.START, StepKind.CUTOFF, StepKind.OVERRUN, StepKind.REVIEW),
)
_AT_ONCE = {StepKind.GO: N_("right after the pre-check"), StepKind.SNAPSHOT: N_("right after GO")}
"""What waits for something else where its own moment has passed."""


def summary_card(view: ChangeContext, steps: Sequence[Step], said: str = "", series: str = "") -> dict[str, Any]:
    """The draft with its timeline, to be submitted, edited or discarded; what was entered just before is folded.

    With a `series` its owner confirms the draft of it, and reads what is `said` of its date.
    """
    change = view.change
    title = _("Confirm your recurring change {id}", id=series) if series else _("Review your request")
    head = [*change_header(view, title), *exceptions(view), *_to_know(view)]
    head += strip([text_block(said)] if said else [])
    window, *entered = (*plan_sections(view), *tasks_section(view))
    plan = [window, *fold(_("Show the plan"), "plan", *entered), *snapshot_hint(view)]
    gone = _("{id} is deleted. Nobody has been asked for anything yet.", id=change.id)
    named = _("Discard this one") if series else _("Discard draft")
    discard = button(named, "change.withdraw", change.id, change.revision, style="destructive")
    actions = [
        button(_("Submit"), "change.submit", change.id, change.revision, style="positive"),
        button(_("Another date…") if series else _("Edit"), "change.edit", change.id, change.revision),
        show_card_button(_("Discard this one…") if series else _("Discard draft…"), [text_block(gone)], discard),
    ]
    risk, past = risk_section(view), similar_section(view)
    card = render_card([*head, *risk, *_timeline(view, steps), *plan, *past], actions)
    if size(card) <= LARGEST:
        return card
    return render_card([*head, label(_("Timeline")), timeline_facts(view, steps), *plan], actions)


def _to_know(view: ChangeContext) -> list[CardElement]:
    """On one strip everything that speaks against the plan: its window and snapshot, who decides, other changes."""
    items = [*warnings(view), *overrun_warnings(view)]
    if view.change.standard is not None:
        pass  # nobody is asked
    elif stuck := nobody(view):
        items.insert(0, text_block(stuck, bold=True))
    elif instead := instead_of_approver(view):
        items.append(text_block(instead))
    elif view.away:
        items.append(text_block(view.away))
    if near := neighbours(view):
        items.append(text_block(_("Other changes nearby, on the same server or service: {near}.", near=near)))
    return strip(items, "attention" if view.nobody_decides else "warning")


def _timeline(view: ChangeContext, steps: Sequence[Step]) -> list[CardElement]:
    """The four dates that matter and whose turn it is then; every date behind a button."""
    at = {step.kind: step.due for step in steps}
    names = _names(view)
    by = {
        StepKind.SNAPSHOT: view.name(view.change.plan.implementer) if view.service.vps.is_manual else _("the bot"),
        StepKind.START: view.name(view.change.plan.implementer),
    }
    rows = []
    for kind in (StepKind.PRECHECK, StepKind.GO, StepKind.SNAPSHOT, StepKind.START):
        if kind in at:
            standing = _("pre-approved") if view.change.standard is not None else ""
            who = by.get(kind) or standing or capital(view.approvers(max(at[kind], view.now)))
            rows.append((_(names[kind]), _due(view, kind, at[kind]), who))
    if not rows:
        return []
    head = (_("Step"), _("Date"), _("Who"))
    every_date = fold(_("Show all dates"), "dates", timeline_facts(view, steps))
    return [label(_("Timeline")), *table(head, rows, (3, 4, 3)), *every_date]


def _names(view: ChangeContext) -> dict[StepKind, str]:
    in_emergency = view.change.plan.kind is ChangeType.EMERGENCY
    return SAID | ({StepKind.PRECHECK: N_("Pre-check and GO")} if in_emergency else {})


def _due(view: ChangeContext, kind: StepKind, due: datetime) -> str:
    return view.when(due) if due > view.now else _(_AT_ONCE.get(kind, N_("at once")))


def timeline_facts(view: ChangeContext, steps: Sequence[Step]) -> CardElement:
    """The main steps with their dates, as a card shows them."""
    return facts(*timeline_rows(view, steps))


def timeline_rows(view: ChangeContext, steps: Sequence[Step]) -> list[tuple[str, str]]:
    """The main steps with their dates; what would have been before now happens as soon as it can.

    A reminder does not: nobody is reminded of what they were not told before.
    """
    names = _names(view)
    ahead = [
        step for step in steps if step.kind in _MAIN and (step.due > view.now or step.kind is not StepKind.REMINDER)
    ]
    ahead.sort(key=lambda step: (max(step.due, view.now), _MAIN.index(step.kind)))
    return [(_(names[step.kind]), _due(view, step.kind, step.due)) for step in ahead]
