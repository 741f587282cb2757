"""The header of a card: in one glance what it is about, which state that is in, and what is out of the ordinary.

Its container is coloured by the state, and the state is always said in words too (docs/process.md, P98).
"""

from collections.abc import Sequence
from typing import Literal

from microsoft_teams.cards import Badge, CardElement, Container, FlowLayout

from application.change_context import ChangeContext
from cards.elements.blocks import heading, text_block, user_text
from cards.elements.state_labels import Look, risk_looks, state_look
from changes.model import BEFORE_WORK, ChangeType
from changes.text.messages import joined
from language import _, as_text


def change_header(view: ChangeContext, what: str = "", look: Look | None = None) -> list[CardElement]:
    """The header of a card about a change; `what` says which card it is, where it is not the change's own."""
    change = view.change
    shown = look or state_look(change)
    about = text_block(joined(change.id, view.service.name, by=" · "), subtle=True)
    title = user_text(change.plan.title, bold=True, large=not what)
    lines: list[CardElement] = [*([heading(what)] if what else []), *title, about]
    return [_header(shown, lines, [shown, *_unusual(view)])]


def page_header(title: str, *lines: CardElement) -> list[CardElement]:
    """The header of a card that is about no single change."""
    return [_header(Look("", "emphasis", "Subtle", ""), [heading(title), *lines], [])]


def _header(look: Look, lines: Sequence[CardElement], badges: Sequence[Look]) -> Container:
    items: list[CardElement] = [*lines, *([_badges(badges)] if badges else [])]
    return Container(items=items, style=look.style, bleed=True, spacing="Medium")


def badge(look: Look, instead: str) -> Badge:
    """The badge of a state; `instead` is the line of a client that knows no badges, which shows none for an empty one.

    Such a line may say what several badges say, of which the others have none.
    """
    fallback: CardElement | Literal["drop"] = text_block(instead, bold=True) if instead else "drop"
    return Badge(text=as_text(look.label), icon=look.icon, style=look.badge, fallback=fallback)


def _badges(looks: Sequence[Look]) -> Container:
    """Side by side where the client knows badges; elsewhere one line of text says the same."""
    said = joined(*(each.label for each in looks), by=" · ")
    drawn: list[CardElement] = [badge(each, said if not number else "") for number, each in enumerate(looks)]
    layout = FlowLayout(item_fit="Fit", column_spacing="Small", horizontal_items_alignment="Left")
    return Container(items=drawn, spacing="Small", layouts=[layout])


def _unusual(view: ChangeContext) -> list[Look]:
    """What is out of the ordinary about the plan; of no interest once the work has begun."""
    change = view.change
    risk = risk_looks(change) if change.state in BEFORE_WORK else []
    if change.plan.kind is ChangeType.EMERGENCY:
        return [Look(_("Emergency"), "attention", "Attention", "Flash"), *risk]
    if change.standard is not None and change.state in BEFORE_WORK:
        return [Look(_("Standard"), "good", "Good", "CheckmarkCircle"), *risk]
    if change.short_notice and change.state in BEFORE_WORK:
        return [Look(_("Short notice"), "warning", "Warning", "Timer"), *risk]
    return risk
