"""Who decides about a change, where its service asks more than the approver or a deputy (docs/process.md, P123)."""

from collections.abc import Iterable

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import text_block, user_text
from cards.elements.lengths import shortened
from changes.approvals.quorum import given, is_usual, open_stages
from changes.model import AWAITING_APPROVAL, Decision
from changes.text.messages import listed
from language import N_, _

BRIEFLY = 120
_AGREED = {"approved": N_("**{who}** approved the pre-check on {when}."), "go": N_("**{who}** gave GO on {when}.")}


def agreed(view: ChangeContext, decisions: Iterable[Decision], longest: int = 0) -> list[CardElement]:
    """Each who agreed without completing the answer, and what they wrote, up to so many UTF-16 units if said."""
    items: list[CardElement] = []
    for each in decisions:
        said = _(_AGREED[each.verdict], who=view.who(each.by, each.deputy_for), when=view.when(each.at))
        comment = shortened(each.comment, longest) if longest else each.comment
        items += [text_block(said), *user_text(comment)]
    return items


def still_asked(view: ChangeContext) -> list[CardElement]:
    """Who has agreed already, and who is asked after those who are asked now; nothing where one decides alone."""
    change, service = view.change, view.service
    if is_usual(change, service) or change.state not in AWAITING_APPROVAL:
        return []
    later = listed(view.some_of(each, each.eligible) for each in open_stages(change, service)[1:])
    after = [text_block(_("Asked after that: {names}.", names=later))] if later else []
    return [*agreed(view, given(change), BRIEFLY), *after]


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
