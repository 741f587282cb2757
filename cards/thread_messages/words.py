"""Parts that all lines share: who did it, and in whose words."""

from collections.abc import Callable

from application.change_context import ChangeContext
from changes.effects import PostThreadMessage
from changes.model import SYSTEM
from changes.text.messages import Message, joined
from language import _, translate_stored

Say = Callable[[PostThreadMessage, ChangeContext], str]
"""The sentence of an effect for whoever looks."""


def with_reason(text: str, effect: PostThreadMessage) -> str:
    """The sentence, and what was said as its reason; only people are quoted, the bot says it in its own words."""
    if not effect.detail:
        return text
    if effect.by == SYSTEM:
        return joined(text, translate_stored(effect.detail))
    return _("{text} “{quote}”", text=text, quote=effect.detail)


def by(effect: PostThreadMessage, view: ChangeContext) -> str:
    """Who did it, in bold."""
    return Message("**{name}**", name=view.name(effect.by))


def approver(view: ChangeContext) -> str:
    """The name of the service's approver, whoever stands in for them."""
    return view.name(view.service.approver)
