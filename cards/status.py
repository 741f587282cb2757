"""The change's one live card in the channel: where it stands, what comes next, and how it ended."""

from typing import Any

from microsoft_teams.cards import Action, CardElement

from cards.parts import columns, facts, opens, pressed, sentence, text_input, to_wire, written
from cards.plan import exceptions, title_lines, window_facts
from cards.states import STATES
from cards.summary import SAID
from cards.view import View
from changes.labels import duration_label
from changes.lifecycle.preparing import EDITABLE
from changes.model import BEFORE_WORK, Outcome, State
from changes.timeline import pending

STATUS = "status"
_OUTCOMES = {
    Outcome.SUCCESSFUL: "successful",
    Outcome.FIXED: "fixed after an incident",
    Outcome.ROLLED_BACK: "rolled back to the snapshot",
}


def status_card(view: View) -> dict[str, Any]:
    """The card at the root of the change's thread."""
    change = view.change
    said, colour = STATES[change.state]
    body: list[CardElement] = [
        columns((title_lines(view), "stretch"), ([sentence(said, colour=colour, bold=True)], "auto")),
        *exceptions(view),
        window_facts(view),
        *_next_or_end(view),
    ]
    return to_wire(body, _actions(view), view, STATUS)


def _next_or_end(view: View) -> list[CardElement]:
    change = view.change
    if change.state is State.COMPLETED and change.started_at and change.ended_at:
        minutes = round((change.ended_at - change.started_at).total_seconds() / 60)
        outcome = _OUTCOMES[change.outcome] if change.outcome else ""
        return [
            facts(
                [
                    ("Started", view.when(change.started_at)),
                    ("Ended", f"{view.when(change.ended_at)} after {duration_label(minutes)}"),
                    ("Outcome", outcome),
                ]
            )
        ]
    items: list[CardElement] = written(change.closing_reason) if change.closing_reason else []
    coming = [step for step in pending(change, view.service) if step.due > view.now][:2]
    if coming:
        steps = ", then ".join(f"**{SAID[step.kind]}** {view.when(step.due)}" for step in coming)
        items.append(sentence(f"Next: {steps}"))
    if change.state in (State.NO_GO, State.POSTPONED):
        items.append(
            sentence(f"Give it a new date with *Edit*, or drop it with *Cancel*. (`/change edit {change.id}`)")
        )
    return items


def _actions(view: View) -> list[Action]:
    actions: list[Action] = []
    if view.change.state in EDITABLE:
        actions.append(pressed(view, STATUS, "Edit", "change.edit", alone=True))
    if view.change.state in BEFORE_WORK:
        why = text_input("reason", "Why is it cancelled? Those who were told read it.")
        cancel = pressed(view, STATUS, "Cancel the change", "change.withdraw", style="destructive")
        actions.append(opens("Cancel", [why], cancel))
    return actions
