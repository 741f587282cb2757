"""The change's one live card in the channel: where it stands, what comes next, and how it ended."""

from typing import Any

from microsoft_teams.cards import Action, CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import box, facts, text_block, user_text
from cards.elements.controls import action_button, render_card, show_card_button, text_input
from cards.elements.countdown import restore_clock, window_clock
from cards.elements.header import change_header
from cards.elements.plan_table import exceptions, window_facts, withdrawal_reason_label
from cards.elements.state_labels import OUTCOMES, stepper
from cards.overview.next_step import next_step_text
from cards.request.dialog import opens_dialog
from changes.labels import duration_label, minutes_from
from changes.lifecycle.request.request import EDITABLE
from changes.model import BEFORE_WORK, IMPLEMENTING, State
from language import _

STATUS = "status"


def status_card(view: ChangeContext) -> dict[str, Any]:
    """The card at the root of the change's thread."""
    change = view.change
    body: list[CardElement] = [
        *change_header(view),
        *stepper(change),
        *_next_or_end(view),
        *exceptions(view),
        window_facts(view),
    ]
    return render_card(body, _actions(view), view, STATUS)


def _next_or_end(view: ChangeContext) -> list[CardElement]:
    change = view.change
    if change.state is State.COMPLETED and change.started_at and change.ended_at:
        minutes = minutes_from(change.started_at, change.ended_at)
        outcome = _(OUTCOMES[change.outcome]) if change.outcome else ""
        review = next_step_text(view)
        return [
            facts(
                (_("Started"), view.when(change.started_at)),
                (_("Ended"), _("{when} after {took}", when=view.when(change.ended_at), took=duration_label(minutes))),
                (_("Outcome"), outcome),
            ),
            *([box([text_block(review)])] if review else []),
        ]
    items: list[CardElement] = user_text(view.closing_reason) if change.closing_reason else []
    if change.state in IMPLEMENTING:
        items += [window_clock(view, live=True), *restore_clock(view)]
    elif change.state is State.INCIDENT:
        items += restore_clock(view)
    following = next_step_text(view)
    return [*items, box([text_block(following)])] if following else items


def _actions(view: ChangeContext) -> list[Action]:
    actions: list[Action] = []
    if view.change.state in (State.NO_GO, State.POSTPONED):
        new_date = action_button(view, STATUS, _("New date"), "change.move", style="positive", alone=True)
        actions.append(opens_dialog(new_date))
    elif view.change.state in EDITABLE:
        actions.append(opens_dialog(action_button(view, STATUS, _("Edit"), "change.edit", alone=True)))
    if view.change.state in BEFORE_WORK:
        why = text_input("reason", withdrawal_reason_label(view, cancels=True), lines=True)
        cancel = action_button(view, STATUS, _("Cancel the change"), "change.withdraw", style="destructive")
        actions.append(show_card_button(_("Cancel"), [why], cancel))
    return actions
