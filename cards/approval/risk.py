"""How much a change puts at risk, and why (docs/process.md, P121); nothing where its service assesses no risk."""

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import facts, fold, label, user_text
from cards.elements.state_labels import risk_looks
from changes.model.risk_rules import said
from language import _, translate


def risk_section(view: ChangeContext) -> list[CardElement]:
    """The level, and a line for each reason; what was answered is folded."""
    risk = view.change.risk
    if risk is None:
        return []
    reasons = risk.reasons or (_("Nothing that was answered or is known speaks for more."),)
    lines = [line for each in reasons for line in user_text(translate(each))]
    answers = [facts(*answered)] if (answered := risk_answers(view)) else []
    return [
        *(label(each.label) for each in risk_looks(view.change)),
        *lines,
        *fold(_("Show the answers"), "risk", *answers),
    ]


def risk_answers(view: ChangeContext) -> tuple[tuple[str, str], ...]:
    """What was answered, also what counts nothing: the questions, each with its answer."""
    return tuple((translate(said(ask)), translate(said(answer))) for ask, answer in view.change.plan.risk_answers)
