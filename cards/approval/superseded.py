"""What stays on a pre-check or GO card of an earlier round: what took its place, and what was decided on it."""

from collections.abc import Iterable

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import box, text_block, user_text
from cards.elements.state_labels import Look
from changes.model import Decision, PastDecision
from changes.notification.cards import CardKind
from language import N_, _

VERDICTS = {
    "approved": N_("approved the pre-check"),
    "corrections": N_("requested corrections"),
    "go": N_("gave GO"),
    "no_go": N_("said NO-GO"),
}
_OF_GO = ("go", "no_go")


def superseded_look() -> Look:
    """How the header of a card looks that something else has taken the place of."""
    return Look(_("Superseded"), "emphasis", "Subtle", "History")


def is_superseded(view: ChangeContext, message: str) -> bool:
    """Whether the card was drawn for an earlier round: the plan has been handed in again since."""
    number = message.partition(":")[2]
    return number.isdigit() and int(number) != view.change.round


def superseded(view: ChangeContext, message: str) -> list[CardElement]:
    """Who changed the plan and when, where to look now, and the decision about the earlier plan, for ever."""
    ended = _ended(view, message)
    again = _("A new approval is requested, on a new card in this thread.")
    if ended is None:
        return [text_block(_("Superseded: the plan was changed. {again}", again=again), colour="Warning")]
    who, when = view.name(ended.by), view.when(ended.at)
    strip = _("Superseded: **{who}** changed the plan on {when}. {again}", who=who, when=when, again=again)
    shown: list[CardElement] = [text_block(strip, colour="Warning")]
    if ended.decision is not None:
        said = text_block(decided(view, ended.decision), subtle=True)
        shown.append(box([said, *user_text(ended.decision.comment, subtle=True)]))
    return shown


def decided(view: ChangeContext, decision: Decision) -> str:
    """Who decided what, and when."""
    who, verdict = view.who(decision.by, decision.deputy_for), _(VERDICTS[decision.verdict])
    return _("**{who}** {verdict} on {when}.", who=who, verdict=verdict, when=view.when(decision.at))


def _ended(view: ChangeContext, message: str) -> PastDecision | None:
    """What ended the card's round, with what was decided on this very card.

    In an emergency GO was given on the card of the pre-check, in the same moment or instead of it.
    """
    kind, _round, number = message.partition(":")
    ended = [each for each in view.change.past_decisions if str(each.round) == number]
    prechecks, gos = (_given(ended, of_go=of_go) for of_go in (False, True))
    given = gos if kind == CardKind.GO else prechecks
    if kind == CardKind.PRECHECK and gos:
        moments = {each.decision.at for each in prechecks if each.decision is not None}
        combined = [
            each for each in gos if each.decision and each.decision.verdict == "go" and each.decision.at in moments
        ]
        given = combined or prechecks or gos
    bare = [each for each in ended if each.decision is None]
    return next(iter((*given[-1:], *bare, *ended)), None)


def _given(ended: Iterable[PastDecision], *, of_go: bool) -> list[PastDecision]:
    return [each for each in ended if each.decision is not None and (each.decision.verdict in _OF_GO) is of_go]
