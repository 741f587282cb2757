"""What a decision rests on: the risk of the change, and what was learned from others (docs/process.md, P121, P128)."""

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.approval.approvers import still_asked
from cards.elements.blocks import label, user_text
from cards.elements.lengths import shortened
from cards.elements.state_labels import OUTCOMES, risk_looks
from changes.labels import duration_label
from changes.model import Change
from changes.planning.restore_forecast import minutes_between
from changes.text.messages import Message, joined
from language import _, date_text, translate

LONGEST_TITLE = 60


def grounds(view: ChangeContext) -> list[CardElement]:
    """Who has agreed so far and who is asked later, and the risk."""
    return [*still_asked(view), *risk_section(view)]


def risk_section(view: ChangeContext) -> list[CardElement]:
    """The level, and a line for each reason; nothing where the service assesses no risk."""
    if (risk := view.change.risk) is None:
        return []
    reasons = risk.reasons or (_("Nothing that was answered or is known speaks for more."),)
    lines = [line for each in reasons for line in user_text(translate(each))]
    return [*(label(each.label) for each in risk_looks(view.change)), *lines]


def similar_section(view: ChangeContext) -> list[CardElement]:
    """A line for each completed change that is like it; nothing where there are none."""
    lines = [line for each in view.similar for line in user_text(_line(view, each))]
    return [label(_("Similar past changes")), *lines] if lines else []


def _line(view: ChangeContext, change: Change) -> Message:
    planned, took = duration_label(change.plan.window.minutes), minutes_between(change.started_at, change.ended_at)
    lasted = _("{took}, {planned} planned", took=duration_label(took), planned=planned) if took is not None else ""
    day, outcome = view.service.local(change.plan.window.start).date(), OUTCOMES.get(change.outcome)  # type: ignore[arg-type]
    about = joined(change.id, shortened(change.plan.title, LONGEST_TITLE))
    return joined(about, date_text(day), _(outcome) if outcome else "", lasted, by=" · ")
