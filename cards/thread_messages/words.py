"""Parts that all lines share: who did it, and in whose words."""

from collections.abc import Callable, Mapping

from application.change_context import ChangeContext
from changes.effects import PostThreadMessage
from changes.model import SYSTEM
from changes.text.messages import Message, joined
from language import _, translate

Say = Callable[[PostThreadMessage, ChangeContext], str]
"""The sentence of an effect for whoever looks."""


def with_reason(text: str, effect: PostThreadMessage) -> str:
    """The sentence, and what was said as its reason; only people are quoted, the bot says it in its own words."""
    if not effect.detail:
        return text
    if effect.by == SYSTEM:
        return joined(text, translate(effect.detail))
    return _("{text} “{quote}”", text=text, quote=effect.detail)


def by(effect: PostThreadMessage, view: ChangeContext) -> str:
    """Who did it, in bold."""
    return Message("**{name}**", name=view.name(effect.by))


def approver(view: ChangeContext) -> str:
    """The name of the service's approver, whoever stands in for them."""
    return view.name(view.service.approver)


_FACTS: Mapping[str, Say] = {
    "by": by,
    "id": lambda effect, view: view.change.id,
    "other": lambda effect, view: effect.detail,
    "others": lambda effect, view: effect.detail,
    "reason": lambda effect, view: translate(effect.detail),
    "server": lambda effect, view: view.service.vps.name,
    "name": lambda effect, view: view.service.vps.name,
    "approver": lambda effect, view: approver(view),
    "requester": lambda effect, view: view.name(view.change.requester),
    "implementer": lambda effect, view: view.name(view.change.plan.implementer),
    "deciders": lambda effect, view: view.deciders,
    "ends_at": lambda effect, view: view.when(view.change.ends_at),
    "window_label": lambda effect, view: view.window_label,
}
"""What a place of a sentence holds; `other` is the change that the effect names, and `name` the server's."""


def plain(sentence: str) -> Say:
    """The sentence, whose places hold `_FACTS`."""
    names = [name for name in _FACTS if f"{{{name}}}" in sentence]
    return lambda effect, view: _(sentence, **{name: _FACTS[name](effect, view) for name in names})


def reasoned(sentence: str) -> Say:
    """As `plain`, with what was said as its reason."""
    said = plain(sentence)
    return lambda effect, view: with_reason(said(effect, view), effect)
