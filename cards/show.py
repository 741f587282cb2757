"""One change whole: its plan, its dates and its history in plain sentences."""

from collections.abc import Sequence
from typing import Any

from microsoft_teams.cards import CardElement

from cards.history import told
from cards.parts import columns, label, sentence, to_wire, written
from cards.plan import exceptions, plan_sections, title_lines
from cards.states import STATES
from cards.summary import timeline_facts
from cards.view import View
from changes.events import Entry
from changes.timeline import timeline

MOST = 25
LONGEST = 120


def show_card(view: View, history: Sequence[Entry]) -> dict[str, Any]:
    """The plan, the dates to come, and the newest part of the history."""
    change = view.change
    said, colour = STATES[change.state]
    body: list[CardElement] = [
        columns((title_lines(view), "stretch"), ([sentence(said, colour=colour, bold=True)], "auto")),
        *exceptions(view),
        *plan_sections(view),
        label("What happens when"),
        timeline_facts(view, [step for step in timeline(change, view.service) if step.due > view.now]),
        label("What happened"),
    ]
    shown = [(entry, told(entry, view)) for entry in history]
    lines = [(entry, text) for entry, text in shown if text]
    if len(lines) > MOST:
        body.append(sentence(f"{len(lines) - MOST} earlier lines are left out.", subtle=True))
    for entry, text in lines[-MOST:]:
        short = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
        body += written(f"{view.when(entry.at)} – {short}")
    return to_wire(body)
