"""The changes as a list, the next window first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from microsoft_teams.cards import CardElement

from cards.parts import columns, heading, sentence, to_wire, written
from cards.states import STATES
from changes.labels import window_label
from changes.model import Change, Window
from changes.policy import Service

MOST = 15


def list_card(changes: Sequence[Change], services: Mapping[str, Service], now: datetime) -> dict[str, Any]:
    """Up to fifteen changes; how many more there are is said."""
    body: list[CardElement] = [heading("Changes")]
    if not changes:
        body.append(sentence("There is none at the moment. **/change new** requests one."))
    for change in changes[:MOST]:
        service = services.get(change.plan.service)
        when = window_label(Window(change.plan.window.start, change.ends_at), service.zone) if service else ""
        said, colour = STATES[change.state]
        row = columns((written(change.plan.title, bold=True), "stretch"), ([sentence(said, colour=colour)], "auto"))
        row.spacing = "Medium"
        # Below both: beside the state a phone has no room for it.
        body += [row, sentence(f"{change.id} · {when}", subtle=True)]
    if len(changes) > MOST:
        body.append(sentence(f"And {len(changes) - MOST} more, later ones."))
    if changes:
        body.append(sentence(f"**/change show {changes[0].id}** shows one of them whole.", subtle=True))
    return to_wire(body)
