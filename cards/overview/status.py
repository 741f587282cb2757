"""The change's one live card in the channel: where it stands, what comes next, and how it ended."""

from typing import Any

from microsoft_teams.cards import Action, CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import box, facts, fold, text_block, user_text
from cards.elements.controls import action_button, render_card, show_card_button, text_input
from cards.elements.countdown import restore_clock, suggested_minutes, window_clock
from cards.elements.header import change_header
from cards.elements.plan_table import exceptions, window_facts
from cards.elements.public_text import previewed, public_text
from cards.elements.state_labels import OUTCOMES, stepper
from cards.overview.next_step import next_step
from cards.request.dialog import opens_dialog
from cards.tasks.runbook import tasks_panel
from changes.labels import duration_label, minutes_from
from changes.lifecycle.request.request import EDITABLE
from changes.model import AWAITING_APPROVAL, AWAITING_IMPLEMENTATION, BEFORE_WORK, IMPLEMENTING, State
from changes.notification import NoticeKind
from language import N_, _

STATUS = "status"


def status_card(view: ChangeContext) -> dict[str, Any]:
    """The card at the root of the change's thread."""
    return previewed(view, _drawn)


def _drawn(view: ChangeContext) -> dict[str, Any]:
    change = view.change
    body: list[CardElement] = [
        *change_header(view),
        *stepper(change),
        *_ended(view),
        *next_box(view),
        *exceptions(view),
        window_facts(view),
        *_clocks(view),
    ]
    return render_card(body, _actions(view), view, STATUS)


def next_box(view: ChangeContext, *, only_until: bool = False) -> list[CardElement]:
    """Who does what next, and until when (or no more than that); nothing where nothing follows."""
    following = next_step(view)[1:] if only_until else next_step(view)
    lines = [text_block(each, bold=not number, close=bool(number)) for number, each in enumerate(following)]
    return [box(lines)] if lines else []


def _ended(view: ChangeContext) -> list[CardElement]:
    """How it ended, or why."""
    change = view.change
    if change.state is State.COMPLETED and change.started_at and change.ended_at:
        minutes = minutes_from(change.started_at, change.ended_at)
        outcome = _(OUTCOMES[change.outcome]) if change.outcome else ""
        ended = view.when(change.ended_at)
        return [
            facts(
                (_("Outcome"), outcome),
                (_("Started"), view.when(change.started_at)),
                (
                    _("Ended"),
                    _("{when} after {took}", when=ended, took=duration_label(minutes)) if minutes > 0 else ended,
                ),
            )
        ]
    return [*_given_up(view), *user_text(view.closing_reason)] if change.closing_reason else []


def _given_up(view: ChangeContext) -> list[CardElement]:
    """Who cancelled or postponed it, and when; nothing where it went by itself."""
    by, at = view.change.closed_by, view.change.state_since
    if by is None or at is None:
        return []
    is_cancelled = view.change.state is State.CANCELLED
    said = N_("**{who}** cancelled it on {when}:") if is_cancelled else N_("**{who}** postponed it on {when}:")
    return [text_block(_(said, who=view.name(by), when=view.when(at)))]


def _clocks(view: ChangeContext) -> list[CardElement]:
    """The times that bind the work, and folded those of a restore; that there is none to make stands open."""
    if view.change.state not in IMPLEMENTING | {State.INCIDENT}:
        return []
    times = window_clock(view) if view.change.state in IMPLEMENTING else []
    restore = restore_clock(view)
    if suggested_minutes(view) is None:
        return [*times, *restore]
    return [*times, *fold(_("Restore times"), "restore", *restore)]


def _actions(view: ChangeContext) -> list[Action]:
    actions: list[Action] = []
    if view.change.state in (State.NO_GO, State.POSTPONED):
        new_date = action_button(view, STATUS, _("New date"), "change.move", style="positive", alone=True)
        actions.append(opens_dialog(new_date))
    elif view.change.state in EDITABLE:
        actions.append(opens_dialog(action_button(view, STATUS, _("Edit"), "change.edit", alone=True)))
    if view.change.state in AWAITING_APPROVAL | AWAITING_IMPLEMENTATION:
        actions += tasks_panel(view, STATUS)
    if view.change.state in BEFORE_WORK:
        why = text_input(
            "reason", _("Reason (required, stays in the thread)"), lines=True, required=_("Give the reason.")
        )
        told = public_text(view, NoticeKind.CANCELLED)
        cancel = action_button(view, STATUS, _("Cancel the change"), "change.withdraw", style="destructive")
        warned = text_block(_("A cancelled change stays cancelled: to do it later, choose a new date instead."))
        actions.append(show_card_button(_("Cancel the change…"), [warned, why, *told], cancel))
    return actions
