"""What a decision rests on: who is asked and by when, who has agreed, the risk, and changes like it (P121 to P128)."""

from collections.abc import Sequence
from datetime import timedelta

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import Style, box, first_of, label, text_block, user_text
from cards.elements.lengths import capital, shortened
from cards.elements.state_labels import OUTCOMES, risk_looks
from changes.approvals.quorum import Available, given, is_usual, open_stages, stuck_stage
from changes.labels import duration_label
from changes.model import AWAITING_APPROVAL, Change, Decision
from changes.planning.deadlines import decision_deadline
from changes.planning.restore_forecast import minutes_between
from changes.planning.timeline import StepKind, available_approvers
from changes.text.messages import Message, joined, listed
from language import N_, _, date_text, translate

FAR = timedelta(days=7)
"""How far ahead a deadline is not yet said on the card that asks."""
LONGEST_TITLE = 60
"""Of a change like it."""
MOST_LATER, MOST_AGREED, BRIEFLY = 2, 5, 120
"""How many of the stages that come after are named, and of those who have agreed; and how much of what they wrote."""
_AGREED = {"approved": N_("**{who}** approved the pre-check on {when}."), "go": N_("**{who}** gave GO on {when}.")}

_IMPLEMENTS = N_("{approver} implements this change, so a deputy decides: {deputies}.")
_REQUESTS = N_("{approver} requests this change, so a deputy decides: {deputies}.")
_EDITED = N_("{approver} edited this change, so a deputy decides: {deputies}.")
_NOBODY = N_(
    "Nobody can decide about it: everybody who may is its requester, implementer or editor. An admin has to name a "
    "deputy of {service}, or it is cancelled and somebody else requests it anew."
)
_TOO_FEW = N_(
    "It cannot be approved: answers still needed: {left}; people who may give one: {names}. An admin has to name "
    "somebody else for {service}, or it is cancelled and somebody else requests it anew."
)
_TOO_FEW_THERE = N_(
    "Too few approvers are there until the deadline, {deadline}: answers still needed: {left}; there: {names}. Choose "
    "another date with `/change move {id}`, or ask one who is away to be there."
)


def nobody(view: ChangeContext) -> str:
    """The sentence that nobody may decide, or too few, with the way out; empty where they may."""
    return _lacking(view, _NOBODY if is_usual(view.change, view.service) else _TOO_FEW, lambda _person: True)


def nobody_in_time(view: ChangeContext) -> str:
    """The sentence that too few of those who may decide are there for as long as it can be decided."""
    there = available_approvers(view.change, view.service).__contains__
    return _lacking(view, _TOO_FEW_THERE, there) if not view.nobody_decides else ""


def _lacking(view: ChangeContext, sentence: str, available: Available) -> str:
    stuck = stuck_stage(view.change, view.service, available)
    if stuck is None:
        return ""
    names, deadline = map(view.name, filter(available, stuck.eligible)), decision_deadline(view.change, view.service)
    facts = {"names": listed(names) or _("nobody"), "deadline": view.when(deadline), "service": view.service.name}
    return _(sentence, left=stuck.left, id=view.change.id, **facts)


def by_when(view: ChangeContext, asked: str) -> CardElement:
    """The question, who answers it, and what happens without an answer: silence is never GO."""
    silence = next((step.due for step in view.pending_steps if step.kind is StepKind.SILENCE), None)
    decides, by = nobody(view) or instead_of_approver(view) or view.away or _decides(view), ""
    if silence is not None and silence - view.now < FAR:  # until then the change's own card says it
        by = _("Without GO by {when} the change is postponed.", when=view.when(silence))
    style: Style = "attention" if view.nobody_decides else "emphasis"
    return box([text_block(asked, bold=True), text_block(joined(decides, by))], style)


def _decides(view: ChangeContext) -> str:
    if is_usual(view.change, view.service):
        return _("{who} decides.", who=capital(view.deciders))
    return _("Still asked: {names}.", names=view.approvers())


def still_asked(view: ChangeContext) -> list[CardElement]:
    """Who has agreed already, and who is asked after those who are asked now; nothing where one decides alone."""
    change, service = view.change, view.service
    if is_usual(change, service) or change.state not in AWAITING_APPROVAL:
        return []
    later = first_of([view.some_of(each, each.eligible) for each in open_stages(change, service)[1:]], MOST_LATER)
    after = [text_block(_("Asked after that: {names}.", names=later))] if later else []
    return [*_agreed(view, given(change)), *after]


def agreed(view: ChangeContext, decision: Decision) -> list[CardElement]:
    """Who agreed before the decision, to the same question and about the same plan."""
    of = "go" if decision.verdict in ("go", "no_go") else "approved", decision.fingerprint
    return _agreed(view, [each for each in view.change.approvals if (each.verdict, each.fingerprint) == of])


def _agreed(view: ChangeContext, decisions: Sequence[Decision]) -> list[CardElement]:
    items: list[CardElement] = []
    for each in decisions[-MOST_AGREED:]:
        said = _(_AGREED[each.verdict], who=view.who(each.by, each.deputy_for), when=view.when(each.at))
        items += [text_block(said), *user_text(shortened(each.comment, BRIEFLY))]
    return items


def instead_of_approver(view: ChangeContext) -> str:
    """Why the approver does not decide about it, and who does; empty where they may, or where nobody may."""
    approver, change = view.service.approver, view.change
    if approver not in change.involved or view.nobody_decides or not is_usual(change, view.service):
        return ""
    why = _IMPLEMENTS if approver == change.plan.implementer else _REQUESTS if approver == change.requester else _EDITED
    deputies = listed(view.name(each) for each in view.service.deciding(change.involved))
    return _(why, approver=view.name(approver), deputies=deputies)


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
