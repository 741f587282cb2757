"""One change whole: its plan, its dates and its history in plain sentences."""

from collections.abc import Sequence
from typing import Any

from microsoft_teams.cards import CardElement

from cards.history import told
from cards.parts import columns, label, sentence, to_wire, written
from cards.plan import exceptions, plan_sections, title_lines
from cards.states import STATES
from cards.summary import timeline_facts
from cards.text import shortened
from cards.view import View
from changes.events import Entry
from changes.model import DAY, UNDECIDED, State
from changes.timeline import pending, timeline

MOST = 12
LONGEST = 120


def show_card(view: View, history: Sequence[Entry]) -> dict[str, Any]:
    """The plan, the dates to come, and the newest part of the history."""
    change = view.change
    said, colour = STATES[change.state]
    body: list[CardElement] = [
        columns((title_lines(view), "stretch"), ([sentence(said, colour=colour, bold=True)], "auto")),
        *exceptions(view),
        *plan_sections(view),
        *_to_come(view),
        label("What happened"),
    ]
    return to_wire([*body, *happened(view, history)])


def happened(view: View, history: Sequence[Entry]) -> list[CardElement]:
    """The newest part of the history, a line for each event."""
    lines = [(entry, text) for entry in history if (text := told(entry, view))]
    items: list[CardElement] = []
    if len(lines) > MOST:
        items.append(sentence(f"{len(lines) - MOST} earlier lines are left out.", subtle=True))
    for entry, text in lines[-MOST:]:
        items += written(f"{view.when(entry.at)} – {shortened(text, LONGEST)}")
    return items


def _to_come(view: View) -> list[CardElement]:
    # Before the day the whole way is of interest; afterwards only what can still happen.
    whole = view.change.state in UNDECIDED | DAY | {State.DRAFT}
    steps = timeline(view.change, view.service) if whole else pending(view.change, view.service)
    steps = tuple(step for step in steps if step.due > view.now)
    return [label("What happens when"), timeline_facts(view, steps)] if steps else []
