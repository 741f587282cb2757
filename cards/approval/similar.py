"""Completed changes that are like the one on the card (docs/process.md, P128): how they ended, how long they took."""

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import label, user_text
from cards.elements.lengths import shortened
from cards.elements.state_labels import OUTCOMES
from changes.labels import duration_label
from changes.model import Change
from changes.planning.restore_forecast import minutes_between
from changes.text.messages import Message, joined
from language import _, date_text

LONGEST_TITLE = 60


def similar_section(view: ChangeContext) -> list[CardElement]:
    """A line for each of them; nothing where there are none."""
    lines = [line for each in view.similar for line in user_text(_line(view, each))]
    return [label(_("Similar past changes")), *lines] if lines else []


def _line(view: ChangeContext, change: Change) -> Message:
    planned, took = duration_label(change.plan.window.minutes), minutes_between(change.started_at, change.ended_at)
    lasted = _("{took}, {planned} planned", took=duration_label(took), planned=planned) if took is not None else ""
    day, outcome = view.service.local(change.plan.window.start).date(), OUTCOMES.get(change.outcome)  # type: ignore[arg-type]
    about = joined(change.id, shortened(change.plan.title, LONGEST_TITLE))
    return joined(about, date_text(day), _(outcome) if outcome else "", lasted, by=" · ")
