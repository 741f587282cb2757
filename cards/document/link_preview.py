"""What a change's address unfolds into: a card of version 1.3, which everybody reads who reads the message."""

from typing import Any

from microsoft_teams.cards import Container, OpenUrlAction

from application.change_context import ChangeContext
from cards.elements.blocks import facts, text_block, user_text
from cards.elements.controls import render_card
from cards.elements.state_labels import state_look
from changes.text.messages import joined
from language import _, as_text, moment_text


def link_preview(view: ChangeContext, address: str) -> dict[str, Any]:
    """The change as it is now, which the card says: Teams keeps it for half an hour, and in the message for ever."""
    change, look = view.change, state_look(view.change)
    about = joined(change.id, view.service.name, by=" · ")
    head = [*user_text(change.plan.title, bold=True, large=True), text_block(about, subtle=True)]
    body = [
        Container(items=[*head, text_block(look.label, bold=True)], style=look.style, bleed=True),
        facts((_("Window"), view.window_label), (_("Implementer"), view.name(change.plan.implementer))),
        text_block(_("As of {moment_label}", moment_label=moment_text(view.now, view.service.zone)), subtle=True),
    ]
    return render_card(body, [OpenUrlAction(title=as_text(_("Open")), url=address)]) | {"version": "1.3"}
