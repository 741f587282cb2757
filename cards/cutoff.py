"""Half an hour before the end: three ways on, with the times they lead to (CASES.md, Arithmetic)."""

from datetime import timedelta
from typing import Any

from microsoft_teams.cards import Action, CardElement

from cards.day import ways_out
from cards.parts import facts, heading, pressed, sentence, to_wire
from cards.plan import title_lines
from cards.states import STATES
from cards.view import View
from changes.model import AT_WORK

TESTING = timedelta(minutes=15)
"""What running the tests is reckoned to take, as long as nothing is known of earlier runs."""


def cutoff_card(view: View, message: str) -> dict[str, Any]:
    """The card at the cutoff of the window as it was extended so far."""
    change = view.change
    body: list[CardElement] = [heading("Cutoff: how does it go on?"), *title_lines(view)]
    answered = message.partition(":")[2] != str(len(change.extensions)) or change.cutoff_answered
    if answered or change.state not in AT_WORK:
        said, colour = STATES[change.state]
        return to_wire([*body, sentence(f"Answered. The change now: {said.lower()}.", colour=colour)])
    restore = timedelta(minutes=view.service.vps.restore_minutes)
    last = change.ends_at - restore - TESTING
    now_ends = view.now + restore + TESTING
    body += [
        sentence(f"The window ends {view.when(change.ends_at)}. Will it be done by then?", bold=True),
        facts(
            [
                ("Last moment to begin a restore", view.when(last) + (" (over)" if last < view.now else "")),
                ("End if restored now", view.when(now_ends)),
                ("Extension that covers it", f"{_covering(view, restore)} min"),
            ]
        ),
    ]
    solved: Action = pressed(view, message, "Solved", "trouble.solved", style="positive", alone=True)
    return to_wire(body, [solved, *ways_out(view, message)], view, message)


def _covering(view: View, restore: timedelta) -> int:
    """Minutes that cover restore and tests, in whole quarters of an hour."""
    missing = (view.now + restore + TESTING - view.change.ends_at).total_seconds() / 60
    return max(15, -(-int(missing) // 15) * 15)
