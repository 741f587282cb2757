"""What was entered, and every date that follows from it, before it is handed in."""

from collections.abc import Sequence
from typing import Any

from microsoft_teams.cards import CardElement

from cards.clock import too_short
from cards.learned import learned
from cards.parts import button, facts, heading, label, to_wire
from cards.plan import exceptions, plan_sections, title_lines
from cards.view import View
from changes.model import Kind
from changes.timeline import Step, StepKind

SAID: dict[StepKind, str] = {
    StepKind.PREPARE: "Reminder to prepare",
    StepKind.PRECHECK: "Pre-check",
    StepKind.CORRECTIONS: "Reminder of the corrections",
    StepKind.GO: "GO / NO-GO",
    StepKind.GO_NUDGE: "Nudge to the approver",
    StepKind.GO_DEPUTIES: "Nudge to the deputies",
    StepKind.SILENCE: "Postponed without GO",
    StepKind.REMINDER: "Reminder to everyone",
    StepKind.SNAPSHOT: "Snapshot begins",
    StepKind.START: "Start",
    StepKind.NOT_STARTED: "Nudge if not started",
    StepKind.CUTOFF: "Cutoff",
    StepKind.CUTOFF_SILENCE: "Nudge at the cutoff",
    StepKind.OVERRUN: "End of the window",
    StepKind.OVERRUN_NAG: "Nudge about the open window",
    StepKind.ABANDONED: "Postponed because nobody started it",
    StepKind.REVIEW: "Review",
}
_MAIN = (
    StepKind.PRECHECK,
    StepKind.GO,
    StepKind.SILENCE,
    StepKind.REMINDER,
    StepKind.SNAPSHOT,
    StepKind.START,
    StepKind.CUTOFF,
    StepKind.OVERRUN,
    StepKind.REVIEW,
)


_AT_ONCE = {StepKind.GO: "right after the pre-check", StepKind.SNAPSHOT: "right after GO"}
"""What waits for something else where its own moment has passed."""


def summary_card(view: View, steps: Sequence[Step]) -> dict[str, Any]:
    """The draft with its timeline, to be handed in, edited or dropped."""
    change = view.change
    body: list[CardElement] = [heading("Is this right?"), *title_lines(view), *exceptions(view)]
    body += [
        *plan_sections(view),
        *too_short(view),
        *learned(view),
        label("What happens when"),
        timeline_facts(view, steps),
    ]
    actions = [
        button("Submit", "change.submit", change.id, change.revision, style="positive"),
        button("Edit", "change.edit", change.id, change.revision),
        button("Cancel", "change.withdraw", change.id, change.revision),
    ]
    return to_wire(body, actions)


def timeline_facts(view: View, steps: Sequence[Step]) -> CardElement:
    """The main steps with their dates; what would have been before now happens as soon as it can.

    A reminder does not: nobody is reminded of what they were not told before.
    """
    names = SAID | ({StepKind.PRECHECK: "Pre-check and GO"} if view.change.plan.kind is Kind.EMERGENCY else {})
    ahead = [
        step for step in steps if step.kind in _MAIN and (step.due > view.now or step.kind is not StepKind.REMINDER)
    ]
    ahead.sort(key=lambda step: (max(step.due, view.now), _MAIN.index(step.kind)))
    return facts(
        [
            (names[step.kind], view.when(step.due) if step.due > view.now else _AT_ONCE.get(step.kind, "at once"))
            for step in ahead
        ]
    )
