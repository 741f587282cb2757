"""The notice that a button sends, before it goes: in each language of the service, with a text that may be changed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from microsoft_teams.cards import CardElement
from pydantic_core import to_json

from application.change_context import ChangeContext
from application.ports import Drafts, NoticeDraft
from cards.elements.blocks import text_block
from cards.elements.controls import LARGEST, size, text_input
from changes.notification import NoticeKind
from changes.text import Message
from language import N_, _

FOR_VIEWERS = 4500
"""The room that stays for those who get a view of their own, in UTF-16 units."""
_NAMES = {"en": N_("English"), "fr": N_("French"), "de": N_("German")}


def public_text(view: ChangeContext, kind: NoticeKind, told: str = "") -> list[CardElement]:
    """The inputs for what affected people read, each within its notice; nothing where such a notice cannot go out.

    They are filled with the notice's own sentence. `told` says when it goes, in place of the usual sentence.
    """
    return draft_inputs(view.drafts.get(kind, ()), told)


def draft_inputs(drafts: Sequence[NoticeDraft], told: str = "") -> list[CardElement]:
    """The inputs of these drafts, each within its notice; `told` says when it goes."""
    whole = any(each.before or each.after for each in drafts)
    told = told or (_("Everyone affected gets this notice. Change the message, or leave it as it is.") if whole else "")
    items: list[CardElement] = [text_block(told, subtle=True)] if drafts and told else []
    for draft in drafts:
        title = _("Message to the people affected ({language})", language=_(_NAMES[draft.language]))
        given = text_input(draft.field, title, value=draft.text, lines=whole)
        items += [*_around(draft.before), given, *_around(draft.after)]
    return items


def previewed(view: ChangeContext, draw: Callable[[ChangeContext], dict[str, Any]]) -> dict[str, Any]:
    """The card with its notices whole, the first ones first; of those for which there is no room only their texts."""

    card = draw(view)
    if not view.drafts or _leaves_room(card):
        return card

    def fits(drafts: Drafts) -> bool:
        return size(draw(replace(view, mris=(), drafts=drafts))) <= LARGEST - FOR_VIEWERS

    if fits(view.drafts):
        return card
    shown: Drafts = {kind: texts_only(drafts) for kind, drafts in view.drafts.items()}
    for kind, drafts in view.drafts.items():
        shown = whole if fits(whole := {**shown, kind: drafts}) else shown
    return draw(replace(view, drafts=shown))


def _leaves_room(card: dict[str, Any]) -> bool:
    """Whether the card has room for those who get a view of their own, with all that old clients need on it."""
    body = {name: value for name, value in card.items() if name != "refresh"}
    return size(body) <= LARGEST - FOR_VIEWERS and b'"fallback":' in to_json(body)


def texts_only(drafts: Sequence[NoticeDraft]) -> tuple[NoticeDraft, ...]:
    """The drafts without what stands around their texts."""
    return tuple(replace(each, before="", after="") for each in drafts)


def _around(markdown: str) -> list[CardElement]:
    return [text_block(Message.from_markup(markdown), subtle=True)] if markdown else []
