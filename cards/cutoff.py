"""Half an hour before the end: three ways on, with the times they lead to (CASES.md, Arithmetic)."""

from typing import Any

from microsoft_teams.cards import Action, CardElement

from cards.clock import restore_clock, suggested_minutes
from cards.day import ways_out
from cards.parts import heading, pressed, sentence, to_wire
from cards.plan import title_lines
from cards.view import View
from changes.effects import CardKind, message_of
from changes.labels import duration_label
from changes.lifecycle.guards import SAID
from changes.model import AT_WORK
from language import _


def cutoff_card(view: View, message: str) -> dict[str, Any]:
    """The card at the cutoff of the window as it was extended so far."""
    change = view.change
    body: list[CardElement] = [heading(_("Cutoff: how does it go on?")), *title_lines(view)]
    answered = message != message_of(CardKind.CUTOFF, change) or change.cutoff_answered
    if answered or change.state not in AT_WORK:
        return to_wire([*body, sentence(_("This was answered: {id} {what}.", id=change.id, what=SAID[change.state]))])
    left = int((change.ends_at - view.now).total_seconds() // 60)
    ends = view.when(change.ends_at)
    asks = (
        _("The window ends {ends}, in {minutes}. Will it be done by then?", ends=ends, minutes=duration_label(left))
        if left > 0
        else _("The window ends {ends}. Will it be done by then?", ends=ends)
    )
    body.append(sentence(asks, bold=True))
    body += restore_clock(view)
    solved: Action = pressed(view, message, _("Solved"), "trouble.solved", style="positive", alone=True)
    return to_wire(body, [solved, ways_out(view, message, minutes=suggested_minutes(view))], view, message)
