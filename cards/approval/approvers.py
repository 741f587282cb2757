"""Who decides about a change, by when, and who has (docs/process.md, P123 and P124)."""

from collections.abc import Container, Sequence
from datetime import timedelta

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import Style, box, first_of, text_block, user_text
from cards.elements.lengths import capital, shortened
from changes.approvals.quorum import OpenStage, given, is_usual, open_stages, stuck_stage
from changes.model import AWAITING_APPROVAL, Decision, Person
from changes.planning.deadlines import decision_deadline
from changes.planning.timeline import StepKind, available_approvers, stuck_in_time
from changes.text.messages import joined, listed
from language import N_, _

FAR = timedelta(days=7)
"""How far ahead a deadline is not yet said on the card that asks."""
MOST_LATER, MOST_AGREED, BRIEFLY = 2, 5, 120
"""How many of the stages that come after are named, and of those who have agreed; and how much of what they wrote."""
_AGREED = {"approved": N_("**{who}** approved the pre-check on {when}."), "go": N_("**{who}** gave GO on {when}.")}

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
    "another date, or ask one who is away to be there."
)


def nobody(view: ChangeContext) -> str:
    """The sentence that nobody may decide, or too few, with the way out; empty where they may."""
    sentence = _NOBODY if is_usual(view.change, view.service) else _TOO_FEW
    return _lacking(view, sentence, stuck_stage(view.change, view.service))


def nobody_in_time(view: ChangeContext) -> str:
    """The sentence that too few of those who may decide are there for as long as it can be decided."""
    stuck = None if view.nobody_decides else stuck_in_time(view.change, view.service)
    return _lacking(view, _TOO_FEW_THERE, stuck, available_approvers(view.change, view.service))


def _lacking(
    view: ChangeContext, sentence: str, stuck: OpenStage | None, there: Container[Person] | None = None
) -> str:
    if stuck is None:
        return ""
    names = listed(view.name(each) for each in stuck.eligible if there is None or each in there) or _("nobody")
    deadline = view.when(decision_deadline(view.change, view.service))
    return _(sentence, left=stuck.left, names=names, deadline=deadline, service=view.service.name)


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
    said = N_("Still asked: {names}.") if given(view.change) else N_("Asked: {names}.")
    return _(said, names=view.approvers())


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
    deputies = listed(view.name(each) for each in view.service.deciding(change.involved))
    facts = {"approver": view.name(approver), "deputies": deputies}
    if approver == change.plan.implementer:
        return _("{approver} implements this change, so a deputy decides: {deputies}.", **facts)
    if approver == change.requester:
        return _("{approver} requests this change, so a deputy decides: {deputies}.", **facts)
    return _("{approver} edited this change, so a deputy decides: {deputies}.", **facts)
