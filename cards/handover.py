"""The hand-over to the incident process: what happened, what was tried, which backups are at hand."""

from typing import Any

from microsoft_teams.cards import CardElement

from cards.parts import facts, heading, label, sentence, to_wire, written
from cards.plan import title_lines
from cards.show import happened
from cards.text import plain
from cards.view import View


def handover_card(view: View, message: str) -> dict[str, Any]:
    """Everything that whoever takes over has to know, on one card."""
    change, service = view.change, view.service
    body: list[CardElement] = [heading("Incident: hand-over"), *title_lines(view), *written(change.trouble)]
    body += [label("Backups at hand"), facts([(each.name, plain(each.link)) for each in service.backups])]
    if service.incident_link:
        body.append(sentence(f"[The incident process]({service.incident_link})"))
    body += [label("What happened"), *happened(view, view.history)]
    return to_wire(body, (), view, message)
