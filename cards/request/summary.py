"""The summary of a request before it is submitted: what was entered, and every date that follows."""

from collections.abc import Sequence
from typing import Any

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import facts, label, text_block
from cards.elements.controls import button, render_card
from cards.elements.header import change_header
from cards.elements.plan_table import exceptions, neighbours, plan_sections
from cards.elements.readiness import warnings
from cards.request.estimates import duration_hints
from changes.model import ChangeType
from changes.planning.timeline import Step, StepKind
from language import N_, _

SAID: dict[StepKind, str] = {
    StepKind.PREPARE: N_("Reminder to prepare"),
    StepKind.PRECHECK: N_("Pre-check"),
    StepKind.CORRECTIONS: N_("Reminder of the corrections"),
    StepKind.PREFLIGHT_WEEK: N_("Readiness: snapshot preflight, and who can give GO"),
    StepKind.GO: N_("GO / NO-GO"),
    StepKind.PRECHECK_NUDGE: N_("Pre-check reminder"),
    StepKind.GO_NUDGE: N_("GO reminder"),
    StepKind.GO_DEPUTIES: N_("Nudge to the deputies"),
    StepKind.SILENCE: N_("Postponed without GO"),
    StepKind.NEW_DATE_NUDGE: N_("Reminder of the new date"),
    StepKind.GIVE_UP: N_("Cancelled without a new date"),
    StepKind.REMINDER: N_("Reminder to everyone"),
    StepKind.SNAPSHOT: N_("Snapshot begins"),
    StepKind.SNAPSHOT_NUDGE: N_("Reminder of the snapshot"),
    StepKind.SNAPSHOT_TOO_LATE: N_("Too late for the snapshot"),
    StepKind.START: N_("Start"),
    StepKind.NOT_STARTED: N_("Nudge if not started"),
    StepKind.NOT_STARTED_APPROVER: N_("Nudge to the approver if not started"),
    StepKind.CUTOFF: N_("Cutoff"),
    StepKind.CUTOFF_SILENCE: N_("Nudge at the cutoff"),
    StepKind.OVERRUN: N_("End of the window"),
    StepKind.OVERRUN_NAG: N_("Nudge about the open window"),
    StepKind.ABANDONED: N_("Postponed because nobody started it"),
    StepKind.INCIDENT_NUDGE: N_("Reminder of the incident"),
    StepKind.INCIDENT_HOLDING: N_("Incident update to everyone"),
    StepKind.RESTORE_NUDGE: N_("Reminder to confirm the restore"),
    StepKind.HANDOVER_NUDGE: N_("Reminder of the hand-over"),
    StepKind.REVIEW: N_("Review"),
    StepKind.REVIEW_NUDGE: N_("Reminder of the review"),
}
_MAIN = (
    *(StepKind.PRECHECK, StepKind.GO, StepKind.SILENCE, StepKind.REMINDER, StepKind.SNAPSHOT),
    *(StepKind.START, StepKind.CUTOFF, StepKind.OVERRUN, StepKind.REVIEW),
)


_AT_ONCE = {StepKind.GO: N_("right after the pre-check"), StepKind.SNAPSHOT: N_("right after GO")}
"""What waits for something else where its own moment has passed."""


def summary_card(view: ChangeContext, steps: Sequence[Step]) -> dict[str, Any]:
    """The draft with its timeline, to be handed in, edited or dropped."""
    change = view.change
    body: list[CardElement] = [*change_header(view, _("Is this right?")), *exceptions(view)]
    body += [
        *plan_sections(view),
        *_to_know(view),
        *duration_hints(view),
        label(_("What happens when")),
        timeline_facts(view, steps),
    ]
    actions = [
        button(_("Submit"), "change.submit", change.id, change.revision, style="positive"),
        button(_("Edit"), "change.edit", change.id, change.revision),
        button(_("Cancel"), "change.withdraw", change.id, change.revision),
    ]
    return render_card(body, actions)


def _to_know(view: ChangeContext) -> list[CardElement]:
    """Everything in one place that speaks against the plan as it is: its snapshot, who decides, other changes."""
    items = warnings(view)
    if view.nobody:
        items.append(text_block(view.nobody, colour="Attention", bold=True))
    elif view.instead_of_approver:
        items.append(text_block(view.instead_of_approver))
    elif view.away:
        items.append(text_block(view.away))
    if near := neighbours(view):
        items.append(text_block(_("Other changes near it, on the same server or service: {near}.", near=near)))
    return [label(_("Please note")), *items] if items else []


def timeline_facts(view: ChangeContext, steps: Sequence[Step]) -> CardElement:
    """The main steps with their dates; what would have been before now happens as soon as it can.

    A reminder does not: nobody is reminded of what they were not told before.
    """
    names = SAID | (
        {StepKind.PRECHECK: N_("Pre-check and GO")} if view.change.plan.kind is ChangeType.EMERGENCY else {}
    )
    ahead = [
        step for step in steps if step.kind in _MAIN and (step.due > view.now or step.kind is not StepKind.REMINDER)
    ]
    ahead.sort(key=lambda step: (max(step.due, view.now), _MAIN.index(step.kind)))
    return facts(
        *[
            (
                _(names[step.kind]),
                view.when(step.due) if step.due > view.now else _(_AT_ONCE.get(step.kind, N_("at once"))),
            )
            for step in ahead
        ]
    )
